"""Fixtures for all rooms: a release of the real sources, built once per run."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path

import pytest

from kb.build import build
from kb.release import Release, open_release
from kb.sources import Project

_NEEDED = re.compile(r"needs Java|no Chromium|no Virtuoso")


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """MENTORGRAPH_REQUIRE_ALL=1: what would be skipped for want of Java, a browser or Virtuoso fails."""
    report = yield
    reason = str(report.longrepr)
    if report.skipped and os.environ.get("MENTORGRAPH_REQUIRE_ALL") == "1" and _NEEDED.search(reason):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped here: {reason}"
    return report
