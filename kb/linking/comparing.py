"""Compare two records by one name each: features with values 0 to 1, a score, and reasons in words."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from kb.linking import countries
from kb.linking import weights as w
from kb.linking.institutions import KINDS, canonical
from kb.linking.names import Weights, fold, initials, squeezed, stems, word_likeness, words
from kb.linking.records import Evidence, Kind, Name, Record
from kb.linking.synonyms import synonyms
from kb.linking.translations import Translations

Features = dict[str, tuple[float, str]]
Form = tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """A target with its score, 0 to 1, and the reasons."""

    record: Record
    score: float
    evidence: tuple[Evidence, ...]

    @property
    def log_odds(self) -> float:
        return math.log(self.score / (1 - self.score))


def form_of(kind: Kind) -> Callable[[str], Form]:
    """How names of a kind are told in words: organisations' in English as far as known."""
    return _organisation if kind is Kind.ORGANISATIONS else stems


def _organisation(text: str) -> Form:
    return canonical(countries.split_mark(text)[0])


class Comparer:
    """Compares records of one kind; knows how telling words are and which stand for each other."""

    def __init__(self, records: Iterable[Record], kind: Kind) -> None:
        known = list(records)
        self.kind = kind
        self.form = form_of(kind)
        self.weights = Weights((name.text for record in known for name in record.names), self.form)
        self.translations = Translations(known, self.form)
        self._feature_weights = w.FEATURES[
            Kind.ORGANISATIONS if kind is Kind.ORGANISATIONS else Kind.CONCEPTS
        ]
        self._records_with = Counter(
            word for record in known for word in {x for name in record.names for x in self.form(name.text)}
        )
        self._likeness: dict[tuple[str, str], float] = {}

    def leaving_out(self, features: Iterable[str]) -> Comparer:
        """This comparer, blind to some features: to measure what they are worth."""
        other = copy.copy(self)
        other._feature_weights = {**self._feature_weights, **dict.fromkeys(features, 0.0)}
        return other

    def score_name(self, query: str, record: Record) -> Scored:
        """How well one name fits a record, by the best of the record's names."""
        name = Name(query)
        asked = Record("", (name,))
        return self.score(asked, record, [(name, other) for other in record.names])

    def score(self, source: Record, target: Record, pairs: Iterable[tuple[Name, Name]]) -> Scored:
        """The score by the pair of names that speaks most for it. `pairs` must not be empty."""
        best = self.best_features(source, target, pairs)
        return Scored(target, 1 / (1 + math.exp(-self._total(best))), tuple(self._reasons(best)))

    def best_features(self, source: Record, target: Record, pairs: Iterable[tuple[Name, Name]]) -> Features:
        """The features of the pair of names that speaks most for `target`; of equals, the first by text."""
        found = [self.features(source, target, one, other) for one, other in sorted(pairs)]
        return max(found, key=self._total)

    def _total(self, found: Features) -> float:
        return self._feature_weights["start"] + sum(
            self._feature_weights[feature] * value for feature, (value, _) in found.items()
        )

    def _reasons(self, found: Features) -> Iterator[Evidence]:
        for feature, (value, said) in found.items():
            weight = self._feature_weights[feature] * value
            if abs(weight) >= w.WORTH_SAYING:
                yield Evidence(feature, said, round(weight, 2))

    def features(self, source: Record, target: Record, one: Name, other: Name) -> Features:
        """What is alike and what differs: feature → (value 0 to 1, in words); absent ones are 0."""
        pair = _Pair(self, one.text, other.text)
        found: Features = {
            "words": (pair.alike, f"{pair.shown}: {pair.alike:.2f} of their telling words"),
            "letters": (pair.letters, f"{pair.letters:.2f} of their letters"),
            "shared": (min(1.0, pair.shared / w.ENOUGH_SHARED), "the weight of the words that both have"),
        }
        if fold(one.text) == fold(other.text):
            found["same name"] = 1.0, pair.shown
        elif sorted(pair.ours) == sorted(pair.theirs):
            found["same words"] = 1.0, pair.shown
        for side, left in (("left over", pair.left(target.city)), ("missing", pair.missing)):
            if left:
                heaviest = max(left, key=self.weights.of)
                found[side] = (
                    min(1.0, sum(map(self.weights.of, left)) / 3),
                    f"not on the other side: {', '.join(left)}",
                )
                found[f"heaviest {side}"] = self.weights.of(heaviest), f"“{heaviest}”"
        rare = [x for x in pair.ours if x in pair.theirs and self._records_with[x] <= w.RARE and len(x) > 2]
        if rare:
            found["rare"] = 1.0, f"hardly any other has “{rare[0]}”"
        if min(len(pair.ours), len(pair.theirs)) > 1 and not (pair.missing and pair.left(target.city)):
            found["contained"] = 1.0, "one name has all words of the other"
        if len(pair.ours) == 1 or len(pair.theirs) == 1:
            found["short"] = 1.0, "a name of one word"
        if pair.numbers[0] != pair.numbers[1]:
            found["number"] = 1.0, "their numbers differ"
        if not (one.preferred and other.preferred):
            found["other name"] = 1.0, "not the main name of both"
        if not (one.preferred or other.preferred):
            found["two other names"] = 1.0, "the main name of neither"
        if one.language and other.language and one.language[:2] != other.language[:2]:
            found["language"] = 1.0, f"{one.language} and {other.language}"
        if self.kind is Kind.ORGANISATIONS:
            found.update(self._of_organisations(source, target, pair))
        elif self.like(pair.ours[-1], pair.theirs[-1]) >= w.SAME_HEAD:
            found["head"] = 1.0, f"both are “{pair.theirs[-1]}”"
        return found

    def _of_organisations(
        self, source: Record, target: Record, pair: _Pair
    ) -> Iterator[tuple[str, tuple[float, str]]]:
        acronyms = is_acronym(pair.one), is_acronym(pair.other)
        if acronyms[0] != acronyms[1]:
            short, long = (pair.one, pair.other) if acronyms[0] else (pair.other, pair.one)
            if squeezed(short) == initials(long):
                yield "acronym", (1.0, f"{short} for “{long}”")
        kinds = [KINDS.intersection(side) for side in (pair.ours, pair.theirs)]
        if all(kinds) and not kinds[0] & kinds[1]:
            yield "kind", (1.0, f"{min(kinds[0])}, not {min(kinds[1])}")
        mark = countries.split_mark(pair.one)[1]
        ours = {source.country or mark} - {""}
        if ours and target.country:
            same = target.country in ours
            yield ("country" if same else "abroad"), (1.0, f"{min(ours)} and {target.country}")
        elif target.country and (named := countries.named_in(pair.one)) and target.country not in named:
            yield "other country", (1.0, f"it names {min(named)}, not {target.country}")
        if source.website and source.website == target.website:
            yield "web site", (1.0, source.website)
        place = set(canonical(target.city)) if target.city else set()
        if place and any(self.like(x, y) >= w.PARTNERS for x in pair.ours for y in place):
            yield "place", (1.0, f"it names {target.city}")
        if source.city and target.city and not set(canonical(source.city)) & place:
            yield "other place", (1.0, f"{source.city}, not {target.city}")

    def like(self, one: str, other: str) -> float:
        """How alike two words are: spelt alike, cognates, synonyms, or standing for each other."""
        if one == other:
            return 1.0
        key = (one, other)
        if key not in self._likeness:
            self._likeness[key] = self._like(one, other)
        return self._likeness[key]

    def _like(self, one: str, other: str) -> float:
        if one.isdigit() or other.isdigit():
            return 0.0
        spelt = word_likeness(one, other)
        learned = self.translations.of(one, other)
        if learned:
            spelt = max(spelt, w.PARTNERS + (1 - w.PARTNERS) * learned)
        if self.kind is not Kind.ORGANISATIONS:
            return max(spelt, w.SYNONYM if synonyms(one, other) else 0.0)
        if spelt < w.COGNATES and min(len(one), len(other)) >= 6 and one[0] == other[0]:
            spelt = w.COGNATES if Indel.normalized_similarity(one, other) >= w.COGNATE else spelt
        return spelt


class _Pair:
    """Two names and what their words have in common, each computed once."""

    def __init__(self, comparer: Comparer, one: str, other: str) -> None:
        self._comparer = comparer
        self.one, self.other = one, other
        self.ours, self.theirs = comparer.form(one), comparer.form(other)
        self.shown = f"“{one}” and “{other}”"

    @cached_property
    def alike(self) -> float:
        return self._comparer.weights.alike(self.ours, self.theirs, self._comparer.like, w.PARTNERS)

    @cached_property
    def letters(self) -> float:
        return fuzz.ratio(" ".join(sorted(self.ours)), " ".join(sorted(self.theirs))) / 100

    @cached_property
    def _alone(self) -> tuple[str, ...]:
        return tuple(x for x in self.ours if not self._partner(x, self.theirs))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        return tuple(y for y in self.theirs if not self._partner(y, self.ours))

    def _partner(self, word: str, others: Form) -> bool:
        return any(self._comparer.like(word, other) >= w.PARTNERS for other in others)

    def left(self, city: str) -> tuple[str, ...]:
        """Words that only the first name has, without the second one's place and country."""
        place = canonical(city) if city else ()
        return tuple(x for x in self._alone if not self._partner(x, place))

    @cached_property
    def shared(self) -> float:
        weights = self._comparer.weights
        return sum(weights.of(x) for x in self.ours if x not in self._alone)

    @cached_property
    def numbers(self) -> tuple[set[str], set[str]]:
        one, other = ({x for x in words(text) if x.isdigit()} for text in (self.one, self.other))
        return one, other


def is_acronym(text: str) -> bool:
    """Whether a name is one word of capitals, as far as a name tells."""
    return 2 <= len(text) <= 10 and " " not in text and sum(c.isupper() for c in text) >= 2
