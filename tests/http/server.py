"""A real server process for tests, and a client that can pose as several."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

START_SECONDS = 60.0
LOG_SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """A response, read to its end. `headers` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A running server on loopback."""

    port: int
    log: Path

    def request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
    ) -> Answer:
        """One request from the address `client`, any of 127.0.0.0/8. The body goes as it is."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(client, 0)
        )
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str | None = None, client: str = "127.0.0.1", **more: Any) -> Answer:
        """A query by GET."""
        target = "/sparql?" + urlencode({"query": text, **more}, doseq=True)
        return self.request("GET", target, headers={"Accept": accept} if accept else {}, client=client)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def log_with(self, part: str, times: int = 1) -> str:
        """The whole log once `part` stands in it `times` times: an answer's end and its log line race."""
        end = time.monotonic() + LOG_SECONDS
        while (log := self.log.read_text()).count(part) < times:
            assert time.monotonic() < end, f"{part!r} is not {times} times in the log:\n{log}"
            time.sleep(0.05)
        return log


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(release: Path, log: Path, **settings: object) -> Iterator[Server]:
    """`mentorgraph serve` on a free port with `settings`; its output goes to the file `log`."""
    port = free_port()
    chosen = {f"MENTORGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--release", str(release)],
            env={**os.environ, **chosen},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(port, log)
    try:
        wait_until_ready(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if server.request("GET", "/ready").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")
