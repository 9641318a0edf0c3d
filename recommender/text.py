"""Find texts of the catalogue that are about what a school says in its own words, typing errors included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

# Words that every text of this field holds: they say nothing about which one is meant.
_FIELD_WORDS = frozenset(("school", "schools", "teacher", "teachers", "teaching", "digital", "want", "wants"))
_WORD = re.compile(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*", re.UNICODE)
# A word as long as this, and this like a known one (0 to 100), is taken for it: `digtal` for `digital` (92).
_SHORTEST_CORRECTED = 4
_LAST = "mentorgraph"  # a text of its own after all others, so that an empty index has a word too
_LIKENESS = 83


@dataclass(frozen=True)
class Reading:
    """A text as read: corrections made (written, read), and each catalogue text's likeness, 0 to 1."""

    corrections: tuple[tuple[str, str], ...]
    likeness: Mapping[str, float]


class TextIndex:
    """TF-IDF over words and word pieces of a few hundred short texts; immutable once made."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        """`documents` maps an IRI to its text."""
        self._rows = {key: row for row, key in enumerate(sorted(documents))}
        texts = [*(documents[key] for key in self._rows), _LAST]
        self._words = TfidfVectorizer(analyzer=_stems_and_pairs, sublinear_tf=True)
        self._pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._matrix = hstack(
            [self._words.fit_transform(texts), self._pieces.fit_transform(map(_content, texts))], format="csr"
        )
        self._known = frozenset(token for text in texts for token in _tokens(text)) | ENGLISH_STOP_WORDS
        self._known_stems = frozenset(_stem(token) for token in self._known)

    def read(self, text: str) -> Reading:
        """How like `text` is to each text of the index; empty for a text without words."""
        corrected, corrections = self._correct(text)
        if not _content(corrected).strip() or not self._rows:
            return Reading(corrections, {})
        query = hstack([self._words.transform([corrected]), self._pieces.transform([_content(corrected)])])
        # Both halves have length 1, so the product of two texts lies between 0 and 2. Words that no text has
        # are not in the product; the share of known words makes up for that.
        return Reading(corrections, self._scores(query, self._known_share(corrected)))

    def like(self, key: str) -> Mapping[str, float]:
        """How like the text of `key` is to each text of the index, 0 to 1; empty for an unknown key."""
        if key not in self._rows:
            return {}
        return self._scores(self._matrix[self._rows[key]], 1.0)

    def _scores(self, query: csr_matrix, share: float) -> dict[str, float]:
        scores = (self._matrix @ query.T).toarray()[:, 0] / 2 * share
        likeness = {key: round(float(score), 6) for key, score in zip(self._rows, scores[:-1], strict=True)}
        return {key: score for key, score in likeness.items() if score > 0}

    def _known_share(self, text: str) -> float:
        """The share of a text's telling words that some text of the index holds, in whatever form."""
        stems = [_stem(token) for token in _content(text).split()]
        return sum(stem in self._known_stems for stem in stems) / len(stems)

    def _correct(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text with unknown words replaced by the known ones that they most look like, and which."""
        corrections: list[tuple[str, str]] = []
        for token in dict.fromkeys(_tokens(text)):
            if len(token) < _SHORTEST_CORRECTED or token in self._known or _stem(token) in self._known_stems:
                continue
            # Few people mistype the first letter, and without it `slow` would become `low`.
            candidates = sorted(word for word in self._known if word[0] == token[0])
            match = process.extractOne(token, candidates, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
            if match:
                corrections.append((token, match[0]))
        replaced = dict(corrections)
        told = tuple(pair for pair in corrections if not _same_stem(*pair))
        return " ".join(replaced.get(token, token) for token in _tokens(text)), told


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _content(text: str) -> str:
    """The words that can tell texts apart."""
    return " ".join(t for t in _tokens(text) if t not in ENGLISH_STOP_WORDS and t not in _FIELD_WORDS)


def _stems_and_pairs(text: str) -> list[str]:
    """The stems of the telling words, and pairs of neighbours."""
    stems = [_stem(token) for token in _content(text).split()]
    return [*stems, *(f"{a} {b}" for a, b in pairwise(stems))]


def _stem(token: str) -> str:
    """A word without its English ending: `mapping` and `maps` give `map`. Rough, but alike for all texts."""
    for ending in ("ing", "ed", "es", "s", "ly"):
        rest = token.removesuffix(ending)
        if rest != token and len(rest) >= 3 and not token.endswith("ss"):
            token = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "sl" else rest
            break
    return token.removesuffix("e")


def _same_stem(first: str, second: str) -> bool:
    """Whether one word is the other with another ending: nothing to tell a reader."""
    return _stem(first) == _stem(second)
