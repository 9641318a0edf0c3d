"""Fixtures for all rooms: a release of the real sources, built once per run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.build import build
from kb.release import Release, open_release
from kb.sources import Project


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder with the documents' texts; tests that need it are skipped where it is not given."""
    folder = os.environ.get("MENTORGRAPH_DOCUMENTS")
    if not folder:
        pytest.skip("MENTORGRAPH_DOCUMENTS does not name the folder with the documents' texts")
    return Path(folder)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The real sources as a release; MENTORGRAPH_RELEASE names one that is built already."""
    ready = os.environ.get("MENTORGRAPH_RELEASE")
    if ready:
        return open_release(Path(ready))
    return build(Project.default(), tmp_path_factory.mktemp("releases")).release
