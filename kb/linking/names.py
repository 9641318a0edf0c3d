"""Names made comparable: words parted, folded and stemmed; how alike two names are (soft TF-IDF)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz.distance import Indel, JaroWinkler

#: Words that carry no meaning in the name of a class, a property or a concept.
FILLERS = frozenset(
    ["a", "an", "the", "of", "and", "or", "for", "in", "on", "at", "to", "by", "with", "from", "as"]
)
#: Words with which the names of properties begin or end.
AUXILIARIES = frozenset(
    ["has", "have", "is", "are", "was", "were", "be", "been", "being", "does", "do", "get", "set"]
)
ALIKE = 0.9
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")
_SPELLINGS = (
    (re.compile(r"is(e|ed|es|er|ing|ation)$"), r"iz\1"),
    (re.compile(r"our$"), "or"),
    (re.compile(r"([^aeiou])re$"), r"\1er"),
    (re.compile(r"ogue$"), "og"),
    (re.compile(r"mme$"), "m"),
)
_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ss", "ss"), ("us", "us"),
    ("is", "is"), ("s", ""),
)  # fmt: skip


def fold(text: str) -> str:
    """`text` without accents and case, in compatibility form."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def local_name(iri: str) -> str:
    """What stands behind the last "#", "/" or ":" of an IRI."""
    return re.split(r"[#/:]", iri.rstrip("/#"))[-1]


@lru_cache(maxsize=200_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a name, also of one in camel case or with underscores, folded, in order."""
    plain = unicodedata.normalize("NFKC", text).replace("'s", "").replace("’s", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return tuple(part.casefold() for part in _PARTS.findall(plain))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word in the singular and in one spelling; short words stay as they are."""
    if len(word) < 4:
        return word
    for ending, other in _ENDINGS:
        if word.endswith(ending):
            word = word.removesuffix(ending) + other
            break
    for pattern, spelling in _SPELLINGS:
        if len(word) > 5:
            word = pattern.sub(spelling, word)
    return word


@lru_cache(maxsize=200_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of a name that carry meaning; all of its words where none does."""
    found = words(text)
    return tuple(stem(w) for w in found if w not in FILLERS) or tuple(stem(w) for w in found)


def squeezed(text: str) -> str:
    """A name as one word, so that "Co-author", "coauthor" and "CoAuthor" are one."""
    return "".join(words(text))


def initials(text: str) -> str:
    """The first letters of the words that carry meaning, for comparing with an acronym."""
    return "".join(word[0] for word in words(text) if word not in FILLERS)


class Weights:
    """How telling each stem is in one comparison: inverse document frequency over the names of both sides."""

    def __init__(self, names: Iterable[str], forms: Callable[[str], tuple[str, ...]] | None = None) -> None:
        seen: Counter[str] = Counter()
        self.names = 0
        for name in names:
            self.names += 1
            seen.update(set((forms or stems)(name)))
        self._most = math.log(1 + self.names)
        self._of = {one: math.log(1 + self.names / count) for one, count in seen.items()}

    def of(self, word: str) -> float:
        """The weight of a stem, 0 to 1; an unknown one is as telling as can be."""
        return self._of.get(word, self._most) / self._most if self._most else 1.0

    def alike(
        self,
        one: tuple[str, ...],
        other: tuple[str, ...],
        like: Callable[[str, str], float] | None = None,
        least: float = ALIKE,
    ) -> float:
        """Soft TF-IDF cosine of two lists of stems, 0 to 1: near-equal stems count by their likeness."""
        if not one or not other:
            return 0.0
        norms = [math.sqrt(sum(self.of(w) ** 2 for w in side)) for side in (one, other)]
        left = list(other)
        shared = 0.0
        for word in sorted(one, key=self.of, reverse=True):
            best, likeness = None, 0.0
            for rival in left:
                near = (like or word_likeness)(word, rival)
                if near > likeness:
                    best, likeness = rival, near
            if best is not None and likeness >= least:
                left.remove(best)
                shared += likeness * self.of(word) * self.of(best)
        return min(1.0, shared / (norms[0] * norms[1]))


@lru_cache(maxsize=500_000)
def word_likeness(one: str, other: str) -> float:
    """How alike two stems are: equal, a slip of the pen apart, or one the beginning of the other."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 4 or one[0] != other[0]:
        return 0.0
    if Indel.distance(one, other) <= (1 if min(len(one), len(other)) < 8 else 2):
        return 0.95
    common = _common_start(one, other)
    if common >= 5 and common >= 0.7 * max(len(one), len(other)):
        return 0.92
    if len(one) > 7 and abs(len(one) - len(other)) < 3:
        near = JaroWinkler.similarity(one, other)
        return near if near >= ALIKE else 0.0
    return 0.0


def _common_start(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
