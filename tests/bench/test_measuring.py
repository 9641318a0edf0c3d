"""The benchmark's own parts: its client, its tables, what it calls an error. Nothing is timed here."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from rich.console import Console

from bench.client import Client
from bench.hostile import nesting_bombs, path_explosions, products
from bench.measure import Measured, Profile, Query, Stream, geometric_mean
from bench.report import report
from bench.running import Running
from bench.soak import log_errors


@contextmanager
def answering(*pieces: bytes) -> Iterator[Running]:
    """A server that answers each connection's first request with these pieces and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                with one:
                    one.recv(65_536)
                    for piece in pieces:
                        one.sendall(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Running("fake", listener.getsockname()[1], "/sparql", psutil.Process())
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 5\r\n\r\nab", b"cde"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0", b"\r\n", b"\r\n"),
    ],
)
def test_answers_are_read_to_their_end(pieces: tuple[bytes, ...]) -> None:
    with answering(*pieces) as server:
        client = Client(server)
        for _ in range(2):  # on a new connection: the server closes each
            answer = client.send(client.prepare("ASK {}", "text/csv"))
            assert (answer.status, answer.size) == (200, len(b"".join(pieces)))
            assert 0 < answer.first_ms <= answer.total_ms
        client.close()


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab") as server:
        client = Client(server)
        with pytest.raises(OSError, match="broke off"):
            client.send(client.prepare("ASK {}", "text/csv"))
        client.close()


def test_the_tables_show_ratios_failures_and_disagreement() -> None:
    queries = [Query("1", "one", "SELECT"), Query("2", "two", "SELECT")]
    ours = Profile(100, {"1": Measured([1.0, 3.0, 2.0], 110, 7), "2": Measured([8.0], 120, 1)})
    ours.rates["the shortest", "new"] = 700.0
    ours.stream = Stream(50, 5000, 160, 130)
    other = Profile(50, {"1": Measured([4.0], 60, 7), "2": Measured([1.0], 60, 2)})
    third = Profile(50, {"1": Measured(failure="time")})
    console = Console(width=200)
    profiles = {"MentorGraph": ours, "Oxigraph": other, "rdflib-endpoint": third}
    with console.capture() as shown:
        report(console, "data", queries, profiles, {"Virtuoso": "not installed here"})
    text = shown.get()
    for part in ("2.00", "0.50", "8.00", "too long", "not asked", "700", "not installed here", "disagree"):
        assert part in text, part
    assert geometric_mean([0.5, 8.0]) == pytest.approx(2.0)


def test_hostile_queries_are_all_different() -> None:
    for kind in (products, nesting_bombs, path_explosions):
        queries = kind()
        assert len({next(queries) for _ in range(30)}) == 30


def test_what_the_log_should_not_hold() -> None:
    lines = [
        json.dumps({"event": "request", "level": "info"}),
        json.dumps({"event": "worker_died", "level": "error"}),
        "MentorGraph: open http://127.0.0.1:1/",
        "Traceback (most recent call last):",
    ]
    assert sorted(log_errors("\n".join(lines)).values()) == [1, 1]
