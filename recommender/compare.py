"""Two pieces of advice side by side: which answers differ, what changed in the advice, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from recommender import weights
from recommender.advice import Advice
from recommender.catalogue import Kind, Method
from recommender.explanation import Reason
from recommender.fields import BY_PATH, FIELDS, Field
from recommender.profile import Profile, attribute
from recommender.ranking import RuledOut, Suggestion

Move = Literal["in", "out", "up", "down"]


@dataclass(frozen=True)
class Change:
    """An answer that differs; None stands for unknown."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True)
class Moved:
    """A method whose place among the first changed, and why.

    Places count from 1, 0 for none; fits are from 0 to 1, None when it is ruled out. `components` pairs what
    changed in the fit with by how much, most first; `gained` and `lost` are reasons of one side only.
    """

    method: Method
    kind: Kind
    move: Move
    places: tuple[int, int]
    fits: tuple[float | None, float | None]
    components: tuple[tuple[str, float], ...]
    gained: tuple[Reason, ...]
    lost: tuple[Reason, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between two pieces of advice; `added` and `dropped` are methods of the plan."""

    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    added: tuple[Method, ...]
    dropped: tuple[Method, ...]
    routes: tuple[str, str]
    confidences: tuple[str, str]


def compare(before: Advice, after: Advice) -> Comparison:
    """The differences, in the order of the fields and of the lists."""
    planned = [
        {p.item.method.iri: p.item.method for s in a.plan.phases for p in s.placed} for a in (before, after)
    ]
    return Comparison(
        changes=differences(before.profile, after.profile),
        moved=tuple(_moves(before, after)),
        added=tuple(method for iri, method in planned[1].items() if iri not in planned[0]),
        dropped=tuple(method for iri, method in planned[0].items() if iri not in planned[1]),
        routes=(before.process.route, after.process.route),
        confidences=(before.confidence, after.confidence),
    )


def differences(before: Profile, after: Profile) -> tuple[Change, ...]:
    """The answers that differ."""
    found = []
    for field in FIELDS:
        one, other = (getattr(profile, attribute(BY_PATH[field.path])) or None for profile in (before, after))
        if one != other:
            found.append(Change(field, one, other))
    return tuple(found)


def _moves(before: Advice, after: Advice) -> list[Moved]:
    """Every method that is among the first on one side, where its place differs."""
    found = []
    for old, new in zip(before.shortlists, after.shortlists, strict=True):
        places = [{item.method.iri: place for place, item in enumerate(one.first, 1)} for one in (old, new)]
        methods = {item.method.iri: item.method for item in (*new.first, *old.first)}
        for iri, method in methods.items():
            was, now = places[0].get(iri, 0), places[1].get(iri, 0)
            if was != now:
                found.append(_moved(method, old.kind, (was, now), before, after))
    return found


def _moved(method: Method, kind: Kind, places: tuple[int, int], before: Advice, after: Advice) -> Moved:
    was, now = _state(method, before), _state(method, after)
    fits = tuple(one.fit.score if isinstance(one, Suggestion) else None for one in (was, now))
    old, new = set(_reasons(was)), set(_reasons(now))
    return Moved(
        method,
        kind,
        _direction(*places),
        places,
        (fits[0], fits[1]),
        _components(was, now),
        tuple(reason for reason in _reasons(now) if reason not in old),
        tuple(reason for reason in _reasons(was) if reason not in new),
    )


def _direction(was: int, now: int) -> Move:
    if not was or not now:
        return "in" if now else "out"
    return "up" if now < was else "down"


def _state(method: Method, advice: Advice) -> Suggestion | RuledOut | None:
    """The method as one piece of advice sees it; None where there is no suggestion of it."""
    listed = [item for one in advice.shortlists for item in (*one.first, *one.also, *one.unconnected)]
    every: list[Suggestion | RuledOut] = [*listed, *advice.ruled_out]
    return next((one for one in every if one.method.iri == method.iri), None)


def _reasons(state: Suggestion | RuledOut | None) -> tuple[Reason, ...]:
    """Why it stands where it stands: reasons for it, and notices that a passage bears."""
    if state is None:
        return ()
    notices = state.notices if isinstance(state, Suggestion) else ()
    return (*state.reasons, *(Reason(n.code, n.text, n.citations) for n in notices if n.citations))


def _components(
    was: Suggestion | RuledOut | None, now: Suggestion | RuledOut | None
) -> tuple[tuple[str, float], ...]:
    """By how much each component of the fit changed, where both sides know it, most weighty change first."""
    if not isinstance(was, Suggestion) or not isinstance(now, Suggestion):
        return ()
    shared = was.fit.components.keys() & now.fit.components.keys()
    changed = [
        (name, round(now.fit.components[name].value - was.fit.components[name].value, 4)) for name in shared
    ]
    told = [(name, difference) for name, difference in changed if difference]
    return tuple(sorted(told, key=lambda item: (-abs(item[1]) * weights.COMPONENTS[item[0]].value, item[0])))
