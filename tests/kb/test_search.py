"""The search index: typos, diacritics, case, languages, order, speed-independent properties."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import queries
from kb.search import QUERY, Entry, SearchIndex, Text, entries, fold
from ontology import namespaces as ns

METHOD, COUNTRY, PHASE = (ns.SMM + name for name in ("Method", "Country", "Phase"))


def entry(slug: str, kind: str, label: str, *more: Text) -> Entry:
    return Entry(ns.ID + slug, (kind,), (Text("label", label, "en"), *more))


THINGS = [
    entry("method/future-school", METHOD, "Future School", Text("alternative", "Tulevikukool", "et")),
    entry("method/digital-mirror", METHOD, "Digital Mirror", Text("alternative", "Digipeegel", "et")),
    entry(
        "method/collegial", METHOD, "Collegial tutoring", Text("definition", "Teachers help teachers.", "en")
    ),
    entry("method/live", METHOD, "Headmaster live", Text("alternative", "Ředitel naživo", "cs")),
    entry("country/norway", COUNTRY, "Norway"),
    entry("phase/reflection", PHASE, "Reflection"),
    entry("phase/joint-planning", PHASE, "Joint planning and getting acquainted with the possibilities"),
    Entry(
        ns.ID + "statement/1",
        (ns.SMM + "Statement",),
        (Text("text", "Trust between schools matters.", "en"),),
    ),
]
INDEX = SearchIndex(THINGS)


def slugs(query: str, **options: object) -> list[str]:
    return [hit.entry.iri.removeprefix(ns.ID) for hit in INDEX.search(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Future School", "method/future-school"),
        ("futur scool", "method/future-school"),
        ("school future", "method/future-school"),
        ("tulevikukol", "method/future-school"),
        ("REFLEKTION", "phase/reflection"),
        ("refl", "phase/reflection"),
        ("digpeegel", "method/digital-mirror"),
        ("reditel nazivo", "method/live"),
        ("ŘEDITEL NAŽIVO", "method/live"),
        ("coleggial tutorign", "method/collegial"),
        ("norwy", "country/norway"),
        ("no", "country/norway"),
        ("teachers help", "method/collegial"),
        ("trust", "statement/1"),
        ("getting acquainted", "phase/joint-planning"),
    ],
)
def test_it_finds_first(query: str, expected: str) -> None:
    assert slugs(query)[0] == expected


@pytest.mark.parametrize("query", ["", " ?! ", "xyzzy", "𝔘𝔫𝔦"])
def test_it_finds_nothing_where_nothing_is_like_it(query: str) -> None:
    assert slugs(query) == []


def test_an_exact_label_scores_one_and_says_which_field_matched() -> None:
    (hit, *_) = INDEX.search("future school")
    assert (hit.score, hit.matched) == (1.0, Text("label", "Future School", "en"))
    (hit, *_) = INDEX.search("Tulevikukool")
    assert (hit.score, hit.matched) == (0.95, Text("alternative", "Tulevikukool", "et"))
    assert hit.entry.label.value == "Future School"


def test_kinds_and_limit_narrow_the_answer() -> None:
    assert slugs("reflection", kinds=[METHOD]) == []
    assert slugs("refl", kinds=[METHOD, PHASE]) == ["phase/reflection"]
    assert len(slugs("school teachers reflection", limit=1)) == 1


@given(st.text(max_size=300))
def test_any_query_is_answered_with_scores_in_order(query: str) -> None:
    scores = [hit.score for hit in INDEX.search(query)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_an_empty_index_finds_nothing() -> None:
    assert SearchIndex([]).search("school") == []


def test_fold() -> None:
    assert fold("  Iskolatáska – ŘEDITEL  Łódź, Ærø! ") == "iskolataska reditel lodz aero"


def test_entries_come_from_the_query_file() -> None:
    store = ox.Store()
    data = f"""
        PREFIX smm: <{ns.SMM}> PREFIX skos: <{ns.SKOS}> PREFIX rdfs: <{ns.RDFS}> PREFIX owl: <{ns.OWL}>
        <{ns.ID}method/a> a smm:Method , <{ns.PROV}Entity> ;
            skos:prefLabel "A"@en , "Aa"@et ; skos:altLabel "B" .
        <{ns.ID}passage/d/L1> a smm:Passage ; smm:anchor "not found by this"@en .
        smm:Method a owl:Class ; rdfs:label "method"@en ; skos:definition "A way."@en .
        <http://elsewhere.example/x> a smm:Method ; skos:prefLabel "X"@en .
    """
    store.load(input=data.encode(), format=ox.RdfFormat.TURTLE)
    solutions = store.query(queries.load(QUERY).text)
    names = [variable.value for variable in solutions.variables]
    rows = [{name: row[name] for name in names if row[name] is not None} for row in solutions]
    method, term = entries(rows)
    assert method.iri == ns.ID + "method/a"
    assert method.kinds == (METHOD,)
    assert method.texts == (Text("label", "A", "en"), Text("label", "Aa", "et"), Text("alternative", "B"))
    assert method.label == Text("label", "A", "en")
    assert (term.iri, term.label.value) == (METHOD, "method")
