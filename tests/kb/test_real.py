"""The project's own sources: no complaint, and every anchor stands where its passage says."""

from __future__ import annotations

import gzip
import shutil
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb import queries
from kb.local import LocalStore
from kb.release import Release, verify
from kb.search import QUERY, SearchIndex, entries
from kb.sources import Project
from kb.validation import Validation, ask_reasoner, validate
from ontology import namespaces as ns


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(Project.default())


@pytest.fixture(scope="module")
def store(release: Release) -> LocalStore:
    return LocalStore(release.path)


def number(store: LocalStore, pattern: str) -> int:
    (row,) = store.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    return int(row["n"].value)  # type: ignore[union-attr]


def test_nothing_is_wrong_with_the_sources(found: Validation) -> None:
    assert [str(complaint) for complaint in found.complaints] == []


def test_every_anchor_stands_in_its_lines(documents: Path) -> None:
    checked = validate(Project.default(), documents, with_shapes=False)
    assert [str(complaint) for complaint in checked.complaints] == []
    described = {slug for slug, document in checked.context.documents.items() if document.sha256}
    assert set(checked.context.texts) == described


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java")
def test_hermit_finds_ontology_and_data_consistent(found: Validation) -> None:
    assert [str(complaint) for complaint in ask_reasoner(found.context)] == []


def test_the_release_is_sound(release: Release) -> None:
    assert verify(release) == []


def test_the_default_graph_holds_every_statement_once(store: LocalStore) -> None:
    in_graphs = "SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert number(store, f"{{ {in_graphs} }}") == number(store, "?s ?p ?o")
    assert number(store, f"{{ {in_graphs} }} FILTER NOT EXISTS {{ ?s ?p ?o }}") == 0


def test_every_statement_says_where_it_comes_from(release: Release) -> None:
    """Checklist row 44: outside passages and marked conclusions stand only our words, what follows, the
    ontology, links to others, and descriptions of documents, passages, conclusions and the release.
    """
    apart = {
        ns.GRAPH_CONCLUSIONS, ns.GRAPH_EDITORIAL, ns.GRAPH_DOCUMENTS, ns.GRAPH_INFERRED, ns.GRAPH_RELEASE,
        ns.ONTOLOGY,
    }  # fmt: skip
    data = gzip.decompress(release.dataset.read_bytes())
    placed: dict[ox.Triple, set[str]] = defaultdict(set)
    described: set[str] = set()
    for quad in ox.parse(input=data, format=ox.RdfFormat.N_QUADS):
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        placed[quad.triple].add(graph)
        if graph.startswith(ns.PASSAGES) or graph == ns.GRAPH_CONCLUSIONS:
            described.add(str(quad.subject).strip("<>"))
    assert all(graphs - {""} and "" in graphs for graphs in placed.values()), (
        "in a graph, and in the default one"
    )
    sources = {graph for graphs in placed.values() for graph in graphs if graph}
    families = (ns.PASSAGE, ns.PASSAGES, ns.CONCLUSION, ns.LINKS)
    assert [graph for graph in sources - apart if not graph.startswith(families)] == []
    undescribed = {g for g in sources if g.startswith((ns.PASSAGE, ns.CONCLUSION))} - described
    assert undescribed == set(), "whoever meets a graph finds out what it is"
    stated = {graph for graph in sources if graph.startswith(ns.PASSAGE)}
    assert len(stated) > 1000


def test_what_follows_is_never_also_stated(store: LocalStore) -> None:
    again = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{ns.GRAPH_INFERRED}>)"
    assert number(store, f"GRAPH <{ns.GRAPH_INFERRED}> {{ ?s ?p ?o }} {again}") == 0


def test_there_is_as_much_as_promised(store: LocalStore, release: Release) -> None:
    assert release.manifest["counts"]["entities"] > 1000
    passages = f'FILTER(STRSTARTS(STR(?g), "{ns.PASSAGE}"))'
    assert number(store, f"GRAPH ?g {{ ?s ?p ?o }} {passages}") > 5000


def test_what_is_inferred_does_not_outgrow_what_is_stated(release: Release) -> None:
    counts = release.manifest["counts"]
    assert 0 < counts["inferred"] < counts["stated"]


def test_the_search_finds_a_method_in_spite_of_typos(store: LocalStore) -> None:
    index = SearchIndex(entries(store.rows(queries.load(QUERY).text)))
    assert index.search("colegial tutorng")[0].entry.iri == ns.ID + "method/collegial-tutoring"
    assert index.search("iskolataska")[0].matched.value == "iskolatáska"
