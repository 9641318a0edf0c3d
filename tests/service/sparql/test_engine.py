"""The embedded engine: answers, datasets and refusals, with real worker processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import EmbeddedEngine, QueryRequest
from tests.service.sparql.releases import EX, INTEGER, write_release

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def ask(engine: EmbeddedEngine, text: str, form: formats.Format = formats.JSON, **chosen: object) -> bytes:
    result = engine.run(QueryRequest(text, form.media_type, **chosen))
    body = b"".join(result.chunks)
    assert result.length in (len(body), None)
    return body


def count(engine: EmbeddedEngine, text: str = COUNT, **chosen: object) -> int:
    (row,) = ox.parse_query_results(ask(engine, text, **chosen), format=ox.QueryResultsFormat.JSON)
    return int(row["n"].value)


def refused(engine: EmbeddedEngine, text: str, **chosen: object) -> Problem:
    with pytest.raises(Problem) as caught:
        ask(engine, text, **chosen)
    return caught.value


def test_the_default_graph_has_every_statement_once(engine: EmbeddedEngine) -> None:
    assert engine.quads == 30 * 6
    assert count(engine) == 90
    assert count(engine, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == 90


def test_rows_gives_terms(engine: EmbeddedEngine) -> None:
    rows = engine.rows(
        f"SELECT ?s ?o ?none {{ ?s <{EX}order> ?o OPTIONAL {{ ?s <{EX}none> ?none }} }} ORDER BY ?o LIMIT 1"
    )
    assert rows == [
        {"s": ox.NamedNode(EX + "method/0"), "o": ox.Literal("0", datatype=ox.NamedNode(INTEGER.strip("<>")))}
    ]


def graphs(*names: int) -> tuple[str, ...]:
    return tuple(f"{EX}passage/{name}" for name in names)


@pytest.mark.parametrize(
    ("names", "expected"), [((1,), 30), ((1, 2), 30), ((1, 3), 60), ((1, 1), 30), ((3, 2, 1), 60)]
)
def test_several_default_graphs_are_merged(
    engine: EmbeddedEngine, names: tuple[int, ...], expected: int
) -> None:
    """What two graphs state counts once, by the protocol and by FROM alike."""
    assert count(engine, default_graphs=graphs(*names)) == expected
    clauses = " ".join(f"FROM <{name}>" for name in graphs(*names))
    assert count(engine, f"SELECT (COUNT(*) AS ?n) {clauses} {{ ?s ?p ?o }}") == expected


def test_from_with_prefix_and_base(engine: EmbeddedEngine) -> None:
    text = f"BASE <{EX}passage/> PREFIX p: <{EX}passage/> SELECT (COUNT(*) AS ?n) "
    text += "FROM <1> FROM p:3 { ?s ?p ?o }"
    assert count(engine, text) == 60


def test_named_graphs_of_the_dataset(engine: EmbeddedEngine) -> None:
    text = "SELECT (COUNT(DISTINCT ?g) AS ?n) {} { GRAPH ?g { ?s ?p ?o } }"
    in_graphs = text.replace("{} ", "")
    assert count(engine, in_graphs) == 3
    assert count(engine, in_graphs, named_graphs=graphs(1, 2)) == 2
    assert count(engine, in_graphs, default_graphs=graphs(1)) == 0
    assert count(engine, in_graphs, default_graphs=graphs(1, 2), named_graphs=graphs(3)) == 1
    assert count(engine, text.replace("{} ", f"FROM NAMED <{graphs(3)[0]}> ")) == 1
    assert count(engine, named_graphs=graphs(1)) == 0


def test_the_protocols_dataset_replaces_the_querys(engine: EmbeddedEngine) -> None:
    text = f"SELECT (COUNT(*) AS ?n) FROM <{EX}nowhere> {{ ?s ?p ?o }}"
    assert count(engine, text, default_graphs=graphs(1)) == 30


@pytest.mark.parametrize("name", ["http://127.0.0.1:9/data", "file:///etc/passwd", "relative", "urn:x:y z"])
def test_unknown_graphs_are_refused_by_name(engine: EmbeddedEngine, name: str) -> None:
    problem = refused(engine, COUNT, default_graphs=(name,))
    assert (problem.status, problem.code) == (400, "graph-unknown")
    assert name.split()[0] in problem.detail
    assert refused(engine, COUNT, named_graphs=(name,)).code == "graph-unknown"


def test_unknown_from_is_refused(engine: EmbeddedEngine) -> None:
    problem = refused(engine, "SELECT * FROM NAMED <file:///etc/passwd> { ?s ?p ?o }")
    assert (problem.status, problem.code) == (400, "graph-unknown")


def test_syntax_errors_say_where(engine: EmbeddedEngine) -> None:
    problem = refused(engine, "SELECT *\nWHERE { ?s ?p }")
    assert (problem.status, problem.code) == (400, "query-syntax")
    assert problem.where is not None
    assert problem.where.line == 2


@pytest.mark.parametrize("form", formats.TABLES)
def test_table_formats(engine: EmbeddedEngine, form: formats.Format) -> None:
    text = f"SELECT ?l {{ <{EX}method/7> <http://www.w3.org/2000/01/rdf-schema#label> ?l }}"
    body = ask(engine, text, form)
    if form is formats.CSV:
        assert body == b"l\r\nmethod 7\r\n"
    else:
        (row,) = ox.parse_query_results(body, format=getattr(ox.QueryResultsFormat, form.engine))
        assert row["l"] == ox.Literal("method 7", language="en")


@pytest.mark.parametrize("form", formats.GRAPHS)
def test_graph_formats(engine: EmbeddedEngine, form: formats.Format) -> None:
    body = ask(engine, f"DESCRIBE <{EX}method/7>", form)
    quads = set(ox.parse(body, format=getattr(ox.RdfFormat, form.engine)))
    assert {quad.predicate.value for quad in quads} == {
        EX + "phase",
        EX + "order",
        "http://www.w3.org/2000/01/rdf-schema#label",
    }
    assert len(quads) == 3


def test_turtle_uses_the_querys_prefixes(engine: EmbeddedEngine) -> None:
    body = ask(engine, f"PREFIX e: <{EX}> BASE <b:> PREFIX r: <rel> DESCRIBE <{EX}method/7>", formats.TURTLE)
    assert b"e:phase" in body


@pytest.mark.parametrize("form", formats.GRAPHS)
def test_odd_prefixes_break_no_format(engine: EmbeddedEngine, form: formats.Format) -> None:
    odd = (
        f"PREFIX : <{EX}> PREFIX xml: <urn:x:> PREFIX XMLns: <a:b> PREFIX a.b-c: <x:> PREFIX é: <u:\\u00e9> "
    )
    body = ask(engine, odd + "DESCRIBE :m", form)
    assert list(ox.parse(body, format=getattr(ox.RdfFormat, form.engine))) == []


def test_a_result_over_the_cap_is_refused_whole(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(max_result_mb=1)
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    problem = refused(engine, text)
    assert (problem.status, problem.code) == (413, "result-too-large")
    assert problem.limit is not None
    assert problem.limit.name == "max_result_mb"
    assert len(ask(engine, text + " LIMIT 2000")) > 500_000
    assert count(engine) == 90


def test_blank_nodes_of_merged_graphs_stay_apart(tmp_path: Path) -> None:
    """The same label in two graphs of a release may be one node; in an RDF merge it is two."""
    lines = [f"_:x <{EX}p> <{EX}{name}> <{EX}graph/{name}> ." for name in ("a", "b")]
    folder = write_release(tmp_path / "blank", "0-blank", lines)
    engine = EmbeddedEngine(Settings(release=folder, query_workers=1))
    try:
        both = f"FROM <{EX}graph/a> FROM <{EX}graph/b>"
        assert count(engine, f"SELECT (COUNT(*) AS ?n) {both} {{ ?s ?p ?o }}") == 2
        assert count(engine, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {both} {{ ?s ?p ?o }}") == 2
        shared = f"FROM <{EX}graph/a> FROM NAMED <{EX}graph/a> {{ ?s ?p ?o GRAPH ?g {{ ?s ?p ?o }} }}"
        assert count(engine, f"SELECT (COUNT(*) AS ?n) {shared}") == 0
    finally:
        engine.close()


def test_relative_iris_have_a_default_base(make_engine: Callable[..., EmbeddedEngine]) -> None:
    text = "SELECT (COUNT(*) AS ?n) FROM <passage/1> {{ <{}method/1> ?p ?o }}"
    engine = make_engine(base_iri=EX, query_workers=1)
    assert count(engine, text.format("")) == 1
    assert count(engine, f"BASE <{EX}passage/> " + text.format("../").replace("passage/1", "1")) == 1


def test_constructed_triples_are_there_once(engine: EmbeddedEngine) -> None:
    text = f"CONSTRUCT {{ <{EX}a> <{EX}b> ?g }} {{ {{ ?g ?p ?s }} UNION {{ ?g ?p ?s }} }}"
    lines = ask(engine, text, formats.NTRIPLES).splitlines()
    assert len(lines) == len(set(lines)) == 30
