"""The questions as examples in the graph: what outside editors ask for is there, and every example runs."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kb import examples, queries
from kb.build import build
from kb.local import LocalStore
from kb.queries import QueryError, parse
from kb.release import Release
from ontology import namespaces as ns
from ontology.complaints import SourceError
from tests.kb.conftest import Tiny

# What SIB's editor asks an endpoint for, to complete and to offer examples without being set up.
ITS_PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""
ITS_CLASSES = """PREFIX void: <http://rdfs.org/ns/void#>
SELECT DISTINCT ?class ?property WHERE {
  ?part void:class ?class ; void:propertyPartition ?inner . ?inner void:property ?property }"""
ITS_EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?example ?comment ?query WHERE {
  ?example a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?example"""


@pytest.fixture(scope="module")
def store(release: Release) -> LocalStore:
    return LocalStore(release.path)


def _asked(store: LocalStore, text: str) -> list[list[str]]:
    return [[term.value for term in row.values()] for row in store.rows(text)]  # type: ignore[union-attr]


def test_an_editor_finds_the_prefixes(store: LocalStore) -> None:
    assert {tuple(row) for row in _asked(store, ITS_PREFIXES)} == set(ns.PREFIXES.items())


def test_an_editor_finds_which_properties_a_class_has(store: LocalStore) -> None:
    found = {tuple(row) for row in _asked(store, ITS_CLASSES)}
    assert (ns.SMM + "Method", ns.SMM + "suitableForPhase") in found
    assert (ns.SMM + "Country", ns.SMM + "suitableForPhase") not in found
    counted = store.rows(
        f"SELECT (COUNT(*) AS ?n) {{ ?s a <{ns.SMM}Method> ; <{ns.SMM}suitableForPhase> ?o }}"
    )
    said = store.rows(
        f"SELECT ?n {{ ?c <{ns.VOID}class> <{ns.SMM}Method> ; <{ns.VOID}propertyPartition> ?p ."
        f" ?p <{ns.VOID}property> <{ns.SMM}suitableForPhase> ; <{ns.VOID}triples> ?n }}"
    )
    assert counted == said != []


def test_every_question_is_an_example_that_runs(store: LocalStore) -> None:
    found = _asked(store, ITS_EXAMPLES)
    names = {one.name for one in queries.all_queries() if one.name.startswith(examples.FOLDER)}
    assert {row[0].removeprefix(examples.QUERIES) for row in found} == {
        name.removeprefix(examples.FOLDER) for name in names
    }
    for _, comment, text in found:
        assert comment.endswith("?")
        assert not text.startswith("#")
        assert "$" not in text, "a field without its default"
        assert store.rows(text), comment


def test_an_example_says_where_to_ask_and_how_it_is_found(store: LocalStore) -> None:
    said = dict(_asked(store, f"SELECT ?p ?o {{ <{examples.QUERIES}pilots-in-country> ?p ?o }}"))
    assert said[ns.SCHEMA + "target"] == ns.BASE + "sparql"
    assert said[ns.SCHEMA + "keywords"] == "pilots"
    assert said[ns.SCHEMA + "url"] == ns.BASE + "query/pilots-in-country"
    assert said[ns.SH + "prefixes"] == ns.ONTOLOGY
    assert f"<{ns.ID}country/estonia>" in said[ns.SH + "select"]


def test_a_form_is_named_by_its_own_class() -> None:
    asked = parse(
        "questions/q", "# title: T\n# question: Q?\n# theme: t\nPREFIX e: <http://e/SELECT>\nASK {}"
    )
    said = {(p, v.value) for s, p, v in examples.statements([asked], [], "http://e/") if s.endswith("/q")}
    assert (ns.RDF + "type", ns.SH + "SPARQLAskExecutable") in said
    assert (ns.SH + "ask", "PREFIX e: <http://e/SELECT>\nASK {}") in said


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# title: T\nDESCRIBE <http://e/>", "cannot be an example"),
        (
            "# title: T\n# param: c | smm:Country | Country | mars\nSELECT * { $c ?p ?o }",
            "none of the values",
        ),
        ("# title: T\n# param: n | number | Number\nSELECT ($n AS ?x) {}", "is not a number"),
    ],
)
def test_what_cannot_be_an_example_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        list(examples.statements([parse("questions/q", text)], [], "http://e/"))


def test_a_build_reads_the_projects_own_questions(tiny: Tiny, tmp_path: Path) -> None:
    folder = tiny.project.kb / "queries" / "questions"
    folder.mkdir(parents=True)
    text = "# title: T\n# question: Which?\n# theme: t\nSELECT * { ?s a <http://e/x> }"
    (folder / "which.rq").write_text(text, encoding="utf-8")
    made = build(tiny.project, tmp_path / "releases").release
    assert "kb/queries/questions/which.rq" in made.manifest["sources"]
    rows = LocalStore(made.path).rows(ITS_EXAMPLES)
    assert [row["example"] for row in rows] == [ox.NamedNode(examples.QUERIES + "which")]


@pytest.mark.parametrize("text", ["SELECT * {}", "# title: T\n# question: W?\nDESCRIBE <http://e/>"])
def test_a_file_that_is_no_example_stops_the_build(tiny: Tiny, tmp_path: Path, text: str) -> None:
    folder = tiny.project.kb / "queries" / "questions"
    folder.mkdir(parents=True)
    (folder / "which.rq").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"queries.*\[query\] query questions/which"):
        build(tiny.project, tmp_path / "releases")
