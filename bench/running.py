"""A server process under measurement: starts on loopback, is asked over HTTP, and has its memory watched."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

START_SECONDS = 180.0
SAMPLE_SECONDS = 0.02


@dataclass
class Running:
    """A started server: where it answers, its main process, and parameters that each query to it needs."""

    name: str
    port: int
    path: str
    process: psutil.Process
    parameters: tuple[tuple[str, str], ...] = ()

    def connect(self, client: int = 1, timeout_s: float = 10.0) -> http.client.HTTPConnection:
        """A connection from the address 127.0.0.<client>: each client has an address of its own."""
        source = (f"127.0.0.{client}", 0)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s, source_address=source)

    def request(
        self,
        connection: http.client.HTTPConnection,
        query: str,
        accept: str,
        headers: Mapping[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        """Send a query by GET; the answer's head is there, its body still to be read."""
        target = f"{self.path}?{urlencode([('query', query), *self.parameters])}"
        connection.request("GET", target, headers={"Accept": accept, **(headers or {})})
        return connection.getresponse()

    def ask(self, connection: http.client.HTTPConnection, query: str, accept: str) -> bytes:
        """The body of the answer. Raises RuntimeError for another status than 200, OSError for a time-out."""
        answer = self.request(connection, query, accept)
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:200].decode(errors='replace')}")
        return body

    def memory_mb(self) -> float:
        """Proportional memory of all processes of the server: pages that they share count once."""
        total = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [self.process, *self.process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().pss
        return total / 1e6


class MemoryPeak:
    """The highest memory of a server while the block runs."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.peak_mb = 0.0

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, self._server.memory_mb())
            if self._over.wait(SAMPLE_SECONDS):
                return

    def __enter__(self) -> MemoryPeak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@contextlib.contextmanager
def started(
    name: str,
    command: Sequence[str | Path],
    path: str,
    folder: Path,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run a command with a free port in the place of PORT until it answers; end it after the block.

    Its output goes to `<name>.log` in `folder`. Raises RuntimeError with that when it does not start.
    """
    port = port or free_port()
    log = folder / f"{name}.log"
    words = [str(word).replace("PORT", str(port)) for word in command]
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
    server = Running(name, port, path, psutil.Process(process.pid))
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Running, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, RuntimeError, http.client.HTTPException):
            connection = server.connect(timeout_s=5)
            server.ask(connection, "ASK {}", "application/sparql-results+json")
            connection.close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"{server.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Starter = Callable[[Path, Path], contextlib.AbstractContextManager[Running]]
