"""The measuring itself: known values, nothing of a pilot left in its own test, one seed one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isnan, log2
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import constraints
from recommender.catalogue import Catalogue
from recommender.evaluation import evaluate
from recommender.measures import estimate, hit, ndcg, overlap
from recommender.situations import pilot_cases, read_situations, without
from tests.recommender.test_situations import DOCUMENT

ESTONIA = "https://w3id.org/school-mentoring/id/pilot/estonia"
WORKSHOP = "https://w3id.org/school-mentoring/id/method/workshop"
SMALL: Final[dict[str, Any]] = {
    "situations": [
        {
            "name": "where we stand",
            "source": "Sample, 10",
            "reason": "The workshop takes stock.",
            "profile": {"goal": "We want to take stock of where we stand.", "schools": "one"},
            "expected": ["workshop"],
            "ruledOut": {"visit": "setting"},
        }
    ],
    "pilots": {},
}


def changed(**more: Any) -> dict[str, Any]:
    return {**SMALL, "situations": [{**SMALL["situations"][0], **more}]}


def test_measures_have_their_values() -> None:
    order = ["a", "b", "c", "d"]
    assert [hit(order, {"b"}, first) for first in (1, 2)] == [0, 1]
    assert ndcg(order, {"a", "b"}) == 1
    assert ndcg(order, {"b"}) == pytest.approx(1 / log2(3))
    assert ndcg(["a"], {"z"}) == 0
    assert overlap(["a", "b", "c"], ["c", "d"]) == pytest.approx(1 / 3)
    assert overlap([], []) == 1


@given(st.permutations(list("abcdef")), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_a_better_place_never_lowers_ndcg(order: list[str], right: set[str]) -> None:
    best = sorted(order, key=lambda one: one not in right)
    assert 0 < ndcg(order, right) <= ndcg(best, right) == pytest.approx(1)


def test_intervals_hold_the_mean_and_depend_on_the_seed_alone() -> None:
    found = estimate([0, 1, 1, 0, 1], seed=3)
    assert found.low <= found.mean == 0.6 <= found.high
    assert found == estimate([0, 1, 1, 0, 1], seed=3)
    assert isnan(estimate([], seed=3).mean)


def test_a_pilot_left_out_leaves_nothing_behind(sample: Catalogue) -> None:
    left = without(sample, ESTONIA)
    assert ESTONIA in {use.pilot for use in sample.methods[WORKSHOP].uses}
    assert not [use for method in left.methods.values() for use in method.uses if use.pilot == ESTONIA]
    assert not [fact for need in left.needs.values() for fact in need.found_in if fact.value == ESTONIA]
    assert ESTONIA not in left.pilots


def test_cases_are_pilots_that_used_something(sample: Catalogue) -> None:
    (case,) = pilot_cases(sample)  # the Finnish pilot only planned
    assert case.right == {WORKSHOP}
    assert case.profile.country == "estonia"
    assert case.profile.schools == "one"
    assert pilot_cases(sample, {}) == []


def test_the_same_seed_gives_the_same_figures(sample: Catalogue) -> None:
    first, again = (evaluate(SMALL, sample, seed=5, repeats=5) for _ in range(2))
    assert first.tables[2:] == again.tables[2:]
    assert first.stability == again.stability


def test_the_right_answer_first_is_full_marks(sample: Catalogue) -> None:
    found = evaluate(SMALL, sample, repeats=5)
    mine, *others = found.tables[2].rows
    assert [mine.measures[measure].mean for measure in mine.measures] == [1, 1, 1, 1]
    assert {row.name for row in others} == {"most-used", "random", "text-only", "constraints-only"}
    assert found.tables[2].few
    assert not found.errors


@pytest.mark.parametrize(
    ("situation", "kind", "forbidden"),
    [
        ({"forbidden": ["workshop"]}, "forbidden", 1),
        ({"ruledOut": {"workshop": "time"}}, "not ruled out", 1),
        ({"expected": ["map-of-practice", "silent"]}, "missed", 0),
        ({"route": "between"}, "route", 0),
        ({"pilot": "finland"}, "pilot", 0),
        ({"warnings": ["no-mentor"]}, "warning", 0),
        ({"confidence": ["good"]}, "confidence", 0),
    ],
)
def test_what_is_wrong_is_told(
    situation: Mapping[str, Any], kind: str, forbidden: int, sample: Catalogue
) -> None:
    found = evaluate(changed(**situation), sample, repeats=2)
    assert kind in {error.kind for error in found.errors}
    assert found.forbidden == forbidden


def test_how_sure_the_advice_is_stands_beside_how_often_it_is_right(sample: Catalogue) -> None:
    found = evaluate(SMALL, sample, repeats=2)
    table = next(one for one in found.groups if one.title == "By how sure the advice says it is")
    assert [row.measures["nDCG"].cases for row in table.rows] == [1]
    assert {row.name for row in table.rows} <= {"too little known", "tentative", "fair", "good"}


def test_held_out_situations_have_a_table_of_their_own(sample: Catalogue) -> None:
    (one,) = SMALL["situations"]
    other = {**one, "name": "kept aside", "held_out": True}
    found = evaluate({**SMALL, "situations": [one, other]}, sample, repeats=2)
    cases = {table.title: table.cases for table in found.tables}
    assert cases["Written situations"] == cases["Held-out situations"] == 1


def test_a_rule_that_punishes_time_is_found_out(sample: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(method: Any, profile: Any, process: Any, catalogue: Any) -> Any:
        less = None if profile.time_hours is None else 100 - profile.time_hours
        return constraints.judge(method, replace(profile, time_hours=less), process, catalogue)

    monkeypatch.setattr("recommender.evaluation.judge", spoiled)
    assert evaluate(SMALL, sample, repeats=2).lost_by_more_time


def test_an_unknown_method_is_named(sample: Catalogue) -> None:
    with pytest.raises(ValueError, match="where we stand: the catalogue has no method tutorin"):
        read_situations(changed(expected=["tutorin"]), sample)


def test_the_pilots_read_by_hand_are_those_that_used_something(catalogue: Catalogue) -> None:
    used = {case.name for case in pilot_cases(catalogue)}
    assert {case.name for case in pilot_cases(catalogue, DOCUMENT["pilots"])} == used
