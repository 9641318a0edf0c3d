"""The generated data and the queries of the benchmark; nothing is timed here."""

from __future__ import annotations

from pathlib import Path

from bench.generate import write
from bench.measure import load_queries
from service.settings import Settings
from service.sparql.engine import EmbeddedEngine, QueryRequest


def test_one_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (
        write(tmp_path / name, 3000, seed) / "dataset.nq.gz" for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_every_query_finds_something(tmp_path: Path) -> None:
    engine = EmbeddedEngine(Settings(release=write(tmp_path / "r", 10_000)))
    try:
        for query in load_queries():
            result = engine.run(QueryRequest(query.text, query.accept))
            body = b"".join(result.chunks)
            assert any(part in body for part in (b'"bindings":[{', b'"boolean":true', b" <")), query.title
        (row,) = engine.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert 9_900 < int(row["n"].value) < 10_100
    finally:
        engine.close()
