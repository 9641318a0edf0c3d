"""Link discovery from end to end: read both sides, compare them, give candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kb.linking import ontologies, things
from kb.linking.loading import from_triples, load, parse
from kb.linking.records import Candidate, Kind, Record

OURS = "ours"


def read(name: str, kind: Kind, release: Path) -> list[Record]:
    """The records of a file, or of the dataset of our release where `name` is "ours".

    Raises `ontology.complaints.SourceError` for a file that cannot be read.
    """
    if name != OURS:
        return load(Path(name), kind)
    return from_triples(_stated_once(release), kind)


def _stated_once(dataset: Path) -> Iterator[ox.Quad]:
    return (quad for quad in parse(dataset) if isinstance(quad.graph_name, ox.DefaultGraph))


def discover(
    source: list[Record],
    target: list[Record],
    kind: Kind,
    threshold: float | None = None,
    done: Callable[[int], None] = lambda number: None,
) -> list[Candidate]:
    """Candidates of one kind, the surest first. `done` hears how many of the sources are through."""
    if kind is Kind.CLASSES:
        found = ontologies.match(source, target, threshold)
    else:
        found = things.match(source, things.Index(target, kind), threshold, done)
    done(len(source))
    return sorted(found, key=lambda c: (-c.score, c.source.iri, c.target.iri))
