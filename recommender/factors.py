"""What the sources say helps with a school's needs, what stands in the way, and which answers which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from recommender import weights
from recommender.catalogue import Catalogue, Factor, Saying
from recommender.explanation import Reason, join
from recommender.facts import Citation
from recommender.process import ProcessAdvice
from recommender.understanding import Understanding

_MOST_FACTORS: Final = 4
_MOST_STATEMENTS: Final = 3
_BETWEEN: Final = "BetweenSchools"


@dataclass(frozen=True)
class Answer:
    """That a success factor answers a barrier: who says so, or why we conclude it."""

    factor: Factor
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class RelevantFactor:
    """A success factor or barrier with what sources say of it; `sources` counts who says so.

    `answers` holds, for a barrier, the factors that answer it.
    """

    factor: Factor
    statements: tuple[Reason, ...]
    sources: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Factors:
    """What helps and hinders, the most relevant first; `matching` is said of bringing schools together."""

    helps: tuple[RelevantFactor, ...]
    hinders: tuple[RelevantFactor, ...]
    matching: tuple[RelevantFactor, ...]


def relevant(understanding: Understanding, process: ProcessAdvice, catalogue: Catalogue) -> Factors:
    """Factors that the wished-for needs are related to, and those that answer a related barrier."""
    scores: dict[str, float] = {}
    for wish in understanding.wishes:
        need = catalogue.needs.get(wish.iri)
        for iri in need.factors if need else ():
            scores[iri] = scores.get(iri, 0) + wish.weight
            factor = catalogue.factors.get(iri)
            for answer in factor.mitigated_by if factor else ():
                scores[answer.value] = scores.get(answer.value, 0) + wish.weight / 2
    found = [(catalogue.factors[iri], score) for iri, score in scores.items() if iri in catalogue.factors]
    found.sort(key=lambda item: (-item[1], -len(item[0].statements), item[0].label, item[0].iri))
    stated = [factor for factor, _ in found if factor.statements]
    return Factors(
        _told([f for f in stated if f.helps][:_MOST_FACTORS], catalogue),
        _told([f for f in stated if not f.helps][:_MOST_FACTORS], catalogue),
        _told(_matching(catalogue), catalogue, about=_BETWEEN) if process.route != "inside" else (),
    )


def _matching(catalogue: Catalogue) -> list[Factor]:
    """The factor of matching schools, and the barriers that it answers."""
    matching = [f for f in catalogue.factors.values() if f.slug == weights.MATCHING_FACTOR]
    answered = [
        factor
        for factor in catalogue.factors.values()
        if any(answer.value == one.iri for one in matching for answer in factor.mitigated_by)
    ]
    return [f for f in (*matching, *sorted(answered, key=lambda f: (f.label, f.iri))) if f.statements]


def _told(factors: Iterable[Factor], catalogue: Catalogue, about: str = "") -> tuple[RelevantFactor, ...]:
    """Factors with their first statements, of those about something where it is named."""
    found = []
    for factor in factors:
        sayings = [s for s in factor.statements if not about or about in s.about] or list(factor.statements)
        answers = [
            Answer(catalogue.factors[fact.value], fact.citations)
            for fact in factor.mitigated_by
            if fact.value in catalogue.factors
        ]
        found.append(
            RelevantFactor(
                factor,
                tuple(statement(one, catalogue) for one in sayings[:_MOST_STATEMENTS]),
                len({iri for one in factor.statements for iri in one.by} or factor.statements),
                tuple(sorted(answers, key=lambda a: (a.factor.label, a.factor.iri))),
            )
        )
    return tuple(found)


def statement(saying: Saying, catalogue: Catalogue) -> Reason:
    """A statement with who makes it."""
    who = join([catalogue.label(iri) for iri in saying.by])
    return Reason("statement", f"{saying.text} ({who})" if who else saying.text, saying.citations)
