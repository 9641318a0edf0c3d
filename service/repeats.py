"""Answers to requests that came before, word for word: given again from memory, before the application.

A release never changes, so neither does an answer that names its release and has a validator (`ETag`). Such
an answer is kept under all that the application could have read of the request, while that release is served.
Bounded in bytes, the longest unused goes first. Used by the server's event loop alone, so without a lock.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

RELEASE = "x-mentorgraph-release"
MAX_ANSWER_BYTES = 1 << 20
MAX_REQUEST_BYTES = 1 << 14
HEADERS_BYTES = 2048  # of a request and its answer, about
UNREAD = frozenset({"user-agent", "connection"})  # headers that no answer depends on

Key = tuple[Any, ...]
Observer = Callable[[str, str | None, int, float], None]


@dataclass(frozen=True)
class Kept:
    """A whole answer, and the route that gave it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    route: str | None
    release: str
    size: int


class Repeats:
    """Kept answers. `current` gives the id of the release that is served now."""

    def __init__(self, max_bytes: int, current: Callable[[], str], observers: list[Observer]) -> None:
        self._max_bytes, self._current, self._observers = max_bytes, current, observers
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0

    def key(self, scope: Any, body: bytes) -> Key | None:
        """What the answer to a request may depend on; None for one too long to keep."""
        if len(scope.query_string) + len(body) > MAX_REQUEST_BYTES:
            return None
        headers = tuple(item for item in scope.headers.items() if item[0] not in UNREAD)
        return scope.method, scope.path, scope.query_string, body, scope.scheme, headers

    def find(self, key: Key | None) -> Kept | None:
        """The answer to give again, which is then noted as a request like any other."""
        began = time.monotonic()
        kept = self._kept.get(key) if key else None
        if kept is None or key is None:
            return None
        if kept.release != self._current():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        for observe in self._observers:
            observe(key[0], kept.route, kept.status, time.monotonic() - began)
        return kept

    def keep(
        self, key: Key | None, status: int, headers: list[tuple[str, str]], body: bytes, route: str | None
    ) -> None:
        """Keep an answer that stays the same with its release; others are not kept."""
        named = dict(headers)
        lasting = "etag" in named and "public" in named.get("cache-control", "") and "set-cookie" not in named
        if key is None or status not in (200, 304) or not lasting or named.get(RELEASE) != self._current():
            return
        size = len(body) + HEADERS_BYTES + len(key[2]) + len(key[3])  # with headers, about
        if len(body) > MAX_ANSWER_BYTES or size > self._max_bytes:
            return
        if key in self._kept:
            self._drop(key)
        self._kept[key] = Kept(status, headers, body, route, named[RELEASE], size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        self._bytes -= self._kept.pop(key).size
