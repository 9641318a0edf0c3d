"""Fields of named queries: what a header declares, the short names of things, and values as terms."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kb import fields, queries
from kb.fields import Field, ValueProblem
from kb.queries import QueryError, parse
from ontology import namespaces as ns

COUNTRY = Field("country", ns.SMM + "Country", "Country")
THINGS = [ns.ID + path for path in ("country/italy", "phase/a/mapping", "phase/b/mapping", "phase/b/start")]


def declared(*lines: str) -> tuple[Field, ...]:
    names = [line.split(" ")[0] for line in lines]
    header = "".join(f"# param: {line}\n" for line in lines)
    return fields.fields(
        parse("q", f"# title: T\n{header}ASK {{ ?s ?p {', '.join('$' + n for n in names)} }}")
    )


def test_a_header_declares_fields_in_order() -> None:
    place, said, word, least = declared(
        "country | smm:Country | Country | italy",
        "source | smm:statedBy | Source",
        "word | text | A word",
        "least | number | At least | 3",
    )
    assert place == Field("country", ns.SMM + "Country", "Country", "italy")
    assert (place.is_choice, place.is_property) == (True, False)
    assert (said.is_choice, said.is_property, said.default) == (True, True, "")
    assert (word.kind, word.is_choice) == ("text", False)
    assert (least.kind, least.default) == ("number", "3")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("country the country", "write “# param: country | kind | label"),
        ("country | smm:Country | Country | italy | more", "write “# param"),
        ("country | nation | Country", "nation is neither"),
        ("country | nowhere:Country | Country", "nowhere:Country is neither"),
        ("format | text | Format", "parameter of the protocol"),
    ],
)
def test_a_bad_declaration_is_refused(line: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        declared(line)


def test_every_question_declares_its_fields_well() -> None:
    for query in queries.all_queries():
        if query.name.startswith("questions/"):
            fields.fields(query)


def test_a_key_is_the_shortest_end_that_no_other_thing_has() -> None:
    keys = fields.keys(THINGS)
    assert list(keys.values()) == ["italy", "a/mapping", "b/mapping", "start"]


@pytest.mark.parametrize("text", ["start", "b/start", "phase/b/start", ns.ID + "phase/b/start"])
def test_a_thing_is_named_by_any_end_that_is_its_alone(text: str) -> None:
    assert fields.choice(COUNTRY, text, fields.keys(THINGS)) == ox.NamedNode(ns.ID + "phase/b/start")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("mapping", "several"), ("art", "none of"), ("", "none of"), ("Italy", "none of"), ("> } #", "none of")],
)
def test_what_names_no_single_thing_is_refused_with_all_that_can_be_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueProblem, match=complaint) as caught:
        fields.choice(COUNTRY, text, fields.keys(THINGS))
    assert caught.value.allowed == ("italy", "a/mapping", "b/mapping", "start")


@pytest.mark.parametrize(("text", "kind"), [("3", "integer"), ("-3", "integer"), ("2.50", "decimal")])
def test_a_number_has_the_type_that_it_is_written_in(text: str, kind: str) -> None:
    found = fields.literal(Field("least", "number", "At least"), text)
    assert (found.value, found.datatype.value) == (text, ns.XSD + kind)


@pytest.mark.parametrize("text", ["", "three", "1e5", "NaN", "3 } #", "٣", "1" * 16, "3.", ".5", "3\n"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueProblem, match="least is not a number"):
        fields.literal(Field("least", "number", "At least"), text)


def test_a_text_has_a_limit() -> None:
    field = Field("word", "text", "Word")
    assert fields.literal(field, "a" * fields.MAX_TEXT) == ox.Literal("a" * fields.MAX_TEXT)
    with pytest.raises(ValueProblem, match="longer than 1000"):
        fields.literal(field, "a" * (fields.MAX_TEXT + 1))
