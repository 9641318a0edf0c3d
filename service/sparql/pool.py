"""The pool of query workers: whose turn it is, until when, and what replaces a worker that ended.

Rules. A query takes one of `query_workers` places; one that runs longer than `slow_after_ms` moves to the
slow lane (`slow_queries` places, lower priority) and a fresh worker takes its old place, so short queries do
not wait for long ones. One client never holds all places, and when the long queries of several do, one of
them makes way. While others ask, clients that have evaluated much lately leave them a place. At its deadline
a worker is killed, by time, whatever it or the client does. Two threads live as long as the pool: the keeper
(deadlines, replacements) and the publisher (new releases).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from service.settings import Settings
from service.sparql import disk
from service.sparql.budget import Budget
from service.sparql.process import Release, ReleaseError, Worker, Zygote
from service.sparql.refusals import admit, client_gone, too_busy

log = structlog.get_logger("mentorgraph")

# Not settings: how often the publisher looks for a new release, and the longest sleep of the keeper.
PUBLISH_SECONDS = 0.3
KEEPER_SECONDS = 1.0
# Nor these: a client is heavy whose queries take more of each minute than this, until that is paid off.
HEAVY_SECONDS_PER_MINUTE = 15.0
HEAVY_AT_MOST_SECONDS = 60.0
LIGHT_SECONDS = 1.0


@dataclass(eq=False)
class Waiter:
    """A request that waits for its turn; `client` is None for the service's own queries.

    `patient`: its query is known to be long and waits for a place in the slow lane.
    """

    client: str | None
    timeout_s: float
    patient: bool = False
    worker: Worker | None = None
    ready: threading.Event = field(default_factory=threading.Event)


class Departure(Protocol):
    """Tells when a client has gone (see `service.gateway`)."""

    def call(self, callback: Callable[[], None]) -> None: ...


class Pool:
    """Workers over the current release. `lease` is the only way to one."""

    def __init__(self, settings: Settings) -> None:
        """Load the release and fork the first workers. Raises ReleaseError."""
        self._settings = settings
        places = settings.query_workers + settings.slow_queries
        self._per_client = max(1, min(settings.per_client_concurrency, places - 1))
        self._lock = threading.Lock()
        self._wake = threading.Event()  # the keeper has something to do
        self._next_look = 0.0
        self._closing = threading.Event()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._dying: list[Worker] = []
        self._waiting: list[Waiter] = []
        self._running: Counter[str] = Counter()
        self._budget = Budget(settings.per_client_compute_s)
        self._recent = Budget(HEAVY_SECONDS_PER_MINUTE, most=HEAVY_AT_MOST_SECONDS)
        self._last_light = 0.0  # when a client that is not heavy last asked
        self._retired: list[Zygote] = []
        self._zygote = self._load(Release.find(settings.release))
        self._fill()
        self._threads = [
            threading.Thread(target=self._keep, name="pool-keeper", daemon=True),
            threading.Thread(target=self._publish, name="pool-publisher", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def zygote(self) -> Zygote:
        """The process that holds the release served now."""
        return self._zygote

    def _load(self, release: Release) -> Zygote:
        settings = self._settings
        if cache := disk.folder_for(settings, release.folder):
            log.info("release_on_disk", release=release.id, folder=str(cache))  # making it can take minutes
        return Zygote(release, settings.worker_memory_mb << 20, settings.default_graph, cache)

    @contextlib.contextmanager
    def lease(
        self,
        client: str | None,
        timeout_s: float,
        departure: Departure | None = None,
        patient: bool = False,
    ) -> Iterator[Worker]:
        """A worker for one query of `client`; its deadline runs from now on. `patient`: see `Waiter`.

        Leave the block normally only when the worker has answered completely. Raises Problem 429 or 503.
        """
        waiter = Waiter(client, timeout_s, patient)
        if departure:
            departure.call(lambda: self._forsake(waiter))
        worker = self._wait(waiter)
        clean = False
        try:
            yield worker
            clean = True
        finally:
            self._give_back(worker, clean)

    def charge(self, client: str, seconds: float) -> None:
        """Count time that was spent on a client's query elsewhere."""
        with self._lock:
            self._budget.charge(client, seconds)

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        for worker in [*self._idle, *self._dying]:
            worker.zygote.bury(worker)
        for zygote in [self._zygote, *self._retired]:
            zygote.close()

    # -- turns: everything here runs in request threads ----------------------------------------------

    def _wait(self, waiter: Waiter) -> Worker:
        with self._lock:
            self._admit(waiter)
            self._waiting.append(waiter)
            self._give_turns()
        if not waiter.ready.wait(self._settings.queue_timeout_ms / 1000):
            with self._lock:
                if waiter.worker is None:
                    self._waiting.remove(waiter)
                    raise too_busy(503, "queue_timeout_ms", self._settings.queue_timeout_ms, "ms")
        if waiter.worker is None:
            raise client_gone()
        return waiter.worker

    def _forsake(self, waiter: Waiter) -> None:
        """The client has gone: leave the queue, or end the worker that still works for it."""
        with self._lock:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                waiter.ready.set()
                return
            worker = waiter.worker
            if worker is None or worker not in self._busy or worker.lease is not waiter:
                return
            worker.abandoned = True
        self._wake.set()  # not here: this runs in the server's event loop, which must not wait

    def _admit(self, waiter: Waiter) -> None:
        if not self._heavy(waiter.client):
            self._last_light = time.monotonic()
        admit(waiter.client, [other.client for other in self._waiting], self._budget, self._settings)

    def _give_turns(self) -> None:
        """Under the lock: hand idle workers to waiting requests."""
        while self._idle:
            eligible = self._eligible()
            if not eligible:
                return
            waiter = min(eligible, key=self._rank)
            self._waiting.remove(waiter)
            worker = waiter.worker = self._idle.pop()
            self._busy.add(worker)
            worker.client, worker.lease = waiter.client, waiter
            if worker.client is not None:
                self._running[worker.client] += 1
            worker.slow, worker.answering = waiter.patient, False
            if worker.slow:
                worker.lower_priority()
                self._wake.set()
            worker.started = time.monotonic()
            worker.deadline = worker.started + waiter.timeout_s
            if self._due(worker) < self._next_look:
                self._wake.set()
            waiter.ready.set()

    def _eligible(self) -> list[Waiter]:
        """Under the lock: those who wait for a worker and not for their client's other queries."""
        may_be_long = sum(1 for w in self._busy if w.slow) < self._settings.slow_queries
        heavy = sum(1 for w in self._busy if not w.slow and not w.ended and self._heavy(w.client))
        may_be_heavy = heavy < max(1, self._settings.query_workers - 1)
        may_be_heavy = may_be_heavy or time.monotonic() - self._last_light > LIGHT_SECONDS
        return [
            w
            for w in self._waiting
            if (w.client is None or self._running[w.client] < self._per_client)
            and (may_be_long or not w.patient)
            and (may_be_heavy or w.patient or not self._heavy(w.client))
        ]

    def _rank(self, waiter: Waiter) -> tuple[int, bool]:
        """The service itself first, then clients with the fewest queries running, light before heavy."""
        client = waiter.client
        return (-1, False) if client is None else (self._running[client], self._heavy(client))

    def _heavy(self, client: str | None) -> bool:
        return client is not None and self._recent.debt(client) > self._settings.slow_after_ms / 1000

    def _give_back(self, worker: Worker, clean: bool) -> None:
        with self._lock:
            self._busy.discard(worker)
            if worker.client is not None:
                for budget in (self._budget, self._recent):
                    budget.charge(worker.client, time.monotonic() - worker.started)
                self._running[worker.client] -= 1
                if not self._running[worker.client]:
                    del self._running[worker.client]
            # A slow worker's place was given away, and its priority cannot be raised again.
            if (
                clean
                and not worker.ended
                and not worker.abandoned
                and not worker.slow
                and worker.zygote is self._zygote
            ):
                self._idle.append(worker)
            else:
                self._dying.append(worker)
                self._wake.set()
            self._give_turns()

    # -- the keeper ----------------------------------------------------------------------------------

    def _due(self, worker: Worker) -> float:
        """When the keeper must look at a busy worker next."""
        if worker.ended:
            return float("inf")
        if worker.slow or not self._settings.slow_queries:
            return worker.deadline
        return min(worker.deadline, worker.started + self._settings.slow_after_ms / 1000)

    def _keep(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            self._enforce_time()
            self._bury_dead()
            self._fill()
            with self._lock:
                now = time.monotonic()
                # a query past slow_after_ms that finds the slow lane full is due at once: look again in a
                # moment
                self._give_turns()  # to heavy clients, should nobody else have asked for a while
                nearest = min(
                    (max(self._due(w), now + 0.02) for w in self._busy), default=now + KEEPER_SECONDS
                )
                self._next_look = min(nearest, now + KEEPER_SECONDS)
            self._wake.wait(max(0.0, self._next_look - time.monotonic()))

    def _enforce_time(self) -> None:
        """Kill what is past its deadline; move what is long to the slow lane."""
        now = time.monotonic()
        with self._lock:
            running = [w for w in self._busy if not w.ended]
            overdue = [w for w in running if w.abandoned or w.deadline <= now]
            in_slow_lane = sum(1 for w in self._busy if w.slow)
            long = [w for w in running if w not in overdue and not w.slow and self._due(w) <= now]
            moved = long[: max(0, self._settings.slow_queries - in_slow_lane)]
            for worker in moved:
                worker.slow = True
            stuck = long[len(moved) :]
            stepping_back = self._who_step_back(stuck)
            making_way = None if stepping_back else self._who_makes_way(stuck)
        for worker in overdue:
            worker.end("client-gone" if worker.abandoned else "deadline")
        for worker in moved:
            worker.lower_priority()
        for worker in stepping_back:
            worker.end("stepping-back")
        if making_way:
            making_way.end("making-way")

    def _who_step_back(self, stuck: list[Worker]) -> list[Worker]:
        """Under the lock: long queries that found the slow lane full and hold up a new one of their client.

        They start again when the slow lane has a place, so that a client's short queries do not wait for its
        long ones. One at a time for each client.
        """
        waiting = {w.client for w in self._waiting if w.client is not None and not w.patient}
        waiting -= {w.client for w in self._busy if w.ended == "stepping-back"}
        held_up = {one for one in waiting if self._running[one or ""] >= self._per_client}
        return list({w.client: w for w in stuck if w.client in held_up and not w.answering}.values())

    def _who_makes_way(self, stuck: list[Worker]) -> Worker | None:
        """Under the lock: if long queries hold every place and another client waits, the query to stop.

        `stuck` ones found the slow lane full. It is the oldest long query of the client with the most
        queries.
        """
        soon_free = any(w.ended == "making-way" for w in self._busy)
        soon_free = soon_free or self._places_taken() < self._settings.query_workers
        if not stuck or soon_free or not self._eligible():
            return None
        long = [*stuck, *(w for w in self._busy if w.slow and not w.ended)]
        return max(long, key=lambda w: (self._running[w.client] if w.client else 0, -w.started))

    def _places_taken(self) -> int:
        """Under the lock: places outside the slow lane that a worker of the current release fills."""
        held = sum(1 for w in self._busy if not w.slow and not w.ended and w.zygote is self._zygote)
        return held + len(self._idle)

    def _bury_dead(self) -> None:
        with self._lock:
            dying, self._dying = self._dying, []
        for worker in dying:
            worker.zygote.bury(worker)
        for zygote in [z for z in self._retired if not z.workers or not z.alive()]:
            self._retired.remove(zygote)
            zygote.close()

    def _fill(self) -> None:
        """Fork until every place outside the slow lane has a worker of the current release."""
        while True:
            with self._lock:
                zygote = self._zygote
                if self._places_taken() >= self._settings.query_workers:
                    return
            try:
                worker = zygote.fork()
            except OSError as error:
                log.error("fork_failed", reason=str(error))
                return
            with self._lock:
                (self._idle if zygote is self._zygote else self._dying).append(worker)
                self._give_turns()

    # -- the publisher -------------------------------------------------------------------------------

    def _publish(self) -> None:
        """Take up a new release when the link moves, or the same when its zygote is gone; the old serves."""
        last_failure = ""
        while not self._closing.wait(PUBLISH_SECONDS):
            try:
                found = Release.find(self._settings.release)
                if found == self._zygote.release and self._zygote.alive():
                    continue
                zygote = self._load(found)
                fresh = [zygote.fork() for _ in range(self._settings.query_workers)]
            except (ReleaseError, OSError) as error:
                if str(error) != last_failure:
                    log.error("release_not_taken_up", reason=str(error))
                last_failure = str(error)
                continue
            self._swap(zygote, fresh)
            log.info(
                "release_published",
                release=found.id,
                quads=zygote.quads,
                seconds=round(zygote.load_seconds, 2),
            )

    def _swap(self, zygote: Zygote, fresh: list[Worker]) -> None:
        with self._lock:
            self._retired.append(self._zygote)
            self._dying += self._idle
            self._zygote, self._idle = zygote, fresh
            self._give_turns()
        self._wake.set()
