"""How much evaluation each client may use: so many seconds a minute, saved up to one minute's worth.

What is used is a debt that shrinks with time; a client whose debt has reached the limit must wait until it is
below. Nothing is kept of clients without debt.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PURGE_ABOVE = 1000  # clients


class Budget:
    """Debts by client. Not safe between threads: the pool's lock guards it."""

    def __init__(
        self,
        seconds_per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        most: float = float("inf"),
    ) -> None:
        """`most`: no debt grows beyond it."""
        self._limit, self._rate, self._clock = seconds_per_minute, seconds_per_minute / 60, clock
        self._most = most
        self._debts: dict[str, tuple[float, float]] = {}

    def charge(self, client: str, seconds: float) -> None:
        """Note that a client's query was evaluated for so long."""
        self._debts[client] = (min(self._most, self.debt(client) + seconds), self._clock())
        if len(self._debts) > PURGE_ABOVE:
            self._debts = {one: debt for one, debt in self._debts.items() if self.debt(one) > 0}

    def wait(self, client: str) -> float:
        """Seconds until the client may ask again, 0 for now."""
        return max(0.0, (self.debt(client) - self._limit) / self._rate)

    def debt(self, client: str) -> float:
        """Seconds that are not paid off yet."""
        debt, noted = self._debts.get(client, (0.0, 0.0))
        return max(0.0, debt - (self._clock() - noted) * self._rate)
