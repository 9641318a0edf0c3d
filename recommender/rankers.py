"""Ways to value methods, to be compared: ours, ours without a component, and four that know less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from recommender import weights
from recommender.catalogue import Kind, Method
from recommender.ranking import Ranking, best_first
from recommender.situations import Case

Worth = Mapping[str, float]
"""What each method (its IRI) is worth; the highest comes first, and equals are for chance to decide."""
Ranker = Callable[[Case, Kind, Ranking], Worth]
"""The worth of the methods of a kind. `Ranking` is ours for the case, made once for all rankers."""


def ours(case: Case, kind: Kind, ranking: Ranking) -> Worth:
    """The order of the adviser, without equals."""
    return _by_place([item.method for item in ranking.suggestions if item.method.kind == kind])


def without_component(name: str) -> Ranker:
    """The adviser's order with a component of fit left out."""

    def ranker(case: Case, kind: Kind, ranking: Ranking) -> Worth:
        items = []
        for item in ranking.suggestions:
            kept = {n: part for n, part in item.fit.components.items() if n != name}
            items.append(replace(item, fit=replace(item.fit, components=kept)))
        return _by_place([item.method for item in sorted(items, key=best_first) if item.method.kind == kind])

    return ranker


def most_used(case: Case, kind: Kind, ranking: Ranking) -> Worth:
    """Methods by the number of pilots that used them."""
    return {m.iri: len({use.pilot for use in m.uses if use.status == "Used"}) for m in _of(case, kind)}


def at_random(case: Case, kind: Kind, ranking: Ranking) -> Worth:
    """Every method is worth the same."""
    return {m.iri: 0.0 for m in _of(case, kind)}


def text_only(case: Case, kind: Kind, ranking: Ranking) -> Worth:
    """Methods by likeness to the school's own words and the names of the needs that it chose."""
    labels = [wish.label for wish in ranking.understanding.wishes if wish.origin != "written"]
    likeness = case.catalogue.texts.read(" . ".join([case.profile.goal, *labels])).likeness
    return {m.iri: likeness.get(m.iri, 0.0) for m in _of(case, kind)}


def constraints_only(case: Case, kind: Kind, ranking: Ranking) -> Worth:
    """Methods that no rule excludes, those first that nothing speaks against."""
    return {
        item.method.iri: -float(item.hindered) for item in ranking.suggestions if item.method.kind == kind
    }


BASELINES: Final[Mapping[str, Ranker]] = {
    "most-used": most_used,
    "random": at_random,
    "text-only": text_only,
    "constraints-only": constraints_only,
}
ABLATIONS: Final[Mapping[str, Ranker]] = {name: without_component(name) for name in weights.COMPONENTS}


def _of(case: Case, kind: Kind) -> list[Method]:
    return [method for method in case.catalogue.methods.values() if method.kind == kind]


def _by_place(methods: list[Method]) -> Worth:
    return {method.iri: -float(place) for place, method in enumerate(methods)}
