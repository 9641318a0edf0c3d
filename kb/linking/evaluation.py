"""How good link discovery is: precision, recall, F1, refusals on gold sets; simpler ways and ablations.

Gold sets are in `gold/`: hand-made pairs of concepts and organisations (with those that have no counterpart),
ontologies with references, and names taken out of a list. Intervals: bootstrap over the things asked about.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.linking import ontologies, things
from kb.linking.baselines import BASELINES, Baseline
from kb.linking.heldout import take_out
from kb.linking.loading import load
from kb.linking.records import Kind, Name, Record

NONE = "none"
_SAMPLES = 1000
#: Ablations of things: what is left out → the features that fall away.
_FAMILIES = {
    "words": ("words", "shared", "rare", "contained", "same words"),
    "words that differ": ("left over", "missing", "heaviest left over", "heaviest missing", "kind", "number"),
    "letters": ("letters",),
    "country and place": ("country", "abroad", "other country", "place", "other place"),
}
_DEVELOPED_ON = "library"
_HALVES = (("dev", True), ("test", False))
_OF_ONTOLOGIES = ("synonyms", "heads", "surroundings")
_LINKABLE, _UNLINKABLE, _SEED = 600, 300, 11
Step = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """One thing asked about: whether it has a counterpart, one was proposed, and that was right."""

    wanted: bool
    proposed: bool
    right: bool


@dataclass(frozen=True)
class Figures:
    """Figures of one way to link on one gold set; None where there is nothing to divide by."""

    task: str
    way: str
    asked: int
    linkable: int
    proposed: int
    precision: float | None
    recall: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None
    refused: float | None


def figures(task: str, way: str, outcomes: Sequence[Outcome]) -> Figures:
    """Figures with a 95 % bootstrap interval of F1 (1,000 samples, fixed seed)."""
    table = np.array([(o.right, o.proposed, o.wanted) for o in outcomes], dtype=float)
    right, proposed, wanted = table.sum(axis=0)
    free = [o for o in outcomes if not o.wanted]
    low, high = _interval(table)
    return Figures(
        task, way, len(outcomes), int(wanted), int(proposed),
        precision=_share(right, proposed), recall=_share(right, wanted),
        f1=_share(2 * right, proposed + wanted), f1_low=low, f1_high=high,
        refused=_share(sum(not o.proposed for o in free), len(free)),
    )  # fmt: skip


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), 3) if whole else None


def _interval(table: NDArray[Any]) -> tuple[float | None, float | None]:
    chance = np.random.default_rng(0)
    sums = table[chance.integers(len(table), size=(_SAMPLES, len(table)))].sum(axis=1)
    whole = sums[:, 1] + sums[:, 2]
    counted = whole > 0  # a sample in which nothing is wanted or proposed has no F1
    if not counted.any():
        return None, None
    low, high = np.percentile(2 * sums[counted, 0] / whole[counted], [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


@dataclass(frozen=True)
class Sitting:
    """What is asked at once: `answers` says each source's target, or None. Things have an index."""

    sources: list[Record]
    targets: Sequence[Record]
    answers: dict[str, str | None]
    index: things.Index | None = None


Way = Callable[[Sitting], dict[str, str]]


def evaluate(targets: Path | None, step: Step = lambda text: None) -> list[Figures]:
    """All figures; about label lists only where their folder is given. `step` hears what is measured."""
    tasks = dict(_class_tasks())
    if targets is not None:
        tasks |= dict(_thing_tasks(targets))
    found = []
    for task, sittings in tasks.items():
        ways = _ways_of_things() if sittings[0].index else _ways_of_terms()
        for name, way in ways.items():
            step(f"{task}: {name}")
            outcomes = [o for sitting in sittings for o in _outcomes(sitting, way(sitting))]
            found.append(figures(task, name, outcomes))
    return found


def _outcomes(sitting: Sitting, found: dict[str, str]) -> list[Outcome]:
    return [
        Outcome(answer is not None, iri in found, iri in found and found[iri] == answer)
        for iri, answer in sitting.answers.items()
    ]


def _ways_of_things() -> dict[str, Way]:
    def discovery(sitting: Sitting, without: tuple[str, ...] = ()) -> dict[str, str]:
        assert sitting.index is not None
        index = sitting.index.leaving_out(without) if without else sitting.index
        return {c.source.iri: c.target.iri for c in things.match(sitting.sources, index)}

    blind = {f"without {name}": partial(discovery, without=left) for name, left in _FAMILIES.items()}
    return {"discovery": discovery, **_simple(), **blind}


def _ways_of_terms() -> dict[str, Way]:
    def discovery(sitting: Sitting, without: tuple[str, ...] = ()) -> dict[str, str]:
        found = ontologies.match(sitting.sources, sitting.targets, without=without)
        return {c.source.iri: c.target.iri for c in found}

    blind = {f"without {name}": partial(discovery, without=(name,)) for name in _OF_ONTOLOGIES}
    return {"discovery": discovery, **_simple(), **blind}


def _simple() -> dict[str, Way]:
    return {name: partial(_by_names, way) for name, way in BASELINES.items()}


def _by_names(way: Baseline, sitting: Sitting) -> dict[str, str]:
    return way(sitting.sources, sitting.targets)


def _gold(name: str) -> list[dict[str, str]]:
    text = files("kb.linking").joinpath("gold", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def _class_tasks() -> Iterator[tuple[str, list[Sitting]]]:
    """Pairs of ontologies; those of the first domain were developed on."""
    answers: dict[tuple[str, str], dict[str, str]] = {}
    for row in _gold("ontologies/reference.tsv"):
        pair = tuple(row[side].partition("#")[0].rpartition("/")[2] for side in ("source", "target"))
        answers.setdefault((pair[0], pair[1]), {})[row["source"]] = row["target"]
    halves: dict[str, list[Sitting]] = {}
    for (one, other), right in answers.items():
        sources, targets = _ontology(one), _ontology(other)
        sitting = Sitting(sources, targets, {record.iri: right.get(record.iri) for record in sources})
        half = "dev" if one.startswith(_DEVELOPED_ON) else "test"
        halves.setdefault(f"classes and properties ({half})", []).append(sitting)
    yield from halves.items()


def _ontology(name: str) -> list[Record]:
    with as_file(files("kb.linking").joinpath("gold", "ontologies", f"{name}.ttl")) as path:
        return load(path, Kind.CLASSES)


def _thing_tasks(folder: Path) -> Iterator[tuple[str, list[Sitting]]]:
    rows = _gold("concepts.tsv")
    schemes = sorted({row["scheme"] for row in rows})
    indexes = {s: things.Index(load(folder / f"{s}.tsv", Kind.CONCEPTS), Kind.CONCEPTS) for s in schemes}
    for half, dev in _HALVES:
        yield (
            f"concepts ({half})",
            [
                _asked(
                    [r for r in rows if r["scheme"] == s and _is_dev(r["label"]) is dev], indexes[s], "label"
                )
                for s in schemes
            ],
        )
    ror = load(folder / "ror.tsv", Kind.ORGANISATIONS)
    index = things.Index(ror, Kind.ORGANISATIONS)
    rows = _gold("organisations.tsv")
    for half, dev in _HALVES:
        yield (
            f"organisations ({half})",
            [_asked([r for r in rows if _is_dev(r["name"]) is dev], index, "name")],
        )
    for with_country in (False, True):
        taken = take_out(ror, _SEED, _LINKABLE, _UNLINKABLE, dev=False, with_country=with_country)
        known = "name and country" if with_country else "name only"
        index = things.Index(taken.targets, Kind.ORGANISATIONS)
        yield (
            f"names taken out of ROR ({known}; test)",
            [Sitting(taken.sources, taken.targets, taken.answers, index)],
        )


def _is_dev(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0


def _asked(rows: list[dict[str, str]], index: things.Index, column: str) -> Sitting:
    """Gold rows as records that have nothing but a name, and a country where the row says one."""
    language = "en" if column == "label" else ""
    sources = [
        Record(f"question:{n}", (Name(row[column], language),), country=row.get("country", ""))
        for n, row in enumerate(rows)
    ]
    answers = {
        source.iri: None if row["answer"] == NONE else row["answer"]
        for source, row in zip(sources, rows, strict=True)
    }
    return Sitting(sources, index.records, answers, index)
