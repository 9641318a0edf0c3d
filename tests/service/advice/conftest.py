"""The application over the real release, with the adviser's queries answered in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kb.local import LocalStore
from kb.release import Release
from service.advice.library import Library, Shelf
from service.app import create_app
from service.settings import Settings
from service.sparql.engine import QueryRequest, QueryResult, Term
from service.sparql.gate import Report


class LocalEngine:
    """An engine for tests: answers the service's own queries from a release in memory."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.release_id = store.release.id
        self.reading = "unnamed"
        self.queries = 0

    def rows(self, text: str) -> list[dict[str, Term]]:
        self.queries += 1
        return self._store.rows(text)

    def inspect(self, text: str) -> Report:
        raise NotImplementedError

    def run(self, request: QueryRequest) -> QueryResult:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(scope="session")
def engine(release: Release) -> LocalEngine:
    return LocalEngine(LocalStore(release.path))


@pytest.fixture(scope="session")
def shelf(engine: LocalEngine) -> Shelf:
    return Library(engine, 4).shelf()


@pytest.fixture(scope="session")
def client(engine: LocalEngine) -> Iterator[FlaskClient]:
    app = create_app(Settings(), engine)
    app.testing = True
    with app.test_client() as client:
        yield client
