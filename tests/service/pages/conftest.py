"""The application over the real release, and over a release that means harm, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.release import Release
from service.app import create_app
from service.settings import Settings
from service.sparql.engine import EmbeddedEngine
from tests.service.pages.hostile import hostile_quads
from tests.service.sparql.releases import write_release

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="session")
def site(release: Release) -> Iterator[Flask]:
    """The application over the real release."""
    yield from _application(release.path)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture(scope="session")
def hostile_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("hostile") / "release", "0-hostile", hostile_quads())


@pytest.fixture(scope="session")
def hostile_site(hostile_release: Path) -> Iterator[Flask]:
    """The application over a release with every trick in labels, texts and IRIs."""
    yield from _application(hostile_release)


def _application(release: Path) -> Iterator[Flask]:
    settings = Settings(release=release, query_workers=1)
    engine = EmbeddedEngine(settings)
    try:
        yield create_app(settings, engine)
    finally:
        engine.close()
