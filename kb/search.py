"""The search index: find things by name although the query has typos, other case or no diacritics; no IO.

Names are matched by character n-grams (TF-IDF of 3 to 5 characters within words) and by the beginnings of
words, definitions and texts by the beginnings of words; the best are ranked again by edit distance.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyoxigraph as ox
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

from ontology import namespaces as ns

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Field = Literal["label", "alternative", "text", "definition"]
WEIGHTS: dict[Field, float] = {"label": 1.0, "alternative": 0.95, "text": 0.6, "definition": 0.5}
QUERY = "service/search-entries"  # the query file whose rows `entries` takes
MAX_QUERY = 200  # characters; what follows is ignored
_RANKED_AGAIN = 80
_CUTOFF = 0.3
_FIELDS: dict[str, Field] = {
    ns.SKOS + "prefLabel": "label",
    ns.RDFS + "label": "label",
    ns.SKOS + "altLabel": "alternative",
    ns.SMM + "printedAs": "alternative",
    ns.SMM + "acronym": "alternative",
    ns.SMM + "text": "text",
    ns.SKOS + "definition": "definition",
}
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text by which a thing is found. ``language`` is "" where the text has none."""

    field: Field
    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found. ``kinds`` are the IRIs of its classes, sorted."""

    iri: str
    kinds: tuple[str, ...]
    texts: tuple[Text, ...]

    @property
    def label(self) -> Text:
        """The name to show: the English label, else any label, else its text."""
        order = {"label": 0, "text": 1, "alternative": 2, "definition": 3}
        return min(self.texts, key=lambda text: (order[text.field], text.language != "en", text.value))


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, with the text that matched best. ``score`` is above 0 and at most 1."""

    entry: Entry
    matched: Text
    score: float


def fold(text: str) -> str:
    """The text without case, diacritics and punctuation, words separated by one space."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


def entries(
    rows: Iterable[Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]],
) -> list[Entry]:
    """Entries from the rows of the query file `QUERY`, by IRI; a thing without any text is left out."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    texts: defaultdict[str, set[Text]] = defaultdict(set)
    for row in rows:
        thing, kind, prop, value = (row.get(name) for name in ("thing", "kind", "property", "value"))
        if not isinstance(thing, ox.NamedNode):
            continue
        if isinstance(kind, ox.NamedNode):
            kinds[thing.value].add(kind.value)
        if isinstance(prop, ox.NamedNode) and isinstance(value, ox.Literal):
            texts[thing.value].add(Text(_FIELDS[prop.value], value.value, value.language or ""))

    def in_order(found: set[Text]) -> tuple[Text, ...]:
        return tuple(sorted(found, key=lambda text: (-WEIGHTS[text.field], text.value, text.language)))

    return [Entry(iri, tuple(sorted(kinds[iri])), in_order(texts[iri])) for iri in sorted(texts)]


class SearchIndex:
    """An immutable index over entries; `search` may be called from several threads."""

    def __init__(self, found: Sequence[Entry]) -> None:
        self._rows = [(number, text) for number, entry in enumerate(found) for text in entry.texts]
        self._entries = list(found)
        self._folded = [fold(text.value) for _, text in self._rows]
        self._weights = np.array([WEIGHTS[text.field] for _, text in self._rows])
        self._index_names()
        self._index_words()

    def _index_names(self) -> None:
        """Character n-grams of labels and alternatives, by column, so that a query touches only its own."""
        names = [i for i, (_, text) in enumerate(self._rows) if text.field in ("label", "alternative")]
        self._names = np.array(names, dtype=np.intp)
        self._vectorizer = None
        if any(self._folded[i] for i in names):
            self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
            self._grams = self._vectorizer.fit_transform([self._folded[i] for i in names]).tocsc()

    def _index_words(self) -> None:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for row, folded in enumerate(self._folded):
            for word in set(folded.split()):
                places[word].append(row)
        self._words = sorted(places)
        self._places = [np.array(places[word], dtype=np.intp) for word in self._words]

    def search(self, query: str, limit: int = 20, kinds: Collection[str] = ()) -> list[Hit]:
        """The best ``limit`` entries, of one of ``kinds`` if given; best first, ties by IRI."""
        folded = fold(query[:MAX_QUERY])
        if not folded or not self._rows:
            return []
        rough = self._rough(folded)
        best: dict[int, Hit] = {}
        for row in np.argsort(-rough, kind="stable"):
            if rough[row] <= 0.0 or len(best) >= max(_RANKED_AGAIN, 2 * limit):
                break
            number, text = self._rows[row]
            entry = self._entries[number]
            if kinds and not set(kinds) & set(entry.kinds):
                continue
            score = self._fine(folded, int(row), float(rough[row]))
            if number not in best or score > best[number].score:
                best[number] = Hit(entry, text, score)
        hits = [hit for hit in best.values() if hit.score >= _CUTOFF]
        return sorted(hits, key=lambda hit: (-hit.score, hit.entry.iri))[:limit]

    def _rough(self, folded: str) -> np.ndarray:
        """A score per row: likeness of n-grams, and the share of the query's words that begin one of its."""
        scores = np.zeros(len(self._rows))
        if self._vectorizer is not None:
            wanted = self._vectorizer.transform([folded])
            scores[self._names] += 0.5 * (self._grams[:, wanted.indices] @ wanted.data)
        words = folded.split()
        for word in words:
            scores[self._beginning_with(word)] += 0.5 / len(words)
        weighted: np.ndarray = scores * self._weights
        return weighted

    def _beginning_with(self, start: str) -> np.ndarray:
        first = bisect_left(self._words, start)
        last = bisect_left(self._words, start + "\U0010ffff")
        found = self._places[first:last]
        rows: np.ndarray = np.unique(np.concatenate(found)) if found else np.array([], dtype=np.intp)
        return rows

    def _fine(self, folded: str, row: int, rough: float) -> float:
        text = self._folded[row]
        likeness = fuzz.WRatio(folded, text) / 100
        if folded == text:
            return float(self._weights[row])
        return min(0.99, 0.5 * rough + 0.5 * likeness * float(self._weights[row]))
