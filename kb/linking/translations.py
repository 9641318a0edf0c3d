"""Words that stand for each other in the names of one thing, learned from the names that the targets have.

Many records carry their name in several languages. Words that keep meeting there, where the names differ,
mean the same; nothing but the targets themselves is needed. Two rounds: the second counts only the best
partner of each word in a pair of names, so that words which merely keep company fall away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from kb.linking import weights as w
from kb.linking.records import Record

_LONGEST = 12


class Translations:
    """For each word, the words that stand for it, with their strength: 0 to 1."""

    def __init__(self, records: Iterable[Record], forms: Callable[[str], tuple[str, ...]]) -> None:
        pairs = [pair for record in records for pair in _differences(record, forms)]
        strength = _dice((a, b) for one, other in pairs for a in one for b in other)
        strength = _dice(aligned for one, other in pairs for aligned in _aligned(one, other, strength))
        self._of: dict[str, dict[str, float]] = defaultdict(dict)
        for (one, other), much in strength.items():
            if much >= w.LEAST_TRANSLATION:
                self._of[one][other] = much
                self._of[other][one] = much

    def of(self, one: str, other: str) -> float:
        """How surely two different words stand for each other."""
        return self._of.get(one, {}).get(other, 0.0)

    def best(self, word: str) -> str | None:
        """The surest other word for `word`."""
        found = self._of.get(word)
        return max(found, key=lambda other: (found[other], other)) if found else None


def _differences(
    record: Record, forms: Callable[[str], tuple[str, ...]]
) -> Iterator[tuple[list[str], list[str]]]:
    sides = list(dict.fromkeys(forms(name.text) for name in record.names))
    for n, one in enumerate(sides):
        for other in sides[n + 1 :]:
            left = sorted(set(one) - set(other))
            right = sorted(set(other) - set(one))
            if left and right and len(left) <= _LONGEST and len(right) <= _LONGEST:
                yield left, right


def _dice(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    together: Counter[tuple[str, str]] = Counter((a, b) if a < b else (b, a) for a, b in pairs)
    alone: Counter[str] = Counter()
    for (one, other), count in together.items():
        alone[one] += count
        alone[other] += count
    return {
        pair: 2 * count / (alone[pair[0]] + alone[pair[1]])
        for pair, count in together.items()
        if count >= w.LEAST_MEETINGS
    }


def _aligned(
    one: list[str], other: list[str], strength: dict[tuple[str, str], float]
) -> Iterator[tuple[str, str]]:
    ranked = sorted(
        ((strength.get((a, b) if a < b else (b, a), 0.0), a, b) for a in one for b in other), reverse=True
    )
    used: set[str] = set()
    for much, a, b in ranked:
        if much and a not in used and b not in used:
            used |= {a, b}
            yield a, b
