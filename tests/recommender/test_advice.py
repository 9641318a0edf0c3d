"""What holds for every profile, and the parts of advice on the small world."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender import cases, weights
from recommender.advice import Advice, advise
from recommender.assemble import assemble
from recommender.catalogue import Catalogue
from recommender.explanation import Reason
from recommender.fields import BY_PATH, FIELDS
from recommender.profile import Profile, Vocabulary, attribute, parse
from recommender.ranking import Ranking, rank
from tests.recommender.conftest import sample_rows
from tests.recommender.strategies import documents

FEW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)


def drawn(data: st.DataObject, vocabulary: Vocabulary) -> Profile:
    return parse(data.draw(documents(vocabulary)), vocabulary)


def ruled_out(profile: Profile, catalogue: Catalogue) -> set[str]:
    return {out.method.iri for out in rank(profile, catalogue).ruled_out}


def reasons_in(value: Any) -> Iterator[Reason]:
    """Every reason anywhere in advice."""
    if isinstance(value, Reason):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from reasons_in(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in (
                "method",
                "phase",
                "pilot",
                "model",
                "factor",
                "case",
                "incentive",
                "silent",
            ):
                yield from reasons_in(getattr(value, field.name))
        if hasattr(value, "reasons"):
            yield from value.reasons


def places(ranking: Ranking) -> list[str]:
    return [s.method.iri for s in ranking.suggestions] + [out.method.iri for out in ranking.ruled_out]


class Worlds:
    """The properties, to be asked of the small and of the real catalogue."""

    def everything_holds(self, profile: Profile, catalogue: Catalogue) -> None:
        advice = advise(profile, catalogue)
        self.each_method_has_one_place(advice, catalogue)
        for reason in reasons_in(advice):
            assert reason.citations, reason
            assert all(citation.passage in catalogue.evidence.passages for citation in reason.citations)
        for shortlist in advice.shortlists:
            assert len(shortlist.first) <= weights.SHORTLIST
            assert all(item.reasons and not item.hindered for item in shortlist.first)
            scores = [item.fit.score for item in shortlist.first]
            assert scores == sorted(scores, reverse=True)
        for suggestion in rank(profile, catalogue).suggestions:
            assert 0 <= suggestion.fit.score <= 1
        if advice.confidence == "too little known":
            assert not any(shortlist.first for shortlist in advice.shortlists)

    def each_method_has_one_place(self, advice: Advice, catalogue: Catalogue) -> None:
        placed = [
            item.method.iri
            for shortlist in advice.shortlists
            for item in (*shortlist.first, *shortlist.also, *shortlist.unconnected)
        ]
        placed += [out.method.iri for out in advice.ruled_out]
        assert sorted(placed) == sorted(catalogue.methods)


@FEW
@given(data=st.data())
def test_any_profile_in_the_small_world(
    data: st.DataObject, sample: Catalogue, sample_words: Vocabulary
) -> None:
    Worlds().everything_holds(drawn(data, sample_words), sample)


@settings(FEW, max_examples=25)
@given(data=st.data())
def test_any_profile_in_the_real_world(data: st.DataObject, catalogue: Catalogue, words: Vocabulary) -> None:
    Worlds().everything_holds(drawn(data, words), catalogue)


@FEW
@given(data=st.data())
def test_knowing_less_rules_nothing_out(
    data: st.DataObject, sample: Catalogue, sample_words: Vocabulary
) -> None:
    profile = drawn(data, sample_words)
    out = ruled_out(profile, sample)
    for path in profile.answered():
        field = BY_PATH[path]
        blank = dataclasses.replace(profile, **{attribute(field): getattr(Profile(), attribute(field))})
        assert ruled_out(blank, sample) <= out, path


@FEW
@given(data=st.data(), more=st.integers(0, 100))
def test_more_time_rules_nothing_out(
    data: st.DataObject, more: int, sample: Catalogue, sample_words: Vocabulary
) -> None:
    profile = drawn(data, sample_words)
    out = ruled_out(profile, sample)
    hindered = {s.method.iri for s in rank(profile, sample).suggestions if s.hindered}
    for name in ("time_hours", "time_months"):
        if getattr(profile, name) is not None:
            richer = dataclasses.replace(profile, **{name: getattr(profile, name) + more})
            assert ruled_out(richer, sample) <= out
            assert {s.method.iri for s in rank(richer, sample).suggestions if s.hindered} <= hindered | out


@FEW
@given(data=st.data())
def test_a_partner_more_rules_nothing_out(
    data: st.DataObject, sample: Catalogue, sample_words: Vocabulary
) -> None:
    profile = drawn(data, sample_words)
    out = ruled_out(profile, sample)
    for name, answer in (
        ("partners_university", "yes"),
        ("partners_industry", "yes"),
        ("mentor", "external"),
    ):
        assert ruled_out(dataclasses.replace(profile, **{name: answer}), sample) <= out


@settings(FEW, max_examples=15)
@given(data=st.data())
def test_the_order_is_the_same_whatever_the_order_of_the_rows(
    data: st.DataObject, sample: Catalogue, sample_words: Vocabulary
) -> None:
    profile = drawn(data, sample_words)
    rows = sample_rows()
    for found in rows.values():
        random.Random(3).shuffle(found)
    assert advise(profile, assemble("sample", rows)) == advise(profile, sample)


def test_without_answers_there_are_questions_instead_of_a_ranking(sample: Catalogue) -> None:
    advice = advise(Profile(), sample)
    assert advice.confidence == "too little known"
    assert not any(shortlist.first for shortlist in advice.shortlists)
    assert len(advice.questions) == 3
    assert [q.change for q in advice.questions] == sorted((q.change for q in advice.questions), reverse=True)
    assert all("would change" in question.why for question in advice.questions)


def test_a_question_that_is_answered_is_not_asked(sample: Catalogue) -> None:
    asked = {question.field.path for question in advise(Profile(), sample).questions}
    profile = Profile(schools="one", people_who="team", phase=2, time_hours=5)
    assert asked & {"schools", "people.who", "phase", "time.hours"}
    again = {question.field.path for question in advise(profile, sample).questions}
    assert again.isdisjoint(profile.answered())


def test_phases_come_with_purpose_questions_and_methods(sample: Catalogue) -> None:
    advice = advise(Profile(goal="taking stock", schools="one", people_who="whole-staff"), sample)
    plan = {step.phase.slug: step for step in advice.plan.phases}
    assert list(plan) == ["meeting", "mapping", "acting", "reflecting"]
    assert [fact.value for fact in plan["mapping"].phase.purpose] == ["To find out what the school needs."]
    placed, *_ = plan["mapping"].placed
    assert placed.item.method.slug == "workshop"
    assert (
        placed.reason.text
        == "Suitable for step 2, Mapping what is needed, of the Process model for one school."
    )


def test_a_phase_that_reuses_methods_says_so(sample: Catalogue) -> None:
    advice = advise(Profile(goal="taking stock", schools="one"), sample)
    reflecting = next(step for step in advice.plan.phases if step.phase.slug == "reflecting")
    reasons = [placed.reason for placed in reflecting.placed if placed.item.method.slug == "workshop"]
    assert reasons[0].code == "methods-reused"
    assert [citation.passage[-3:] for citation in reasons[0].citations] == ["L10", "/L5"]


def test_several_schools_begin_inside_each(sample: Catalogue) -> None:
    advice = advise(Profile(schools="several", relation=("different-maturity",), mentor="none"), sample)
    assert advice.process.route == "both"
    assert [(s.model.slug, len(s.phases)) for s in advice.process.stretches] == [
        ("inside", 2),
        ("between", 3),
    ]
    assert "direction" in {reason.code for reason in advice.process.reasons}
    assert "no-mentor" in {warning.code for warning in advice.warnings}


def test_schools_that_know_their_aims_go_on_together(sample: Catalogue) -> None:
    assert advise(Profile(schools="several", phase=3), sample).process.route == "between"


def test_the_closest_pilot_says_what_is_alike_and_what_is_not(sample: Catalogue) -> None:
    profile = Profile(
        needs=("help-each-other",), country="estonia", schools="several", school_levels=("primary",)
    )
    found = advise(profile, sample).pilot
    assert found
    assert found.case.slug == "finland"
    assert {reason.code for reason in found.alike} == {"need", "words", "kind", "level"}
    assert {reason.code for reason in found.different} == {"country"}


def test_factors_follow_from_the_needs(sample: Catalogue) -> None:
    found = advise(Profile(needs=("where-we-stand",)), sample).factors
    assert [factor.factor.slug for factor in found.helps] == ["honesty", "trust"]
    assert [factor.factor.slug for factor in found.hinders] == ["no-time"]
    assert found.hinders[0].statements[0].text == "Teachers are busy."


def test_a_barrier_comes_with_its_answers_and_who_says_so(sample: Catalogue) -> None:
    found = advise(Profile(needs=("where-we-stand",), schools="several"), sample).factors
    assert [one.factor.slug for one in found.hinders[0].answers] == ["trust"]
    assert [factor.factor.slug for factor in found.matching] == ["careful-matching", "rivalry"]
    assert found.matching[0].statements[0].text == "Match schools with care. (A book)"
    assert [one.factor.slug for one in found.matching[1].answers] == ["careful-matching"]
    assert advise(Profile(needs=("where-we-stand",), schools="one"), sample).factors.matching == ()


def test_incentives_are_told_for_the_country_and_wanted_ones_first(sample: Catalogue) -> None:
    found = advise(Profile(country="estonia", incentives=("badge", "cake")), sample).incentives
    assert [(one.incentive.slug, one.wanted) for one in found.possible] == [("badge", True)]
    assert found.possible[0].reasons[0].text == "A badge can be given. (A book)"
    assert found.motivating == ()
    assert [one.incentive.slug for one in found.unplaced] == ["badge"]
    assert [thing.slug for thing in found.silent] == ["cake"]
    assert advise(Profile(country="finland"), sample).incentives.possible == ()


def test_initiatives_here_and_elsewhere(sample: Catalogue) -> None:
    found = advise(Profile(country="estonia", schools="several", goal="help each other"), sample)
    assert [one.case.slug for one in found.initiatives_here] == ["ring"]
    assert {reason.code for reason in found.initiatives_here[0].alike} == {"words", "kind", "country"}
    assert [one.case.slug for one in found.initiatives_abroad] == []


def test_what_a_case_does_not_say_is_not_alike(sample: Catalogue) -> None:
    told = cases.Feature("need", 1.0, None)
    silent = cases.Feature("country", None, None)
    other = cases.Feature("country", 0.0, None)
    assert cases.likeness([]) == 0
    assert cases.likeness([told]) == 1 > cases.likeness([told, silent]) > cases.likeness([told, other])


def test_a_compromise_names_the_answer_that_keeps_the_best_away(sample: Catalogue) -> None:
    profile = Profile(needs=("where-we-stand",), schools="one", time_hours=1, mentor="external")
    found = {one.field.path: one for one in advise(profile, sample).compromises}
    assert found["time.hours"].option.method.slug == "workshop"
    assert "you have less" in found["time.hours"].against[0].text
    assert "mentor" not in found
    assert advise(dataclasses.replace(profile, time_hours=None), sample).compromises == ()


def test_evidence_and_effort_are_axes_of_their_own(sample: Catalogue) -> None:
    items = {item.method.slug: item for item in rank(Profile(), sample).suggestions}
    assert (items["workshop"].evidence.level, items["workshop"].effort.level) == (3, 1)
    assert items["workshop"].evidence.words == "Used in Pilot in Estonia; results are reported."
    assert items["tutoring"].evidence.words == "Only planned in Pilot in Finland; no result is reported."
    assert (items["long-programme"].evidence.level, items["long-programme"].effort.level) == (0, 3)
    assert items["long-programme"].effort.words == "long term, 10 months"


def test_a_need_outside_the_focus_is_a_warning(sample: Catalogue) -> None:
    advice = advise(Profile(needs=("broken-devices",)), sample)
    assert "outside-focus" in {warning.code for warning in advice.warnings}
    assert advice.warnings[-1].citations


def test_too_little_time_is_a_warning(sample: Catalogue) -> None:
    advice = advise(Profile(goal="taking stock", time_hours=1), sample)
    assert "too-little-time" in {warning.code for warning in advice.warnings}


def test_an_area_that_needs_nothing_counts_less_than_its_maturity(sample: Catalogue) -> None:
    low = Profile(maturity_elements=(("evidence", 1),))
    assert [w.origin for w in advise(low, sample).understanding.wishes] == ["maturity"]
    refused = dataclasses.replace(low, element_needs=(("evidence", "none"),))
    assert advise(refused, sample).understanding.wishes == ()


def test_own_words_about_an_area_count(sample: Catalogue) -> None:
    wishes = advise(Profile(element_needs=(("evidence", "colleagues help"),)), sample).understanding.wishes
    assert {(wish.iri.rsplit("/", 1)[1], wish.origin) for wish in wishes} == {
        ("evidence", "element"),
        ("help-each-other", "written"),
    }


def test_beginners_and_the_experienced_learn_in_different_places(sample: Catalogue) -> None:
    def value(slug: str, maturity: int) -> float | None:
        fits = {s.method.slug: s.fit for s in rank(Profile(maturity_overall=maturity), sample).suggestions}
        component = fits[slug].components.get("maturity")
        return component.value if component else None

    assert (value("company-programme", 1), value("visit", 1)) == (1, 0)
    assert (value("company-programme", 5), value("visit", 5)) == (0, 1)
    assert value("visit", 3) is None


def test_role_policy_and_size_are_not_asked_for_nothing(catalogue: Catalogue) -> None:
    profile = Profile(
        role="mentor", policy="required", size_band="small", schools="one", goal="inquiry into teaching"
    )
    advice = advise(profile, catalogue)
    assert "audience" in {reason.code for reason in advice.process.reasons}
    assert "size-not-used" in {warning.code for warning in advice.warnings}
    assert advice.pilot
    assert "policy" in {reason.code for reason in advice.pilot.alike}


def test_a_reason_needs_a_passage() -> None:
    with pytest.raises(ValueError, match="without a passage"):
        Reason("x", "Because.", ())


def test_every_weight_has_a_reason() -> None:
    tables = (weights.COMPONENTS, weights.RELATIONS, weights.COVERAGE)
    assert all(weight.reason.endswith(".") for table in tables for weight in table.values())
    assert set(weights.KNOWN) <= {field.path for field in FIELDS}


def test_the_grounds_of_our_rules_are_in_the_graph(catalogue: Catalogue) -> None:
    for ground in (
        weights.INTERNAL_WORK_FIRST,
        weights.BEGINNERS_AT_HOME,
        weights.EXPERIENCED_ABROAD,
        weights.SIZE_MATTERS,
    ):
        assert catalogue.evidence.within(ground.document, ground.first_line, ground.last_line), ground
