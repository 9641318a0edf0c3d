"""The questions whose answers would change the advice most, found by trying the answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from recommender import weights
from recommender.catalogue import Catalogue
from recommender.facts import slug
from recommender.fields import BY_PATH, Field
from recommender.profile import Profile, attribute
from recommender.ranking import rank
from recommender.understanding import Read

_ASKED: Final = 3
_COMPARED: Final = weights.SHORTLIST  # as many of the first methods are compared
_HOURS: Final = (2, 10, 40)
# Fields that the ranking depends on, in the order to ask among equals.
_ASKABLE: Final = (
    "needs",
    "phase",
    "schools",
    "people.who",
    "time.hours",
    "mentor",
    "partners.university",
    "partners.industry",
    "country",
)


@dataclass(frozen=True)
class Question:
    """A question to ask next. `change` is the share of the first suggestions that depends on it, 0 to 1."""

    field: Field
    change: float

    @property
    def why(self) -> str:
        count = max(1, round(self.change * _COMPARED))
        changed = "one" if count == 1 else str(count)
        return f"From one answer to another, about {changed} of the first {_COMPARED} methods would change."


def ask(profile: Profile, catalogue: Catalogue, read: Read | None = None) -> tuple[Question, ...]:
    """The unanswered questions that change most, at most three, those first that change most."""
    answered = set(profile.answered())
    open_fields = [BY_PATH[path] for path in _ASKABLE if path not in answered]
    if profile.goal:
        open_fields = [field for field in open_fields if field.path != "needs"]
    found = [Question(field, _change(field, profile, catalogue, read)) for field in open_fields]
    found.sort(key=lambda question: (-question.change, _ASKABLE.index(question.field.path)))
    return tuple(question for question in found if question.change > 0)[:_ASKED]


def _change(field: Field, profile: Profile, catalogue: Catalogue, read: Read | None) -> float:
    """How much the first suggestions differ between two answers, 0 to 1, averaged over pairs of answers."""
    lists = [
        _first(dataclasses.replace(profile, **{attribute(field): answer}), catalogue, read)
        for answer in _answers(field, catalogue)
    ]
    pairs = list(combinations(lists, 2))
    if not pairs:
        return 0.0
    return round(sum(1 - len(a & b) / max(len(a), len(b), 1) for a, b in pairs) / len(pairs), 4)


def _first(profile: Profile, catalogue: Catalogue, read: Read | None) -> frozenset[str]:
    suggestions = rank(profile, catalogue, read, only="method").suggestions
    return frozenset(item.method.iri for item in suggestions[:_COMPARED])


def _answers(field: Field, catalogue: Catalogue) -> Iterator[Any]:
    """Answers to try: every option; a few numbers; countries with instruments of their own, and one more."""
    if field.path == "needs":
        for need in catalogue.needs.values():
            yield (need.slug,)
    elif field.path == "phase":
        yield from catalogue.steps
    elif field.path == "time.hours":
        yield from _HOURS
    elif field.path == "country":
        nations = {slug(fact.value) for method in catalogue.methods.values() for fact in method.nations}
        others = sorted(
            country.slug for country in catalogue.countries.values() if country.slug not in nations
        )
        yield from [*sorted(nations), *others[:1]]
    else:
        yield from field.options or ()
