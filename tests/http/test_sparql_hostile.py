"""Hostile requests on a running server: clear errors in time, while another client goes on working."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.http.server import Server, running_server
from tests.service.sparql.releases import EX, publish, small_quads, write_release

pytestmark = pytest.mark.http

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?q }"
LIMIT_SECONDS = 1.5 + 1.0  # the server's deadline for a query, and some room for a busy machine


class Friend(threading.Thread):
    """Another client, asking one short query after another."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server
        self._over = threading.Event()
        self.seconds: list[float] = []
        self.wrong: list[object] = []

    def run(self) -> None:
        while True:
            began = time.monotonic()
            answer = self._server.query(COUNT, client="127.0.0.9")
            self.seconds.append(time.monotonic() - began)
            if answer.status != 200 or b'"90"' not in answer.body:
                self.wrong.append((answer.status, answer.body))
            if self._over.wait(0.05):
                return

    def stop(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def friend(sparql_server: Server) -> Iterator[Friend]:
    client = Friend(sparql_server)
    client.start()
    yield client
    client.stop()
    assert client.wrong == []
    assert client.seconds
    assert max(client.seconds) < 1.0


BOMBS = {
    "5,000 parentheses": (
        "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
        400,
        "query-too-complex",
    ),
    "5,000 groups": ("SELECT * " + "{" * 5000 + "}" * 5000, 400, "query-too-complex"),
    "5,000 open brackets": ("SELECT * " + "{[(" * 1700, 400, "query-too-complex"),
    "long path": ("ASK { ?s " + "/".join([f"<{EX}phase>"] * 400) + " ?o }", 400, "query-too-complex"),
    "long query": ("ASK {} #" + "x" * 70_000, 413, "query-too-long"),
    "cartesian product": (ENDLESS, 408, "query-timeout"),
    "sorted product": (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?i LIMIT 1",
        (408, 413),
        None,
    ),
    "regex on product": (ENDLESS.replace("}", "FILTER(!regex(str(?a), '(q+)+$')) }"), 408, "query-timeout"),
    "service": ("SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }", 403, "service-refused"),
    "load": ("LOAD <http://127.0.0.1:%d/>", 403, "update-refused"),
    "from": ("SELECT * FROM <http://127.0.0.1:%d/> { ?s ?p ?o }", 400, "graph-unknown"),
    "from a file": (
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        400,
        "graph-unknown",
    ),
}


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener that nobody may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(sparql_server: Server, friend: Friend, canary: socket.socket, name: str) -> None:
    text, status, code = BOMBS[name]
    if "%d" in text:
        text = text % canary.getsockname()[1]
    began = time.monotonic()
    answer = sparql_server.request(
        "POST", "/sparql", text.encode(), {"Content-Type": "application/sparql-query"}, client="127.0.0.8"
    )
    assert time.monotonic() - began < LIMIT_SECONDS
    document = json.loads(answer.body)
    assert answer.status in (status if isinstance(status, tuple) else (status,))
    assert code in (document["code"], None)
    assert document["detail"]
    assert document["advice"]
    assert "Traceback" not in answer.body.decode()


def test_many_bombs_of_one_client(sparql_server: Server, friend: Friend) -> None:
    statuses: list[int] = []
    bombs = [
        threading.Thread(
            target=lambda: statuses.append(sparql_server.query(ENDLESS, client="127.0.0.8").status)
        )
        for _ in range(6)
    ]
    for bomb in bombs:
        bomb.start()
    for bomb in bombs:
        bomb.join()
    assert set(statuses) == {408}


def test_bodies_that_never_come_hold_nobody_up(sparql_server: Server, friend: Friend) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    idle = [sparql_server.connect() for _ in range(150)]
    for connection in idle:
        connection.sendall(head + b"Content-Length: 500\r\n\r\nASK")
    time.sleep(0.5)
    began = time.monotonic()
    assert sparql_server.query(COUNT).status == 200
    assert time.monotonic() - began < 1.0
    for connection in idle:
        connection.close()


def test_large_bodies_are_refused(sparql_server: Server, friend: Friend) -> None:
    answer = sparql_server.request(
        "POST", "/sparql", b"x" * 3_000_000, {"Content-Type": "application/sparql-query"}
    )
    assert answer.status == 413
    assert json.loads(answer.body)["advice"]


def test_who_leaves_frees_the_worker(sparql_server: Server) -> None:
    """With as many leavers as places, a query right after them must not wait for their deadlines."""
    for _ in range(4):
        with sparql_server.connect() as connection:
            query = ENDLESS.replace(" ", "+").replace("?", "%3F")
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.25)
    time.sleep(0.3)
    began = time.monotonic()
    assert sparql_server.query(COUNT).status == 200
    assert time.monotonic() - began < 0.8
    sparql_server.log_with('"status": 499', times=4)


def test_slow_readers_hold_no_worker(small_release: Path, tmp_path: Path) -> None:
    """A large result waits in a file for its reader; a worker is free as soon as it has written it."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    with running_server(small_release, tmp_path / "log", query_workers=1, slow_queries=0) as server:
        with server.connect() as reader:
            query = text.replace(" ", "+").replace("?", "%3F")
            reader.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert reader.recv(100).startswith(b"HTTP/1.1 200")
            began = time.monotonic()
            assert server.query(COUNT).status == 200
            assert time.monotonic() - began < 1.0
        whole = server.query(text)
        assert len(json.loads(whole.body)["results"]["bindings"]) == 8100


def read_to_the_end(connection: socket.socket) -> bytes:
    received = bytearray()
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(1 << 20):
            received += data
    return bytes(received)


def ask_bare(server: Server, text: str) -> bytes:
    """All bytes of the connection, chunk marks included."""
    head = (
        f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    with server.connect() as connection:
        connection.sendall(head.encode())
        return read_to_the_end(connection)


def test_a_large_result_is_streamed_and_a_late_failure_breaks_it_off(
    sparql_server: Server, friend: Friend
) -> None:
    """Only the chunk of length 0 tells a client that it has everything."""
    rows = "{ ?a ?b ?c . ?d ?e ?f }"
    whole = ask_bare(sparql_server, f"SELECT * {rows}")
    assert whole.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in whole[:1000]
    assert whole.endswith(b"\r\n0\r\n\r\n")
    endless = ENDLESS.split("{")[1].replace("}", "FILTER(CONCAT(STR(?a), STR(?q)) = '') }")
    timeouts = sparql_server.log.read_text().count('"code": "query-timeout"')
    began = time.monotonic()
    broken = ask_bare(sparql_server, f"SELECT * {{ {rows} UNION {{ {endless} }}")
    assert 1.0 < time.monotonic() - began < LIMIT_SECONDS
    assert broken.startswith(b"HTTP/1.1 200")
    assert len(broken) > 1 << 20
    assert not broken.endswith(b"0\r\n\r\n")
    log = sparql_server.log_with('"code": "query-timeout"', times=timeouts + 1)
    assert "Traceback" not in log


def test_a_stalled_reader_gets_the_rest_later(small_release: Path, tmp_path: Path) -> None:
    """The worker has been gone for long, its deadline passed, when the reader asks for the rest."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?g = ?a) }"
    with (
        running_server(small_release, tmp_path / "log", query_timeout_ms=2000) as server,
        server.connect() as reader,
    ):
        head = f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: localhost\r\nConnection: close"
        reader.sendall(f"{head}\r\n\r\n".encode())
        assert reader.recv(100).startswith(b"HTTP/1.1 200")
        time.sleep(2.5)
        assert read_to_the_end(reader).endswith(b"0\r\n\r\n")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell memory in /proc")
def test_readers_who_stall_cost_no_memory(small_release: Path, tmp_path: Path) -> None:
    """What a client does not read waits in a file: granian would take it all into memory."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?g = ?a || ?g = ?d) }"  # 20 MB
    with running_server(small_release, tmp_path / "log", query_timeout_ms=20_000) as server:
        before = memory_mb(server)
        with contextlib.ExitStack() as open_ones:
            for _ in range(3):
                reader = open_ones.enter_context(server.connect())
                head = f"GET /sparql?{urlencode({'query': text})} HTTP/1.1"
                reader.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
                assert reader.recv(12) == b"HTTP/1.1 200"
            time.sleep(4)
            assert memory_mb(server) - before < 25


def memory_mb(server: Server) -> float:
    """Resident memory of the server's processes, those with the release left out."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(server.port) in (folder / "cmdline").read_text().split("\0"):
                pages += int((folder / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def test_a_result_over_the_cap_breaks_off(small_release: Path, tmp_path: Path) -> None:
    with running_server(small_release, tmp_path / "log", max_result_mb=2) as server:
        broken = ask_bare(server, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?g = ?a) }")
        assert broken.startswith(b"HTTP/1.1 200")
        assert not broken.endswith(b"0\r\n\r\n")
        assert json.loads(server.query(COUNT).body)["results"]


def test_a_new_release_is_taken_up(small_release: Path, tmp_path: Path) -> None:
    current = tmp_path / "current"
    publish(small_release, current)
    with running_server(current, tmp_path / "log") as server:
        before = server.query(COUNT)
        publish(write_release(tmp_path / "bigger", "1-bigger", small_quads(40)), current)
        end = time.monotonic() + 5
        while server.query(COUNT).headers["x-mentorgraph-release"] != "1-bigger":
            assert time.monotonic() < end
            time.sleep(0.05)
        target = "/sparql?" + urlencode({"query": COUNT})
        after = server.request("GET", target, headers={"If-None-Match": before.headers["etag"]})
        assert after.status == 200
        assert b'"120"' in after.body


def test_a_client_that_leaves_the_queue_frees_its_place(small_release: Path, tmp_path: Path) -> None:
    """One query is evaluated, one may wait; whether a place is free shows in what a further one gets."""
    chosen = {"query_workers": 1, "slow_queries": 0, "queue_length": 1, "query_timeout_ms": 60_000}
    with running_server(small_release, tmp_path / "log", queue_timeout_ms=60_000, **chosen) as server:

        def send(text: str) -> socket.socket:
            connection = server.connect()
            connection.sendall(
                f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
            return connection

        def outcome() -> str:
            """The status of one more query, or that it has to wait; then it leaves."""
            with send(COUNT) as connection:
                connection.settimeout(0.5)
                try:
                    return connection.recv(12).decode()[-3:]
                except TimeoutError:
                    return "waits"

        def until(wanted: str) -> None:
            end = time.monotonic() + 30
            while (last := outcome()) != wanted:
                assert time.monotonic() < end, last

        def in_the_queue() -> socket.socket:
            """A long query that waits. (What asked before may still be on its way out of the queue.)"""
            while True:
                connection = send(ENDLESS)
                connection.settimeout(1.0)
                try:
                    assert connection.recv(12).endswith(b"503")
                except TimeoutError:
                    return connection
                connection.close()

        with send(ENDLESS):
            until("waits")
            with in_the_queue():
                until("503")
            until("waits")
        until("200")
