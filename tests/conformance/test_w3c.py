"""The W3C's SPARQL 1.0 and 1.1 test suites, over HTTP, against a release of their data.

MENTORGRAPH_W3C_SUITES names a folder with the suites (any folder above their `manifest.ttl` files). Each data
file is a named graph of one release, and a test's dataset is named by the protocol. The tests that the table
in docs/sparql-conformance.md lists are expected to fail, each for the reason there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.conformance import compare
from tests.conformance.suite import FORMATS, NEGATIVE, POSITIVE, Case, cases, data_files, parse, path
from tests.http.server import Server, running_server
from tests.service.sparql.releases import write_release

pytestmark = pytest.mark.http

FOLDER = os.environ.get("MENTORGRAPH_W3C_SUITES", "")
CASES = cases(Path(FOLDER)) if FOLDER else []
NOTHING = "urn:x-test:nothing"  # a named graph that no test asks for: the default graph beside it is empty
DEVIATIONS = dict(
    re.findall(r"^\| `([^`]+)` \| (.+) \|$", Path("docs/sparql-conformance.md").read_text(), re.MULTILINE)
)


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, set[str]]]:
    """A server over all data of the suites, and its graphs."""
    lines, graphs = [f"<{NOTHING}> <{NOTHING}> <{NOTHING}> <{NOTHING}> ."], set()
    for iri in sorted(data_files(CASES)):
        if path(iri).suffix in FORMATS and path(iri).exists():
            triples = parse(path(iri))
            lines += [f"{triple} <{iri}> ." for triple in triples]
            graphs |= {iri} if triples else set()
    folder = tmp_path_factory.mktemp("w3c")
    with running_server(write_release(folder / "release", "0-w3c", lines), folder / "log") as server:
        yield server, graphs


def ask(w3c: tuple[Server, set[str]], case: Case, accept: str) -> tuple[int, bytes]:
    server, graphs = w3c
    text = f"BASE <{case.query.as_uri()}>\n{case.query.read_text(encoding='utf-8')}"
    dataset: dict[str, object] = {}
    if not re.search(r"\bFROM\b", text) or case.data or case.graphs:
        dataset["default-graph-uri"] = [iri for iri in case.data if iri in graphs]
        dataset["named-graph-uri"] = [iri for iri in case.graphs if iri in graphs]
        if not dataset["default-graph-uri"] and not dataset["named-graph-uri"]:
            dataset["named-graph-uri"] = [NOTHING]
    answer = server.query(text, accept, **dataset)
    return answer.status, answer.body


@pytest.mark.skipif(bool(FOLDER), reason="the suites are here")
def test_the_suites_are_named() -> None:
    pytest.skip("MENTORGRAPH_W3C_SUITES does not name a folder with the W3C's SPARQL test suites")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_w3c(w3c: tuple[Server, set[str]], case: Case, request: pytest.FixtureRequest) -> None:
    if case.name in DEVIATIONS:
        request.node.add_marker(pytest.mark.xfail(reason=DEVIATIONS[case.name], strict=True))
    if case.kind in POSITIVE | NEGATIVE:
        status, body = ask(w3c, case, "*/*")
        assert status == (200 if case.kind in POSITIVE else 400), body
        return
    assert case.result is not None
    suffix = case.result.suffix
    if suffix in (".csv", ".tsv"):
        status, body = ask(w3c, case, "text/csv" if suffix == ".csv" else "text/tab-separated-values")
        assert status == 200, body
        if suffix == ".csv":
            assert compare.same_csv(body.decode(), case.result.read_text(encoding="utf-8"))
            return
        one, other = (
            compare.read_bytes(b, ox.QueryResultsFormat.TSV) for b in (body, case.result.read_bytes())
        )
    elif re.search(r"\b(CONSTRUCT|DESCRIBE)\b", case.query.read_text(encoding="utf-8"), re.IGNORECASE):
        status, body = ask(w3c, case, "application/n-triples")
        assert status == 200, body
        found = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        assert compare.same_graphs(found, parse(case.result))
        return
    else:
        status, body = ask(w3c, case, "application/sparql-results+json")
        assert status == 200, body
        one, other = compare.read_bytes(body, ox.QueryResultsFormat.JSON), compare.read(case.result)
    if isinstance(one, bool) or isinstance(other, bool):
        assert one == other
    else:
        assert compare.same_rows(one, other, case.lax), f"{one}\n\nexpected\n\n{other}"
