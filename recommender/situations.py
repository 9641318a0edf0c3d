"""Cases to measure by: written situations with their answers, and pilots as schools before they chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from recommender.catalogue import Catalogue, Pilot
from recommender.facts import slug
from recommender.profile import Profile, Vocabulary, parse

_SCHOOLS: Final = {
    "SchoolToSchoolPilot": "several",
    "InsideSchoolPilot": "one",
    "NationalProgrammePilot": "one",
}


@dataclass(frozen=True)
class Situation:
    """A school's situation and what one who knows the documents would answer; `source` says where it stands.

    `expected` methods should stand among the first of their kind, `forbidden` ones must not; those of
    `ruled_out` must be ruled out by the rule that is named. Methods are slugs. `held_out` situations were
    written before their rankings were seen, and are reported apart.
    """

    name: str
    source: str
    reason: str
    profile: Profile
    expected: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    ruled_out: Mapping[str, str] | None = None
    route: str = ""
    pilot: str = ""
    warnings: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    style: str = ""
    held_out: bool = False


@dataclass(frozen=True)
class Case:
    """A profile, the methods (IRIs) that are right for it, and the catalogue to rank, without the answer."""

    name: str
    profile: Profile
    right: frozenset[str]
    catalogue: Catalogue


def read_situations(document: Mapping[str, Any], catalogue: Catalogue) -> tuple[Situation, ...]:
    """The situations of a document such as `recommender/situations.json`.

    Raises ValueError naming a situation that speaks of a method that the catalogue does not hold, and
    ProfileError for a profile that can't be read.
    """
    vocabulary = Vocabulary.of(catalogue)
    known = vocabulary.options["methods"]
    found = []
    for one in document["situations"]:
        names = {*one.get("expected", ()), *one.get("forbidden", ()), *one.get("ruledOut", {})}
        if unknown := sorted(names - known.keys()):
            raise ValueError(f"{one['name']}: the catalogue has no method {', '.join(unknown)}")
        found.append(
            Situation(
                name=one["name"],
                source=one["source"],
                reason=one["reason"],
                profile=parse(one["profile"], vocabulary),
                expected=tuple(one.get("expected", ())),
                forbidden=tuple(one.get("forbidden", ())),
                ruled_out=one.get("ruledOut"),
                route=one.get("route", ""),
                pilot=one.get("pilot", ""),
                warnings=tuple(one.get("warnings", ())),
                confidence=tuple(one.get("confidence", ())),
                style=one.get("style", ""),
                held_out=one.get("held_out", False),
            )
        )
    return tuple(found)


def situation_cases(situations: Sequence[Situation], catalogue: Catalogue) -> list[Case]:
    """The situations that expect methods."""
    by_slug = {method.slug: iri for iri, method in catalogue.methods.items()}
    return [
        Case(one.name, one.profile, frozenset(by_slug[name] for name in one.expected), catalogue)
        for one in situations
        if one.expected
    ]


def pilot_cases(catalogue: Catalogue, told: Mapping[str, Any] | None = None) -> list[Case]:
    """A case for every pilot that is reported to have used a method, with that pilot left out.

    The profile holds what the graph says of the pilot; or, where `told` has an entry for its slug, the
    profile there.
    """
    vocabulary = Vocabulary.of(catalogue)
    cases = []
    for pilot in sorted(catalogue.pilots.values(), key=lambda pilot: pilot.iri):
        used = frozenset(method for method, use in pilot.methods if use.status == "Used")
        if not used or (told is not None and pilot.slug not in told):
            continue
        profile = parse(told[pilot.slug]["profile"], vocabulary) if told is not None else _profile(pilot)
        cases.append(Case(pilot.label, profile, used, without(catalogue, pilot.iri)))
    return cases


def without(catalogue: Catalogue, pilot: str) -> Catalogue:
    """The catalogue as if nothing were known of a pilot (its IRI): no use, need, place, duration."""
    told = frozenset(catalogue.pilots[pilot].mentions)
    methods = {
        iri: replace(
            method,
            uses=tuple(use for use in method.uses if use.pilot != pilot),
            places=tuple(fact for fact in method.places if not told.issuperset(fact.citations)),
            durations=tuple(found for found in method.durations if not told.issuperset(found.citations)),
        )
        for iri, method in catalogue.methods.items()
    }
    needs = {
        iri: replace(need, found_in=tuple(fact for fact in need.found_in if fact.value != pilot))
        for iri, need in catalogue.needs.items()
    }
    pilots = {iri: found for iri, found in catalogue.pilots.items() if iri != pilot}
    return replace(catalogue, methods=methods, needs=needs, pilots=pilots)


def _profile(pilot: Pilot) -> Profile:
    """What the graph says of a pilot's schools, before they chose anything."""
    kinds = {_SCHOOLS[fact.value] for fact in pilot.kind if fact.value in _SCHOOLS}
    programme = any(fact.value == "NationalProgrammePilot" for fact in pilot.kind)
    return Profile(
        needs=tuple(slug(fact.value) for fact in pilot.needs),
        schools=kinds.pop() if len(kinds) == 1 else None,
        country=slug(pilot.country[0].value) if pilot.country else None,
        school_levels=tuple(fact.value for fact in pilot.levels),
        policy="incentivised" if programme else None,
        element_needs=tuple((slug(fact.value), "strong") for fact in pilot.focus),
    )
