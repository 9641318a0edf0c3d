"""Passages and anchors: how lines and words count, and how a lost anchor is found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.passages import (
    Passage,
    check_anchor,
    check_description,
    find_anchor,
    lines_of_iri,
    local_name,
    places,
    split_lines,
    surroundings,
    words,
)
from ontology import namespaces as ns

TEXT = split_lines(
    "One line here.\nThe method is\n  suitable to be used \nin Phase 6 and\f 7.\n\n"
    "It\u00a0can also be applied between\nteachers from different schools.\n"
)


def passage(first: int, last: int, anchor: str, name: str = "") -> Passage:
    iri = f"{ns.PASSAGE}d/{name or local_name(first, last)}"
    return Passage(iri, "d", first, last, anchor)


def test_only_newline_characters_end_a_line() -> None:
    assert split_lines("a\x0cb\u2028c\r\nd\n") == ["a\x0cb\u2028c\r", "d", ""]


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("one two", 2), (" – one — two ", 2), ("2-3 persons’ don't", 3), ("& 5 %", 1), ("a\nb\tc", 3)],
)
def test_words_have_a_letter_or_digit(text: str, number: int) -> None:
    assert words(text) == number


@pytest.mark.parametrize(
    ("first", "last", "anchor", "found"),
    [
        (2, 4, "method is suitable to be used in Phase 6", True),
        (2, 4, "in Phase 6 and 7.", True),
        (6, 7, "It can also be applied between teachers from", True),
        (2, 3, "suitable to be used in Phase 6", False),
        (2, 4, "Suitable to be used", False),
        (2, 4, "suitable to be used in phase", False),
        (1, 1, "The method is suitable", False),
    ],
)
def test_an_anchor_is_found_verbatim_in_its_lines(first: int, last: int, anchor: str, found: bool) -> None:
    assert find_anchor(TEXT, passage(first, last, anchor)) is found


def test_places_that_overlap_are_all_found() -> None:
    assert places(["a", "a a"], "a a") == [(1, 2), (2, 2)]


@given(st.data())
def test_any_run_of_words_is_found_where_it_is_taken_from(data: st.DataObject) -> None:
    words_of = st.lists(st.text("abcxyz", min_size=1, max_size=4), min_size=1, max_size=6).map(" ".join)
    lines = data.draw(st.lists(words_of, min_size=1, max_size=8))
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    taken = " ".join(lines[first - 1 : last]).split()
    start = data.draw(st.integers(0, len(taken) - 1))
    stop = data.draw(st.integers(start + 1, len(taken)))
    anchor = " ".join(taken[start:stop])
    assert find_anchor(lines, passage(first, last, anchor))
    assert any(first <= a and b <= last for a, b in places(lines, anchor))


@pytest.mark.parametrize(
    ("name", "lines"),
    [("L12-14", (12, 14)), ("L12", (12, 12)), ("L012", None), ("L0", None), ("l12", None), ("page-3", None)],
)
def test_lines_are_read_from_the_iri(name: str, lines: tuple[int, int] | None) -> None:
    assert lines_of_iri(ns.PASSAGE + "d/" + name) == lines


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (passage(2, 4, "a b c d e", "L2-5"), "passage-iri"),
        (passage(2, 2, "a b c d e", "L2-2"), "passage-iri"),
        (passage(2, 4, "a b c d e", "table-1"), "passage-iri"),
        (passage(4, 2, "a b c d e", "L4-2"), "passage-lines"),
        (passage(0, 0, "a b c d e", "L3"), "passage-lines"),
        (passage(2, 4, "only four words here"), "anchor-length"),
        (passage(2, 4, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), "anchor-length"),
        (Passage(ns.PASSAGE + "other/L2", "d", 2, 2, "a b c d e"), "passage-document"),
    ],
)
def test_a_description_that_does_not_hold_together_is_refused(given: Passage, rule: str) -> None:
    assert [fault.rule for fault in check_description(given)] == [rule]


@pytest.mark.parametrize(
    "given",
    [passage(2, 4, "a b c d e"), passage(2, 2, "a b c d e"), passage(0, 0, "", "results-page")],
)
def test_a_sound_description_passes(given: Passage) -> None:
    assert check_description(given) == []


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (passage(1, 1, "The method is suitable to be used"), "it stands in L2-3"),
        (passage(1, 4, "applied between teachers from different schools"), "it stands in L6-7"),
        (passage(2, 4, "teh method is suitible to be used"), "“The method is suitable to be used” in L2-3"),
        (passage(2, 4, "quantum chromodynamics explains quarks very well"), "nothing like it"),
    ],
)
def test_a_lost_anchor_is_told_where_it_is(given: Passage, advice: str) -> None:
    (fault,) = check_anchor(TEXT, given)
    assert fault.rule == "anchor"
    assert advice in fault.advice


def test_a_range_beyond_the_end_is_told() -> None:
    (fault,) = check_anchor(TEXT, passage(7, 99, "teachers from different schools today"))
    assert fault.rule == "passage-lines"
    assert "line 8" in fault.message


def test_surroundings_stay_within_the_document() -> None:
    assert [number for number, _ in surroundings(TEXT, passage(1, 2, ""), context=2)] == [1, 2, 3, 4]
    assert [number for number, _ in surroundings(TEXT, passage(7, 7, ""), context=3)] == [4, 5, 6, 7, 8]
    assert surroundings(TEXT, passage(1, 1, ""), context=0) == [(1, "One line here.")]
