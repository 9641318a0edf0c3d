"""Real stores on loopback, a release published to each: Oxigraph's server, and Virtuoso where installed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.running import started
from bench.virtuoso import virtuoso, why_missing
from kb.local import LocalStore
from kb.release import Release
from service import publish as publishing
from service.publish_ways import GraphStore, Query, Update, Way
from service.settings import Settings
from service.sparql.remote import RemoteEngine
from service.sparql.remote_http import Credentials, Store

OXIGRAPH = Path(sys.executable).parent / "oxigraph"
VIRTUOSO_MB = 300


@dataclass(frozen=True)
class Outside:
    """A running store: its addresses, and how it is written to."""

    name: str
    endpoint: str
    writer: str
    layout: str
    user: str = ""
    password: str = ""

    @property
    def query(self) -> Query:
        return Query(Store(self.endpoint))

    @property
    def way(self) -> Way:
        store = Store(self.writer, Credentials(self.user, self.password))
        return Update(store) if self.writer.endswith("/update") else GraphStore(store)

    def publish(self, release: Release) -> list[str]:
        """What publishing told."""
        told: list[str] = []
        plan = publishing.plan(publishing.read(release, self.layout), self.layout, self.query)
        publishing.publish(plan, self.way, self.query, 0, told.append)
        return told

    def engine(self, **chosen: object) -> RemoteEngine:
        return RemoteEngine(Settings(engine=self.endpoint, **chosen))  # type: ignore[arg-type]


@contextlib.contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Outside]:
    """An empty Oxigraph server."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [OXIGRAPH, "serve", "--bind", "127.0.0.1:PORT", *options]
    with started("Oxigraph", command, "/query", folder) as server:
        root = f"http://127.0.0.1:{server.port}"
        yield Outside("Oxigraph", f"{root}/query", f"{root}/update", "loaded")


@contextlib.contextmanager
def empty_virtuoso(folder: Path) -> Iterator[Outside]:
    if reason := why_missing():
        pytest.skip(f"no Virtuoso: {reason}")
    with virtuoso(folder, VIRTUOSO_MB) as server:
        writer = server.endpoint.removesuffix("sparql") + "sparql-graph-crud-auth"
        yield Outside("Virtuoso", server.endpoint, writer, "everything", "dba", "dba")


@pytest.fixture(scope="session")
def on_oxigraph(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The real release in Oxigraph's server."""
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as store:
        store.publish(release)
        yield store


@pytest.fixture(scope="session")
def on_virtuoso(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The real release in Virtuoso."""
    with empty_virtuoso(tmp_path_factory.mktemp("virtuoso")) as store:
        store.publish(release)
        yield store


@pytest.fixture(scope="session")
def local(release: Release) -> LocalStore:
    """The same release in this process."""
    return LocalStore(release.path)


@pytest.fixture
def engine_over() -> Iterator[Callable[..., RemoteEngine]]:
    """Makes engines over a store's address; all are closed after the test."""
    made: list[RemoteEngine] = []

    def make(endpoint: str, **chosen: object) -> RemoteEngine:
        made.append(RemoteEngine(Settings(engine=endpoint, **chosen)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for engine in made:
        engine.close()
