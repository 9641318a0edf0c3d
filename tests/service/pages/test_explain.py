"""Queries in words: every query of ours can be read, joins are understood, and numbers are the release's."""

from __future__ import annotations

from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import queries
from ontology import namespaces as ns
from service.pages import explain
from service.pages.explain import Explanation, Item
from service.pages.knowledge import Knowledge, value
from service.pages.query_joins import islands
from service.pages.query_parts import Filter, Group, Pattern, Union, Values
from service.pages.query_reading import ReadingError, read
from service.sparql.tokens import UnclosedStringError

P = f"PREFIX smm: <{ns.SMM}> PREFIX skos: <{ns.SKOS}> "


@pytest.fixture(scope="module")
def knowledge(site: Flask) -> Knowledge:
    found: Knowledge = site.extensions["mentorgraph.pages"].knowledge
    return found


def _lines(items: tuple[Item, ...]) -> list[str]:
    said = []
    for item in items:
        said.append(f"{item.text.striptags()} {item.count}".strip())
        said += _lines(item.inner)
    return said


def _hints(explanation: Explanation) -> list[str]:
    return [warning.hint for warning in explanation.warnings]


@pytest.mark.parametrize("query", queries.all_queries(), ids=lambda query: query.name)
def test_every_query_of_ours_can_be_told(knowledge: Knowledge, query: queries.QueryFile) -> None:
    explained = explain.explain(query.text, knowledge)
    assert explained.note == ""
    assert explained.items


def test_a_query_is_told_in_its_order_with_the_releases_numbers(knowledge: Knowledge) -> None:
    text = P + (
        "SELECT ?m (COUNT(?p) AS ?n) WHERE { ?m a smm:Method ; skos:prefLabel ?l . "
        "OPTIONAL { ?m smm:suitableForPhase/smm:phaseOf ?p } } GROUP BY ?m ORDER BY ?n LIMIT 5"
    )
    asked = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{ns.SMM}Method> }}"
    methods = value(knowledge.engine.rows(asked)[0], "n")
    lines = _lines(explain.explain(text, knowledge).items)
    assert lines[0] == f"?m is of the kind method {methods} things"
    assert lines[1].startswith("?m → name → ?l ")
    assert lines[1].endswith(" statements")
    assert lines[2:] == [
        "Adds, where there is any:",
        "?m → suitable for phase, then phase of → ?p",
        "Puts together the rows with the same ?m.",
        "Works out ?n as COUNT(?p) (counts).",
        "Sorts by ?n.",
        "Gives ?m, ?n, at most 5.",
    ]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("{ ?a a smm:Pilot FILTER NOT EXISTS { ?a smm:startDate ?d } }", "not-exists"),
        ("{ ?a a smm:Pilot . ?b a smm:Method }", "product"),
        ("{ ?a smm:text ?t FILTER REGEX(?t, 'x') }", "text-search"),
        ("{ ?a skos:broader+ ?b }", "path-end"),
        ("{ ?a ?b ?c }", "name-the-thing"),
    ],
)
def test_what_may_be_slow_leads_to_its_hint(knowledge: Knowledge, body: str, hint: str) -> None:
    assert _hints(explain.explain(P + "SELECT * " + body, knowledge)) == [hint]


@pytest.mark.parametrize(
    "body",
    [
        "{ ?a a smm:Pilot ; smm:startDate ?d }",
        "{ ?a a smm:Pilot FILTER EXISTS { ?a smm:startDate ?d } }",
        "{ ?a skos:broader+ smm:x }",
        "{ ?b a smm:Method . ?a skos:broader+ ?b }",
        "{ ?a a smm:Pilot OPTIONAL { ?a smm:text ?t } OPTIONAL { ?a smm:startDate ?d } }",
        "{ ?a smm:p ?b OPTIONAL { ?a smm:q ?x . ?b smm:r ?y } }",
        "{ VALUES ?a { 1 2 } ?b smm:p ?a }",
        "{ { ?a smm:p ?b } UNION { ?a smm:q ?b } ?b smm:r ?c }",
        "{ { SELECT ?a (COUNT(*) AS ?n) { ?a smm:p ?x } GROUP BY ?a } ?a smm:q ?y }",
        "{ ?a smm:p [ smm:q ?b ; smm:r [ smm:s ?c ] ] }",
        "{ GRAPH ?g { ?a smm:p ?b } ?g smm:anchor ?words }",
        "{ ?a smm:p ?b MINUS { ?c smm:q ?d } }",
    ],
)
def test_what_is_not_slow_is_not_called_so(knowledge: Knowledge, body: str) -> None:
    assert explain.explain(P + "SELECT * " + body, knowledge).warnings == ()


def test_a_product_says_how_large_it_is(knowledge: Knowledge) -> None:
    text = P + "SELECT * { ?a a smm:Pilot . ?b a smm:Method }"
    counts = [
        int(value(knowledge.engine.rows(f"SELECT (COUNT(*) AS ?n) {{ ?s a <{ns.SMM}{kind}> }}")[0], "n"))
        for kind in ("Pilot", "Method")
    ]
    (warning,) = explain.explain(text, knowledge).warnings
    assert f"({counts[0]:,} times {counts[1]:,} are {counts[0] * counts[1]:,} rows)" in warning.text


def test_sorting_everything_is_named(knowledge: Knowledge) -> None:
    text = P + "SELECT * { ?a a smm:Pilot } ORDER BY ?a"
    assert "Without LIMIT" in explain.explain(text, knowledge).warnings[0].text
    assert explain.explain(text + " LIMIT 1", knowledge).warnings == ()


def test_what_cannot_be_told_says_so(knowledge: Knowledge) -> None:
    explained = explain.explain("SELECT * { ?s ?p }", knowledge)
    assert explained.items == ()
    assert "cannot be told in words" in explained.note


def test_the_reading_follows_the_grammar() -> None:
    query = read(
        "BASE <http://b/> PREFIX e: <http://e/>\n"
        "SELECT DISTINCT ?a (MAX(?n) AS ?m) FROM <http://g/> WHERE {\n"
        "  ?a e:p|^e:q* \"x\"@en , -3 , 'y'^^e:t ; e:r (1 2) . [] e:s ?n .\n"
        "  FILTER(?n > 1 && !EXISTS { ?a e:x ?z }) FILTER NOT EXISTS { ?a e:y ?z }\n"
        "  VALUES (?u ?v) { (1 2) (3 UNDEF) } VALUES ?w { 1 'b'@en 'c'^^e:t UNDEF }\n"
        "  { ?a e:k ?b } UNION { ?a e:l ?b } UNION { ?a e:m ?b }\n"
        "  GRAPH ?g { ?a ?b ?c } BIND(?n + 1 AS ?k)\n"
        "} GROUP BY ?a HAVING (MAX(?n) > 2) ORDER BY DESC(?m) LIMIT 3 OFFSET 1"
    )
    assert query.where is not None
    patterns = [part for part in query.where.parts if isinstance(part, Pattern)]
    assert [part.object[0].text for part in patterns] == ['"x"', "-", "'y'", "1", "?n"]
    filters = [part for part in query.where.parts if isinstance(part, Filter)]
    assert [[is_not for is_not, _ in part.exists] for part in filters] == [[False], [True]]
    assert [part.count for part in query.where.parts if isinstance(part, Values)] == [2, 4]
    assert [len(part.branches) for part in query.where.parts if isinstance(part, Union)] == [3]
    assert (query.limit, query.offset, query.distinct, query.prefixes) == ("3", "1", True, {"e": "http://e/"})
    assert query.gives == {"a", "m"}


def test_parts_are_connected_by_way_of_others() -> None:
    where = read("SELECT * { ?a <p:p> ?b . ?c <p:p> ?d . ?b <p:p> ?c . ?x <p:p> ?y }").where
    assert where is not None
    assert [sorted(one.names) for one in islands(where, frozenset())] == [["a", "b", "c", "d"], ["x", "y"]]
    inside = Group(parts=where.parts)
    assert len(islands(inside, frozenset({"a", "x"}))) == 1, "connected by what is known from outside"


# A text of tokens, split below; it keeps the list readable.
WORDS = """
SELECT * ?x { } ( ) [ ] . ; , a FILTER NOT EXISTS OPTIONAL UNION GRAPH VALUES BIND AS e:p <http://e/> 'x' 1 /
| ^ + ORDER BY GROUP LIMIT ASK CONSTRUCT DESCRIBE WHERE MINUS SERVICE PREFIX FROM HAVING UNDEF << >> @en ^^
"""


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_any_text_is_read_or_refused(found: list[str]) -> None:
    with suppress(ReadingError, UnclosedStringError):
        read(" ".join(found))
