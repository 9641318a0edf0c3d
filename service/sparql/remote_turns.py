"""Whose query goes to the outside store next: places, a slow lane, limits of each client.

As in `pool`, without processes. A query takes one of `engine_queries` places; one that has run longer than
`slow_after_ms` frees its place while the slow lane (`slow_queries`) has room. One client never holds all
places; of those who wait, the client with the fewest queries running comes first.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from service.settings import Settings
from service.sparql.budget import Budget
from service.sparql.pool import Departure
from service.sparql.refusals import admit, client_gone, too_busy


@dataclass(eq=False)
class _Waiter:
    """A query that waits, then runs. `client` is None for the service's own."""

    client: str | None
    started: float = 0.0
    gone: bool = False


class Turns:
    """Hands out turns. Safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._places = settings.engine_queries
        self._slow_after_s = settings.slow_after_ms / 1000
        self._per_client = max(1, min(settings.per_client_concurrency, self.most - 1))
        self._budget = Budget(settings.per_client_compute_s)
        self._changed = threading.Condition()
        self._running: set[_Waiter] = set()
        self._waiting: list[_Waiter] = []

    @property
    def most(self) -> int:
        """How many queries can run at the same time."""
        return self._settings.engine_queries + self._settings.slow_queries

    @contextlib.contextmanager
    def turn(self, client: str | None, departure: Departure) -> Iterator[None]:
        """Hold a turn for one query of `client`. Raises Problem 429, 503 or 499 instead of waiting longer."""
        waiter = _Waiter(client)
        departure.call(lambda: self._forsake(waiter))
        self._wait(waiter)
        try:
            yield
        finally:
            with self._changed:
                self._running.discard(waiter)
                if client is not None:
                    self._budget.charge(client, time.monotonic() - waiter.started)
                self._changed.notify_all()

    def charge(self, client: str, seconds: float) -> None:
        """Count time that was spent on a client's query elsewhere."""
        with self._changed:
            self._budget.charge(client, seconds)

    def _forsake(self, waiter: _Waiter) -> None:
        with self._changed:
            waiter.gone = True
            self._changed.notify_all()

    def _wait(self, waiter: _Waiter) -> None:
        end = time.monotonic() + self._settings.queue_timeout_ms / 1000
        with self._changed:
            admit(waiter.client, [other.client for other in self._waiting], self._budget, self._settings)
            self._waiting.append(waiter)
            try:
                while not waiter.gone and self._next() is not waiter:
                    left = end - time.monotonic()
                    if left <= 0:
                        raise too_busy(503, "queue_timeout_ms", self._settings.queue_timeout_ms, "ms")
                    self._changed.wait(min(left, self._until_slow()))
                if waiter.gone:
                    raise client_gone()
            finally:
                self._waiting.remove(waiter)
            waiter.started = time.monotonic()
            self._running.add(waiter)
            self._changed.notify_all()  # another place may be free

    def _next(self) -> _Waiter | None:
        """Under the lock: who has the next turn, if a place is free."""
        slow = sum(1 for one in self._running if one.started + self._slow_after_s <= time.monotonic())
        if len(self._running) - min(slow, self._settings.slow_queries) >= self._places:
            return None
        rated = [(self._of_client(one), one) for one in self._waiting if not one.gone]
        eligible = [(number, one) for number, one in rated if one.client is None or number < self._per_client]
        return min(eligible, key=lambda pair: pair[0])[1] if eligible else None

    def _of_client(self, waiter: _Waiter) -> int:
        """Queries that the waiter's client has running; the service's own come before all others."""
        if waiter.client is None:
            return -1
        return sum(1 for one in self._running if one.client == waiter.client)

    def _until_slow(self) -> float:
        """Seconds until a running query frees its place by being slow."""
        now = time.monotonic()
        due = [one.started + self._slow_after_s - now for one in self._running]
        return min((seconds for seconds in due if seconds > 0), default=float("inf"))
