"""Query files: header, parameters, and that binding can never change a query's meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import queries
from kb.queries import QueryError, parse

ECHO = parse("echo", "# title: Echo\n# param: what the term to give back\nSELECT ($what AS ?out) {}")
LANGUAGES = st.sampled_from(["en", "et", "pt-br"])
# Datatypes whose values Oxigraph writes back as they came; of numbers and dates it makes the canonical form.
DATATYPES = st.sampled_from(["http://www.w3.org/2001/XMLSchema#anyURI", "http://e/#type"]).map(ox.NamedNode)
# Surrogates cannot be encoded; everything else may stand in a literal, control characters and quotes too.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, language: ox.Literal(text, language=language), TEXTS, LANGUAGES),
    st.builds(lambda text, datatype: ox.Literal(text, datatype=datatype), TEXTS, DATATYPES),
    st.integers().map(ox.Literal),
)


def answer(query: str) -> object:
    return next(iter(ox.Store().query(query)))["out"]


@settings(max_examples=1500, deadline=None)
@given(LITERALS)
def test_every_literal_comes_back_unchanged(literal: ox.Literal) -> None:
    assert answer(ECHO.bind(what=literal)) == literal


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="\"'\\$?{}<>#. \n;what", max_size=30))
def test_hostile_text_stays_inside_its_literal(text: str) -> None:
    query = parse("q", "# title: T\n# param: a x\n# param: b y\nSELECT (CONCAT($a, $b) AS ?out) {}")
    bound = query.bind(a=ox.Literal(text), b=ox.Literal("$a } #"))
    assert answer(bound) == ox.Literal(text + "$a } #")


def test_several_terms_stand_side_by_side_as_values_need_them() -> None:
    query = parse("q", "# title: T\n# param: all x\nSELECT ?out { VALUES ?out { $all } }")
    terms = [ox.NamedNode("http://e/1"), ox.Literal("} #")]
    assert [row["out"] for row in ox.Store().query(query.bind(all=terms))] == terms
    assert list(ox.Store().query(query.bind(all=[]))) == []


def test_a_parameter_is_left_alone_within_strings_comments_iris_and_names() -> None:
    text = (
        "# title: T, not $p\n# param: p the term\n"
        "PREFIX ex: <http://e/$p/>\n"
        "SELECT * { ?s <http://e/$p> \"$p 'x\" , '$p \"' , "
        '"""a "" $p \\"""" , \'\'\'$p\' \'\'\' ; # it\'s $p\n'
        "  ex:a\\$p $p ; ex:b\\#c $p . FILTER(?s != $p && 1<2) }"
    )
    bound = parse("q", text).bind(p=ox.NamedNode("http://e/TERM"))
    assert bound.count("<http://e/TERM>") == 3
    assert bound.replace("<http://e/TERM>", "$p") == text
    assert list(ox.Store().query(bound)) == []


def test_a_whole_number_may_follow_limit() -> None:
    query = parse("q", "# title: T\n# param: n how many\nSELECT ?out { VALUES ?out { 1 2 3 } } LIMIT $n")
    assert len(list(ox.Store().query(query.bind(n=ox.Literal(2))))) == 2


def test_missing_and_unknown_parameters_are_refused() -> None:
    with pytest.raises(QueryError, match="needs what"):
        ECHO.bind()
    with pytest.raises(QueryError, match="has no parameter other"):
        ECHO.bind(what=ox.Literal("x"), other=ox.Literal("y"))
    with pytest.raises(QueryError, match="blank node"):
        ECHO.bind(what=ox.BlankNode("b"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT * {}", "no title"),
        ("# title: T\nSELECT * { ?s ?p $o }", r"uses \$o without"),
        ("# title: T\n# param: o thing\nSELECT * { ?s ?p ?o }", "declares o but"),
        ("# title: T\n# param: –\nSELECT * {}", "without a name"),
    ],
)
def test_header_and_text_must_agree(text: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        parse("q", text)


def test_the_header_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    header = "# title: Who\n# question: Who says\n#   so?\n# theme: trust\n# param: x – the thing\n"
    text = header + "\n# title: no\nASK { $x ?p ?o }"
    (tmp_path / "a" / "who.rq").write_text(text, encoding="utf-8")
    (query,) = queries.all_queries(tmp_path)
    assert (query.name, query.title, query.question, query.theme) == ("a/who", "Who", "Who says so?", "trust")
    assert query.params == {"x": "the thing"}
    with pytest.raises(QueryError, match="no query a/whom"):
        queries.load("a/whom", tmp_path)


@pytest.mark.parametrize("query", queries.all_queries(), ids=lambda query: query.name)
def test_the_projects_queries_are_sparql(query: queries.QueryFile) -> None:
    numbers = set(re.findall(r"(?:LIMIT|OFFSET)\s+\$(\w+)", query.text))
    iri = ox.NamedNode("http://e/x")
    ox.Store().query(query.bind(**{name: ox.Literal(1) if name in numbers else iri for name in query.params}))
