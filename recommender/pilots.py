"""The pilot most like a school's situation, and what is alike and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from recommender.catalogue import Catalogue, Pilot
from recommender.explanation import Reason, join
from recommender.facts import Fact, cited, slug
from recommender.profile import Profile
from recommender.understanding import Understanding

# The kinds of pilot that are like the answer about schools.
_KINDS: Final = {
    "one": frozenset({"InsideSchoolPilot", "NationalProgrammePilot"}),
    "several": frozenset({"SchoolToSchoolPilot"}),
}


# Answers about policy by which change is wished for from outside.
_PUSHED: Final = frozenset({"incentivised", "required"})


@dataclass(frozen=True)
class ClosestPilot:
    """A pilot with what it has in common with the profile and what not; results as reported."""

    pilot: Pilot
    alike: tuple[Reason, ...]
    different: tuple[Reason, ...]
    results: tuple[Reason, ...]


def closest(profile: Profile, understanding: Understanding, catalogue: Catalogue) -> ClosestPilot | None:
    """The pilot with most in common, needs first; None when none has anything in common."""
    best: tuple[tuple[float, int, str], ClosestPilot] | None = None
    for pilot in catalogue.pilots.values():
        found = list(_compare(profile, understanding, pilot, catalogue))
        alike = tuple(reason for weight, same, reason in found if same)
        if not alike:
            continue
        different = tuple(reason for _, same, reason in found if not same)
        results = tuple(Reason("result", fact.value, fact.citations) for fact in pilot.results)
        common = sum(weight for weight, same, _ in found if same)
        order = (-common, len(different), pilot.iri)
        if best is None or order < best[0]:
            best = (order, ClosestPilot(pilot, alike, different, results))
    return best[1] if best else None


def _compare(
    profile: Profile, understanding: Understanding, pilot: Pilot, catalogue: Catalogue
) -> Iterator[tuple[float, bool, Reason]]:
    """(weight, alike or not, sentence) for everything that is known of both."""
    wishes = {wish.iri: wish for wish in understanding.wishes}
    shared = [fact for fact in pilot.needs if fact.value in wishes]
    for fact in shared:
        yield (
            3 * wishes[fact.value].weight,
            True,
            _said("need", f"Found the same need: “{wishes[fact.value].label}”.", fact),
        )
    focus = [fact for fact in pilot.focus if fact.value in wishes]
    if focus:
        labels = join(sorted({catalogue.label(fact.value) for fact in focus}))
        yield 1, True, Reason("focus", f"Worked on {labels}.", cited(focus))
    if profile.schools and pilot.kind:
        same = not _KINDS[profile.schools].isdisjoint(fact.value for fact in pilot.kind)
        labels = join([catalogue.term(fact.value) for fact in pilot.kind])
        yield 2, same, Reason("kind", f"It was {labels}.", cited(pilot.kind))
    if profile.country and pilot.country:
        same = profile.country in {slug(fact.value) for fact in pilot.country}
        places = join([catalogue.label(fact.value) for fact in pilot.country])
        yield 2, same, Reason("country", f"It took place in {places}.", cited(pilot.country))
    if profile.policy in _PUSHED:
        programme = [fact for fact in pilot.kind if fact.value == "NationalProgrammePilot"]
        if programme:
            yield 1, True, Reason("policy", "It was part of a programme from outside.", cited(programme))
    if profile.school_levels and pilot.levels:
        same = not {fact.value for fact in pilot.levels}.isdisjoint(profile.school_levels)
        levels = join(sorted(catalogue.levels.get(fact.value, fact.value) for fact in pilot.levels))
        yield 1, same, Reason("level", f"School level: {levels}.", cited(pilot.levels))


def _said(code: str, text: str, fact: Fact[str]) -> Reason:
    return Reason(code, text, fact.citations)
