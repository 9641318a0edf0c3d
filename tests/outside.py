"""Servers on loopback that behave as bad as servers outside may: what a test's `serve` function does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reply(BaseHTTPRequestHandler):
    """Given to `serve`: `asked`, and ways to answer. A client that leaves ends the answer silently."""

    server: Outside
    asked: Asked

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked = Asked(self.command, self.path, headers, body)
        self.server.asked.append(self.asked)
        try:
            self.server.serve(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_HEAD = do_GET  # noqa: N815  (the names that http.server looks for)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def answer(self, body: bytes, media_type: str = "text/plain", status: int = 200, **more: str) -> None:
        """A whole answer; `more` are headers, with "_" for "-"."""
        self.head(status, Content_Type=media_type, Content_Length=str(len(body)), **more)
        self.wfile.write(body)

    def head(self, status: int = 200, **headers: str) -> None:
        """Status and headers alone."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def drip(self, data: bytes, seconds: float) -> None:
        """Byte by byte, until the client leaves or the test is over."""
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.over.wait(seconds):
                return

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self.server.over.wait()


class Outside(ThreadingHTTPServer):
    """Such a server: its port, what it was asked, and the address of a path."""

    daemon_threads = True

    def __init__(self, serve: Callable[[Reply], None]) -> None:
        super().__init__(("127.0.0.1", 0), Reply)
        self.serve = serve
        self.asked: list[Asked] = []
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up during the head of the answer."""


@contextmanager
def outside(serve: Callable[[Reply], None]) -> Iterator[Outside]:
    """A server whose every request `serve` answers."""
    server = Outside(serve)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
