"""The engine seam: a query and its dataset in, bytes of a result out; and the embedded engine behind it."""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

import pyoxigraph as ox
import structlog

from service.errors import Limit, Problem, Where
from service.settings import Settings
from service.sparql import formats
from service.sparql.gate import Limits, Report, inspect
from service.sparql.pool import Departure, Pool
from service.sparql.process import Worker
from service.sparql.refusals import client_gone, made_way
from service.sparql.spool import IN_MEMORY_BYTES, Space, Spool
from service.sparql.worker import DATA, END, Task

log = structlog.get_logger("mentorgraph")

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

# Not settings: a result larger than IN_MEMORY_BYTES, or not whole so long after its first piece, is streamed.
STREAM_AFTER_SECONDS = 0.1


@dataclass(frozen=True)
class Prepared:
    """What to evaluate for a query whose SERVICE clauses are answered already (see `federation`).

    `text` has their solutions in their place, so it may be far longer than a query may be; `report` is the
    gate's on the query as it came. Its answer is of this moment: not to be kept.
    """

    text: str
    report: Report


@dataclass(frozen=True)
class QueryRequest:
    """A query for an engine. `accept` is one media type that fits the query form (see `formats`).

    Graphs are absolute IRIs and take the place of the query's own FROM clauses. `timeout_s` can only lower
    the engine's limit, `max_bytes` that of the result. `client` is whom to count the query to, None for the
    service's own; `departure` tells when that client has gone and nobody wants the answer. `prepared` is what
    an engine evaluates in place of `text`, without passing the gate again.
    """

    text: str
    accept: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout_s: float | None = None
    client: str | None = None
    departure: Departure | None = None
    max_bytes: int | None = None
    prepared: Prepared | None = None


@dataclass
class QueryResult:
    """A result. `kind` is SELECT, ASK, CONSTRUCT or DESCRIBE; `length` in bytes; `release` an id.

    `length` is None while the result still comes: then `chunks` raises Problem should it break off. `chunks`
    has a `close` that ends it early. `silenced`: endpoints whose SERVICE SILENT failed.
    """

    kind: str
    media_type: str
    chunks: Iterator[bytes]
    length: int | None
    release: str
    silenced: tuple[str, ...] = ()


class Engine(Protocol):
    """What answers queries: the embedded engine here, or a SPARQL 1.1 endpoint elsewhere."""

    @property
    def release_id(self) -> str:
        """The id of the release that the next query meets."""
        ...

    @property
    def reading(self) -> str:
        """What decides answers beside query and release: the default graph's choice, and the base."""
        ...

    @property
    def storage(self) -> str:
        """Where the release is: in `memory`, on `disk`, or in an outside store (`remote`)."""
        ...

    def inspect(self, text: str) -> Report:
        """Pass the gate. Raises Problem."""
        ...

    def run(self, request: QueryRequest) -> QueryResult:
        """Answer a query: returns when the first piece is there or the whole. Raises Problem."""
        ...

    def rows(self, text: str) -> list[dict[str, Term]]:
        """The solutions of a SELECT query of the service's own; unbound variables are absent.

        Raises Problem.
        """
        ...

    def charge(self, client: str, seconds: float) -> None:
        """Count time that was spent on a client's query elsewhere to what it may use."""
        ...

    def close(self) -> None: ...


class EmbeddedEngine:
    """Oxigraph over the release folder, in worker processes that can be killed."""

    def __init__(self, settings: Settings) -> None:
        """Load the release. Raises process.ReleaseError."""
        self._settings = settings
        self._limits = Limits.of(settings)
        self._pool = Pool(settings)
        self._space = Space(settings.max_spool_mb << 20)

    @property
    def release_id(self) -> str:
        return self._pool.zygote.release.id

    @property
    def reading(self) -> str:
        return f"{self._settings.default_graph} {self._settings.base_iri}"

    @property
    def quads(self) -> int:
        return self._pool.zygote.quads

    @property
    def storage(self) -> str:
        return "disk" if self._pool.zygote.cache else "memory"

    @property
    def no_network_ban(self) -> str:
        """Empty if query workers are cut off from the network, else the reason why not."""
        return self._pool.zygote.no_network_ban

    def inspect(self, text: str) -> Report:
        return inspect(text, self._limits)

    def run(self, request: QueryRequest) -> QueryResult:
        report = request.prepared.report if request.prepared else self.inspect(request.text)
        chosen = formats.by_media_type(report.form, request.accept)
        task = Task(
            request.prepared.text if request.prepared else request.text,
            chosen.engine,
            min(self._settings.max_result_mb << 20, request.max_bytes or sys.maxsize),
            list(request.default_graphs),
            list(request.named_graphs),
            list(report.clauses),
            report.prologue,
            self._settings.base_iri,
            report.prefixes,
        )
        timeout_s = self._settings.query_timeout_ms / 1000
        if request.timeout_s is not None:
            timeout_s = min(timeout_s, request.timeout_s)
        spool = Spool(self._space, request.client)
        if request.departure:
            request.departure.call(spool.close)
        with contextlib.ExitStack() as unless_answered:
            unless_answered.callback(spool.close)
            try:
                release, whole = self._begin(request.client, timeout_s, task, spool, patient=False)
            except SteppedBackError:
                release, whole = self._begin(request.client, timeout_s, task, spool, patient=True)
            if whole and spool.problem:
                raise spool.problem
            unless_answered.pop_all()
        length = spool.length if whole else None
        return QueryResult(report.form, chosen.media_type, spool, length, release)

    def _begin(
        self, client: str | None, timeout_s: float, task: Task, spool: Spool, patient: bool
    ) -> tuple[str, bool]:
        """Have the task answered into the spool; the release's id, and whether the result is whole already.

        If not, a thread goes on. Raises Problem, SteppedBackError.
        """
        with contextlib.ExitStack() as held:
            worker = held.enter_context(self._pool.lease(client, timeout_s, spool, patient))
            release = worker.zygote.release.id
            transfer = _Transfer(worker, spool, timeout_s, self._settings)
            whole = transfer.begin(task)
            if not whole:
                rest = threading.Thread(target=transfer.rest, args=(held.pop_all(),), name="result")
                rest.daemon = True
                rest.start()
        return release, whole

    def rows(self, text: str) -> list[dict[str, Term]]:
        return read_rows(self.run(QueryRequest(text, formats.JSON.media_type)))

    def charge(self, client: str, seconds: float) -> None:
        self._pool.charge(client, seconds)

    def close(self) -> None:
        self._pool.close()


def read_rows(result: QueryResult) -> list[dict[str, Term]]:
    """The solutions in a result in JSON; unbound variables are absent. Raises Problem should it break off."""
    body = b"".join(result.chunks)
    solutions = cast(ox.QuerySolutions, ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
    names = [variable.value for variable in solutions.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in solutions]


class SteppedBackError(Exception):
    """A long query was stopped before its first row for a short one of its client; it may start again."""


@dataclass
class _Transfer:
    """One result on its way from a worker into its spool."""

    worker: Worker
    spool: Spool
    timeout_s: float
    settings: Settings

    def begin(self, task: Task) -> bool:
        """Ask, and read until the result has ended (True) or turns out large or slow (False).

        Raises Problem when the worker dies over it.
        """
        if not self.worker.ask(task.encode()):
            raise died(self.worker, self.timeout_s, self.settings)
        first = None
        while self._step():
            now = time.monotonic()
            first = first or now
            if self.spool.length > IN_MEMORY_BYTES or now - first > STREAM_AFTER_SECONDS:
                return False
        return True

    def rest(self, held: contextlib.ExitStack) -> None:
        """Read on to the end, at the worker's speed; `held` gives the worker back."""
        try:
            with held:
                while self._step():
                    pass
        except Problem as problem:
            self.spool.finish(problem)

    def _step(self) -> bool:
        """Take one frame; False if it was the last. Raises Problem when the worker is dead."""
        frame = self.worker.frame()
        if frame is None:
            raise died(self.worker, self.timeout_s, self.settings)
        kind, payload = frame
        if kind == DATA:
            self.worker.answering = True
            self.spool.write(payload)
            return True
        self.spool.finish(None if kind == END else failed(json.loads(payload), self.settings))
        return False


def failed(failure: dict[str, Any], settings: Settings) -> Problem:
    """The Problem for what a worker reported."""
    code, detail = failure["code"], failure["detail"]
    if code == "result-too-large":
        limit = Limit("max_result_mb", settings.max_result_mb, "MB")
        advice = "Ask for less with LIMIT and OFFSET or a narrower pattern, or download the whole release."
        return Problem(413, code, "Result too large", detail, advice, limit=limit)
    if code == "network-refused":
        return Problem(403, code, "The query reaches out", detail, "Ask only what this release holds.")
    if code == "graph-unknown":
        advice = "SELECT DISTINCT ?g { GRAPH ?g { } } lists the graphs; data from elsewhere is not fetched."
        return Problem(400, code, "Unknown graph", detail, advice)
    titles = {"query-syntax": "Not a SPARQL query", "evaluation-failed": "The query has no answer"}
    where = Where(failure["line"], failure["column"]) if failure["line"] else None
    advice = "See https://www.w3.org/TR/sparql11-query/ for the grammar." if code == "query-syntax" else ""
    return Problem(400, code, titles[code], detail, advice, where)


def timed_out(timeout_s: float) -> Problem:
    return Problem(
        status=408,
        code="query-timeout",
        title="Query took too long",
        detail=f"The query was stopped after {timeout_s:g} seconds.",
        advice="Narrow the patterns, add LIMIT, write MINUS for FILTER NOT EXISTS, or ask in parts.",
        limit=Limit("query_timeout_ms", round(timeout_s * 1000), "ms"),
    )


def died(worker: Worker, timeout_s: float, settings: Settings) -> Problem:
    """The Problem for a worker that ended over a query: time, memory, or a crash that is ours.

    Raises SteppedBackError for one that shall start again.
    """
    status = worker.zygote.bury(worker)
    if worker.ended == "client-gone":
        return client_gone()
    if worker.ended == "stepping-back" and not worker.answering:
        raise SteppedBackError
    if worker.ended in ("making-way", "stepping-back"):
        return made_way(settings.slow_after_ms)
    if worker.ended == "deadline":
        return timed_out(timeout_s)
    if status == -signal.SIGABRT:  # how the engine ends when it is refused memory
        return Problem(
            status=413,
            code="query-memory",
            title="Query needs too much memory",
            detail="The query was stopped because its intermediate results grew too large.",
            advice="Narrow the patterns; sort, group and concatenate fewer rows.",
            limit=Limit("worker_memory_mb", settings.worker_memory_mb, "MB"),
        )
    incident = secrets.token_hex(6)
    log.error("worker_died", incident=incident, status=status, ended=worker.ended)
    return Problem(
        status=500,
        code="worker-died",
        title="The query broke its worker",
        detail="The process that evaluated the query ended without an answer; another has taken its place.",
        advice="Write the query more simply; if it happens again, report the incident number.",
        incident=incident,
    )
