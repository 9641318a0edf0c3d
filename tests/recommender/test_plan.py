"""Plans keep to the time there is, to what a school keeps and leaves out, and never make a duration up."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.advice import advise
from recommender.catalogue import Catalogue
from recommender.plan import Placed, Plan
from recommender.profile import Profile

ASKS = Profile(goal="taking stock, and colleagues should help each other", schools="one", mentor="external")
METHODS = ("workshop", "tutoring", "company-programme", "long-programme", "sequel", "visit", "silent")
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PROFILES = st.builds(
    lambda hours, months, keep, leave: replace(
        ASKS, time_hours=hours, time_months=months, plan_keep=tuple(keep), plan_leave_out=tuple(leave)
    ),
    st.none() | st.integers(0, 12),
    st.none() | st.integers(0, 24),
    st.lists(st.sampled_from(METHODS), unique=True, max_size=3),
    st.lists(st.sampled_from(METHODS), unique=True, max_size=3),
)


def placed(plan: Plan) -> list[Placed]:
    return [one for step in plan.phases for one in step.placed]


def names(plan: Plan) -> list[str]:
    return [one.item.method.slug for one in placed(plan)]


@FEW
@given(PROFILES)
def test_every_plan_keeps_to_its_bounds(sample: Catalogue, profile: Profile) -> None:
    advice = advise(profile, sample)
    plan = advice.plan
    chosen = set(names(plan))
    assert [step.phase.number for step in plan.phases] == [1, 2, 3, 4]
    assert chosen.isdisjoint(profile.plan_leave_out)
    assert chosen.isdisjoint(out.method.slug for out in advice.ruled_out)
    if plan.fits:
        assert profile.time_hours is None or plan.hours <= profile.time_hours
        assert profile.time_months is None or plan.months <= profile.time_months
    else:
        assert all(one.kept for one in placed(plan))
    for one in placed(plan):
        again = [other for other in placed(plan) if other.item == one.item]
        assert sum(other.reason.code != "methods-reused" for other in again) == 1
        if not (one.hours or one.months):
            assert any(one.item.method.label in note and "not counted" in note for note in plan.notes)
    for slug in set(profile.plan_keep) - set(profile.plan_leave_out) - chosen:
        label = next(method.label for method in sample.methods.values() if method.slug == slug)
        assert any(note.startswith(f"{label} could not be kept") for note in plan.notes)


@FEW
@given(PROFILES, st.integers(0, 12))
def test_more_hours_never_make_a_plan_worse(sample: Catalogue, profile: Profile, more: int) -> None:
    """Worth is compared by the methods that may be placed at both times: those that no rule is against."""
    if profile.time_hours is None:
        return
    profile = replace(profile, plan_keep=())
    less = advise(profile, sample).plan
    richer = advise(replace(profile, time_hours=profile.time_hours + more), sample).plan
    assert sum(bool(step.placed) for step in less.phases) <= sum(bool(step.placed) for step in richer.phases)


def test_three_hours_hold_the_workshop_once(sample: Catalogue) -> None:
    assert names(advise(replace(ASKS, time_hours=3), sample).plan).count("workshop") == 1
    assert names(advise(replace(ASKS, time_hours=6), sample).plan).count("workshop") == 2
    plan = advise(replace(ASKS, time_hours=3), sample).plan
    assert plan.hours == 3


def test_what_is_left_out_makes_room(sample: Catalogue) -> None:
    assert "tutoring" in names(advise(ASKS, sample).plan)
    assert "tutoring" not in names(advise(replace(ASKS, plan_leave_out=("tutoring",)), sample).plan)


def test_keeping_more_than_there_is_time_for_is_said(sample: Catalogue) -> None:
    plan = advise(replace(ASKS, time_hours=2, plan_keep=("workshop",)), sample).plan
    assert not plan.fits
    assert set(names(plan)) == {"workshop"}
    assert "takes more time than you have" in " ".join(plan.notes)


def test_what_is_ruled_out_can_not_be_kept(sample: Catalogue) -> None:
    plan = advise(replace(ASKS, plan_keep=("visit",)), sample).plan
    assert "Visit of another school could not be kept: it is ruled out." in plan.notes


def test_a_plan_without_knowledge_has_phases_only(sample: Catalogue) -> None:
    plan = advise(Profile(), sample).plan
    assert len(plan.phases) == 4
    assert not placed(plan)
    assert (plan.hours, plan.months, plan.fits) == (0, 0, True)


def test_a_national_instrument_waits_for_the_nation(catalogue: Catalogue) -> None:
    asks = Profile(goal="How digitally mature is our school as an organisation?", schools="one")
    national = {method.slug for method in catalogue.methods.values() if method.nations}
    assert not national & set(names(advise(asks, catalogue).plan))
    there = advise(replace(asks, country="estonia"), catalogue).plan
    assert national & set(names(there)) == {"digital-mirror"}
    assert "opeka" in names(advise(replace(asks, plan_keep=("opeka",)), catalogue).plan)


def test_the_same_profile_gives_the_same_plan(catalogue: Catalogue) -> None:
    profile = replace(ASKS, time_hours=20, time_months=12)
    assert advise(profile, catalogue).plan == advise(profile, catalogue).plan


def test_examples_come_from_the_pilot_most_alike(catalogue: Catalogue) -> None:
    def example(country: str, number: int) -> str:
        plan = advise(replace(ASKS, country=country), catalogue).plan
        found = plan.phases[number - 1].example
        return found.text if found else ""

    assert example("finland", 2).startswith("Finland")
    assert example("norway", 2).startswith("Norway")
