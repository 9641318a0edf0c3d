"""The W3C's tests of SPARQL 1.1 Federated Query, with the endpoints that they name on loopback.

Those that docs/sparql-conformance.md lists are refused on purpose. Needs MENTORGRAPH_W3C_SUITES.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import EmbeddedEngine, QueryRequest
from service.sparql.federation import Federation
from tests.conformance import compare
from tests.conformance.suite import MF, QT, parse, path
from tests.conformance.test_w3c import DEVIATIONS
from tests.outside import Reply, outside
from tests.service.sparql.releases import write_release

FOLDER = os.environ.get("MENTORGRAPH_W3C_SUITES", "")
JSON = formats.JSON.media_type
TESTS = f"""PREFIX mf: <{MF}> PREFIX qt: <{QT}>
SELECT ?test ?query ?data ?result
  (GROUP_CONCAT(CONCAT(STR(?endpoint), " ", STR(?theirs)); SEPARATOR=" ") AS ?services) {{
  ?test a mf:QueryEvaluationTest ; mf:result ?result ; mf:action ?action . ?action qt:query ?query
  OPTIONAL {{ ?action qt:data ?data }}
  OPTIONAL {{ ?action qt:serviceData [ qt:endpoint ?endpoint ; qt:data ?theirs ] }}
}} GROUP BY ?test ?query ?data ?result ORDER BY ?test"""
Row = dict[str, str]


def rows() -> list[Row]:
    """The tests of the suite's manifest: IRIs by name; `services` are endpoints, each with its data."""
    manifests = list(Path(FOLDER).resolve().glob("**/service/manifest.ttl")) if FOLDER else []
    if not manifests:
        return []
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in parse(manifests[0]))
    found = store.query(TESTS)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{name: row[name].value for name in names if row[name] is not None} for row in found]  # type: ignore[union-attr]


def endpoint(iri: str) -> Callable[[Reply], None]:
    """Serves a file of the suite."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in parse(path(iri)))

    def serve(reply: Reply) -> None:
        found = store.query(parse_qs(reply.asked.body.decode())["query"][0])
        assert isinstance(found, ox.QuerySolutions)
        reply.answer(found.serialize(format=ox.QueryResultsFormat.JSON), JSON)

    return serve


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["test"].rpartition("#")[2])
def test_federated_query(row: Row, tmp_path: Path) -> None:
    text = path(row["query"]).read_text(encoding="utf-8")
    text = text.replace("invalid.endpoint.org", "127.0.0.1:1")  # a port where nobody listens
    allowed = ["http://127.0.0.1:1/sparql"]
    lines = [f"{triple} ." for triple in parse(path(row["data"]))] if "data" in row else []
    release = write_release(tmp_path / "r", "0-service", lines)
    engine = EmbeddedEngine(Settings(release=release, query_workers=1))
    with contextlib.ExitStack() as running:
        running.callback(engine.close)
        services = row.get("services", "").split()
        for named, data in zip(services[::2], services[1::2], strict=True):
            server = running.enter_context(outside(endpoint(data)))
            text = text.replace(f"<{named}>", f"<{server.url('/sparql')}>")
            allowed.append(server.url("/sparql"))
        both = Federation(engine, Settings(federation=" ".join(allowed)))
        name = f"service/{row['test'].rpartition('#')[2]}"
        if name in DEVIATIONS:
            with pytest.raises(Problem) as caught:
                both.run(QueryRequest(text, JSON))
            assert caught.value.code == "service-refused"
            return
        body = b"".join(both.run(QueryRequest(text, JSON)).chunks)
    found, wanted = compare.read_bytes(body, ox.QueryResultsFormat.JSON), compare.read(path(row["result"]))
    assert not isinstance(found, bool)
    assert not isinstance(wanted, bool)
    assert compare.same_rows(found, wanted, lax=False), f"{found}\n\nexpected\n\n{wanted}"
