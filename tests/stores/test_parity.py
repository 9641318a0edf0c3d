"""Every query file gives through the remote engine what it gives over the release itself.

Exactly so on Oxigraph. Virtuoso 7.2.5 differs where NOT_ON_VIRTUOSO says, and in three ways everywhere
(`docs/stores.md`): computed truth values are 1 and 0, GROUP_CONCAT has another order and gives "" for no
value, and of several spellings of one value in one place it keeps one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kb import fields, queries
from kb.local import LocalStore
from kb.queries import QueryFile, Term
from ontology import namespaces as ns
from service.sparql.engine import QueryRequest
from service.sparql.remote import RemoteEngine
from tests.stores.conftest import Outside

# Query → why Virtuoso 7.2.5 cannot answer it.
NOT_ON_VIRTUOSO = {
    "service/property-counts": "two start dates that are also there as a month are one statement there",
}
# What the parameters of queries for pages stand for in this test.
PLACES = {
    "class": ns.SMM + "Method",
    "property": ns.SMM + "inCountry",
    "document": ns.ID + "document/ihub4schools-d3.2",
    "thing": ns.ID + "country/estonia",
    "value": ns.ID + "country/estonia",
}


def bound(query: QueryFile) -> str:
    """The query with parameters: those of its expected answer, else things that the release has."""
    path = queries.FOLDER / f"{query.name}.expected.json"
    given = json.loads(path.read_text(encoding="utf-8")).get("parameters", {}) if path.exists() else {}
    terms: dict[str, Term] = {}
    if query.name.startswith("questions/"):
        for field in fields.fields(query):
            is_thing = field.is_choice or field.kind == "thing"
            value = given[field.name]
            terms[field.name] = ox.NamedNode(ns.ID + value) if is_thing else fields.literal(field, value)
    else:
        terms = {name: ox.NamedNode(PLACES.get(name, PLACES["thing"])) for name in query.params}
    return query.bind(**terms)


FOLDERS = ("questions/", "service/", "catalogue/")
ALL = [query for query in queries.all_queries() if query.name.startswith(FOLDERS)]
GRAPHS = [query for query in ALL if "CONSTRUCT" in query.text]
TABLES = [query for query in ALL if query not in GRAPHS]
ANY_ONE = ("service/thing-exists",)  # asks for one solution of many, whichever


@pytest.fixture(scope="module")
def oxigraph(on_oxigraph: Outside) -> Iterator[RemoteEngine]:
    engine = on_oxigraph.engine(query_timeout_ms=60_000)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def virtuoso(on_virtuoso: Outside) -> Iterator[RemoteEngine]:
    engine = on_virtuoso.engine(query_timeout_ms=60_000)
    yield engine
    engine.close()


def table(rows: list[dict[str, Term]], alike: bool) -> Counter[tuple[tuple[str, str], ...]]:
    """The rows without their order and names of blank nodes; `alike`: as Virtuoso may spell them, too."""
    found: Counter[tuple[tuple[str, str], ...]] = Counter()
    for row in rows:
        cells = {
            name: "_:" if isinstance(term, ox.BlankNode) else getattr(term, "value", str(term))
            for name, term in row.items()
        }
        if alike:
            cells = {name: common(cell) for name, cell in cells.items() if cell}
        found[tuple(sorted(cells.items()))] += 1
    return found


def common(cell: str) -> str:
    """One spelling for truth values and decimals; the words alone, in one order, of longer text."""
    if re.fullmatch(r"-?\d+\.\d+", cell):
        cell = cell.rstrip("0").rstrip(".")
    return {"true": "1", "false": "0"}.get(cell, " ".join(sorted(re.findall(r"\w+", cell))))


def graph(body: bytes) -> Counter[str]:
    """The triples of a graph in N-Triples; blank nodes have no names."""
    return Counter(
        re.sub(r"_:\w+", "_:", str(quad.triple)) for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    )


def built(engine: RemoteEngine, query: QueryFile) -> Counter[str]:
    return graph(b"".join(engine.run(QueryRequest(bound(query), "application/n-triples")).chunks))


def expected_graph(local: LocalStore, query: QueryFile) -> Counter[str]:
    return graph(local.store.query(bound(query)).serialize(format=ox.RdfFormat.N_TRIPLES))  # type: ignore[union-attr]


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_tables_on_oxigraph(oxigraph: RemoteEngine, local: LocalStore, query: QueryFile) -> None:
    assert table(oxigraph.rows(bound(query)), False) == table(local.rows(bound(query)), False)


@pytest.mark.parametrize("query", GRAPHS, ids=lambda query: query.name)
def test_graphs_on_oxigraph(oxigraph: RemoteEngine, local: LocalStore, query: QueryFile) -> None:
    assert built(oxigraph, query) == expected_graph(local, query)


@pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)
def test_tables_on_virtuoso(virtuoso: RemoteEngine, local: LocalStore, query: QueryFile) -> None:
    found, wanted = virtuoso.rows(bound(query)), local.rows(bound(query))
    if query.name in ANY_ONE:
        assert len(found) == len(wanted)
    elif query.name in NOT_ON_VIRTUOSO:
        assert table(found, True) != table(wanted, True), "it can now: take it from the list"
    else:
        assert table(found, True) == table(wanted, True)


@pytest.mark.parametrize("query", GRAPHS, ids=lambda query: query.name)
def test_graphs_on_virtuoso(virtuoso: RemoteEngine, local: LocalStore, query: QueryFile) -> None:
    assert built(virtuoso, query) == expected_graph(local, query)
