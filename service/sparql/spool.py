"""A result between its worker, which fills it at full speed, and its reader, who takes it at his own.

In memory up to 1 MiB, beyond that in a temporary file; so neither a large result nor a slow reader costs
memory, and no reader holds a worker. All files together have a limit, the `Space`, and one client gets half.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, cast

from service.errors import Limit, Problem
from service.sparql.refusals import client_gone

CHUNK_BYTES = 262_144
IN_MEMORY_BYTES = 1 << 20
RETRY_AFTER_SECONDS = 30


class Space:
    """Bytes of disk that all spools share, half of them for one client. Safe between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._taken: Counter[str | None] = Counter()

    def take(self, client: str | None, size: int) -> None:
        """Raises Problem 503 when there is not so much left, for all or for this client."""
        with self._lock:
            own = self._taken[client] + size
            if self._taken.total() + size > self._limit or (client is not None and own > self._limit // 2):
                raise spool_full(self._limit)
            self._taken[client] = own

    def give_back(self, client: str | None, size: int) -> None:
        with self._lock:
            self._taken[client] -= size
            if not self._taken[client]:
                del self._taken[client]

    @property
    def taken(self) -> int:
        """Bytes in use now."""
        return self._taken.total()


class Spool(Iterator[bytes]):
    """Pieces of a result as they come. One thread writes, one other reads; `close`, which WSGI calls in any
    case, frees the file and tells the writer's side that nobody wants the rest. It is a `pool.Departure`.
    """

    def __init__(self, space: Space, client: str | None = None) -> None:
        self._space, self._client, self._on_disk = space, client, 0
        self._file = cast(IO[bytes], tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115  (see close)
        self._changed = threading.Condition()
        self._read = 0
        self._whole = self._closed = False
        self.problem: Problem | None = None
        self._on_leave: list[Callable[[], None]] = []
        self.length = 0

    def write(self, data: bytes) -> None:
        """Add data. Data for nobody is dropped. Raises Problem 503 when there is no room for it."""
        with self._changed:
            if self._closed:
                return
            length = self.length + len(data)
            if length > IN_MEMORY_BYTES:
                self._space.take(self._client, length - self._on_disk)
                self._on_disk = length
            try:
                self._file.seek(self.length)
                self._file.write(data)
                self._file.flush()
            except OSError as error:
                raise spool_full(reason=str(error.strerror)) from error
            self.length = length
            self._changed.notify()

    def finish(self, problem: Problem | None = None) -> None:
        """The result is whole, or `problem` says why it never will be."""
        with self._changed:
            self._whole, self.problem = problem is None, problem
            self._changed.notify()

    def __next__(self) -> bytes:
        """The next piece; waits for it. Raises the Problem of a result that broke off, at once."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.problem or self._whole or self._waiting)
            if self.problem or (self._closed and not self._whole):
                self._free()
                raise self.problem or client_gone()
            if self._closed or not self._waiting:
                self._free()
                raise StopIteration
            self._file.seek(self._read)
            data = self._file.read(CHUNK_BYTES)
            self._read += len(data)
            return data

    @property
    def _waiting(self) -> int:
        """Under the lock: bytes written and not yet read."""
        return self.length - self._read

    def call(self, callback: Callable[[], None]) -> None:
        """Call back when the reader has left before the result was whole; at once if he has."""
        with self._changed:
            self._on_leave.append(callback)
            left = self._closed
        if left:
            callback()

    def close(self) -> None:
        """The reader needs no more."""
        with self._changed:
            left = not (self._whole or self.problem or self._closed)
            self._free()
            self._changed.notify()
        if left:
            for callback in list(self._on_leave):
                callback()

    def _free(self) -> None:
        self._closed = True
        self._space.give_back(self._client, self._on_disk)
        self._on_disk = 0
        with contextlib.suppress(OSError):  # what a full disk did not take is not wanted any more
            self._file.close()


def spool_full(limit: int = 0, reason: str = "") -> Problem:
    """503: results that are not read yet take all the room for them, or the disk is full."""
    return Problem(
        status=503,
        code="spool-full",
        title="No room for large results",
        detail=f"The result cannot be held ({reason})."
        if reason
        else "Results on their way take all the room that there is for them.",
        limit=Limit("max_spool_mb", limit >> 20, "MB") if limit else None,
        advice="Read the results that are on their way, ask for less, or send the query again later.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
