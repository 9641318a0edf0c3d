"""Each rule: what it excludes, what it leaves open, and that an unknown answer never excludes."""

from __future__ import annotations

import pytest

from recommender.catalogue import Catalogue
from recommender.constraints import CONDITIONS, Verdict, judge
from recommender.process import choose
from recommender.profile import Profile

ID = "https://w3id.org/school-mentoring/id/method/"


def verdicts(catalogue: Catalogue, slug: str, **answers: object) -> list[Verdict]:
    profile = Profile(**answers)  # type: ignore[arg-type]
    return list(judge(catalogue.methods[ID + slug], profile, choose(profile, catalogue), catalogue))


@pytest.mark.parametrize(
    ("slug", "answers", "expected"),
    [
        ("estonian-test", {"country": "estonia"}, ("met", "nation")),
        ("estonian-test", {"country": "finland"}, ("excluded", "nation")),
        ("estonian-test", {}, ("open", "nation")),
        ("company-programme", {"partners_industry": "yes"}, ("met", "IndustryPartner")),
        ("company-programme", {"partners_industry": "no"}, ("excluded", "IndustryPartner")),
        ("company-programme", {}, ("open", "IndustryPartner")),
        ("long-programme", {"mentor": "none"}, ("excluded", "MentorNeeded")),
        ("long-programme", {"mentor": "internal"}, ("met", "MentorNeeded")),
        ("long-programme", {"time_months": 9}, ("excluded", "time")),
        ("long-programme", {"time_months": 10}, ("met", "time")),
        ("long-programme", {"time_hours": 2}, ("against", "time")),
        ("workshop", {"time_hours": 1}, ("excluded", "time")),
        ("workshop", {"time_hours": 2}, ("against", "time")),
        ("workshop", {"time_hours": 3}, ("met", "time")),
        ("workshop", {"people_who": "single-teachers"}, ("against", "WholeStaff")),
        ("workshop", {}, ("needs", "TimeForMeetings")),
        ("workshop", {"people_count": 1}, ("against", "people")),
        ("visit", {"schools": "one"}, ("excluded", "setting")),
        ("visit", {}, ("open", "setting")),
        ("visit", {"school_levels": ("primary",)}, ("against", "level")),
        ("company-programme", {"schools": "several"}, ("needs", "setting")),
        ("company-programme", {"schools": "several", "phase": 3}, ("excluded", "setting")),
        ("sequel", {}, ("open", "continuation")),
        ("sequel", {"tried_before": ("long-programme",)}, ("met", "continuation")),
        ("sequel", {"tried_before": ("workshop",)}, ("excluded", "continuation")),
        ("sequel", {"time_months": 1}, ("against", "time")),
    ],
)
def test_rules(sample: Catalogue, slug: str, answers: dict[str, object], expected: tuple[str, str]) -> None:
    found = [(verdict.finding, verdict.rule) for verdict in verdicts(sample, slug, **answers)]
    assert expected in found


def test_unknown_answers_exclude_nothing(sample: Catalogue) -> None:
    for method in sample.methods.values():
        assert "excluded" not in {verdict.finding for verdict in verdicts(sample, method.slug)}


def test_exclusions_say_what_would_have_to_change(sample: Catalogue) -> None:
    (verdict,) = [v for v in verdicts(sample, "workshop", time_hours=1) if v.finding == "excluded"]
    assert (verdict.text, verdict.change) == (
        "Takes 3 hours; you have less.",
        "You would need 1.5 hours.",
    )
    assert [citation.passage for citation in verdict.citations] == [
        "https://w3id.org/school-mentoring/id/passage/sample/L10"
    ]


def test_conditions_speak_of_the_ontology_and_of_real_answers(catalogue: Catalogue) -> None:
    requirements = {name for name, term in catalogue.terms.items() if term.scheme == "Requirement"}
    assert set(CONDITIONS) <= requirements
    for condition in CONDITIONS.values():
        assert condition.attribute in Profile.__dataclass_fields__
        assert condition.met.isdisjoint(condition.lacking)
