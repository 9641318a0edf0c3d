"""Questions with known answers from a list of targets: a name taken out of its record is to find it again.

Of some records the whole record is taken out: their names have no counterpart and are to be refused.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.linking.comparing import is_acronym
from kb.linking.names import fold
from kb.linking.records import Name, Record

_SHORTEST = 6


@dataclass(frozen=True)
class Questions:
    """`answers`: IRI of each source → IRI of its target, or None where it has none."""

    sources: list[Record]
    targets: list[Record]
    answers: dict[str, str | None]


def is_dev(iri: str) -> bool:
    """Whether a record is one to develop on; the other half is to test on."""
    return hashlib.sha256(iri.encode()).digest()[0] % 2 == 0


def take_out(
    records: Sequence[Record], seed: int, linkable: int, unlinkable: int, dev: bool, with_country: bool
) -> Questions:
    """Questions about `linkable` + `unlinkable` records (fewer where the list is short), by a seed."""
    chance = random.Random(seed)  # noqa: S311 (a sample, no secret)
    half = [record for record in sorted(records, key=lambda r: r.iri) if is_dev(record.iri) is dev]
    chance.shuffle(half)
    several = [record for record in half if len({fold(name.text) for name in _askable(record)}) > 1]
    asked = several[:linkable]
    known = {record.iri for record in asked}
    without = [record for record in half if record.iri not in known and _askable(record)][:unlinkable]
    targets = {record.iri: record for record in records}
    sources: list[Record] = []
    answers: dict[str, str | None] = {}
    for record in asked + without:
        name = chance.choice(_askable(record))
        iri = f"question:{len(sources)}"
        country = record.country if with_country else ""
        sources.append(Record(iri, (Name(name.text, name.language),), record.sort, country=country))
        answers[iri] = record.iri if record.iri in known else None
        if record.iri in known:
            left = tuple(other for other in record.names if fold(other.text) != fold(name.text))
            targets[record.iri] = replace(record, names=left)
        else:
            del targets[record.iri]
    return Questions(sources, list(targets.values()), answers)


def _askable(record: Record) -> list[Name]:
    return [name for name in record.names if len(name.text) >= _SHORTEST and not is_acronym(name.text)]
