"""How alike the names of two classes or properties are, before anything that stands around them counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

from kb.linking import weights as w
from kb.linking.names import AUXILIARIES, FILLERS, Weights, squeezed, stem, word_likeness, words
from kb.linking.records import Record, Sort
from kb.linking.synonyms import synonyms, told

Forms = Mapping[str, list[tuple[str, ...]]]
Scores = dict[tuple[str, str], float]
_DOERS = ("er", "or", "ee", "ant", "ent", "ist", "ian", "man")


@lru_cache(maxsize=500_000)
def alike(one: str, other: str) -> float:
    """How alike two stems of terms are. Who does something is never what is done: review, reviewer."""
    if one == other:
        return 1.0
    return w.SYNONYM if synonyms(one, other) else _spelt_alike(one, other)


@lru_cache(maxsize=500_000)
def _spelt_alike(one: str, other: str) -> float:
    if one != other and one.endswith(_DOERS) != other.endswith(_DOERS):
        return 0.0
    return word_likeness(one, other)


def form(name: str) -> tuple[str, ...]:
    """The stems of a name's words that carry meaning, phrases that one word can say replaced by it."""
    found = told(words(name))
    return tuple(stem(x) for x in found if x not in FILLERS) or tuple(stem(x) for x in found)


def forms_of(records: Mapping[str, Record], sort: Sort) -> dict[str, list[tuple[str, ...]]]:
    """Per term of a sort, the stems of each of its names; of a property also without its auxiliaries."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for iri, record in records.items():
        if record.sort is sort:
            if sort is Sort.CLASS:
                variants = [form(name.text) for name in record.names]
            else:
                variants = [
                    one for name in record.names for one in _property_forms(record, name.text, records)
                ]
            found[iri] = list(dict.fromkeys(v for v in variants if v))
    return found


def _property_forms(record: Record, name: str, records: Mapping[str, Record]) -> list[tuple[str, ...]]:
    """The stems of a property's name without auxiliaries, and without the words of its domain and range."""
    kept = [word for word in told(words(name)) if word not in AUXILIARIES and word not in FILLERS]
    bare = tuple(_verb(stem(word)) for word in kept) or form(name)
    around = {
        _verb(part)
        for iri in (*record.domains, *record.ranges)
        if iri in records
        for part in form(records[iri].label)
    }
    short = tuple(word for word in bare if word not in around)
    return [bare, short] if short and short != bare else [bare]


def _verb(word: str) -> str:
    """A verb's stem without "-ed" and "-ing", so that "assigned by" and "assigns" are alike."""
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            short = word.removesuffix(ending)
            return short[:-1] if short[-1] == short[-2] and short[-1] not in "sl" else short
    return word.removesuffix("e") if len(word) > 5 else word


class Heads:
    """How many terms of one side have a name that ends in a word, and which words its names repeat."""

    def __init__(self, forms: Forms) -> None:
        self._count = Counter(head for variants in forms.values() for head in {v[-1] for v in variants})
        self._words = Counter(word for variants in forms.values() for v in variants for word in set(v))
        self._known: dict[str, int] = {}

    def with_last(self, word: str) -> int:
        if word not in self._known:
            near = (count for head, count in self._count.items() if alike(head, word) >= w.SAME_HEAD)
            self._known[word] = sum(near)
        return self._known[word]

    def is_common(self, word: str) -> bool:
        """Whether the side's names repeat a word, so that it tells little of any of them."""
        return self._words[word] >= w.REPEATED


class Lexicon:
    """The likeness of names of one sort on two sides."""

    def __init__(
        self,
        one: Mapping[str, Record],
        other: Mapping[str, Record],
        sort: Sort,
        weights: Weights,
        without: Collection[str] = (),
    ) -> None:
        self._like = _spelt_alike if "synonyms" in without else alike
        #: Pairs of properties that are alike only without the words of their domains and ranges.
        self.shortened: set[tuple[str, str]] = set()
        self._use_heads = "heads" not in without
        self._records = one, other
        self._forms = forms_of(one, sort), forms_of(other, sort)
        self._heads = Heads(self._forms[0]), Heads(self._forms[1])
        self._is_class = sort is Sort.CLASS
        self._weights = weights

    def scores(self) -> Scores:
        """Likeness of pairs that share a near-equal stem or a synonym; other pairs have none."""
        by_start: dict[str, set[str]] = defaultdict(set)
        for iri, variants in self._forms[1].items():
            for start in _starts(variants):
                by_start[start].add(iri)
        near = {
            start: {iri for other in by_start if _may_meet(start, other) for iri in by_start[other]}
            for start in {s for variants in self._forms[0].values() for s in _starts(variants)}
        }
        found: Scores = {}
        for iri, variants in self._forms[0].items():
            for rival in sorted(set().union(*(near[start] for start in _starts(variants)))):
                likeness = self._of(iri, rival)
                if likeness >= w.WORTH_A_LOOK:
                    found[iri, rival] = likeness
        return found

    def _of(self, iri: str, rival: str) -> float:
        names = [
            {squeezed(name.text) for name in records[term].names}
            for records, term in zip(self._records, (iri, rival), strict=True)
        ]
        if names[0] & names[1]:
            return 1.0
        best = 0.0
        for n, one in enumerate(self._forms[0][iri]):
            for m, other in enumerate(self._forms[1][rival]):
                likeness = self._pair(one, other)
                is_short = not self._is_class and bool(n or m)
                likeness *= w.SHORTENED if is_short else 1.0
                if not self._is_class and self._turned(iri, rival):
                    likeness *= w.OTHER_END
                if likeness > best:
                    best = likeness
                    (self.shortened.add if is_short else self.shortened.discard)((iri, rival))
        return best

    def _turned(self, iri: str, rival: str) -> bool:
        """Whether one name only ends in "of" or "by", so that it may lead the other way."""
        ends = [
            {words(name.text)[-1:] for name in records[term].names} & {("of",), ("by",)}
            for records, term in zip(self._records, (iri, rival), strict=True)
        ]
        return ends[0] != ends[1]

    def _pair(self, one: tuple[str, ...], other: tuple[str, ...]) -> float:
        if sorted(one) == sorted(other):
            return w.SAME_WORDS
        likeness = self._weights.alike(one, other, self._like)
        if self._like(one[-1], other[-1]) < w.SAME_HEAD:
            return likeness * w.OTHER_HEAD
        left = [x for x in one if all(self._like(x, y) < w.SAME_HEAD for y in other)]
        right = [y for y in other if all(self._like(x, y) < w.SAME_HEAD for x in one)]
        if (left and right) or ((left or right) and not self._is_class):
            return likeness * w.OTHER_WORDS
        sides = zip(self._heads, (one, other), strict=True)
        alone = one[-1] == other[-1] and all(heads.with_last(side[-1]) == 1 for heads, side in sides)
        if self._is_class and self._use_heads and (left or right) and alone:
            little = all(any(h.is_common(word) for h in self._heads) for word in left + right)
            return max(likeness, w.ONLY_HEAD_COMMON if little else w.ONLY_HEAD)
        return likeness


def _starts(variants: list[tuple[str, ...]]) -> set[str]:
    return {part for variant in variants for part in (*variant, "".join(variant))}


def _may_meet(one: str, other: str) -> bool:
    return one[:4] == other[:4] or synonyms(one, other)
