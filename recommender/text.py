"""Find texts of the catalogue that are about what a school says in its own words, typing errors included."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

# Words that every text of this field holds: they say nothing about which one is meant.
_FIELD_WORDS = frozenset(
    ("school", "schools", "teacher", "teachers", "teaching", "digital")  # whom and what all of it is about
) | {"want", "wants", "need", "needs", "new"}  # what every wish begins with
_WORD = re.compile(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*", re.UNICODE)
_SENTENCE = re.compile(r"[.!?;\n]+")
# A word as long as this, and this like a known one (0 to 100), is taken for it: `digtal` for `digital` (92).
_SHORTEST_CORRECTED = 4
_LAST = "mentorgraph"  # a text of its own after all others, so that an empty index has a word too
_LIKENESS = 83
_PARTS = " . "  # between the names, definition and sentences of a text
_WHOLE = 0.5  # a whole text and its closest part count the same: long texts are not put behind short ones
_STRANGE = 1.5  # of a text with half its words unknown, about a third counts: it is about something else
_TELLING = 3  # a sentence of a school with fewer telling words than this is not read by itself
_PHRASE = 3  # the most words that an everyday expression has


@dataclass(frozen=True)
class Reading:
    """A text as read: corrections made (written, read), and each catalogue text's likeness, 0 to 1."""

    corrections: tuple[tuple[str, str], ...]
    likeness: Mapping[str, float]


class TextIndex:
    """TF-IDF over words and word pieces of short texts and of their parts; immutable once made."""

    def __init__(self, documents: Mapping[str, str], everyday: Mapping[str, str] | None = None) -> None:
        """`documents` maps an IRI to its text, parts apart by " . "; `everyday` a word to one of theirs."""
        self._rows = {key: row for row, key in enumerate(sorted(documents))}
        self._everyday = {" ".join(tokens(word)): means for word, means in (everyday or {}).items()}
        texts = [*(documents[key] for key in self._rows), _LAST]
        parts = [part for text in texts for part in text.split(_PARTS)]
        self._first_part = np.cumsum([0, *(len(text.split(_PARTS)) for text in texts[:-1])])
        self._words = TfidfVectorizer(analyzer=_stems_and_pairs, sublinear_tf=True)
        self._pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        words, pieces = self._words.fit_transform(texts), self._pieces.fit_transform(map(_content, texts))
        self._matrix = hstack([words, pieces], format="csr")
        # By term, so that reading costs as much as the terms of what is read and not as the whole catalogue.
        self._by_term = self._matrix.T.tocsr()
        self._parts_by_term = self._vector(parts).T.tocsr()
        self._known = frozenset(token for text in texts for token in tokens(text)) | ENGLISH_STOP_WORDS
        self._spoken_of = frozenset(_stem(token) for token in self._known)
        self._known |= {token for word in self._everyday for token in word.split()}
        self._known_stems = frozenset(_stem(token) for token in self._known)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._known):
            self._by_letter.setdefault(word[0], []).append(word)

    def read(self, text: str) -> Reading:
        """How like `text` is to each text of the index; empty for a text without words.

        A text of several sentences is read as a whole and sentence by sentence, and the most like counts.
        """
        corrected, corrections = self._correct(text)
        if not self._rows or not _content(corrected).strip():
            return Reading(corrections, {})
        best = self._likeness(corrected)
        sentences = [self._correct(sentence)[0] for sentence in _SENTENCE.split(text)]
        telling = [one for one in sentences if len(_content(one).split()) >= _TELLING]
        for sentence in telling if len(telling) > 1 else ():
            best = np.maximum(best, self._likeness(sentence))
        return Reading(corrections, self._by_key(best))

    def like(self, key: str) -> Mapping[str, float]:
        """How like the text of `key` is to each text of the index, 0 to 1; empty for an unknown key."""
        if key not in self._rows:
            return {}
        row = self._matrix[self._rows[key]]
        return self._by_key((row @ self._by_term).toarray()[0] / 2)

    def _likeness(self, corrected: str) -> NDArray[np.float64]:
        """By row, the mean of a text's likeness as a whole and of its closest part.

        Both halves of a vector have length 1, so the product of two texts lies between 0 and 2. Words that no
        text has are not in the product; the share of known words makes up for that.
        """
        query = self._vector([self._with_meanings(corrected)])
        whole = (query @ self._by_term).toarray()[0] / 2
        part = np.maximum.reduceat((query @ self._parts_by_term).toarray()[0] / 2, self._first_part)
        found: NDArray[np.float64] = (_WHOLE * whole + (1 - _WHOLE) * part) * self._known_share(corrected)
        return found

    def _vector(self, texts: list[str]) -> csr_matrix:
        return hstack(
            [self._words.transform(texts), self._pieces.transform(map(_content, texts))], format="csr"
        )

    def _by_key(self, scores: NDArray[np.float64]) -> dict[str, float]:
        likeness = {key: round(float(scores[row]), 6) for key, row in self._rows.items() if scores[row] > 0}
        return {key: min(score, 1.0) for key, score in likeness.items() if score > 0}

    def _with_meanings(self, text: str) -> str:
        """The text, and after it what those of its everyday expressions mean that no text here has.

        An expression that the texts have is found by itself; what else it may mean would only blur it.
        """
        found = tokens(text)
        spans = (found[i : i + n] for n in range(1, _PHRASE + 1) for i in range(len(found) - n + 1))
        unspoken = (span for span in spans if any(_stem(token) not in self._spoken_of for token in span))
        meanings = (self._everyday.get(" ".join(span)) for span in unspoken)
        return " ".join((text, *dict.fromkeys(filter(None, meanings))))

    def _known_share(self, text: str) -> float:
        """The share of a text's telling words that some text of the index holds, in whatever form."""
        stems = [_stem(token) for token in _content(text).split()]
        known = sum(stem in self._known_stems for stem in stems)
        return math.pow(known / len(stems), _STRANGE)

    def _correct(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text with unknown words replaced by the known ones that they most look like, and which."""
        corrections: list[tuple[str, str]] = []
        for token in dict.fromkeys(tokens(text)):
            if len(token) < _SHORTEST_CORRECTED or token in self._known or _stem(token) in self._known_stems:
                continue
            # Few people mistype the first letter, and without it `slow` would become `low`.
            candidates = self._by_letter.get(token[0], [])
            match = process.extractOne(token, candidates, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
            if match:
                corrections.append((token, match[0]))
        replaced = dict(corrections)
        told = tuple(pair for pair in corrections if not _same_stem(*pair))
        return " ".join(replaced.get(token, token) for token in tokens(text)), told


def tokens(text: str) -> list[str]:
    """The words of a text, without capitals."""
    return _WORD.findall(text.casefold())


def _content(text: str) -> str:
    """The words that can tell texts apart."""
    return " ".join(_telling(text))


def _telling(text: str) -> Iterator[str]:
    return (t for t in tokens(text) if t not in ENGLISH_STOP_WORDS and t not in _FIELD_WORDS)


def _stems_and_pairs(text: str) -> list[str]:
    """The stems of the telling words, and pairs of neighbours."""
    stems = [_stem(token) for token in _telling(text)]
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
