"""Reads the manifests of the W3C's SPARQL test suites from a folder.

Vocabulary: https://www.w3.org/2001/sw/DataAccess/tests/README. What the endpoint does not claim to do is left
out by kind: updates, entailment, the protocol and service description tests (which are prose).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EVALUATION = {"QueryEvaluationTest", "CSVResultFormatTest"}
POSITIVE = {"PositiveSyntaxTest", "PositiveSyntaxTest11"}
NEGATIVE = {"NegativeSyntaxTest", "NegativeSyntaxTest11"}
LEFT_OUT = {"entailment", "service", "syntax-fed", "delete-insert"}
FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}


@dataclass(frozen=True)
class Case:
    """A test. Graph IRIs are those of the files; `result` is None for a syntax test."""

    name: str
    kind: str
    query: Path
    data: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    result: Path | None = None
    lax: bool = False


def path(iri: str) -> Path:
    return Path(unquote(urlsplit(iri).path))


def parse(file: Path) -> list[ox.Triple]:
    """The triples of a file; blank nodes are this file's alone."""
    form = FORMATS[file.suffix]
    quads = ox.parse(path=file, format=form, base_iri=file.as_uri(), rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def cases(root: Path) -> list[Case]:
    """The tests of every manifest below a folder that the endpoint claims to pass, by name."""
    found: dict[str, Case] = {}
    for manifest in sorted(root.resolve().glob("**/manifest.ttl")):
        if manifest.parent.name not in LEFT_OUT:
            for case in _read(manifest):
                found[case.name] = case
    return list(found.values())


def _read(manifest: Path) -> Iterator[Case]:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in parse(manifest))

    def values(subject: object, predicate: str) -> list[str]:
        quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
        return [quad.object.value for quad in quads]

    def members(head: object) -> Iterator[ox.NamedNode]:
        while first := nodes(head, RDF + "first"):
            yield first[0]  # type: ignore[misc]
            (head,) = nodes(head, RDF + "rest")

    def nodes(subject: object, predicate: str) -> list[object]:
        return [q.object for q in store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]  # type: ignore[arg-type]

    entries = {f"{entry.value}" for head in nodes(None, MF + "entries") for entry in members(head)}
    kinds = store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None)
    for test, kind in sorted((q.subject.value, q.object.value.removeprefix(MF)) for q in kinds):
        if test not in entries or kind not in EVALUATION | POSITIVE | NEGATIVE:
            continue
        node = ox.NamedNode(test)
        (action,) = nodes(node, MF + "action")
        name = f"{manifest.parent.name}/{test.rpartition('#')[2]}"
        if kind not in EVALUATION:
            yield Case(name, kind, path(action.value))  # type: ignore[attr-defined]
            continue
        yield Case(
            name,
            kind,
            path(values(action, QT + "query")[0]),
            tuple(values(action, QT + "data")),
            tuple(values(action, QT + "graphData")),
            path(values(node, MF + "result")[0]),
            bool(values(node, MF + "resultCardinality")),
        )


def data_files(found: list[Case]) -> set[str]:
    """The IRIs of all graphs that the tests may use: theirs, and those beside queries with FROM clauses."""
    files = {iri for case in found for iri in (*case.data, *case.graphs)}
    for folder in {case.query.parent for case in found if case.result}:
        files |= {file.as_uri() for file in folder.glob("data*.ttl")}
    return files
