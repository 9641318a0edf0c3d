"""Starts each server on loopback with the same data, asks it, and watches the memory of all its processes."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

START_SECONDS = 180.0
SAMPLE_SECONDS = 0.02
BIN = Path(sys.executable).parent


@dataclass
class Running:
    """A started server: where it answers, and its main process."""

    name: str
    port: int
    path: str
    process: psutil.Process

    def connect(self, client: int = 1, timeout_s: float = 10.0) -> http.client.HTTPConnection:
        """A connection from the address 127.0.0.<client>: each client has an address of its own."""
        source = (f"127.0.0.{client}", 0)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s, source_address=source)

    def ask(self, connection: http.client.HTTPConnection, query: str, accept: str) -> bytes:
        """The body of the answer. Raises RuntimeError for another status than 200, OSError for a time-out."""
        connection.request("GET", f"{self.path}?{urlencode({'query': query})}", headers={"Accept": accept})
        answer = connection.getresponse()
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


def ours(release: Path, folder: Path) -> contextlib.AbstractContextManager[Running]:
    """MentorGraph's own endpoint, as `mentorgraph serve` starts it."""
    command: list[str | Path] = [BIN / "mentorgraph", "serve", "--release", release, "--port", "PORT"]
    return started("MentorGraph", command, "/sparql", folder)


@contextlib.contextmanager
def oxigraph(release: Path, folder: Path) -> Iterator[Running]:
    """Oxigraph's server in memory, loaded by its store endpoint."""
    command: list[str | Path] = [BIN / "oxigraph", "serve", "--bind", "127.0.0.1:PORT"]
    with started("Oxigraph", command, "/query", folder) as server:
        connection = server.connect(timeout_s=START_SECONDS)
        body = gzip.decompress((release / "dataset.nq.gz").read_bytes())
        connection.request("POST", "/store", body, {"Content-Type": "application/n-quads"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"Oxigraph did not load the data: {answer.status}")
        yield server


@contextlib.contextmanager
def rdflib_endpoint(release: Path, folder: Path) -> Iterator[Running]:
    """rdflib-endpoint over rdflib's store in memory; its default graph is the union of all."""
    data = folder / "dataset.nq"
    with gzip.open(release / "dataset.nq.gz") as packed, data.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    command: list[str | Path] = [
        BIN / "rdflib-endpoint",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "PORT",
        data,
    ]
    with started("rdflib-endpoint", command, "/", folder) as server:
        yield server


SERVERS: dict[str, Callable[[Path, Path], contextlib.AbstractContextManager[Running]]] = {
    "MentorGraph": ours,
    "Oxigraph": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
}


@contextlib.contextmanager
def started(name: str, command: list[str | Path], path: str, folder: Path) -> Iterator[Running]:
    """Run a command with a free port in the place of PORT until it answers; end it after the block."""
    port = free_port()
    log = folder / f"{name}.log"
    words = [str(word).replace("PORT", str(port)) for word in command]
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT, env=dict(os.environ))
    server = Running(name, port, path, psutil.Process(process.pid))
    try:
        wait(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(server: Running, process: subprocess.Popen[bytes], log: Path) -> None:
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
