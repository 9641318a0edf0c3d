"""Three simple ways to link by names, to compare link discovery with: same, same words, few letters apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from kb.linking.names import fold, stems
from kb.linking.records import Record

#: The share of letters from which the third way links.
LEAST_RATIO = 90.0
Found = dict[str, str]
Baseline = Callable[[Sequence[Record], Sequence[Record]], Found]


def exact(sources: Sequence[Record], targets: Sequence[Record]) -> Found:
    """Same name but for case and accents, of one target only."""
    return _by_key(sources, targets, fold)


def tokenised(sources: Sequence[Record], targets: Sequence[Record]) -> Found:
    """Same words in any order, in the singular, camel case parted; of one target only."""
    return _by_key(sources, targets, lambda text: " ".join(sorted(stems(text))))


def _by_key(sources: Sequence[Record], targets: Sequence[Record], key: Callable[[str], str]) -> Found:
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in targets:
        for name in record.names:
            known[record.sort, key(name.text)].add(record.iri)
    found: Found = {}
    for record in sources:
        rivals = set().union(*(known.get((record.sort, key(name.text)), set()) for name in record.names))
        if len(rivals) == 1:
            found[record.iri] = rivals.pop()
    return found


def edit(sources: Sequence[Record], targets: Sequence[Record]) -> Found:
    """The name with the most letters in common, if at least `LEAST_RATIO` per cent are."""
    found: Found = {}
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in targets:
        names[record.sort] += ((record.iri, fold(name.text)) for name in record.names)
    texts = {sort: [text for _, text in known] for sort, known in names.items()}
    for record in sources:
        hits = [
            process.extractOne(
                fold(name.text), texts.get(record.sort, []), scorer=fuzz.ratio, score_cutoff=LEAST_RATIO
            )
            for name in record.names
        ]
        best = max((hit for hit in hits if hit), key=lambda hit: (hit[1], -hit[2]), default=None)
        if best:
            found[record.iri] = names[record.sort][best[2]][0]
    return found


BASELINES: dict[str, Baseline] = {"same name": exact, "same words": tokenised, "letters": edit}
