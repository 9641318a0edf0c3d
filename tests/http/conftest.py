"""A server over a small release, shared by the tests that do it no harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.server import Server, running_server
from tests.service.sparql.releases import write_release


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with thirty methods, written by hand."""
    return write_release(tmp_path_factory.mktemp("http") / "small", "0-small")


@pytest.fixture(scope="session")
def sparql_server(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server over `small_release` with short time limits."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running_server(small_release, log, query_timeout_ms=1500, slow_after_ms=300) as server:
        yield server
