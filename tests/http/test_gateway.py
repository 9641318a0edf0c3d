"""The gateway between the server and the application."""

from __future__ import annotations

import asyncio
import http.client
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from service.connection import Connection
from service.gateway import Departure, environment, gathered, send_pieces
from tests.http.breaking import PIECE, PIECES, READING_SECONDS
from tests.http.server import Server, free_port

pytestmark = pytest.mark.http


@pytest.fixture(scope="module")
def breaking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    log = tmp_path_factory.mktemp("breaking") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.http.breaking", str(port)], stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(port, log)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            server.request("GET", "/whole")
            break
        except OSError:
            time.sleep(0.1)
    yield server
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize("path", ["/whole", "/streamed/whole"])
def test_a_whole_answer_arrives_whole(breaking_server: Server, path: str) -> None:
    assert breaking_server.request("GET", path).body == PIECE * PIECES


def test_head_tells_the_length_and_sends_nothing(breaking_server: Server) -> None:
    answer = breaking_server.request("GET", "/whole")
    assert breaking_server.request("HEAD", "/streamed/half").body == b""
    assert breaking_server.request("HEAD", "/whole").headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("path", ["/half", "/streamed/half"])
def test_an_answer_that_breaks_off_never_looks_whole(breaking_server: Server, path: str) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        breaking_server.request("GET", path)


def test_a_reader_who_trickles_is_cut_off(breaking_server: Server) -> None:
    """Each piece gets away in time, the whole would take hours."""
    with breaking_server.connect() as reader:
        reader.sendall(b"GET /streamed/long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        began, read = time.monotonic(), 0
        while "slow-reader" not in breaking_server.log.read_text():
            assert time.monotonic() - began < 20 * READING_SECONDS
            read += len(reader.recv(1000))
            time.sleep(0.02)
        assert time.monotonic() - began > READING_SECONDS / 2
        while piece := reader.recv(1 << 20):  # what was on its way
            read += len(piece)
    assert read < 100 * PIECES * len(PIECE)


def test_a_body_over_the_limit_is_refused(breaking_server: Server) -> None:
    assert breaking_server.request("POST", "/whole", b"x" * 1001).status == 413
    assert breaking_server.request("POST", "/whole", b"x" * 1000).status == 200


def scope(**chosen: object) -> SimpleNamespace:
    usual = {
        "method": "GET",
        "path": "/caf%C3%A9/a%2Fb",
        "query_string": "q=%C3%A9",
        "server": "127.0.0.1:8000",
        "client": "127.0.0.5:40000",
        "scheme": "http",
        "http_version": "1.1",
        "headers": {
            "host": "localhost",
            "content-type": "text/plain",
            "x-a": "1",
            "x_a": "2",
            "content_length": "9",
        },
    }
    return SimpleNamespace(**{**usual, **chosen})


def test_the_environment_is_wsgis() -> None:
    environ = environment(scope(), b"body", Departure())
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café/a/b"
    assert environ["QUERY_STRING"] == "q=%C3%A9"
    assert environ["REMOTE_ADDR"] == "127.0.0.5"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["wsgi.input"].read() == b"body"
    assert environ["HTTP_X_A"] == "1", "a header spelt with _ must not pose as another"
    assert "CONTENT_LENGTH" not in environ


def test_departures() -> None:
    departure, calls = Departure(), []
    departure.call(lambda: calls.append("before"))
    departure.happened()
    departure.call(lambda: calls.append("after"))
    assert calls == ["before", "after"]


class Pieces(io.BytesIO):
    """An answer that knows whether it was closed."""

    def __iter__(self) -> Iterator[bytes]:  # type: ignore[override]
        return iter([b"a", b"b"])


def test_a_streamed_answer_is_closed() -> None:
    sent: list[bytes] = []

    async def send_bytes(data: bytes) -> None:
        sent.append(data)

    pieces, transport = Pieces(), SimpleNamespace(send_bytes=send_bytes)

    async def sending() -> None:
        await send_pieces(transport, pieces, threads, Connection("", ""), 60.0)

    # a loop in a thread of its own: the browser tests leave theirs running in the main thread
    with ThreadPoolExecutor(1) as threads, ThreadPoolExecutor(1) as loop:
        loop.submit(lambda: asyncio.run(sending())).result()
    assert b"".join(sent) == b"ab"
    assert pieces.closed


@pytest.mark.parametrize(
    ("status", "length", "head", "body"),
    [(200, "2", False, b"ab"), (404, None, False, b"ab"), (200, None, True, b"")],
)
def test_a_short_answer_is_gathered_and_closed(
    status: int, length: str | None, head: bool, body: bytes
) -> None:
    pieces = Pieces()
    headers = [("content-length", length)] if length else []
    assert gathered(status, headers, pieces, head) == (status, headers, body)
    assert pieces.closed


@pytest.mark.parametrize("headers", [[], [("content-length", str(1 << 24))]])
def test_a_long_answer_is_left_in_pieces(headers: list[tuple[str, str]]) -> None:
    pieces = Pieces()
    assert gathered(200, headers, pieces, head=False) == (200, headers, pieces)
    assert not pieces.closed
