"""Situations derived from the documents, with what a mentor who knows them would expect and would refuse.

Each names the passage that it rests on. What is `first` must be on the short lists; `not_first` may be
possible, but not among the first; `out` must be ruled out; `never` must not be suggested.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from recommender.advice import Advice, advise
from recommender.catalogue import Catalogue
from recommender.profile import Vocabulary, parse


@dataclass(frozen=True)
class Situation:
    name: str
    source: str
    profile: dict[str, Any]
    first: tuple[str, ...] = ()
    not_first: tuple[str, ...] = ()
    out: dict[str, str] = field(default_factory=dict)  # method → the rule that rules it out
    never: tuple[str, ...] = ()
    route: str = ""
    pilot: str = ""
    warnings: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()


SITUATIONS = [
    Situation(
        "a Finnish primary school wants to map its needs",
        "D3.2, 396–400; process model 2023, 120–152",
        {
            "goal": "We want to find out where we stand and map our development needs.",
            "country": "FI",
            "schools": "one",
            "school_levels": ["primary"],
        },
        first=("digipeda-workshop", "opeka"),
        out={"digital-mirror": "nation"},
        never=("digital-mirror",),
        route="inside",
    ),
    Situation(
        "an Estonian school that wants to assess itself",
        "process model 2023, 150–152",
        {"goal": "self-assessment of where we stand", "country": "EE", "schools": "one", "phase": 4},
        out={"opeka": "nation"},
        never=("opeka",),
    ),
    Situation(
        "a school in Portugal may use neither national instrument",
        "process model 2023, 150–152",
        {"goal": "taking stock", "country": "portugal", "schools": "one"},
        out={"opeka": "nation", "digital-mirror": "nation"},
    ),
    Situation(
        "two schools of different maturity",
        "D3.2, 330–334 and 366–370; process model 2022, 51–53",
        {
            "goal": "The less advanced school wants to learn from the one that is ahead.",
            "schools": "several",
            "relation": ["different-maturity"],
            "mentor": "external",
        },
        first=("collegial-tutoring",),
        route="both",
        pilot="georgia",
    ),
    Situation(
        "two schools without a mentor",
        "D3.2, 363–366",
        {"goal": "learn together with another school", "schools": "several", "mentor": "none"},
        warnings=("no-mentor",),
        route="both",
        out={"digital-accelerator-program": "MentorNeeded"},
    ),
    Situation(
        "teachers and a company",
        "D3.2, 446–449 and 609–612",
        {
            "goal": "Our teachers want to build a learning app with a technology company.",
            "partners": {"industry": "yes"},
            "people": {"who": "single-teachers"},
        },
        first=("co-creation-program",),
    ),
    Situation(
        "the same without a company",
        "D3.2, 446–449",
        {
            "goal": "Our teachers want to build a learning app with a technology company.",
            "partners": {"industry": "no"},
            "people": {"who": "single-teachers"},
        },
        out={"co-creation-program": "IndustryPartner"},
    ),
    Situation(
        "no university at hand",
        "D3.2, 415–417",
        {"goal": "design and try new lessons together with researchers", "partners": {"university": "no"}},
        out={"teacher-innovation-laboratory": "UniversityPartner"},
    ),
    Situation(
        "teachers who want to look into their own teaching",
        "D3.2, 425–427",
        {
            "goal": "Teachers want to investigate their own teaching practice systematically.",
            "schools": "one",
            "people": {"who": "single-teachers"},
        },
        first=("teacher-inquiry-into-student-learning",),
    ),
    Situation(
        "colleagues help colleagues, with typing errors",
        "D3.2, 434–437",
        {"goal": "colleages shuold help eachother with digtal tools in evryday work", "schools": "one"},
        first=("collegial-tutoring",),
    ),
    Situation(
        "three hours and no more",
        "D3.2, 384–388 and 399–401",
        {
            "needs": ["map-where-we-stand", "quick-first-step"],
            "schools": "one",
            "time": {"hours": 3},
            "people": {"who": "whole-staff"},
        },
        first=("digipeda-workshop",),
        not_first=("future-school",),
    ),
    Situation(
        "one hour is too little for the workshop",
        "D3.2, 399–401",
        {"needs": ["map-where-we-stand"], "schools": "one", "time": {"hours": 1}},
        out={"digipeda-workshop": "time"},
        warnings=("too-little-time",),
    ),
    Situation(
        "a school that wants long-term, evidence-informed change of the whole school",
        "D3.2, 386–388 and 405–408",
        {
            "goal": "We want to improve the whole school over a longer time, on the ground of evidence.",
            "schools": "one",
            "people": {"who": "whole-staff"},
            "time": {"months": 24, "hours": 60},
            "mentor": "external",
        },
        first=("future-school",),
    ),
    Situation(
        "a team that needs training and a mentor",
        "D3.2, 458–462",
        {
            "needs": ["intensive-training", "distance-learning"],
            "schools": "one",
            "people": {"who": "team"},
            "mentor": "external",
        },
        first=("digital-accelerator-program",),
        pilot="estonia-digital-acceleration",
    ),
    Situation(
        "one school can do nothing that needs another one",
        "MenSI D2.1, section 4.3",
        {"goal": "peer review of our quality", "schools": "one"},
        out={"collegial-visitation": "PartnerSchool"},
    ),
    Situation(
        "teachers of two schools who want to see each other's lessons",
        "process model 2022, 158–160",
        {"goal": "Teachers should watch each other's lessons.", "schools": "several", "phase": 5},
        first=("peer-observation-of-lessons",),
        route="between",
    ),
    Situation(
        "outside eyes on the quality of a school",
        "MenSI D2.1, section 4.3",
        {"goal": "Peers from another school should visit us and review our quality.", "schools": "several"},
        first=("collegial-visitation",),
    ),
    Situation(
        "looking back together",
        "process model 2022, 176–190",
        {"goal": "reflect on what we achieved this year", "schools": "several", "phase": 7},
        first=("digipeda-workshop", "innovative-digital-school"),
        route="between",
    ),
    Situation(
        "only the means are known, not the need",
        "–",
        {"schools": "one", "mentor": "none", "time": {"hours": 2}, "people": {"who": "single-teachers"}},
        confidence=("tentative",),
        not_first=("digipeda-workshop",),  # D3.2 gives it 3 hours
        out={"digital-accelerator-program": "MentorNeeded"},
    ),
    Situation(
        "a communication plan, as in Finland",
        "D3.2, 567–570",
        {"needs": ["digital-communication-plan"], "schools": "several", "country": "FI"},
        pilot="finland",
    ),
    Situation(
        "nothing is known",
        "–",
        {},
        confidence=("too little known",),
        route="open",
        warnings=("schools-unknown",),
    ),
    Situation(
        "only the country is known",
        "–",
        {"country": "FI"},
        confidence=("too little known",),
        never=("digital-mirror",),
    ),
    Situation(
        "a wish that the documents do not speak of",
        "–",
        {"goal": "The roof of the gymnasium leaks."},
        confidence=("too little known",),
        warnings=("not-understood",),
    ),
]


def first(advice: Advice) -> set[str]:
    return {item.method.slug for shortlist in advice.shortlists for item in shortlist.first}


def suggested(advice: Advice) -> set[str]:
    return first(advice) | {
        item.method.slug
        for shortlist in advice.shortlists
        for item in (*shortlist.also, *shortlist.unconnected)
    }


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_situation(situation: Situation, catalogue: Catalogue, words: Vocabulary) -> None:
    advice = advise(parse(situation.profile, words), catalogue)
    assert set(situation.first) <= first(advice)
    assert not set(situation.not_first) & first(advice)
    assert not set(situation.never) & suggested(advice)
    rules = {out.method.slug: {reason.code for reason in out.reasons} for out in advice.ruled_out}
    for method, rule in situation.out.items():
        assert rule in rules.get(method, set()), method
        assert method not in suggested(advice)
    assert situation.route in ("", advice.process.route)
    if situation.pilot:
        assert advice.pilot
        assert advice.pilot.pilot.slug == situation.pilot
    assert set(situation.warnings) <= {warning.code for warning in advice.warnings}
    assert not situation.confidence or advice.confidence in situation.confidence


def test_the_sentences_of_one_case(catalogue: Catalogue, words: Vocabulary) -> None:
    advice = advise(
        parse({"goal": "map our needs", "schools": "one", "country": "LT", "time": {"hours": 5}}, words),
        catalogue,
    )
    workshop = next(item for item in advice.shortlists[0].first if item.method.slug == "digipeda-workshop")
    texts = {
        reason.text: {citation.passage.rsplit("/", 1)[1] for citation in reason.citations}
        for reason in workshop.reasons
    }
    suitable = (
        "Suitable for step 4, Mapping joint learning and development aims and needs, "
        "of the Process model for school mentoring."
    )
    assert texts[suitable] == {"L398-399"}
    assert texts["Takes 3 hours; you have that time."] == {"L399-401"}
    company = next(
        item
        for shortlist in advice.shortlists
        for item in (*shortlist.first, *shortlist.also)
        if item.method.slug == "teacher-innovation-laboratory"
    )
    assert "planned in Lithuania" in company.evidence.words
    assert "no result is reported" in company.evidence.words
