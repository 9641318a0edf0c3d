"""How many requests for advice are answered at the same time: the next is refused, never left to wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import Limit, Problem

RETRY_SECONDS = 1


class Places:
    """Places for requests; threads may share them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place, given back at the end. Raises Problem when none is free."""
        if not self._free.acquire(blocking=False):
            raise Problem(
                503,
                "advice-busy",
                "Many schools ask for advice just now",
                f"{self._count} requests for advice are being answered, and no more are at the same time.",
                "Send the same again in a moment; what you filled in is kept by going back.",
                limit=Limit("advice_concurrency", self._count, "requests"),
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        try:
            yield
        finally:
            self._free.release()
