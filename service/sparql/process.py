"""The web process's handles on the other processes: the zygote that holds a release, and its workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from service.sparql.worker import FRAME

# Not a tuning knob: how long a zygote may take to answer a request that costs it milliseconds.
ANSWER_SECONDS = 30.0
ZYGOTE = ("-I", "-X", "utf8", "-m", "service.sparql.zygote")


class ReleaseError(Exception):
    """A release cannot be loaded; the sentence names the folder and the reason."""


@dataclass(frozen=True)
class Release:
    """A release folder, resolved, and the id that its manifest gives."""

    folder: Path
    id: str

    @classmethod
    def find(cls, path: Path) -> Release:
        """The release that `path` (its folder, a link to that, or a folder of releases) means now.

        Raises ReleaseError.
        """
        is_current = not (path / "manifest.json").exists() and (path / "current").exists()
        folder = (path / "current" if is_current else path).resolve()
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            return cls(folder, str(manifest["id"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"{path}: there is no release here ({error})") from error


@dataclass(eq=False)
class Worker:
    """One query worker. `ended` says why it was ended, if it was; times are of time.monotonic()."""

    zygote: Zygote
    pid: int
    channel: socket.socket
    stream: IO[bytes] = field(init=False)
    client: str | None = None
    lease: object = None
    started: float = 0.0
    deadline: float = 0.0
    slow: bool = False
    answering: bool = False  # part of its result may have been sent
    abandoned: bool = False
    ended: str = ""

    def __post_init__(self) -> None:
        self.stream = cast(IO[bytes], self.channel.makefile("rb", buffering=131_072))

    def ask(self, request: bytes) -> bool:
        """Send a request; False when the worker is gone."""
        try:
            self.channel.sendall(request)
        except OSError:
            return False
        return True

    def frame(self) -> tuple[bytes, bytes] | None:
        """The next frame; None when the worker is gone."""
        try:
            head = self.stream.read(FRAME.size)
            if len(head) < FRAME.size:
                return None
            kind, size = FRAME.unpack(head)
            payload = self.stream.read(size)
        except OSError:
            return None
        return (kind, payload) if len(payload) == size else None

    def end(self, reason: str) -> None:
        """Kill it now; it is reaped by `Zygote.bury`."""
        self.ended = self.ended or reason
        self.zygote.kill(self.pid)

    def lower_priority(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)


class Zygote:
    """A process that holds one release and forks workers of it.

    `cache` is the folder for stores on disk (see `disk`), None for a release in memory.
    """

    def __init__(
        self, release: Release, memory_bytes: int, default_graph: str, cache: Path | None = None
    ) -> None:
        """Start it and wait until it has loaded. Raises ReleaseError."""
        self.release, self.cache = release, cache
        self.workers: set[int] = set()
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        began = time.monotonic()
        chosen = [release.folder, memory_bytes, default_graph, *([cache.absolute()] if cache else [])]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, *ZYGOTE, *map(str, chosen)],
                stdin=theirs.fileno(),
                env={},
                start_new_session=True,  # Ctrl-C is for the web process
                cwd="/",
            )
        self._answers = self._control.makefile("rb")
        loaded = self._answer()
        if "error" in loaded:
            self.close()
            raise ReleaseError(f"{release.folder}: the dataset cannot be loaded ({loaded['error']})")
        self._control.settimeout(ANSWER_SECONDS)
        self.quads: int = loaded["quads"]
        self.no_network_ban: str = loaded["no_network_ban"]
        self.load_seconds = time.monotonic() - began

    def _answer(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            return {"error": "the process ended"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def fork(self) -> Worker:
        """A new worker. Raises OSError when this process is gone or answers no more; then it is ended."""
        ours, theirs = socket.socketpair()
        with self._lock, theirs, contextlib.ExitStack() as unless_forked:
            unless_forked.callback(self._process.kill)  # what it says later would answer another question
            unless_forked.callback(ours.close)
            socket.send_fds(self._control, [b'{"op": "fork"}'], [theirs.fileno()])
            answer = self._answer()
            if "pid" not in answer:
                raise OSError(f"no worker: {answer.get('error')}")
            self.workers.add(answer["pid"])
            unless_forked.pop_all()
        return Worker(self, answer["pid"], ours)

    def kill(self, pid: int) -> None:
        """A worker that has not been reaped keeps its number, so this cannot hit another process."""
        with self._lock:
            if pid in self.workers and self._process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def bury(self, worker: Worker) -> int:
        """End and reap a worker; its exit status, negative for a signal, 0 if nobody knows."""
        worker.end("retired")
        worker.stream.close()
        worker.channel.close()
        with self._lock:
            if worker.pid not in self.workers:
                return 0
            try:
                self._control.sendall(json.dumps({"op": "reap", "pid": worker.pid}).encode())
                status = int(self._answer().get("status", 0))
            except OSError:
                status = 0
            self.workers.discard(worker.pid)
        return status

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End it and, through the kernel, its workers."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        self._control.close()
