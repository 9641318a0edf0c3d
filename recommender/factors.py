"""What the sources say helps with a school's needs, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recommender.catalogue import Catalogue, Factor
from recommender.explanation import Reason
from recommender.understanding import Understanding

_MOST_FACTORS: Final = 4
_MOST_STATEMENTS: Final = 3


@dataclass(frozen=True)
class RelevantFactor:
    """A success factor or barrier with what sources say of it; `sources` counts all its statements."""

    factor: Factor
    statements: tuple[Reason, ...]
    sources: int


@dataclass(frozen=True)
class Factors:
    """What helps and what hinders, each the most relevant first."""

    helps: tuple[RelevantFactor, ...]
    hinders: tuple[RelevantFactor, ...]


def relevant(understanding: Understanding, catalogue: Catalogue) -> Factors:
    """Factors that the wished-for needs are related to, and those that answer a related barrier."""
    scores: dict[str, float] = {}
    for wish in understanding.wishes:
        need = catalogue.needs.get(wish.iri)
        for iri in need.factors if need else ():
            scores[iri] = scores.get(iri, 0) + wish.weight
            factor = catalogue.factors.get(iri)
            for answer in factor.mitigated_by if factor else ():
                scores[answer] = scores.get(answer, 0) + wish.weight / 2
    found = [(catalogue.factors[iri], score) for iri, score in scores.items() if iri in catalogue.factors]
    found.sort(key=lambda item: (-item[1], -len(item[0].statements), item[0].label, item[0].iri))
    stated = [factor for factor, _ in found if factor.statements]
    return Factors(_told([f for f in stated if f.helps]), _told([f for f in stated if not f.helps]))


def _told(factors: list[Factor]) -> tuple[RelevantFactor, ...]:
    return tuple(
        RelevantFactor(
            factor,
            tuple(
                Reason("statement", fact.value, fact.citations)
                for fact in factor.statements[:_MOST_STATEMENTS]
            ),
            len(factor.statements),
        )
        for factor in factors[:_MOST_FACTORS]
    )
