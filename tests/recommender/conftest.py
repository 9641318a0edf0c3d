"""Two catalogues: a small world written for these tests, and that of the real release."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.local import LocalStore
from kb.queries import load
from kb.release import Release
from recommender.assemble import QUERIES, assemble
from recommender.catalogue import Catalogue
from recommender.facts import Row
from recommender.profile import Vocabulary

SAMPLE = Path(__file__).with_name("sample.trig")
Rows = dict[str, list[Row]]


def sample_rows() -> Rows:
    """The rows of every catalogue query over the sample, each statement in the default graph too."""
    store = ox.Store()
    for quad in ox.parse(path=SAMPLE, format=ox.RdfFormat.TRIG):
        store.add(quad)
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    rows: Rows = {}
    for name in QUERIES:
        found = store.query(load(f"catalogue/{name}").text)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        rows[name] = [{n: row[n] for n in names if row[n] is not None} for row in found]
    return rows


@pytest.fixture(scope="session")
def sample() -> Catalogue:
    return assemble("sample", sample_rows())


@pytest.fixture(scope="session")
def sample_words(sample: Catalogue) -> Vocabulary:
    return Vocabulary.of(sample)


@pytest.fixture(scope="session")
def catalogue(release: Release) -> Catalogue:
    """The catalogue of the real sources."""
    store = LocalStore(release.path)
    return assemble(release.id, {name: store.rows(load(f"catalogue/{name}").text) for name in QUERIES})


@pytest.fixture(scope="session")
def words(catalogue: Catalogue) -> Vocabulary:
    return Vocabulary.of(catalogue)
