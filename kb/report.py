"""What a build tells about what it built: counts, coverage of the documents, timings."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyoxigraph as ox

from kb.passages import Passage
from kb.release import Release
from kb.rules import Context
from ontology import namespaces as ns

Progress = Callable[[str], None]


@dataclass
class Steps:
    """Times the steps of a build and tells each one's name as it starts."""

    progress: Progress | None = None
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        if self.progress is not None:
            self.progress(name)
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = time.perf_counter() - started


@dataclass(frozen=True)
class Coverage:
    """How much of a document is cited; ``lines`` (those with text) is 0 where the text is not at hand."""

    document: str
    passages: int
    statements: int
    lines: int = 0
    cited: int = 0
    uncited: tuple[int, ...] = ()

    @property
    def is_checked(self) -> bool:
        return self.lines > 0

    @property
    def share(self) -> float:
        """Of the lines that are not blank, the share that some passage covers; 0 to 1."""
        return self.cited / self.lines if self.lines else 0.0


@dataclass
class Report:
    """The result of a build. ``timings``: step → seconds."""

    release: Release
    is_new: bool
    classes: dict[str, int] = field(default_factory=dict)
    coverage: list[Coverage] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def anchors_found(self) -> int:
        return sum(c.passages for c in self.coverage if c.is_checked)

    @property
    def anchors_unchecked(self) -> int:
        return sum(c.passages for c in self.coverage if not c.is_checked)


def coverage(context: Context) -> list[Coverage]:
    """One row per described document, by slug."""
    statements: Counter[str] = Counter()
    for graph, found in context.sources.by_graph.items():
        if graph.startswith(ns.PASSAGE):
            statements[graph.removeprefix(ns.PASSAGE).split("/")[0]] += len(found)
    rows = []
    for slug in context.documents:
        passages = [p for p in context.passages.values() if p.document == slug]
        lines = context.texts.get(slug)
        if lines is None:
            rows.append(Coverage(slug, len(passages), statements[slug]))
            continue
        filled, uncited = _uncited(lines, passages)
        rows.append(
            Coverage(slug, len(passages), statements[slug], filled, filled - len(uncited), tuple(uncited))
        )
    return rows


def _uncited(lines: Sequence[str], passages: Sequence[Passage]) -> tuple[int, list[int]]:
    """How many lines are not blank, and which of them no passage covers."""
    covered = {number for p in passages for number in range(p.first, p.last + 1)}
    filled = [number for number, line in enumerate(lines, start=1) if line.strip()]
    return len(filled), [number for number in filled if number not in covered]


def classes(triples: Sequence[ox.Triple]) -> dict[str, int]:
    """Class IRI → how many things are of it, most first, for things under …/id/."""
    counts = Counter(
        t.object.value
        for t in triples
        if t.predicate.value == ns.RDF + "type"
        and isinstance(t.subject, ox.NamedNode)
        and t.subject.value.startswith(ns.ID)
        and isinstance(t.object, ox.NamedNode)
    )
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
