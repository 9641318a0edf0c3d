"""Near misses: for each wish that could give way, the best option that it keeps away, and how it would fit.

After McSherry's compromise-driven retrieval: options are grouped by the wish that they break, and of each
group the best is shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from recommender import weights
from recommender.catalogue import Catalogue
from recommender.explanation import Reason
from recommender.fields import BY_PATH, Field
from recommender.profile import Profile, attribute
from recommender.ranking import Ranking, Suggestion, rank
from recommender.understanding import Read

# Answers that can keep a method away, in the order of the form.
YIELDING: Final = (
    "schools",
    "country",
    "school_levels",
    "tried_before",
    "time.hours",
    "time.months",
    "people.who",
    "people.count",
    "mentor",
    "partners.university",
    "partners.industry",
)


@dataclass(frozen=True)
class Compromise:
    """The best option if one answer gave way: which answer, what it keeps away, why, and how it would fit.

    `options` counts what else would become possible.
    """

    field: Field
    option: Suggestion
    against: tuple[Reason, ...]
    changes: tuple[str, ...]
    options: int


def offer(
    profile: Profile, ranking: Ranking, catalogue: Catalogue, read: Read | None = None
) -> tuple[Compromise, ...]:
    """The compromises, those with the best option first; only answers that keep something away are tried."""
    kept_away = {out.method.iri: (out.reasons, out.changes) for out in ranking.ruled_out}
    for item in ranking.suggestions:
        if item.hindered:
            reasons = tuple(Reason(n.code, n.text, n.citations) for n in item.notices if n.citations)
            kept_away[item.method.iri] = (reasons, ())
    if not kept_away:
        return ()
    found = list(_tried(profile, kept_away, catalogue, read))
    found.sort(key=lambda one: (-one.option.fit.score, YIELDING.index(one.field.path)))
    return tuple(found[: weights.COMPROMISES_SHOWN])


def _tried(
    profile: Profile,
    kept_away: dict[str, tuple[tuple[Reason, ...], tuple[str, ...]]],
    catalogue: Catalogue,
    read: Read | None,
) -> Iterator[Compromise]:
    """One compromise for each answer without which something that it keeps away would be worth naming."""
    answered = set(profile.answered())
    for path in YIELDING:
        if path not in answered:
            continue
        field = BY_PATH[path]
        nothing: Any = () if field.kind == "choices" else None
        without = dataclasses.replace(profile, **{attribute(field): nothing})
        freed = [
            item
            for item in rank(without, catalogue, read).suggestions
            if item.worth_naming and item.method.iri in kept_away
        ]
        if freed:
            best = freed[0]
            reasons, changes = kept_away[best.method.iri]
            still = {notice.text for notice in best.notices}
            against = tuple(reason for reason in reasons if reason.text not in still)
            yield Compromise(field, best, against, changes, len(freed) - 1)
