"""The catalogue of the release that is served: read through the engine, kept until the next release."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kb.queries import load
from recommender.advice import advise
from recommender.assemble import QUERIES, assemble
from recommender.catalogue import Catalogue
from recommender.compare import compare
from recommender.profile import Profile, Vocabulary
from service.advice.comparison import comparison_document
from service.advice.document import advice_document
from service.advice.places import Places
from service.sparql.engine import Engine

Rows = Callable[[str], list[Any]]


@dataclass(frozen=True)
class Shelf:
    """A catalogue and the answers that its lists allow."""

    catalogue: Catalogue
    vocabulary: Vocabulary


def read_catalogue(release: str, rows: Rows) -> Catalogue:
    """Run the catalogue's queries with `rows`, which answers one SELECT query."""
    return assemble(release, {name: rows(load(f"catalogue/{name}").text) for name in QUERIES})


class Library:
    """The shelf of the current release. Threads may share it; one of them at a time reads a new one."""

    def __init__(self, engine: Engine, concurrency: int) -> None:
        self._engine = engine
        self._places = Places(concurrency)
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None

    def advise(self, profile: Profile, shelf: Shelf) -> dict[str, Any]:
        """The advice document for a profile. Raises Problem when too many are asked for at the same time."""
        with self._places.one():
            return advice_document(advise(profile, shelf.catalogue), shelf.catalogue)

    def compare(self, before: Profile, after: Profile, shelf: Shelf) -> dict[str, Any]:
        """What differs in the advice for two profiles. Raises Problem when too many ask at the same time."""
        with self._places.one():
            found = compare(advise(before, shelf.catalogue), advise(after, shelf.catalogue))
        return comparison_document(found, shelf.vocabulary)

    def shelf(self) -> Shelf:
        """The shelf of the release that the engine serves now. Raises Problem when a query fails."""
        shelf = self._shelf
        if shelf and shelf.catalogue.release == self._engine.release_id:
            return shelf
        with self._lock:
            return self._renew()

    def _renew(self) -> Shelf:
        """Read until the release stays the same from the first query to the last."""
        while self._shelf is None or self._shelf.catalogue.release != self._engine.release_id:
            catalogue = read_catalogue(self._engine.release_id, self._engine.rows)
            self._shelf = Shelf(catalogue, Vocabulary.of(catalogue))
        return self._shelf
