"""From the form to a profile's document and back."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from recommender.profile import Fault
from service.advice.forms import Filled, decode, described, read
from service.errors import Problem


def test_a_form_becomes_a_document() -> None:
    form = MultiDict(
        [
            ("goal", " Help each other "),
            ("needs", ""),
            ("needs", "company"),
            ("needs", "no-time"),
            ("time.hours", " 6 "),
            ("time.months", ""),
            ("phase", "4"),
            ("schools", ""),
            ("maturity.elements.peer-learning", "2"),
            ("maturity.elements.co-creation", ""),
            ("element_needs.peer-learning", "strong"),
            ("school_levels", ""),
        ]
    )
    assert read(form) == {
        "goal": "Help each other",
        "needs": ["company", "no-time"],
        "time": {"hours": 6},
        "phase": 4,
        "maturity": {"elements": {"peer-learning": 2}},
        "element_needs": {"peer-learning": "strong"},
    }


def test_what_is_no_number_stays_so_that_it_can_be_named() -> None:
    assert read(MultiDict([("time.hours", "six")])) == {"time": {"hours": "six"}}


def test_answers_given_before_are_kept_and_may_be_changed() -> None:
    form = MultiDict(
        [("profile", '{"schools": "one", "mentor": "none", "needs": ["a"]}'), ("mentor", ""), ("phase", "2")]
    )
    assert read(form) == {"schools": "one", "needs": ["a"], "phase": 2}


def test_what_a_profile_holds_in_the_wrong_place_does_no_harm() -> None:
    form = MultiDict([("profile", '{"time": 3, "maturity": []}'), ("time.hours", "2")])
    assert read(form) == {"time": {"hours": 2}}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 200_000, '{"goal": "\\ud800"}', '{"\\udfff": 1}'])
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="JSON"):
        decode(text)


def test_a_filled_form_knows_its_answers_and_faults() -> None:
    filled = Filled(
        {"goal": "x", "needs": ["a"], "time": {"hours": "six"}, "maturity": {"elements": {"e": 2}}},
        (
            Fault("time.hours", "Not a number."),
            Fault("needs[0]", "No such need."),
            Fault("odd", "No such field."),
        ),
    )
    assert (filled.value("goal"), filled.value("time.hours"), filled.value("time.months")) == ("x", "six", "")
    assert filled.value("maturity.elements.e") == "2"
    assert filled.has("needs", "a")
    assert not filled.has("needs", "b")
    assert filled.count("needs") == 1
    assert filled.faults_of("needs") == ["No such need."]
    assert filled.faults_of("time.months") == []
    assert [fault["path"] for fault in described(filled.faults)] == ["time.hours", "needs", ""]
