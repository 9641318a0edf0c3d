"""What a query is told that finds no place, or loses it: the Problems of whose turn it is."""

from __future__ import annotations

import math

from service.errors import Limit, Problem
from service.settings import Settings
from service.sparql.budget import Budget

RETRY_AFTER_SECONDS = 2


def admit(client: str | None, waiting: list[str | None], budget: Budget, settings: Settings) -> None:
    """Let a query of `client` wait behind those of the clients `waiting`. Raises Problem 429 or 503."""
    if client is not None:
        if seconds := budget.wait(client):
            raise over_budget(settings.per_client_compute_s, seconds)
        if waiting.count(client) >= settings.per_client_queue_length:
            raise too_busy(429, "per_client_queue_length", settings.per_client_queue_length, "queries")
    if len(waiting) >= settings.queue_length:
        raise too_busy(503, "queue_length", settings.queue_length, "queries")


def client_gone() -> Problem:
    """Nobody reads it; it ends the request."""
    return Problem(499, "client-gone", "Client gone", "The client left before the answer was ready.")


def made_way(slow_after_ms: int) -> Problem:
    """Long queries of several clients held every place, and this one was chosen to free its own."""
    return Problem(
        status=503,
        code="long-query-made-way",
        title="Too busy for long queries",
        detail="Long queries held every place while others waited, so this one was stopped.",
        limit=Limit("slow_after_ms", slow_after_ms, "ms"),
        advice=f"Narrow the query, or send it again in {10 * RETRY_AFTER_SECONDS} seconds.",
        headers={"Retry-After": str(10 * RETRY_AFTER_SECONDS)},
    )


def over_budget(limit: int, seconds: float) -> Problem:
    """429: this client's queries of the last minute took too long, all together."""
    wait = math.ceil(seconds) + 1
    return Problem(
        status=429,
        code="compute-budget",
        title="Too much evaluation",
        detail="Your queries of the last minute took more evaluation time than one client may use.",
        limit=Limit("per_client_compute_s", limit, "s per minute"),
        advice=f"Wait {wait} seconds. Narrow the queries; keep results, or send If-None-Match.",
        headers={"Retry-After": str(wait)},
    )


def too_busy(status: int, name: str, value: int, unit: str) -> Problem:
    """429: this client asks too much at once; 503: all of them together do."""
    return Problem(
        status=status,
        code="too-many-queries" if status == 429 else "busy",
        title="Too many queries" if status == 429 else "Busy",
        detail="You have too many queries waiting."
        if status == 429
        else "Too many queries are waiting for a worker.",
        limit=Limit(name, value, unit),
        advice=f"Wait {RETRY_AFTER_SECONDS} seconds, then send the query again; send fewer at the same time.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
