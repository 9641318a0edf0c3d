"""Measures servers side by side on one data set: latency, first byte, memory, throughput, a long stream.

Every figure is the median of several runs, and the servers take turns in each run, so that other work on the
machine falls on all of them.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Client, Timed
from bench.running import MemoryPeak, Running

QUERIES = Path(__file__).parent / "queries"
TABLE, GRAPH = "application/sparql-results+json", "application/n-triples"
CLIENTS = 8
STREAM = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000000"
REPEATED, NEW = "repeated", "new"
FAILURES = (RuntimeError, OSError, http.client.HTTPException)

_numbers = itertools.count()


@dataclass(frozen=True)
class Query:
    """A query file; its title is the comment of its first line."""

    name: str
    title: str
    text: str

    @property
    def accept(self) -> str:
        return GRAPH if "CONSTRUCT" in self.text else TABLE

    def fresh(self) -> str:
        """The same query as a text that nobody has sent before."""
        return f"{self.text}\n# {next(_numbers)} {time.time_ns()}"


@dataclass
class Measured:
    """One query on one server: milliseconds of each run, peak memory in MB, rows, or its `failure`."""

    runs_ms: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    rows: int = -1
    failure: str = ""

    @property
    def median_ms(self) -> float:
        return statistics.median(self.runs_ms)


@dataclass
class Stream:
    """All statements, a million at most: milliseconds, megabytes sent, and the server's memory meanwhile."""

    first_ms: float
    total_ms: float
    megabytes: float
    peak_mb: float


@dataclass
class Profile:
    """A server on a data set. `rates`: (queries, repeated or new) → answers a second of eight clients."""

    loaded_mb: float
    queries: dict[str, Measured] = field(default_factory=dict)
    rates: dict[tuple[str, str], float] = field(default_factory=dict)
    stream: Stream | None = None


@dataclass(frozen=True)
class Plan:
    """How much to measure: timed runs, seconds of each throughput, and when a query counts as failed."""

    runs: int
    seconds: float
    timeout_s: float


def load_queries() -> list[Query]:
    found = []
    for file in sorted(QUERIES.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        found.append(Query(file.stem, text.split("\n", 1)[0].lstrip("# "), text))
    return found


def profile(
    servers: Sequence[Running], queries: list[Query], plan: Plan, note: Callable[[str], None]
) -> dict[str, Profile]:
    """Everything about servers with the same data, by name. `note` is told what goes on."""
    profiles = {server.name: Profile(server.memory_mb()) for server in servers}
    clients = {server.name: Client(server, timeout_s=plan.timeout_s) for server in servers}
    alive = list(servers)
    for number, query in enumerate(queries, 1):
        note(f"query {number} of {len(queries)}: {query.title}")
        for server in alive:
            profiles[server.name].queries[query.name] = warm_up(server, query, plan)
        for _ in range(plan.runs):
            for server in alive:
                one_run(clients[server.name], query, profiles[server.name].queries[query.name])
        for server in list(alive):
            failure = profiles[server.name].queries[query.name].failure
            if failure == "time" and not recovers(clients[server.name], plan.timeout_s):
                alive.remove(server)
    throughputs(alive, queries, profiles, plan, note)
    for server in alive:
        note(f"all statements: {server.name}")
        profiles[server.name].stream = stream(server, plan)
    for client in clients.values():
        client.close()
    return profiles


def warm_up(server: Running, query: Query, plan: Plan) -> Measured:
    """A first run, whose memory is watched and whose rows are counted."""
    measured = Measured()
    connection = server.connect(timeout_s=plan.timeout_s)
    try:
        with MemoryPeak(server) as memory:
            body = server.ask(connection, query.fresh(), query.accept)
        measured.peak_mb = memory.peak_mb
        measured.rows = rows(body, query.accept)
    except FAILURES as error:
        measured.failure = failure_of(error)
    finally:
        connection.close()
    return measured


def one_run(client: Client, query: Query, measured: Measured) -> None:
    """A timed run of a query that the server has not seen before."""
    if measured.failure:
        return
    try:
        measured.runs_ms.append(answered(client, query.fresh(), query.accept).total_ms)
    except FAILURES as error:
        measured.failure = failure_of(error)


def answered(client: Client, text: str, accept: str) -> Timed:
    """An answer. Raises RuntimeError for an error status, OSError for none."""
    answer = client.send(client.prepare(text, accept))
    if answer.status != 200:
        raise RuntimeError(f"status {answer.status}")
    return answer


def failure_of(error: Exception) -> str:
    return "time" if isinstance(error, TimeoutError) else str(error)[:40] or type(error).__name__


def rows(body: bytes, accept: str) -> int:
    if accept == GRAPH:
        return len(set(body.splitlines()))
    document = json.loads(body)
    return len(document["results"]["bindings"]) if "results" in document else int(document["boolean"])


def recovers(client: Client, timeout_s: float) -> bool:
    """Whether a server answers again after a query that was given up."""
    end = time.monotonic() + 4 * timeout_s
    while time.monotonic() < end:
        try:
            answered(client, "ASK {}", TABLE)
        except FAILURES:
            continue
        return True
    return False


def throughputs(
    servers: list[Running],
    queries: list[Query],
    profiles: dict[str, Profile],
    plan: Plan,
    note: Callable[[str], None],
) -> None:
    """Answers a second of eight clients: the first query alone and all in turn, repeated and new."""
    sound = [q for q in queries if all(not profiles[s.name].queries[q.name].failure for s in servers)]
    if not sound:
        return
    for kind in (REPEATED, NEW):
        for label, chosen in (("the shortest", sound[:1]), ("all in turn", sound)):
            note(f"throughput: {label}, {kind}")
            found: dict[str, list[float]] = {server.name: [] for server in servers}
            if kind == REPEATED:
                for server in servers:
                    ask_each(server, chosen, plan)
            for _ in range(3):
                for server in servers:
                    found[server.name].append(throughput(server, chosen, kind, plan))
            for name, rates in found.items():
                profiles[name].rates[label, kind] = statistics.median(rates)


def ask_each(server: Running, queries: list[Query], plan: Plan) -> None:
    """Ask queries once, so that from now on they are repeated."""
    client = Client(server, timeout_s=plan.timeout_s)
    for query in queries:
        with contextlib.suppress(*FAILURES):
            client.send(client.prepare(query.text, query.accept))
    client.close()


def throughput(server: Running, queries: list[Query], kind: str, plan: Plan) -> float:
    """Answers a second of clients that each ask the queries in turn, from an address of their own."""
    counts = [0] * CLIENTS
    start = threading.Barrier(CLIENTS + 1)
    spans: list[float] = []

    def run(number: int) -> None:
        client = Client(server, number + 2, plan.timeout_s)
        prepared = [client.prepare(query.text, query.accept) for query in queries]
        try:
            start.wait()
            end = time.monotonic() + plan.seconds
            while time.monotonic() < end:
                turn = (counts[number] + number) % len(queries)
                query = queries[turn]
                fresh = kind == NEW
                request = client.prepare(query.fresh(), query.accept) if fresh else prepared[turn]
                if client.send(request).status != 200:
                    return
                counts[number] += 1
        except FAILURES:
            return
        finally:
            spans.append(time.monotonic())
            client.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return sum(counts) / (max(spans) - began)


def stream(server: Running, plan: Plan) -> Stream | None:
    """All statements, three times; the medians. None if they do not come."""
    found: list[Timed] = []
    peaks: list[float] = []
    client = Client(server, timeout_s=12 * plan.timeout_s)
    try:
        for number in range(3):
            with MemoryPeak(server) as memory:
                found.append(answered(client, f"{STREAM} # {number}", TABLE))
            peaks.append(memory.peak_mb)
    except FAILURES:
        return None
    finally:
        client.close()
    firsts, totals = [one.first_ms for one in found], [one.total_ms for one in found]
    return Stream(statistics.median(firsts), statistics.median(totals), found[0].size / 1e6, max(peaks))


def geometric_mean(ratios: Sequence[float]) -> float:
    return math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))
