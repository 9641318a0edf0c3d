"""Words for people: names, dates, plurals, surroundings of a passage."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ontology import namespaces as ns
from service.pages import literals
from service.pages.names import Names, natural, shorten
from service.pages.texts import surroundings
from service.pages.vocabulary import Vocabulary
from service.pages.words import plural


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2021", "2021"),
        ("2022-03", "March 2022"),
        ("2021-05-07", "7 May 2021"),
        ("2021-05-07T10:30:00Z", "7 May 2021, 10:30"),
        ("spring 2022", "spring 2022"),
        ("2022-13", "2022"),
    ],
)
def test_dates_in_words(text: str, shown: str) -> None:
    assert literals.date(text) == shown


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (ox.Literal("true", datatype=ox.NamedNode(ns.XSD + "boolean")), literals.Shown("yes")),
        (ox.Literal("false", datatype=ox.NamedNode(ns.XSD + "boolean")), literals.Shown("no")),
        (ox.Literal("3.0", datatype=ox.NamedNode(ns.XSD + "decimal")), literals.Shown("3")),
        (ox.Literal("3.50", datatype=ox.NamedNode(ns.XSD + "decimal")), literals.Shown("3.50")),
        (ox.Literal("Tulevikukool", language="et"), literals.Shown("Tulevikukool", language="et")),
        (
            ox.Literal("javascript:x", datatype=ox.NamedNode(ns.XSD + "anyURI")),
            literals.Shown("javascript:x"),
        ),
    ],
)
def test_literals_in_words(term: ox.Literal, shown: literals.Shown) -> None:
    assert literals.literal(term) == shown


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("method", "Methods"),
        ("country", "Countries"),
        ("survey", "Surveys"),
        ("use of a method", "Uses of a method"),
        ("participation in a project", "Participations in a project"),
        ("aspect assessed", "Aspects assessed"),
        ("person", "People"),
        ("process model", "Process models"),
        ("success factor", "Success factors"),
        ("status of use", "Statuses of use"),
    ],
)
def test_plurals(label: str, words: str) -> None:
    assert plural(label) == words


def test_numbers_in_names_sort_by_value() -> None:
    assert sorted(["a10", "a2", "A1"], key=natural) == ["A1", "a2", "a10"]
    sorted(["²", "1a", "a1", "٣", ""], key=natural)  # digits of any script are no trouble


def test_a_long_text_is_cut_at_a_word() -> None:
    assert shorten("one two three", 9) == "one two …"
    assert shorten("one two", 9) == "one two"


def test_passages_are_named_by_document_and_lines() -> None:
    names = Names(Vocabulary(), {ns.DOCUMENT + "d1": "D1"})
    assert names.passage(ns.PASSAGE + "d1/L4-5") == "D1, lines 4–5"
    assert names.passage(ns.PASSAGE + "d1/L72.2") == "D1, line 72 (2)"
    assert names.passage(ns.PASSAGE + "web/pilots-finland") == "web, pilots finland"
    assert names.passage(ns.PASSAGE + "web/3") == "web, part 3"


TEXT = [f"line {n}" for n in range(1, 12)]
TEXT[4] = "It can also be applied   between"
TEXT[5] = "teachers from different schools; and so on"


def test_the_anchor_is_marked_over_line_breaks() -> None:
    found = surroundings(TEXT, 5, 6, "applied between teachers from different schools")
    assert [line.number for line in found] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert [line.number for line in found if line.cited] == [5, 6]
    marked = [text for line in found for text, is_anchor in line.pieces if is_anchor]
    assert marked == ["applied   between", "teachers from different schools"]
    assert ["".join(text for text, _ in line.pieces) for line in found] == TEXT[1:9]


def test_lines_that_are_not_there_show_nothing() -> None:
    assert surroundings(TEXT, 11, 12, "x") == []
    assert surroundings(TEXT, 0, 0, "x") == []
    edge = surroundings(TEXT, 11, 11, "not in the text")
    assert [line.number for line in edge] == [8, 9, 10, 11]
    assert not any(is_anchor for line in edge for _, is_anchor in line.pieces)
