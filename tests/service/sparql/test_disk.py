"""Releases served from disk: when, made once, never half, gone with their release, and the same answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from service.settings import Settings
from service.sparql import disk, formats
from service.sparql.engine import EmbeddedEngine, QueryRequest
from service.sparql.zygote import fill
from tests.service.sparql.releases import EX, small_quads, write_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "releases" / "one", "1-one")


@pytest.mark.parametrize(
    ("store", "memory_mb", "on_disk"),
    [("auto", 1, True), ("auto", 4096, False), ("memory", 1, False), ("disk", 4096, True)],
)
def test_what_is_too_large_for_memory_goes_to_disk(
    tmp_path: Path, store: str, memory_mb: int, on_disk: bool
) -> None:
    dataset = tmp_path / "large" / disk.DATASET
    dataset.parent.mkdir()
    dataset.write_bytes(b"x" * ((1 << 20) // disk.MEMORY_PER_PACKED_BYTE + 1))
    chosen = Settings(store=store, store_memory_mb=memory_mb)
    assert disk.folder_for(chosen, dataset.parent) == (tmp_path / ".disk" if on_disk else None)
    elsewhere = Settings(store="disk", store_folder=tmp_path / "cache")
    assert disk.folder_for(elsewhere, dataset.parent) == tmp_path / "cache"


def test_a_store_is_made_once(release: Path, tmp_path: Path) -> None:
    calls: list[str] = []

    def counted(store: ox.Store, folder: Path, default_graph: str) -> None:
        calls.append(default_graph)
        fill(store, folder, default_graph)

    first = disk.prepare(release, "unnamed", tmp_path / "cache", counted)
    assert disk.prepare(release, "unnamed", tmp_path / "cache", counted) == first
    union = disk.prepare(release, "union", tmp_path / "cache", counted)
    assert calls == ["unnamed", "union"]
    assert first.quads == len(first.open()) == len(small_quads())
    assert union.folder != first.folder


def test_half_a_store_is_never_served(release: Path, tmp_path: Path) -> None:
    def broken(store: ox.Store, folder: Path, default_graph: str) -> None:
        fill(store, folder, default_graph)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        disk.prepare(release, "unnamed", tmp_path / "cache", broken)
    made = disk.prepare(release, "unnamed", tmp_path / "cache", fill)
    assert made.quads == len(small_quads())
    assert [entry for entry in (tmp_path / "cache").iterdir() if entry.is_dir()] == [made.folder]


def test_a_store_goes_with_its_release(release: Path, tmp_path: Path) -> None:
    gone = disk.prepare(release, "unnamed", tmp_path / "cache", fill).folder
    shutil.rmtree(release)
    other = write_release(tmp_path / "releases" / "two", "2-two")
    kept = disk.prepare(other, "unnamed", tmp_path / "cache", fill).folder
    assert [entry for entry in (tmp_path / "cache").iterdir() if entry.is_dir()] == [kept]
    assert gone != kept


@pytest.mark.parametrize("default_graph", ["unnamed", "union"])
def test_disk_and_memory_give_the_same_answers(
    make_engine: Callable[..., EmbeddedEngine], default_graph: str
) -> None:
    engines = [make_engine(store=store, default_graph=default_graph) for store in ("memory", "disk")]
    assert [engine.storage for engine in engines] == ["memory", "disk"]
    assert engines[0].quads == engines[1].quads
    for text in (
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
        f"SELECT (COUNT(*) AS ?n) FROM <{EX}passage/1> FROM <{EX}passage/2> {{ ?s ?p ?o }}",
    ):
        one, other = (
            b"".join(engine.run(QueryRequest(text, formats.CSV.media_type)).chunks) for engine in engines
        )
        assert one == other
        assert one.count(b"\n") > 1
