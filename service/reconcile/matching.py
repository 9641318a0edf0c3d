"""Candidates for a name: scored by the matcher of `kb.linking`, with the reasons, and sure only if it is.

A candidate is a match only where its words are the same, its score is good and no other comes near: who asks
may then link without looking. Everything else is for a person to judge.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kb import queries, search
from kb.linking.names import stems
from kb.linking.records import Evidence, Name, Record
from service.pages.knowledge import value
from service.reconcile.asking import MAX_NAME, Constraint, Query
from service.reconcile.library import Known, Library
from service.reconcile.names import IDENTIFIERS, whole

# Scores, 0 to 1: below the first a candidate is noise, from the second on likely; a match needs the third,
# and to be better than the next by the margin.
LEAST = 0.01
LIKELY = 0.5
SURE = 0.8
MARGIN = 0.02
# What a property that was asked about adds, in log-odds: another value speaks more than the same does.
SAME_VALUE = 1.0
OTHER_VALUE = -5.0
_CHUNK = 100  # things that one query of ours asks for
Values = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


@dataclass(frozen=True)
class Candidate:
    """A thing that a name may mean. `score`: 0 to 1; `match`: surely this one."""

    known: Known
    score: float
    evidence: tuple[Evidence, ...]
    match: bool = False


def candidates(library: Library, asked: Sequence[Query]) -> list[list[Candidate]]:
    """The candidates of each query, the best first. Raises Problem if the release can't be read."""
    found = [_by_identifier(library, one) or _by_name(library, one) for one in asked]
    wanted = [(c.known.iri, one.constraints) for one, cs in zip(asked, found, strict=True) for c in cs]
    values = _values(library, wanted)
    answers = []
    for one, rated in zip(asked, found, strict=True):
        weighed = _ordered(_weighed(library, c, one.constraints, values) for c in rated)
        answers.append(_judged(weighed, [one.name])[: one.limit])
    return answers


def _by_identifier(library: Library, query: Query) -> list[Candidate]:
    """What the text names by its IRI, ours or one that is linked as the same."""
    if "/" not in query.name or len(query.name) > MAX_NAME:
        return []
    iris = [whole(query.name, IDENTIFIERS), *library.same.get(query.name, ())]
    said = (Evidence("identifier", f"<{query.name}>", 0.0),)
    found = [library.known[iri] for iri in iris if iri in library.known]
    return [Candidate(known, 1.0, said) for known in found if not query.types or known.kinds & {*query.types}]


def _by_name(library: Library, query: Query) -> list[Candidate]:
    return _scored(library, [Record("", (Name(query.name),))], query.types)[0]


def bulk(
    library: Library, records: Sequence[Record], types: tuple[str, ...], limit: int
) -> list[list[Candidate]]:
    """At most `limit` candidates of each record, by all of its names, the best first."""
    rated = zip(records, _scored(library, records, types), strict=True)
    return [_judged(_ordered(found), [n.text for n in record.names])[:limit] for record, found in rated]


def _scored(library: Library, sources: Sequence[Record], types: tuple[str, ...]) -> list[list[Candidate]]:
    """The candidates of each record; what is no name (nothing but signs, or too long) has none."""
    asked = [replace(one, names=tuple(name for name in one.names if _is_name(name.text))) for one in sources]
    best: list[dict[str, Candidate]] = [{} for _ in asked]
    for index in library.indexes(types):
        for found, (_, scored) in zip(best, index.look_up(asked), strict=True):
            for one in scored:
                iri = one.record.iri
                if one.score >= LEAST and (iri not in found or found[iri].score < one.score):
                    found[iri] = Candidate(library.known[iri], one.score, one.evidence)
    return [list(found.values()) for found in best]


def _is_name(text: str) -> bool:
    return len(text) <= MAX_NAME and re.search(r"\w", text) is not None


def _ordered(found: Iterable[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda c: (-c.score, c.known.iri))


def _judged(rated: list[Candidate], names: Iterable[str]) -> list[Candidate]:
    """The best is a match if it has the name's very words and a good score, and no other comes near."""
    if not rated or rated[0].score < SURE:
        return rated
    best, asked = rated[0], {_words(name) for name in names}
    alone = len(rated) == 1 or best.score - rated[1].score >= MARGIN
    same = best.score == 1.0 or any(_words(name.text) in asked for name in best.known.record.names)
    contradicted = any(e.feature == "other value" for e in best.evidence)
    return [replace(best, match=alone and same and not contradicted), *rated[1:]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted(stems(text)))


def _values(library: Library, wanted: Iterable[tuple[str, tuple[Constraint, ...]]]) -> Values:
    """The values of the properties that are asked about: thing → property → values."""
    things: dict[str, None] = {}
    properties: dict[str, None] = {}
    for iri, constraints in wanted:
        if constraints:
            things[iri] = None
            properties.update(dict.fromkeys(c.property for c in constraints))
    return read_values(library, list(things), list(properties))


def read_values(library: Library, things: Sequence[str], properties: Sequence[str]) -> Values:
    """Values from the release, thing → property → values; what is no IRI has none. Raises Problem."""
    found: Values = defaultdict(lambda: defaultdict(list))
    known = library.knowledge.property_counts
    asked = [ox.NamedNode(iri) for iri in properties if iri in known]
    for start in range(0, len(things) if asked else 0, _CHUNK):
        part = [ox.NamedNode(iri) for iri in things[start : start + _CHUNK]]
        text = queries.load("service/values-of-things").bind(things=part, properties=asked)
        for row in library.knowledge.engine.rows(text):
            term = row["value"]
            if isinstance(term, ox.NamedNode | ox.Literal):
                found[value(row, "thing")][value(row, "property")].append(term)
    return found


def _weighed(
    library: Library, candidate: Candidate, constraints: Iterable[Constraint], values: Values
) -> Candidate:
    """The candidate with what its own values say for or against it; what is not stated says nothing."""
    said = []
    for one in constraints:
        stated = values.get(candidate.known.iri, {}).get(one.property)
        if not stated:
            continue
        wanted = {_comparable(text) for text in one.values}
        if any(wanted & _told(library, term) for term in stated):
            said.append(Evidence("same value", one.identifier, SAME_VALUE))
        else:
            said.append(Evidence("other value", one.identifier, OTHER_VALUE))
    if not said:
        return candidate
    odds = math.log(max(candidate.score, 1e-9) / max(1 - candidate.score, 1e-9))
    score = 1 / (1 + math.exp(-(odds + sum(e.weight for e in said))))
    return replace(candidate, score=score, evidence=(*candidate.evidence, *said))


def _told(library: Library, term: ox.NamedNode | ox.Literal) -> set[str]:
    """All by which a value may be meant: its text, its identifier, or a name of the thing."""
    if isinstance(term, ox.Literal):
        return {_comparable(term.value)}
    known = library.known.get(term.value)
    names = [name.text for name in known.record.names] if known else []
    return {_comparable(text) for text in (term.value, term.value.removeprefix(IDENTIFIERS), *names)}


def _comparable(text: str) -> str:
    return text.strip() if "/" in text else search.fold(text)
