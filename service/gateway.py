"""Runs the WSGI application under granian's RSGI, so that neither slow nor vanished clients hold a thread.

The event loop reads the body (size and time limits), a thread runs the application on it, and the loop sends
the answer at the client's pace, getting the pieces of a long one in threads. All the while, the loop watches
whether the client is still there, and tells the application through `environ["mentorgraph.gone"]`, a
`Departure`. An answer that breaks off never looks whole. Interfaces: https://peps.python.org/pep-3333/ and
https://github.com/emmett-framework/granian (RSGI 1.x).
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from granian._granian import RSGIProtocolClosed

from service.connection import Connection
from service.errors import PROBLEM_JSON, Limit, Problem
from service.repeats import Repeats

BODY_SECONDS = 10.0
STALL_SECONDS = 30.0  # for one piece of the answer to get away
AT_ONCE_BYTES = 1 << 20  # a longer answer goes piece by piece
WATCH_AFTER_SECONDS = 0.05  # most answers are there before anybody could have gone

log = structlog.get_logger("mentorgraph")

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes | Iterable[bytes]]
Application = Callable[..., Iterable[bytes]]


class Departure:
    """Whether the client has gone, with callbacks for work to stop. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self.gone = False

    def call(self, callback: Callable[[], None]) -> None:
        """Call back when the client goes; at once if it has gone."""
        with self._lock:
            self._callbacks.append(callback)
            gone = self.gone
        if gone:
            callback()

    def happened(self) -> None:
        with self._lock:
            self.gone = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()


class Gateway:
    """An RSGI application around a WSGI one. Answers with a Content-Length must be complete when returned.

    `reading_s`: how long a client may take to read a long one. `repeats` answers what it kept; the
    application names the route of an answer in `environ["mentorgraph.route"]`.
    """

    def __init__(
        self,
        application: Application,
        threads: int,
        max_body_bytes: int,
        reading_s: float,
        repeats: Repeats | None = None,
    ) -> None:
        self._application, self._reading_s = application, reading_s
        self._max_body_bytes = max_body_bytes
        self._repeats = repeats
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        body = b""
        if scope.headers.get("content-length") or scope.headers.get("transfer-encoding"):
            try:
                body = await asyncio.wait_for(self._body(protocol), BODY_SECONDS)
            except TimeoutError:
                refuse(protocol, slow_body())
                return
            except Problem as problem:
                refuse(protocol, problem)
                return
        key = self._repeats.key(scope, body) if self._repeats else None
        if self._repeats and (kept := self._repeats.find(key)):
            protocol.response_bytes(kept.status, kept.headers, kept.body)
            return
        departure = Departure()
        environ = environment(scope, body, departure)
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._threads, self._run, environ)
        over: asyncio.Future[None] = loop.create_future()
        watch = loop.call_later(WATCH_AFTER_SECONDS, _watch, protocol, departure, over)
        try:
            status, headers, pieces = await answer
            if isinstance(pieces, bytes):
                protocol.response_bytes(status, headers, pieces)
                if self._repeats:
                    self._repeats.keep(key, status, headers, pieces, environ.get("mentorgraph.route"))
            else:
                stream = protocol.response_stream(status, headers)
                connection = Connection(scope.client, scope.server)
                await send_pieces(stream, pieces, self._threads, connection, self._reading_s)
        finally:
            watch.cancel()
            over.set_result(None)

    async def _body(self, protocol: Any) -> bytes:
        body = bytearray()
        async for piece in protocol:
            body += piece
            if len(body) > self._max_body_bytes:
                raise large_body(self._max_body_bytes)
        return bytes(body)

    def _run(self, environ: dict[str, Any]) -> Answer:
        """Call the application in this thread; the loop has the pieces of a long answer read later."""
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            started.append((int(status[:3]), [(name.lower(), value) for name, value in headers]))

        pieces = self._application(environ, start_response)
        return gathered(*started[-1], pieces, environ["REQUEST_METHOD"] == "HEAD")


def gathered(status: int, headers: Headers, pieces: Iterable[bytes], head: bool) -> Answer:
    """An answer that is short by its length, an error, or without a body in one piece; another as it is."""
    length = next((int(value) for name, value in headers if name == "content-length"), None)
    if not head and status == 200 and (length is None or length > AT_ONCE_BYTES):
        return status, headers, pieces
    try:
        return status, headers, b"" if head else b"".join(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()


def _watch(protocol: Any, departure: Departure, over: asyncio.Future[None]) -> None:
    """Tell the application when the client goes before the request is over."""

    async def wait() -> None:
        await protocol.client_disconnect()
        departure.happened()

    task = asyncio.ensure_future(wait())
    over.add_done_callback(lambda _: task.cancel())


def environment(scope: Any, body: bytes, departure: Departure) -> dict[str, Any]:
    """The WSGI environment of a request. Header names with "_" are dropped: they could pose as others."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "mentorgraph.gone": departure,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


async def send_pieces(
    transport: Any, pieces: Iterable[bytes], threads: Executor, connection: Connection, reading_s: float
) -> None:
    """Send the pieces of an answer as `threads` get them and the client reads, within `reading_s`.

    The connection is aborted when the answer breaks off, or the reader is too slow.
    """
    loop, rest = asyncio.get_running_loop(), iter(pieces)
    end = loop.time() + reading_s
    try:
        with contextlib.closing(connection):
            try:
                while piece := await loop.run_in_executor(threads, next, rest, b""):
                    await connection.writable(min(STALL_SECONDS, end - loop.time()))
                    await transport.send_bytes(piece)
            except RSGIProtocolClosed:
                log.info("answer_broke_off", code="client-gone")
            except (Problem, TimeoutError) as failure:
                connection.abort()
                log.info("answer_broke_off", code=getattr(failure, "code", "slow-reader"))
            except BaseException:
                connection.abort()
                raise
    finally:
        getattr(pieces, "close", lambda: None)()


def refuse(protocol: Any, problem: Problem) -> None:
    headers = [("content-type", PROBLEM_JSON), ("connection", "close"), ("cache-control", "no-store")]
    headers += [("x-content-type-options", "nosniff"), ("access-control-allow-origin", "*")]
    protocol.response_bytes(problem.status, headers, problem.json().encode())


def slow_body() -> Problem:
    detail = f"The body of the request did not arrive within {BODY_SECONDS:g} seconds."
    return Problem(408, "slow-request", "Request took too long", detail, "Send it again.")


def large_body(size: int) -> Problem:
    detail, advice = "The body of the request is too large.", "Send less in one request."
    limit = Limit("max_body_bytes", size, "bytes")
    return Problem(413, "body-too-large", "Request too large", detail, advice, limit=limit)
