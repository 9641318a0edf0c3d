"""What rules a method out, speaks against it, or is to be found out. An unknown answer never excludes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from recommender import weights
from recommender.catalogue import Catalogue, Duration, Method
from recommender.explanation import duration, join
from recommender.facts import Citation, cited, slug
from recommender.process import ProcessAdvice
from recommender.profile import Profile

# "excluded": it can't be done as things are. "against": possible, but something speaks against it.
# "open": depends on an answer that is unknown. "met": a condition known to hold. "needs": to be prepared.
Finding = Literal["excluded", "against", "open", "met", "needs"]


@dataclass(frozen=True)
class Verdict:
    """What one rule says of one method. `change`, for exclusions, says what would have to be different."""

    finding: Finding
    rule: str
    text: str
    citations: tuple[Citation, ...]
    change: str = ""


@dataclass(frozen=True)
class Condition:
    """How an answer decides a requirement: answers that meet it, and what follows from those that do not."""

    attribute: str
    met: frozenset[str]
    lacking: frozenset[str]
    finding: Finding = "excluded"


_TEAM: Final = frozenset({"team", "whole-staff"})
CONDITIONS: Final[Mapping[str, Condition]] = {
    "MentorNeeded": Condition("mentor", frozenset({"internal", "external"}), frozenset({"none"})),
    "ExternalMentorNeeded": Condition("mentor", frozenset({"external"}), frozenset({"none", "internal"})),
    "UniversityPartner": Condition("partners_university", frozenset({"yes"}), frozenset({"no"})),
    "IndustryPartner": Condition("partners_industry", frozenset({"yes"}), frozenset({"no"})),
    "PartnerSchool": Condition("schools", frozenset({"several"}), frozenset({"one"})),
    "WholeStaff": Condition(
        "people_who", frozenset({"whole-staff"}), frozenset({"team", "single-teachers"}), "against"
    ),
    "CoreTeam": Condition("people_who", _TEAM, frozenset({"single-teachers"}), "against"),
    "LeadershipParticipation": Condition("people_who", _TEAM, frozenset({"single-teachers"}), "against"),
}


def judge(
    method: Method, profile: Profile, process: ProcessAdvice, catalogue: Catalogue
) -> tuple[Verdict, ...]:
    """What every rule says of a method, in the order of the rules."""
    return tuple(verdict for rule in _RULES for verdict in rule(method, profile, process, catalogue))


def around(country: str, catalogue: Catalogue) -> frozenset[str]:
    """The slugs of a country (its slug) and of what it is a part of: Wales is in the United Kingdom."""
    wholes = {slug(c.part_of) for c in catalogue.countries.values() if c.slug == country and c.part_of}
    return frozenset({country, *wholes})


def _nation(method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue) -> Iterator[Verdict]:
    """A national instrument is for the schools of its nation."""
    if not method.nations:
        return
    places = join([catalogue.label(fact.value) for fact in method.nations])
    citations = cited(method.nations)
    if profile.country is None:
        yield Verdict("open", "nation", f"Made for schools in {places}: does that include yours?", citations)
    elif around(profile.country, catalogue) & {slug(fact.value) for fact in method.nations}:
        yield Verdict("met", "nation", f"Made for schools in {places}.", citations)
    else:
        text = f"Made for schools in {places}, not for yours."
        yield Verdict("excluded", "nation", text, citations, f"The school would have to be in {places}.")


def _place(method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue) -> Iterator[Verdict]:
    """A framework or instrument may rest on the rules of its country; what people do travels."""
    if method.kind == "method" or method.nations or not method.places or profile.country is None:
        return
    if not around(profile.country, catalogue) & {slug(fact.value) for fact in method.places}:
        places = join([catalogue.label(fact.value) for fact in method.places])
        text = f"The documents speak of it in {places}; whether it suits schools elsewhere, they do not say."
        yield Verdict("against", "place", text, cited(method.places))


def _requirements(
    method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue
) -> Iterator[Verdict]:
    """What must be at hand is at hand, is lacking, or is to be found out."""
    for fact in method.requires:
        label = catalogue.term(fact.value)
        condition = CONDITIONS.get(fact.value)
        answer = getattr(profile, condition.attribute) if condition else None
        if condition is None:
            yield Verdict("needs", fact.value, f"Needs {label}.", fact.citations)
        elif answer is None:
            yield Verdict("open", fact.value, f"Requires {label}: do you have that?", fact.citations)
        elif answer in condition.met:
            yield Verdict("met", fact.value, f"Requires {label}, which you have.", fact.citations)
        elif answer in condition.lacking:
            text = f"Requires {label}, which you said you do not have."
            yield Verdict(condition.finding, fact.value, text, fact.citations, f"You would need {label}.")


def _setting(
    method: Method, profile: Profile, process: ProcessAdvice, catalogue: Catalogue
) -> Iterator[Verdict]:
    """A method for work between schools needs two; one for work inside a school has no place in joint work.

    Only what a document itself says rules out; what we concluded about a setting speaks against a method.
    """
    citations = cited(method.setting)
    if method.has == {"BetweenSchools"}:
        if profile.schools == "one":
            text = "Meant for work between schools; you are one school."
            yield Verdict("excluded", "setting", text, citations, "You would need a partner school.")
        elif profile.schools is None:
            yield Verdict("open", "setting", "Meant for work between schools: are there several?", citations)
    elif method.has == {"InsideSchool"} and profile.schools == "several":
        if process.includes_inside:
            text = "Meant for work inside a school: each school does it by itself, before the joint work."
            yield Verdict("needs", "setting", text, citations)
        else:
            ours = all(citation.conclusion for citation in citations)
            text = "Meant for work inside a school; your next step is joint work of several schools."
            change = "Each school could do it by itself."
            yield Verdict("against" if ours else "excluded", "setting", text, citations, change)


def _continuation(
    method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue
) -> Iterator[Verdict]:
    """A method that builds on another one comes after it."""
    for fact in method.continues:
        earlier = catalogue.label(fact.value)
        if slug(fact.value) in profile.tried_before:
            yield Verdict("met", "continuation", f"Builds on {earlier}, which you know.", fact.citations)
        elif profile.tried_before:
            text = f"Builds on {earlier}, which you have not done."
            yield Verdict("excluded", "continuation", text, fact.citations, f"Do {earlier} first.")
        else:
            text = f"Builds on {earlier}: have you done that?"
            yield Verdict("open", "continuation", text, fact.citations)


def _time(method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue) -> Iterator[Verdict]:
    """A stated duration has to fit into the time there is; a long programme needs more than some hours."""
    compared = False
    for available, per_unit in (
        (profile.time_hours, weights.HOURS_PER_UNIT),
        (profile.time_months, weights.MONTHS_PER_UNIT),
    ):
        fitting = [found for found in method.durations if found.unit in per_unit]
        if fitting and available is not None:
            compared = True
            yield _duration(fitting, available, per_unit, catalogue)
    long_term = [fact for fact in method.extent if fact.value == "LongTerm"]
    if long_term and not compared:
        yield from _long_term(profile, cited(long_term))


def _duration(
    durations: list[Duration], available: int, per_unit: Mapping[str, float], catalogue: Catalogue
) -> Verdict:
    """The shortest duration that a document states decides; a shorter one that we concluded softens it."""

    def length(found: Duration) -> float:
        return found.least * per_unit[found.unit]

    least = min(durations, key=lambda d: (length(d), d.words))
    stated = min((d for d in durations if not d.ours), key=lambda d: (length(d), d.words), default=least)
    text = f"Takes {duration(catalogue, stated)}"
    if length(stated) <= available:
        return Verdict("met", "time", f"{text}; you have that time.", stated.citations)
    if length(least) <= available:
        text = f"{text}; you have less, but {duration(catalogue, least)} may do."
        return Verdict("against", "time", text, tuple(sorted({*stated.citations, *least.citations})))
    change = f"You would need {duration(catalogue, least)}."
    return Verdict("excluded", "time", f"{text}; you have less.", stated.citations, change)


def _long_term(profile: Profile, citations: tuple[Citation, ...]) -> Iterator[Verdict]:
    hours, months = profile.time_hours, profile.time_months
    short = (hours is not None and hours < weights.LONG_TERM_HOURS.value) or (
        months is not None and months < weights.LONG_TERM_MONTHS.value
    )
    if short:
        text = "Said to run over a longer time; by our estimate that is more than you have."
        yield Verdict("against", "time", text, citations)
    elif hours is not None or months is not None:
        yield Verdict("met", "time", "Said to run over a longer time; you have some.", citations)


def _people(method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue) -> Iterator[Verdict]:
    """One person is no team."""
    targets = {fact.value for fact in method.target}
    if profile.people_count == 1 and targets and "IndividualTeacher" not in targets:
        labels = join(sorted(catalogue.term(name) for name in targets))
        yield Verdict("against", "people", f"Aimed at: {labels}; you are one person.", cited(method.target))


def _levels(method: Method, profile: Profile, _: ProcessAdvice, catalogue: Catalogue) -> Iterator[Verdict]:
    """A method that is said to be for other levels of school may not fit."""
    named = {fact.value for fact in method.levels}
    if named and profile.school_levels and named.isdisjoint(profile.school_levels):
        levels = join(sorted(catalogue.levels.get(name, name) for name in named))
        yield Verdict("against", "level", f"Said to be for other schools: {levels}.", cited(method.levels))


_Rule = Callable[[Method, Profile, ProcessAdvice, Catalogue], Iterator[Verdict]]
_RULES: Final[tuple[_Rule, ...]] = (
    _nation,
    _place,
    _requirements,
    _setting,
    _continuation,
    _time,
    _people,
    _levels,
)
