"""A small release and engines over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from service.sparql.engine import EmbeddedEngine
from tests.service.sparql.releases import write_release


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("releases") / "small", "0-small")


@pytest.fixture(scope="session")
def engine(small_release: Path) -> Iterator[EmbeddedEngine]:
    """An engine for tests that do it no harm."""
    running = EmbeddedEngine(Settings(release=small_release))
    yield running
    running.close()


@pytest.fixture
def make_engine(small_release: Path) -> Iterator[Callable[..., EmbeddedEngine]]:
    """Engines with chosen settings, for tests that kill workers."""
    running: list[EmbeddedEngine] = []

    def make(**chosen: Any) -> EmbeddedEngine:
        running.append(EmbeddedEngine(Settings(**{"release": small_release, **chosen})))
        return running[-1]

    yield make
    for one in running:
        one.close()
