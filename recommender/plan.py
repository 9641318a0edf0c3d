"""A plan: methods placed in the phases of the process, as many as the known hours and months allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from recommender import cases, scoring, weights
from recommender.catalogue import Catalogue, Duration, Method, Phase, Use
from recommender.explanation import Reason, join
from recommender.profile import Profile
from recommender.ranking import Ranking, Suggestion

_UNLIMITED: Final = np.inf


@dataclass(frozen=True)
class Placed:
    """A method in a phase, and why there. `hours` and `months` are what a document says; None is unknown."""

    item: Suggestion
    reason: Reason
    hours: Duration | None
    months: Duration | None
    kept: bool


@dataclass(frozen=True)
class PhasePlan:
    """A phase to go through, with what is chosen for it; none of the phases is obligatory.

    `example` tells how a pilot went through it, or did what is chosen: the pilot most like the school.
    """

    phase: Phase
    placed: tuple[Placed, ...]
    example: Reason | None


@dataclass(frozen=True)
class Plan:
    """The phases in order. `hours` and `months` add up what is known, so that they are the least it takes.

    `fits` is False when what the school wants to keep takes more than it has. `notes` are for people.
    """

    phases: tuple[PhasePlan, ...]
    hours: float
    months: float
    fits: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """A method that may stand in a phase, for the first time or `again`: one yes or no to decide."""

    item: Suggestion
    tie: scoring.Tie
    phase: int
    kept: bool
    again: bool
    hours: Duration | None
    months: Duration | None

    @property
    def worth(self) -> float:
        return self.item.fit.score * self.tie.strength


def make_plan(profile: Profile, ranking: Ranking, catalogue: Catalogue) -> Plan:
    """The plan of greatest worth within the time of a profile; what it keeps is in, what it drops is out.

    Worth is fit times how strongly a document ties the method to the phase, and something for each phase
    served. Methods whose duration no document says take no known time, and the notes name them.
    """
    phases = [phase for stretch in ranking.process.stretches for phase in stretch.phases]
    places = _places(profile, ranking, phases, catalogue)
    kept = _keepable(places)
    chosen = _choose(places, len(phases), kept, profile.time_hours, profile.time_months)
    fits = chosen is not None
    if chosen is None:  # what is to be kept takes too long: keep it, add nothing, and say so
        chosen = _choose([p for p in places if p.kept], len(phases), kept, None, None) or []
    near = cases.nearness(profile, ranking.understanding, catalogue)
    planned = tuple(
        _phase_plan(phase, [p for p in chosen if p.phase == number], near, catalogue)
        for number, phase in enumerate(phases)
    )
    hours = sum(_length(p.hours, weights.HOURS_PER_UNIT) for p in chosen)
    months = sum(
        max((_length(p.months, weights.MONTHS_PER_UNIT) for p in chosen if p.phase == number), default=0.0)
        for number in range(len(phases))
    )
    return Plan(planned, hours, months, fits, tuple(_notes(profile, ranking, chosen, kept, fits, catalogue)))


def _phase_plan(
    phase: Phase, chosen: Sequence[_Place], near: Mapping[str, float], catalogue: Catalogue
) -> PhasePlan:
    placed = tuple(Placed(p.item, p.tie.reason, p.hours, p.months, p.kept) for p in chosen)
    return PhasePlan(phase, placed, _example(phase, [p.item.method for p in chosen], near, catalogue))


def _example(
    phase: Phase, methods: Sequence[Method], near: Mapping[str, float], catalogue: Catalogue
) -> Reason | None:
    """What is told of the phase, else of a method chosen for it, in the pilot most like the school."""
    told = [
        (near.get(pilot, 0.0), Reason("example", f"{catalogue.label(pilot)}: {fact.value}", fact.citations))
        for pilot, fact in phase.examples
    ]
    used = [
        (near.get(use.pilot, 0.0), _used(method, use, catalogue))
        for method in methods
        for use in method.uses
        if use.status == "Used"
    ]
    return max(told or used, key=lambda item: (item[0], item[1].text), default=(0.0, None))[1]


def _used(method: Method, use: Use, catalogue: Catalogue) -> Reason:
    """That a pilot used a method, and what came of it where that is reported."""
    text = f"{catalogue.label(use.pilot)}: used {method.label}."
    if not use.results:
        return Reason("example", text, use.citations)
    result = use.results[0]
    return Reason("example", f"{text} {result.value}", tuple(sorted({*use.citations, *result.citations})))


def _places(
    profile: Profile, ranking: Ranking, phases: Sequence[Phase], catalogue: Catalogue
) -> list[_Place]:
    """Every place that a suggestion may take; what is kept may also be hindered or fit little.

    What is made for one nation waits until it is known that the school is there.
    """
    numbers = {phase.iri: number for number, phase in enumerate(phases)}
    found = []
    for item in ranking.suggestions:
        kept = item.method.slug in profile.plan_keep
        whose = any(notice.code == "nation" for notice in item.notices)
        if item.method.slug in profile.plan_leave_out or not (kept or (item.worth_naming and not whose)):
            continue
        hours = _shortest(item.method, weights.HOURS_PER_UNIT)
        months = _shortest(item.method, weights.MONTHS_PER_UNIT)
        ties = scoring.ties(item.method, ranking.process, catalogue)
        first = [tie for tie in ties if tie.reason.code != "methods-reused"] or list(ties)
        for tie in ties:
            number = numbers[tie.phase.iri]
            found.append(_Place(item, tie, number, kept, tie not in first, hours, months))
    return found


def _keepable(places: Sequence[_Place]) -> frozenset[str]:
    return frozenset(place.item.method.iri for place in places if place.kept)


def _shortest(method: Method, per_unit: Mapping[str, float]) -> Duration | None:
    """The shortest duration that a document states, or else that we concluded; None where none is known."""
    known = [found for found in method.durations if found.unit in per_unit]
    stated = [found for found in known if not found.ours] or known
    return min(stated, key=lambda found: (_length(found, per_unit), found.words), default=None)


def _length(found: Duration | None, per_unit: Mapping[str, float]) -> float:
    return found.least * per_unit[found.unit] if found else 0.0


def _choose(
    places: Sequence[_Place], phases: int, kept: frozenset[str], hours: int | None, months: int | None
) -> list[_Place] | None:
    """The places to take; None when no choice keeps what is to be kept within the time.

    Unknowns: for each place 0 or 1; for each phase 0 or 1, whether it is served; for each phase its months.
    A method is done again only where it is done at all. Methods of a phase go on at the same time, phases
    one after the other.
    """
    if not places:
        return []
    count = len(places)
    width = count + 2 * phases
    rows: list[tuple[np.ndarray, float, float]] = []  # coefficients, least, most

    def row(least: float, most: float, coefficients: Mapping[int, float]) -> None:
        line = np.zeros(width)
        for column, value in coefficients.items():
            line[column] = value
        rows.append((line, least, most))

    for iri in sorted({place.item.method.iri for place in places}):
        mine = [n for n, place in enumerate(places) if place.item.method.iri == iri]
        first = {n: 1.0 for n in mine if not places[n].again}
        row(1.0 if iri in kept else 0.0, 1.0, first)
        for n in mine:
            if places[n].again:
                row(0.0, _UNLIMITED, first | {n: -1.0})
    for number in range(phases):
        here = [n for n, place in enumerate(places) if place.phase == number]
        row(0.0, _UNLIMITED, {count + number: -1.0} | dict.fromkeys(here, 1.0))
        row(0.0, weights.MOST_IN_A_PHASE, {n: 1.0 for n in here if not places[n].kept})
        for n in here:
            if places[n].months:
                length = _length(places[n].months, weights.MONTHS_PER_UNIT)
                row(0.0, _UNLIMITED, {count + phases + number: 1.0, n: -length})
    if hours is not None:
        row(0.0, hours, {n: _length(p.hours, weights.HOURS_PER_UNIT) for n, p in enumerate(places)})
    if months is not None:
        row(0.0, months, {count + phases + number: 1.0 for number in range(phases)})
    worth = [place.worth for place in places]
    served = [weights.PHASE_SERVED.value] * phases
    result = milp(
        c=-np.array([*worth, *served, *[0.0] * phases]),
        constraints=LinearConstraint(
            np.array([line for line, _, _ in rows]), [low for _, low, _ in rows], [top for _, _, top in rows]
        ),
        integrality=np.array([1] * (count + phases) + [0] * phases),
        bounds=Bounds(np.zeros(width), np.array([1.0] * (count + phases) + [_UNLIMITED] * phases)),
    )
    if result.x is None:
        return None
    return [place for place, taken in zip(places, result.x[:count], strict=True) if taken > 0.5]


def _notes(
    profile: Profile,
    ranking: Ranking,
    chosen: Sequence[_Place],
    kept: frozenset[str],
    fits: bool,
    catalogue: Catalogue,
) -> list[str]:
    """What to know about the plan as a whole."""
    notes = []
    unknown = sorted({p.item.method.label for p in chosen if not (p.hours or p.months)})
    if unknown:
        notes.append(f"No document says how long this takes, so it is not counted: {join(unknown)}.")
    if not fits:
        notes.append("What you want to keep takes more time than you have, so nothing else was added.")
    ruled_out = {out.method.slug for out in ranking.ruled_out}
    by_slug = {method.slug: method for method in catalogue.methods.values()}
    for name in profile.plan_keep:
        method = by_slug.get(name)
        if method is None or method.iri in kept or name in profile.plan_leave_out:
            continue
        why = "it is ruled out" if name in ruled_out else "no document ties it to a phase of this process"
        notes.append(f"{method.label} could not be kept: {why}.")
    both = [by_slug[name].label for name in profile.plan_keep if name in profile.plan_leave_out]
    if both:
        notes.append(f"Both kept and left out, so left out: {join(both)}.")
    return notes
