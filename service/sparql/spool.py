"""A result between its worker, which fills it at full speed, and its reader, who takes it at his own.

In memory up to 1 MiB, beyond that in a temporary file; so neither a large result nor a slow reader costs
memory, and no reader holds a worker.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO, cast

from service.errors import Problem
from service.sparql.pool import client_gone

CHUNK_BYTES = 262_144
IN_MEMORY_BYTES = 1 << 20


class Spool(Iterator[bytes]):
    """Pieces of a result as they come. One thread writes, one other reads; `close`, which WSGI calls in any
    case, frees the file and tells the writer's side that nobody wants the rest. It is a `pool.Departure`.
    """

    def __init__(self) -> None:
        self._file = cast(IO[bytes], tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115  (see close)
        self._changed = threading.Condition()
        self._read = 0
        self._whole = self._closed = False
        self.problem: Problem | None = None
        self._on_leave: list[Callable[[], None]] = []
        self.length = 0

    def write(self, data: bytes) -> None:
        """Add data. Data for nobody is dropped."""
        with self._changed:
            if self._closed:
                return
            self._file.seek(self.length)
            self._file.write(data)
            self.length += len(data)
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
        self._file.close()
