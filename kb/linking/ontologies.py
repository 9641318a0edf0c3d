"""Match the classes and properties of two ontologies: names first, then what stands around them in both.

Names are compared by soft TF-IDF, so that a word which the whole ontology repeats counts little. What
stands around a class (its ancestors, its children, its properties) and a property (its domain and range, its
inverse) raises or lowers the score, in a few rounds, since better matches around make better matches. Each
term gets one counterpart or none; of matches that would make a class unsatisfiable, the less sure one goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kb.linking import weights as w
from kb.linking.names import Weights
from kb.linking.records import Candidate, Evidence, Record, Sort
from kb.linking.terms import Lexicon, Scores, form
from ontology import namespaces as ns

EQUIVALENT = {
    Sort.CLASS: ns.OWL + "equivalentClass",
    Sort.OBJECT_PROPERTY: ns.OWL + "equivalentProperty",
    Sort.DATATYPE_PROPERTY: ns.OWL + "equivalentProperty",
}
_DATA_TYPES = (
    "string Literal anyURI normalizedString token Name NMTOKEN",
    "date dateTime time gYear gYearMonth dateTimeStamp duration",
    "int integer nonNegativeInteger positiveInteger float double decimal long short unsignedInt",
)


@dataclass
class Side:
    """One ontology, with the look-ups that matching needs."""

    records: dict[str, Record]
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    attached: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, records: Iterable[Record]) -> Side:
        side = cls({record.iri: record for record in records})
        for record in side.records.values():
            for parent in record.parents:
                side.children[parent].append(record.iri)
            if record.sort is not Sort.CLASS:
                for domain in record.domains:
                    side.attached[domain].append(record.iri)
        return side

    def above(self, iri: str) -> dict[str, int]:
        """All ancestors with their distance; the term itself has 0."""
        found, left = {iri: 0}, [iri]
        while left:
            one = left.pop(0)
            for parent in self.records[one].parents if one in self.records else ():
                if parent not in found:
                    found[parent] = found[one] + 1
                    left.append(parent)
        return found

    def disjoint(self, one: str, other: str) -> bool:
        """Whether two classes, or classes above them, are said to be disjoint."""
        over = self.above(other)
        known = [self.records[high] for high in self.above(one) if high in self.records]
        return any(rival in over for high in known for rival in high.disjoint)


def match(
    source: Iterable[Record],
    target: Iterable[Record],
    threshold: float | None = None,
    without: Collection[str] = (),
) -> list[Candidate]:
    """Equivalent classes and properties of two ontologies, the surest first; none where nothing is sure.

    `without` leaves out "synonyms", "heads" or "surroundings", to measure what they are worth.
    """
    one, other = Side.of(source), Side.of(target)
    names = Weights(
        (name.text for side in (one, other) for r in side.records.values() for name in r.names), form
    )
    lexica = {sort: Lexicon(one.records, other.records, sort, names, without) for sort in EQUIVALENT}
    lexical = {sort: lexicon.scores() for sort, lexicon in lexica.items()}
    scores = {sort: dict(found) for sort, found in lexical.items()}
    for _ in range(0 if "surroundings" in without else w.ROUNDS):
        properties = {**scores[Sort.OBJECT_PROPERTY], **scores[Sort.DATATYPE_PROPERTY]}
        classes = _classes(one, other, lexical[Sort.CLASS], scores[Sort.CLASS], properties)
        scores = {
            Sort.CLASS: classes,
            **{
                sort: _properties(one, other, lexical[sort], scores[sort], classes, lexica[sort].shortened)
                for sort in (Sort.OBJECT_PROPERTY, Sort.DATATYPE_PROPERTY)
            },
        }
    found: list[Candidate] = []
    for sort, predicate in EQUIVALENT.items():
        least = threshold if threshold is not None else w.LEAST[sort]
        chosen = _one_to_one(scores[sort], least)
        if sort is Sort.CLASS:
            chosen = consistent(chosen, one, other)
        for (a, b), score in chosen.items():
            evidence = _evidence(one.records[a], other.records[b], lexical[sort][a, b], score)
            found.append(
                Candidate(one.records[a], other.records[b], round(min(score, 1.0), 3), predicate, evidence)
            )
    return sorted(found, key=lambda c: (-c.score, c.source.iri, c.target.iri))


def _evidence(one: Record, other: Record, names: float, score: float) -> tuple[Evidence, ...]:
    return (
        Evidence("names", f"“{one.label}” and “{other.label}” are {names:.2f} alike", round(names, 3)),
        Evidence("surroundings", "what stands around them in both ontologies", round(score - names, 3)),
    )


def _classes(one: Side, other: Side, lexical: Scores, before: Scores, properties: Scores) -> Scores:
    settled = _settled(before)
    found: Scores = {}
    for (a, b), names in lexical.items():
        around = [
            (w.ANCESTORS, _best(set(one.above(a)) - {a}, set(other.above(b)) - {b}, before, settled)),
            # Two ontologies seldom divide and describe alike: that nothing below agrees says nothing.
            (w.CHILDREN, _mean_best(one.children.get(a, []), other.children.get(b, []), before) or None),
            (
                w.PROPERTIES,
                _mean_best(one.attached.get(a, []), other.attached.get(b, []), properties) or None,
            ),
        ]
        found[a, b] = _combined(names, around, w.CLASS_CONTEXT, Sort.CLASS)
    return found


def _combined(names: float, around: list[tuple[float, float | None]], share: float, sort: Sort) -> float:
    """A score from names and what stands around: `share` of what names leave open, or of what they claim."""
    known = [(weight, value) for weight, value in around if value is not None]
    if not known:
        return names * w.NOTHING_AROUND if names < w.SAME_WORDS else names
    context = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
    if context >= w.NEUTRAL:
        return names + share * (1 - names) * (context - w.NEUTRAL) / (1 - w.NEUTRAL)
    return names - share * names * (w.NEUTRAL - context) / w.NEUTRAL * (
        w.SURE_NAMES[sort] if names >= w.SAME_WORDS else 1
    )


def _settled(scores: Scores) -> frozenset[str]:
    """The terms of both sides that have a good match: only of those is it telling whom they do not match."""
    return frozenset(iri for pair, score in scores.items() if score >= w.SETTLED for iri in pair)


def _best(ours: set[str], theirs: set[str], scores: Scores, settled: frozenset[str]) -> float | None:
    if not ours or not theirs:
        return None
    best = max(scores.get((a, b), 0.0) for a in ours for b in theirs)
    return best if best or settled & (ours | theirs) else None


def _mean_best(ours: list[str], theirs: list[str], scores: Mapping[tuple[str, str], float]) -> float | None:
    if not ours or not theirs:
        return None
    if len(ours) > len(theirs):
        return sum(max(scores.get((a, b), 0.0) for a in ours) for b in theirs) / len(theirs)
    return sum(max(scores.get((a, b), 0.0) for b in theirs) for a in ours) / len(ours)


def _properties(
    one: Side, other: Side, lexical: Scores, before: Scores, classes: Scores, shortened: set[tuple[str, str]]
) -> Scores:
    settled = _settled(classes)
    found: Scores = {}
    for (a, b), names in lexical.items():
        p, q = one.records[a], other.records[b]
        domain = _ends(p.domains, q.domains, one, other, classes, settled)
        range_ = _ends(p.ranges, q.ranges, one, other, classes, settled)
        if p.sort is Sort.DATATYPE_PROPERTY and domain is not None and range_ is not None and range_ > 0:
            range_ = None  # most values are texts: that both are says nothing
        crossed = [
            v
            for v in (
                _ends(p.domains, q.ranges, one, other, classes, settled),
                _ends(p.ranges, q.domains, one, other, classes, settled),
            )
            if v is not None
        ]
        straight = [v for v in (domain, range_) if v is not None]
        inverse = _best(set(p.inverses), set(q.inverses), before, settled)
        score = _combined(
            names, [(w.DOMAIN, domain), (w.RANGE, range_), (w.INVERSE, inverse)], w.PROPERTY_CONTEXT, p.sort
        )
        if p.sort is Sort.OBJECT_PROPERTY and len(crossed) == 2 and straight:
            turned = sum(crossed) / 2 > sum(straight) / len(straight) + w.TURNED_BY
            score *= w.TURNED if turned else 1.0
        if (a, b) in shortened and (domain or 0.0) < w.NEUTRAL:
            score *= w.UNSUPPORTED
        found[a, b] = score
    return found


def _ends(
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    one: Side,
    other: Side,
    classes: Scores,
    settled: frozenset[str],
) -> float | None:
    """How alike two domains or ranges are: equal data types, matched classes, or one above the match."""
    if not ours or not theirs:
        return None
    best = 0.0
    for a in ours:
        for b in theirs:
            if a.startswith(ns.XSD) or b.startswith(ns.XSD) or a == b:
                best = max(best, _types_alike(a, b))
                continue
            for high, steps in one.above(a).items():
                for rival, more in other.above(b).items():
                    best = max(best, classes.get((high, rival), 0.0) * w.PER_STEP ** (steps + more))
    if not best and not any(iri.startswith(ns.XSD) for iri in (*ours, *theirs)):
        return 0.0 if settled.intersection((*ours, *theirs)) else None
    return best


def _types_alike(one: str, other: str) -> float:
    families = [frozenset(names.split()) for names in _DATA_TYPES]
    ends = [iri.rsplit("#", 1)[-1] for iri in (one, other)]
    if one == other:
        return 1.0
    if any(set(ends) <= family for family in families):
        return 0.9
    return 0.5 if "string" in ends and one.startswith(ns.XSD) and other.startswith(ns.XSD) else 0.0


def _one_to_one(scores: Scores, least: float) -> Scores:
    """The stable assignment: the best pair first, each term once."""
    taken: set[tuple[int, str]] = set()
    chosen: Scores = {}
    for (a, b), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if score >= least and (0, a) not in taken and (1, b) not in taken:
            taken |= {(0, a), (1, b)}
            chosen[a, b] = score
    return chosen


def consistent(chosen: Scores, one: Side, other: Side) -> Scores:
    """`chosen` without what contradicts surer matches: a class under two disjoint ones, or a crossing."""
    kept: Scores = {}
    for (a, b), score in sorted(chosen.items(), key=lambda item: (-item[1], item[0])):
        if not any(_clash(a, b, c, d, one, other) for c, d in kept):
            kept[a, b] = score
    return kept


def _clash(a: str, b: str, c: str, d: str, one: Side, other: Side) -> bool:
    under = c in one.above(a), a in one.above(c)
    beneath = d in other.above(b), b in other.above(d)
    if (any(under) and other.disjoint(b, d)) or (any(beneath) and one.disjoint(a, c)):
        return True
    return (under[0] and beneath[1]) or (under[1] and beneath[0])
