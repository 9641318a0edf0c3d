"""The service over an outside store shows what the service over the release itself shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kb.release import Release
from service.advice import schema
from service.app import create_app
from service.settings import Settings
from service.sparql.engine import EmbeddedEngine
from tests.stores.conftest import Outside
from tests.stores.test_parity import common

HTML = {"Accept": "text/html, application/json;q=0.5"}
TIMEOUT_MS = 60_000  # of busy machines; pages say the limit
PAGES = [
    "/",
    "/about",
    "/browse",
    "/browse/method",
    "/browse/pilot",
    "/id/method/collegial-tutoring.html",
    "/id/pilot/estonia-co-creation.html",
    "/id/country/estonia.html",
    "/id/document/ihub4schools-d3.2.html",
    "/id/passage/ihub4schools-d3.2/L436-437.html",
    "/ontology.html",
    "/ontology/term/Method",
    "/search?q=trust",
    "/search.json?q=mentoring",
    "/completions.json",
    "/query/codes-of-the-pilots-countries",
    "/query/",
]


@pytest.fixture(scope="module")
def own(release: Release) -> Iterator[FlaskClient]:
    """The service over the release itself."""
    settings = Settings(release=release.path, query_workers=1, query_timeout_ms=TIMEOUT_MS)
    engine = EmbeddedEngine(settings)
    yield create_app(settings, engine).test_client()
    engine.close()


def client(store: Outside, release: Release) -> Iterator[FlaskClient]:
    settings = Settings(release=release.path, engine=store.endpoint, query_timeout_ms=TIMEOUT_MS)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["mentorgraph"]["engine"].close()


@pytest.fixture(scope="module")
def over_oxigraph(on_oxigraph: Outside, release: Release) -> Iterator[FlaskClient]:
    yield from client(on_oxigraph, release)


@pytest.fixture(scope="module")
def over_virtuoso(on_virtuoso: Outside, release: Release) -> Iterator[FlaskClient]:
    yield from client(on_virtuoso, release)


def shown(page: str) -> list[str]:
    """The lines of a page without a query's time and size, and the number of start dates."""
    page = re.sub(r"[\d,]+ (ms|bytes)\b", r"… \1", page)
    return [line.strip() for line in page.splitlines() if line.strip() and "%23startDate%3E" not in line]


@pytest.mark.parametrize("path", PAGES)
def test_pages_over_oxigraph(own: FlaskClient, over_oxigraph: FlaskClient, path: str) -> None:
    one, other = own.get(path, headers=HTML), over_oxigraph.get(path, headers=HTML)
    assert one.status_code == other.status_code == 200
    assert shown(other.text) == shown(one.text)


@pytest.mark.parametrize("path", PAGES)
def test_pages_over_virtuoso(own: FlaskClient, over_virtuoso: FlaskClient, path: str) -> None:
    one, other = own.get(path, headers=HTML), over_virtuoso.get(path, headers=HTML)
    assert one.status_code == other.status_code == 200
    assert Counter(map(common, shown(other.text))) == Counter(map(common, shown(one.text)))


@pytest.mark.parametrize("name", sorted(schema.EXAMPLES))
@pytest.mark.parametrize("over", ["over_oxigraph", "over_virtuoso"])
def test_advice_over_stores(own: FlaskClient, over: str, name: str, request: pytest.FixtureRequest) -> None:
    profile = schema.EXAMPLES[name][1]
    other: FlaskClient = request.getfixturevalue(over)
    one, two = (site.post("/api/v1/advice", json=profile) for site in (own, other))
    assert one.status_code == two.status_code == 200
    assert two.json == one.json
