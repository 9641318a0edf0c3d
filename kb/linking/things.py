"""Find counterparts of concepts, organisations and projects: near neighbours by name, weighed and explained.

Names that share rare groups of letters are found first (n-grams after TF-IDF); only those pairs are compared
word by word. A pair's score is a weighted sum of features through a logistic function. Where the best two are
close to each other, or the best is not good enough, a thing stays without counterpart: many things have none.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.linking import weights as w
from kb.linking.comparing import Comparer, Scored, is_acronym
from kb.linking.names import initials, squeezed, words
from kb.linking.records import Candidate, Evidence, Kind, Name, Record
from ontology import namespaces as ns

_CHUNK = 256
_MANY = 1000  # names
Pairs = dict[int, set[tuple[Name, Name]]]


class Index:
    """The targets of one kind, made ready for many look-ups."""

    def __init__(self, records: Sequence[Record], kind: Kind) -> None:
        self.records = records
        self.kind = kind
        self.comparer = Comparer(records, kind)
        self._names = [(n, name) for n, record in enumerate(records) for name in record.names]
        self._acronyms: dict[str, set[int]] = defaultdict(set)
        for n, name in self._names:
            if is_acronym(name.text):
                self._acronyms[squeezed(name.text)].add(n)
            elif len(words(name.text)) >= 3:
                self._acronyms[initials(name.text)].add(n)
        # Among few names even a rare group of letters is in a fifth of them (tests/service/pages: reconcile).
        most = 0.2 if len(self._names) >= _MANY else 1.0
        self._vectors = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32, max_df=most
        )
        texts = [self._told(name.text) for _, name in self._names]
        self._matrix = self._vectors.fit_transform(texts).T.tocsr() if texts else None

    def leaving_out(self, features: Iterable[str]) -> Index:
        """This index, its comparer blind to some features."""
        other = copy.copy(self)
        other.comparer = self.comparer.leaving_out(features)
        return other

    def _told(self, text: str) -> str:
        return " ".join(self.comparer.form(text))

    def _asked(self, text: str) -> str:
        """A name with the surest translation of each word beside it."""
        told = self.comparer.form(text)
        others = [other for word in told if (other := self.comparer.translations.best(word))]
        return " ".join((*told, *others))

    def look_up(
        self, sources: Sequence[Record], done: Callable[[int], None] = lambda number: None
    ) -> Iterator[tuple[Record, list[Scored]]]:
        """Per source, its possible targets, the best first. `done` hears how many sources are through."""
        for source, found in self.candidates(sources, done):
            scored = [self.comparer.score(source, self.records[n], pairs) for n, pairs in found.items()]
            yield source, sorted(scored, key=lambda s: (-s.score, s.record.iri))

    def candidates(
        self, sources: Sequence[Record], done: Callable[[int], None] = lambda number: None
    ) -> Iterator[tuple[Record, Pairs]]:
        """Per source, the numbers of targets that are near by letters or acronym, with the names that are."""
        near = self._near([(n, name) for n, source in enumerate(sources) for name in source.names], done)
        for n, source in enumerate(sources):
            found = near.get(n, {})
            for name in source.names:
                for rival in self._acronyms.get(squeezed(name.text), ()) if is_acronym(name.text) else ():
                    found.setdefault(rival, set()).update((name, o) for o in self.records[rival].names)
            yield source, found

    def _near(self, names: list[tuple[int, Name]], done: Callable[[int], None]) -> dict[int, Pairs]:
        """Per source, the targets whose names are near one of its own, with those names."""
        found: dict[int, Pairs] = defaultdict(lambda: defaultdict(set))
        if self._matrix is None:
            return found
        for start in range(0, len(names), _CHUNK):
            part = names[start : start + _CHUNK]
            likeness = (
                self._vectors.transform([self._asked(name.text) for _, name in part]) @ self._matrix
            ).toarray()
            for row, (n, name) in enumerate(part):
                for column in _largest(likeness[row], w.NEIGHBOURS):
                    rival, other = self._names[column]
                    found[n][rival].add((name, other))
            done(part[-1][0])
        return found


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
        best = with_lead(scored, index.kind)
        if best is not None and best.score >= least:
            predicate = _predicate(index.kind, best)
            found.append(Candidate(source, best.record, round(best.score, 3), predicate, best.evidence))
    return found


def with_lead(scored: Sequence[Scored], kind: Kind) -> Scored | None:
    """The best of `scored` (the best first), its lead over the next weighed; None where two are equal."""
    if not scored or (len(scored) > 1 and scored[0].score == scored[1].score):
        return None
    best = scored[0]
    lead = min(w.MOST_LEAD, best.log_odds - scored[1].log_odds) if len(scored) > 1 else w.MOST_LEAD
    start, own, per_lead = w.SURE[kind]
    weight = round(start + (own - 1) * best.log_odds + per_lead * lead, 2)
    score = 1 / (1 + math.exp(-best.log_odds - weight))
    return Scored(
        best.record, score, (*best.evidence, Evidence("lead", f"{lead:.1f} before the next", weight))
    )


def _predicate(kind: Kind, best: Scored) -> str:
    """SKOS relates concepts only; what is one thing in the world is said to be so, short of owl:sameAs.

    Concepts that meet by another than a main name are close at the most: other names are often looser.
    """
    if kind is not Kind.CONCEPTS:
        return ns.SCHEMA + "sameAs"
    by_main_names = all(e.feature != "other name" for e in best.evidence)
    return ns.SKOS + ("exactMatch" if by_main_names and best.score >= w.EXACT else "closeMatch")
