"""Find counterparts of concepts, organisations and projects: near neighbours by name, weighed and explained.

Names that share rare groups of letters are found first (n-grams after TF-IDF); only those pairs are compared
word by word. A pair's score is a weighted sum of features through a logistic function. Where the best two are
close to each other, or the best is not good enough, a thing stays without counterpart: many things have none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.linking import weights as w
from kb.linking.institutions import KINDS, canonical
from kb.linking.names import Weights, fold, initials, squeezed, stems, word_likeness, words
from kb.linking.records import Candidate, Evidence, Kind, Name, Record
from ontology import namespaces as ns

_CHUNK = 256
_MANY = 1000  # names


@dataclass(frozen=True)
class Scored:
    """A target with its score, 0 to 1, and the reasons."""

    record: Record
    score: float
    evidence: tuple[Evidence, ...]


class Index:
    """The targets of one kind, made ready for many look-ups."""

    def __init__(self, records: Sequence[Record], kind: Kind) -> None:
        self.records = records
        self.kind = kind
        self._forms = canonical if kind is Kind.ORGANISATIONS else stems
        self._names = [(n, name) for n, record in enumerate(records) for name in record.names]
        self._acronyms: dict[str, set[int]] = defaultdict(set)
        for n, name in self._names:
            if is_acronym(name.text):
                self._acronyms[squeezed(name.text)].add(n)
            elif len(words(name.text)) >= 3:
                self._acronyms[initials(name.text)].add(n)
        self.weights = Weights((name.text for _, name in self._names), self._forms)
        # Among few names even a rare group of letters is in a fifth of them.
        most = 0.2 if len(self._names) >= _MANY else 1.0
        self._vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32, max_df=most
        )
        texts = [self._told(name.text) for _, name in self._names]
        self._matrix = self._vectors.fit_transform(texts).T.tocsr() if texts else None

    def _told(self, text: str) -> str:
        return " ".join(self._forms(text))

    def look_up(
        self, sources: Sequence[Record], done: Callable[[int], None] = lambda number: None
    ) -> Iterator[tuple[Record, list[Scored]]]:
        """Per source, its possible targets, the best first. `done` hears how many sources are through."""
        near = self._near([(n, name) for n, source in enumerate(sources) for name in source.names], done)
        for n, source in enumerate(sources):
            found = near.get(n, {})
            for name in source.names:
                for rival in self._acronyms.get(squeezed(name.text), ()) if is_acronym(name.text) else ():
                    found.setdefault(rival, set()).update(
                        {(name, other) for other in self.records[rival].names}
                    )
            scored = [self._score(source, self.records[rival], pairs) for rival, pairs in found.items()]
            yield source, sorted(scored, key=lambda s: (-s.score, s.record.iri))

    def _near(
        self, names: list[tuple[int, Name]], done: Callable[[int], None]
    ) -> dict[int, dict[int, set[tuple[Name, Name]]]]:
        """Per source, the targets whose names are near one of its own, with those names."""
        found: dict[int, dict[int, set[tuple[Name, Name]]]] = defaultdict(lambda: defaultdict(set))
        if self._matrix is None:
            return found
        for start in range(0, len(names), _CHUNK):
            part = names[start : start + _CHUNK]
            likeness = (
                self._vectors.transform([self._told(name.text) for _, name in part]) @ self._matrix
            ).toarray()
            for row, (n, name) in enumerate(part):
                for column in _largest(likeness[row], w.NEIGHBOURS):
                    rival, other = self._names[column]
                    found[n][rival].add((name, other))
            done(part[-1][0])
        return found

    def _score(self, source: Record, target: Record, pairs: Iterable[tuple[Name, Name]]) -> Scored:
        best: Scored | None = None
        for one, other in sorted(pairs):
            said = list(self._compare(source, target, one, other))
            total = w.START[self.kind] + sum(e.weight for e in said)
            score = 1 / (1 + math.exp(-total))
            if best is None or score > best.score:
                best = Scored(target, score, tuple(said))
        assert best is not None  # nobody asks without names
        return best

    def _compare(self, source: Record, target: Record, one: Name, other: Name) -> Iterator[Evidence]:
        ours, theirs = self._forms(one.text), self._forms(other.text)
        shown = f"“{one.text}” and “{other.text}”"
        if fold(one.text) == fold(other.text):
            yield Evidence("same name", shown, w.SAME_NAME)
        elif sorted(ours) == sorted(theirs):
            yield Evidence("same words", shown, w.SAME_WORDS_OF_THING)
        alike = self.weights.alike(ours, theirs)
        yield Evidence("words", f"{shown}: {alike:.2f} of their telling words", w.WORDS * alike)
        edit = fuzz.ratio(" ".join(sorted(ours)), " ".join(sorted(theirs))) / 100
        yield Evidence("letters", f"{shown}: {edit:.2f} of their letters", w.LETTERS * edit)
        if is_acronym(one.text) != is_acronym(other.text):
            short, long = (one, other) if is_acronym(one.text) else (other, one)
            if squeezed(short.text) == initials(long.text):
                yield Evidence("acronym", f"{short.text} for “{long.text}”", w.ACRONYM)
        yield from self._against(source, target, ours, theirs)
        if not (one.preferred and other.preferred):
            yield Evidence("other name", "not the main name of both", w.OTHER_NAME)

    def _against(
        self, source: Record, target: Record, ours: tuple[str, ...], theirs: tuple[str, ...]
    ) -> Iterator[Evidence]:
        place = set(canonical(target.city)) if target.city else set()
        alone = [x for x in ours if x not in place and all(word_likeness(x, y) < w.SAME_HEAD for y in theirs)]
        missing = [y for y in theirs if all(word_likeness(x, y) < w.SAME_HEAD for x in ours)]
        if alone:
            heaviest = max(alone, key=self.weights.of)
            yield Evidence("left over", f"“{heaviest}” is not in it", w.ALONE * self.weights.of(heaviest))
        if missing:
            heaviest = max(missing, key=self.weights.of)
            yield Evidence("missing", f"“{heaviest}” is only there", w.MISSING * self.weights.of(heaviest))
        if self.kind is not Kind.ORGANISATIONS:
            return
        kinds = [KINDS.intersection(side) for side in (ours, theirs)]
        if all(kinds) and not kinds[0] & kinds[1]:
            yield Evidence("kind", f"{min(kinds[0])}, not {min(kinds[1])}", w.OTHER_KIND)
        if source.country and target.country:
            same = source.country == target.country
            yield Evidence(
                "country", f"{source.country} and {target.country}", w.COUNTRY if same else w.ABROAD
            )
        if source.website and source.website == target.website:
            yield Evidence("web site", source.website, w.WEB_SITE)
        if place and place <= set(ours):
            yield Evidence("place", f"it names {target.city}", w.PLACE)


def is_acronym(text: str) -> bool:
    """Whether a name is one word of capitals, as far as a name tells."""
    return 2 <= len(text) <= 10 and " " not in text and sum(c.isupper() for c in text) >= 2


def _largest(row: NDArray[np.float32], number: int) -> list[int]:
    """The columns of the largest values above the least likeness, the largest first."""
    chosen = np.argpartition(row, -number)[-number:] if len(row) > number else np.arange(len(row))
    return [int(c) for c in chosen[np.argsort(-row[chosen], kind="stable")] if row[c] > w.LEAST_NEAR]


def match(
    sources: Sequence[Record],
    index: Index,
    threshold: float | None = None,
    done: Callable[[int], None] = lambda number: None,
) -> list[Candidate]:
    """The counterpart of each source, or none: the best must be good and clearly better than the next."""
    least = w.LEAST_OF_THING[index.kind] if threshold is None else threshold
    found = []
    for source, scored in index.look_up(sources, done):
        if not scored or scored[0].score < least:
            continue
        if len(scored) > 1 and scored[0].score - scored[1].score < w.MARGIN and scored[1].score >= least:
            continue
        best = scored[0]
        found.append(
            Candidate(source, best.record, round(best.score, 3), _predicate(best.score), best.evidence)
        )
    return found


def _predicate(score: float) -> str:
    return ns.SKOS + ("exactMatch" if score >= w.EXACT else "closeMatch")
