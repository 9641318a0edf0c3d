"""The pool: deadlines, crashes, turns, and taking up a new release; with real processes."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql import pool as pool_module
from service.sparql.engine import EmbeddedEngine, QueryRequest
from service.sparql.process import ReleaseError
from service.sparql.worker import ERROR, Task
from tests.service.sparql.releases import publish, small_quads, write_release

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"


kinds = pytest.mark.parametrize("store", ["memory", "disk"])  # for what depends on how a worker has its data


def ask(engine: EmbeddedEngine, text: str = COUNT, **chosen: Any) -> bytes:
    return b"".join(engine.run(QueryRequest(text, formats.JSON.media_type, **chosen)).chunks)


def refused(engine: EmbeddedEngine, text: str, **chosen: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        ask(engine, text, **chosen)
    return caught.value


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def in_background(*calls: Callable[[], object]) -> Iterator[list[object]]:
    """Run calls in threads; their results or Problems, complete after the block."""
    outcomes: list[object] = []

    def run(call: Callable[[], object]) -> None:
        try:
            outcomes.append(call())
        except Problem as problem:
            outcomes.append(problem)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    yield outcomes
    for thread in threads:
        thread.join()


@kinds
def test_a_query_is_killed_at_its_deadline_and_replaced(
    make_engine: Callable[..., EmbeddedEngine], store: str
) -> None:
    engine = make_engine(store=store, query_timeout_ms=700, query_workers=1, slow_queries=0)
    for _ in range(2):
        began = time.monotonic()
        problem = refused(engine, ENDLESS)
        assert 0.6 < time.monotonic() - began < 1.5
        assert (problem.status, problem.code) == (408, "query-timeout")
        assert problem.limit is not None
        assert (problem.limit.name, problem.limit.value) == ("query_timeout_ms", 700)
        assert ask(engine)


def test_a_client_may_lower_the_deadline_only(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=800)
    began = time.monotonic()
    assert refused(engine, ENDLESS, timeout_s=0.2).code == "query-timeout"
    assert time.monotonic() - began < 0.7
    assert refused(engine, ENDLESS, timeout_s=60.0).code == "query-timeout"
    assert time.monotonic() - began < 2.5


def test_a_short_query_does_not_wait_for_long_ones_of_its_own_client(
    make_engine: Callable[..., EmbeddedEngine],
) -> None:
    """Long queries hold its three places; the third starts again later, and ends in its time."""
    engine = make_engine(query_timeout_ms=4000, slow_after_ms=400, query_workers=2, slow_queries=2)
    bombs = [lambda: ask(engine, ENDLESS, client="a")] * 3
    with in_background(*bombs) as outcomes:
        time.sleep(1.0)
        for _ in range(3):
            began = time.monotonic()
            assert ask(engine, client="a")
            assert time.monotonic() - began < 1.0
        assert not outcomes
    assert [getattr(outcome, "code", None) for outcome in outcomes] == ["query-timeout"] * 3
    assert ask(engine, client="a")


def doubling(times: int) -> str:
    names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[: times + 1]
    steps = " ".join(f"BIND(CONCAT(?{one}, ?{one}) AS ?{two})" for one, two in pairwise(names))
    return f"SELECT (STRLEN(?{names[-1]}) AS ?length) {{ BIND('0123456789abcdef' AS ?a) {steps} }}"


@kinds
def test_a_query_that_eats_memory_is_refused(make_engine: Callable[..., EmbeddedEngine], store: str) -> None:
    engine = make_engine(store=store, worker_memory_mb=128, query_workers=1)
    assert ask(engine, doubling(10))
    problem = refused(engine, doubling(33))
    assert (problem.status, problem.code) == (413, "query-memory")
    assert problem.limit is not None
    assert problem.limit.name == "worker_memory_mb"
    assert ask(engine)


@kinds
def test_a_crash_of_a_worker_is_an_incident(make_engine: Callable[..., EmbeddedEngine], store: str) -> None:
    """The engine's parser overflows its stack on deep nesting; here the gate's limit is set too high."""
    engine = make_engine(store=store, max_depth=100_000, max_operators=100_000, query_workers=1)
    problem = refused(engine, "SELECT * { FILTER(" + "(" * 25_000 + "1" + ")" * 25_000 + ") }")
    assert (problem.status, problem.code) == (500, "worker-died")
    assert problem.incident
    assert ask(engine)


@pytest.fixture
def canary() -> Iterator[tuple[int, list[object]]]:
    """A listener on loopback: its port, and what connected."""
    hits: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                hits.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], hits
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@kinds
def test_workers_have_no_network_even_without_the_gate(
    make_engine: Callable[..., EmbeddedEngine], canary: tuple[int, list[object]], store: str
) -> None:
    engine = make_engine(store=store)
    if engine.no_network_ban:
        pytest.skip(f"this machine has no network ban: {engine.no_network_ban}")
    port, hits = canary
    text = f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
    with engine._pool.lease(None, 5.0) as worker:
        assert worker.ask(Task(text, "JSON", 1000).encode())
        frame = worker.frame()
    assert frame is not None
    kind, payload = frame
    assert kind == ERROR
    assert b"network-refused" in payload
    assert not hits
    assert refused(engine, text).code == "service-refused"


def test_one_clients_bombs_leave_room_for_others(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=1500, slow_after_ms=300)
    bombs = [lambda: ask(engine, ENDLESS, client="hostile")] * 5
    with in_background(*bombs) as outcomes:
        time.sleep(0.2)
        waits = []
        for _ in range(10):
            began = time.monotonic()
            ask(engine, client="friendly")
            waits.append(time.monotonic() - began)
    assert max(waits) < 1.0, waits
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Problem)} == {"query-timeout"}


def test_short_queries_pass_long_ones_of_the_same_client(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=2000, slow_after_ms=200)
    with in_background(*[lambda: ask(engine, ENDLESS, client="one")] * 2):
        time.sleep(0.6)
        began = time.monotonic()
        ask(engine, client="one")
        assert time.monotonic() - began < 0.5


def test_long_queries_of_several_clients_make_way(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=2000, slow_after_ms=200)
    bombs = [lambda n=n: ask(engine, ENDLESS, client=f"hostile {n}") for n in (1, 1, 2, 2)]
    with in_background(*bombs) as outcomes:
        time.sleep(0.6)
        began = time.monotonic()
        ask(engine, client="friendly")
        assert time.monotonic() - began < 1.0
    codes = sorted(outcome.code for outcome in outcomes if isinstance(outcome, Problem))
    assert codes == ["long-query-made-way", "query-timeout", "query-timeout", "query-timeout"]


def test_a_full_queue_of_one_client_is_429(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=1000, query_workers=1, slow_queries=1, per_client_queue_length=1)
    with in_background(*[lambda: ask(engine, ENDLESS, client="one")] * 4) as outcomes:
        time.sleep(0.5)
        assert ask(engine, client="two")
    codes = sorted(outcome.code for outcome in outcomes if isinstance(outcome, Problem))
    assert codes == ["query-timeout", "query-timeout", "too-many-queries", "too-many-queries"]
    busy = next(o for o in outcomes if isinstance(o, Problem) and o.code == "too-many-queries")
    assert busy.status == 429
    assert int(busy.headers["Retry-After"]) > 0


def test_a_full_queue_of_all_is_503(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=1500, query_workers=1, slow_queries=0, queue_length=1)
    with in_background(
        *[lambda n=n: ask(engine, ENDLESS, client=f"client {n}") for n in range(3)]
    ) as outcomes:
        time.sleep(0.5)
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert sorted(problem.code for problem in problems) == ["busy", "query-timeout", "query-timeout"]
    assert next(p for p in problems if p.code == "busy").status == 503


def test_waiting_ends(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=1500, query_workers=1, slow_queries=0, queue_timeout_ms=300)
    with in_background(lambda: ask(engine, ENDLESS)):
        time.sleep(0.2)
        began = time.monotonic()
        problem = refused(engine, COUNT)
        assert time.monotonic() - began < 1.0
    assert (problem.status, problem.code) == (503, "busy")
    assert ask(engine)


class Leaver:
    """A client that goes when told to."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []

    def call(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def go(self) -> None:
        for callback in self.callbacks:
            callback()


def test_the_worker_of_a_client_that_left_is_freed(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_workers=1, slow_queries=0)
    running, waiting = Leaver(), Leaver()
    began = time.monotonic()
    with in_background(
        lambda: ask(engine, ENDLESS, departure=running), lambda: ask(engine, ENDLESS, departure=waiting)
    ) as outcomes:
        assert eventually(lambda: bool(running.callbacks and waiting.callbacks))
        time.sleep(0.2)
        running.go()
        waiting.go()
    assert time.monotonic() - began < 3
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Problem)] == ["client-gone"] * 2
    assert ask(engine)
    running.go()  # a client that goes after its answer disturbs nobody
    assert ask(engine)


@kinds
def test_workers_are_used_again(make_engine: Callable[..., EmbeddedEngine], store: str) -> None:
    engine = make_engine(store=store, query_workers=1)
    before = set(engine._pool.zygote.workers)
    for _ in range(20):
        ask(engine)
    assert set(engine._pool.zygote.workers) == before


@pytest.fixture
def current(tmp_path: Path, small_release: Path) -> Path:
    link = tmp_path / "current"
    publish(small_release, link)
    return link


@kinds
def test_a_new_release_is_taken_up_while_serving(
    make_engine: Callable[..., EmbeddedEngine], current: Path, tmp_path: Path, store: str
) -> None:
    engine = make_engine(store=store, release=current, slow_after_ms=100_000, query_timeout_ms=3000)
    first = engine._pool.zygote
    bigger = write_release(tmp_path / "bigger", "1-bigger", small_quads(40))
    with in_background(lambda: ask(engine, ENDLESS, timeout_s=2.0)) as outcomes:
        time.sleep(0.2)
        began = time.monotonic()
        publish(bigger, current)
        assert eventually(lambda: engine.release_id == "1-bigger")
        assert time.monotonic() - began < 2.0
        assert b'"120"' in ask(engine)
        assert first.alive(), "the old release answers what it began"
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Problem)] == ["query-timeout"]
    assert eventually(lambda: not first.alive())
    assert b'"120"' in ask(engine)


def test_no_answer_is_lost_or_wrong_while_releases_change(
    make_engine: Callable[..., EmbeddedEngine], current: Path, tmp_path: Path
) -> None:
    engine = make_engine(release=current)
    bigger = write_release(tmp_path / "bigger", "1-bigger", small_quads(40))
    end = time.monotonic() + 2.0

    def keep_asking() -> set[bytes]:
        answers = set()
        while time.monotonic() < end:
            answers.add(ask(engine))
        return answers

    with in_background(keep_asking, keep_asking) as outcomes:
        time.sleep(0.5)
        publish(bigger, current)
    for answers in outcomes:
        assert isinstance(answers, set)
        assert len(answers) == 2


def test_a_broken_release_does_not_replace_a_good_one(
    make_engine: Callable[..., EmbeddedEngine], current: Path, tmp_path: Path
) -> None:
    engine = make_engine(release=current)
    broken = write_release(tmp_path / "broken", "2-broken", ["<a> <b> nonsense"])
    publish(broken, current)
    time.sleep(1.0)
    assert engine.release_id == "0-small"
    assert ask(engine)


@kinds
@pytest.mark.parametrize("quads", [None, ["not n-quads"]])
def test_no_start_without_a_sound_release(tmp_path: Path, quads: list[str] | None, store: str) -> None:
    folder = write_release(tmp_path / "r", "x", quads) if quads else tmp_path / "missing"
    with pytest.raises(ReleaseError, match=folder.name):
        EmbeddedEngine(Settings(release=folder, store=store))


@kinds
def test_a_killed_zygote_is_replaced(make_engine: Callable[..., EmbeddedEngine], store: str) -> None:
    engine = make_engine(store=store)
    zygote = engine._pool.zygote
    os.kill(zygote._process.pid, signal.SIGKILL)
    assert eventually(lambda: engine._pool.zygote is not zygote)
    assert ask(engine)


@kinds
def test_closing_leaves_no_process(small_release: Path, store: str) -> None:
    engine = EmbeddedEngine(Settings(release=small_release, store=store))
    ask(engine)
    zygote = engine._pool.zygote
    pids = [zygote._process.pid, *zygote.workers]
    engine.close()
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_clients_that_evaluated_much_lately_leave_a_place_to_others(
    make_engine: Callable[..., EmbeddedEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long queries of heavy clients hold one of two places, until no light client has asked for a while."""
    monkeypatch.setattr(pool_module, "LIGHT_SECONDS", 1000.0)
    engine = make_engine(query_timeout_ms=2000, slow_after_ms=1000, query_workers=2, slow_queries=0)
    pool = engine._pool
    for number in range(3):
        pool._recent.charge(f"heavy {number}", 50)
    assert ask(engine, client="light")
    bombs = [lambda n=n: ask(engine, ENDLESS, client=f"heavy {n}") for n in range(3)]
    with in_background(*bombs) as outcomes:
        assert eventually(lambda: len(pool._busy) == 1 and len(pool._waiting) == 2)
        assert ask(engine, client="light")
        assert len(pool._busy) <= 1
        monkeypatch.setattr(pool_module, "LIGHT_SECONDS", 0.0)
        assert eventually(lambda: len(pool._busy) == 2)
    assert [getattr(outcome, "code", None) for outcome in outcomes] == ["query-timeout"] * 3
