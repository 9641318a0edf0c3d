"""The SPARQL endpoint over real stores: formats, datasets, validators of several instances, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kb.local import LocalStore
from ontology import namespaces as ns
from service.app import create_app
from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import QueryRequest
from service.sparql.formats import Format
from service.sparql.remote import RemoteEngine
from service.sparql.remote_graphs import MARK
from tests.stores.conftest import Outside

TABLE = f"""PREFIX skos: <{ns.SKOS}>
SELECT ?thing ?label ?number ?blank WHERE {{
  {{ ?thing a <{ns.SMM}Phase> ; skos:prefLabel ?label }}
  UNION {{ ?thing <{ns.SMM}phaseNumber> ?number }}
  UNION {{ VALUES ?thing {{ <{ns.SMM}author> }} ?thing <{ns.RDFS}domain> ?blank }}
}}"""
GRAPH = f"""PREFIX smm: <{ns.SMM}>
CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s a smm:Quantity ; ?p ?o }}"""
INFERRED, EDITORIAL = ns.ID + "inferred", ns.ID + "editorial"


@pytest.fixture(scope="module", params=["on_oxigraph", "on_virtuoso"])
def store(request: pytest.FixtureRequest) -> Outside:
    found: Outside = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def engine(store: Outside) -> Iterator[RemoteEngine]:
    running = store.engine(query_timeout_ms=60_000)
    yield running
    running.close()


def ask(engine: RemoteEngine, text: str, one: Format, **chosen: object) -> bytes:
    return b"".join(engine.run(QueryRequest(text, one.media_type, **chosen)).chunks)  # type: ignore[arg-type]


def number(engine: RemoteEngine, text: str, **chosen: object) -> int:
    found = json.loads(ask(engine, text, formats.JSON, **chosen))
    return int(found["results"]["bindings"][0]["n"]["value"])


def rows(found: object) -> list[list[str]]:
    assert isinstance(found, ox.QuerySolutions)
    shown = [[("_:" if isinstance(term, ox.BlankNode) else str(term)) for term in row] for row in found]
    return sorted(shown)


def count(engine: RemoteEngine | LocalStore, pattern: str, clauses: str = "", **chosen: object) -> int:
    text = f"SELECT (COUNT(*) AS ?n) {clauses} WHERE {{ {pattern} }}"
    if isinstance(engine, LocalStore):
        return int(engine.rows(text)[0]["n"].value)  # type: ignore[union-attr]
    return number(engine, text, **chosen)


@pytest.mark.parametrize("one", [formats.JSON, formats.XML, formats.TSV], ids=lambda one: one.name)
def test_tables_in_every_format(engine: RemoteEngine, local: LocalStore, one: Format) -> None:
    form = getattr(ox.QueryResultsFormat, one.engine)
    found = ox.parse_query_results(ask(engine, TABLE, one), format=form)
    assert rows(found) == rows(local.store.query(TABLE))


def test_csv_and_its_safe_form(engine: RemoteEngine) -> None:
    plain = ask(engine, 'SELECT ("=1+1" AS ?x) ("a,b" AS ?y) {}', formats.CSV)
    safe = ask(engine, 'SELECT ("=1+1" AS ?x) ("a,b" AS ?y) {}', formats.CSV_SAFE)
    assert plain.split() == [b"x,y", b'=1+1,"a,b"']
    assert safe.split() == [b"x,y", b'\'=1+1,"a,b"']


@pytest.mark.parametrize("one", formats.GRAPHS, ids=lambda one: one.name)
def test_graphs_in_every_format(engine: RemoteEngine, local: LocalStore, one: Format) -> None:
    found = {
        str(quad.triple)
        for quad in ox.parse(ask(engine, GRAPH, one), format=getattr(ox.RdfFormat, one.engine))
    }
    wanted = local.store.query(GRAPH)
    assert isinstance(wanted, ox.QueryTriples)
    assert {common(line) for line in found} == {common(str(triple)) for triple in wanted}


def common(line: str) -> str:
    """Virtuoso writes the decimal 1.0 as 1."""
    return line.replace('.0"^^', '"^^')


@pytest.mark.parametrize("one", formats.TABLES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("text", "holds"), [(f"ASK {{ ?s a <{ns.SMM}Method> }}", True), ("ASK { ?s <urn:no> ?o }", False)]
)
def test_ask_is_answered_with_a_truth_value(
    engine: RemoteEngine, text: str, holds: bool, one: Format
) -> None:
    body = ask(engine, text, one)
    if one in (formats.JSON, formats.XML):
        form = getattr(ox.QueryResultsFormat, one.engine)
        assert bool(ox.parse_query_results(body, format=form)) is holds
    else:
        assert body.strip() == (b"true" if holds else b"false")


def test_the_default_graph_has_every_statement_once(
    engine: RemoteEngine, local: LocalStore, store: Outside
) -> None:
    lost = 2 if store.name == "Virtuoso" else 0  # start dates that are there as a month, too
    assert count(engine, "?s ?p ?o") == count(local, "?s ?p ?o") - lost
    marker = 0 if store.name == "Virtuoso" else 1
    assert count(engine, "GRAPH ?g { ?s ?p ?o }") == count(local, "GRAPH ?g { ?s ?p ?o }") + marker
    both = f"GRAPH <{EDITORIAL}> {{ ?s a ?t }} GRAPH ?g {{ ?s ?p ?o }}"
    assert count(engine, both) == count(local, both)


@pytest.mark.parametrize("by_protocol", [True, False])
def test_one_graph_as_the_default_graph(engine: RemoteEngine, local: LocalStore, by_protocol: bool) -> None:
    wanted = count(local, f"GRAPH <{INFERRED}> {{ ?s ?p ?o }}")
    if by_protocol:
        chosen = {"default_graphs": (INFERRED,)}
        assert count(engine, "?s ?p ?o", f"FROM <{EDITORIAL}>", **chosen) == wanted
        assert count(engine, "GRAPH ?g { ?s ?p ?o }", **chosen) == 0
    else:
        assert count(engine, "?s ?p ?o", f"FROM <{INFERRED}>") == wanted
        assert count(engine, "GRAPH ?g { ?s ?p ?o }", f"FROM <{INFERRED}>") == 0


def test_named_graphs_of_a_dataset(engine: RemoteEngine, local: LocalStore) -> None:
    wanted = count(local, f"GRAPH <{EDITORIAL}> {{ ?s ?p ?o }}")
    assert count(engine, "GRAPH ?g { ?s ?p ?o }", f"FROM NAMED <{EDITORIAL}>") == wanted
    assert count(engine, "?s ?p ?o", f"FROM NAMED <{EDITORIAL}>") == 0


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("SELECT * FROM <urn:not-there> { ?s ?p ?o }", 400, "graph-unknown"),
        (f"SELECT * FROM <{INFERRED}> FROM <{EDITORIAL}> {{ ?s ?p ?o }}", 501, "graphs-not-merged"),
        ("SELECT * { ?s ?p ", 400, "query-syntax"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "service-refused"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 403, "update-refused"),
    ],
)
def test_refusals(engine: RemoteEngine, text: str, status: int, code: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(engine, text, formats.JSON)
    assert (caught.value.status, caught.value.code) == (status, code)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT (bif:virtuoso_ini_item_value("SPARQL", "ResultSetMaxRows") AS ?x) {}',
        'SELECT (<bif:getenv>("HOME") AS ?x) {}',
        'SELECT (<\\u0062if:getenv>("HOME") AS ?x) {}',
        'PREFIX x: <bif:> SELECT (x:getenv("HOME") AS ?x) {}',
        'PREFIX x: <bi> SELECT (x:f:getenv("HOME") AS ?x) {}',
        'BASE <bif:> SELECT (<getenv>("HOME") AS ?x) {}',
        "SELECT (SQL:user_has_role(1) AS ?x) {}",
        'PREFIX bif: <http://e/> SELECT (bif:getenv("HOME") AS ?x) {}',
        "SELECT * { ?s ?p ?o OPTION (TRANSITIVE) }",
        "SELECT (`1+1` AS ?x) {}",
    ],
)
def test_virtuosos_extensions_are_refused(
    on_virtuoso: Outside, engine_over: Callable[..., RemoteEngine], text: str
) -> None:
    engine = engine_over(on_virtuoso.endpoint)
    with pytest.raises(Problem) as caught:
        ask(engine, text, formats.JSON)
    assert caught.value.code == "extension-refused"
    assert caught.value.where


def test_a_query_that_virtuoso_does_not_finish_is_no_result(
    on_virtuoso: Outside, engine_over: Callable[..., RemoteEngine]
) -> None:
    engine = engine_over(on_virtuoso.endpoint, query_timeout_ms=1200)
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f || ?f = ?i) }"
    with pytest.raises(Problem) as caught:
        ask(engine, product, formats.JSON)
    assert caught.value.code == "query-timeout"


def site(store: Outside) -> FlaskClient:
    return create_app(Settings(engine=store.endpoint)).test_client()


def test_instances_agree_on_validators(on_oxigraph: Outside) -> None:
    one, other = site(on_oxigraph), site(on_oxigraph)
    try:
        for path in ("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D", "/ontology.ttl"):
            first = one.get(path, headers={"Accept": "*/*"})
            assert first.status_code == 200
            assert first.data
            again = other.get(path, headers={"Accept": "*/*", "If-None-Match": first.headers["ETag"]})
            assert again.status_code == 304
            assert again.headers["ETag"] == first.headers["ETag"]
        ready = other.get("/ready")
        assert ready.status_code == 200
        assert ready.json["release"] == first.headers["X-Mentorgraph-Release"]
    finally:
        for client in (one, other):
            client.application.extensions["mentorgraph"]["engine"].close()


def test_pages_say_that_the_store_is_away() -> None:
    client = create_app(Settings(engine="http://127.0.0.1:9/sparql")).test_client()
    try:
        page = client.get("/browse", headers={"Accept": "text/html"})
        assert page.status_code == 502
        assert "The store behind this service failed" in page.text
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
        assert client.get("/sparql?query=ASK%20%7B%7D").json["code"] == "store-unreachable"
    finally:
        client.application.extensions["mentorgraph"]["engine"].close()


def test_the_mark_is_a_statement_that_the_release_makes_anyway(local: LocalStore) -> None:
    """So that a store whose default graph is the union of all has no statement more."""
    subject, predicate, thing = (ox.NamedNode(iri) for iri in MARK)
    assert ox.Quad(subject, predicate, thing) in local.store
