"""Measures one server on one data set: latency and memory of each query, throughput of eight clients."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.running import MemoryPeak, Running

QUERIES = Path(__file__).parent / "queries"
TABLE, GRAPH = "application/sparql-results+json", "application/n-triples"


@dataclass(frozen=True)
class Query:
    """A query file; its title is the comment of its first line."""

    name: str
    title: str
    text: str

    @property
    def accept(self) -> str:
        return GRAPH if "CONSTRUCT" in self.text else TABLE


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
class Profile:
    """A server on a data set. Throughputs are answers a second of eight clients."""

    loaded_mb: float
    queries: dict[str, Measured] = field(default_factory=dict)
    short_per_s: float = 0.0
    mixed_per_s: float = 0.0


def load_queries() -> list[Query]:
    found = []
    for file in sorted(QUERIES.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        found.append(Query(file.stem, text.split("\n", 1)[0].lstrip("# "), text))
    return found


def profile(server: Running, queries: list[Query], runs: int, seconds: float, timeout_s: float) -> Profile:
    """Everything about one server. Stops asking after a query that it does not answer in time."""
    result = Profile(server.memory_mb())
    for query in queries:
        result.queries[query.name] = measured = measure(server, query, runs, timeout_s)
        if measured.failure == "time" and not recovers(server, timeout_s):
            break
    answered = [
        query for query in queries if query.name in result.queries and not result.queries[query.name].failure
    ]
    if answered:
        result.short_per_s = throughput(server, answered[:1], seconds, timeout_s)
        result.mixed_per_s = throughput(server, answered, seconds, timeout_s)
    return result


def measure(server: Running, query: Query, runs: int, timeout_s: float) -> Measured:
    """One run to warm up, whose memory is watched, then the timed runs."""
    measured = Measured()
    connection = server.connect(timeout_s=timeout_s)
    try:
        with MemoryPeak(server) as memory:
            body = server.ask(connection, query.text, query.accept)
        measured.peak_mb = memory.peak_mb
        measured.rows = rows(body, query.accept)
        for _ in range(runs):
            began = time.perf_counter()
            server.ask(connection, query.text, query.accept)
            measured.runs_ms.append((time.perf_counter() - began) * 1000)
    except TimeoutError:
        measured.failure = "time"
    except (RuntimeError, OSError, http.client.HTTPException) as error:
        measured.failure = str(error)[:60] or type(error).__name__
    finally:
        connection.close()
    return measured


def rows(body: bytes, accept: str) -> int:
    if accept == GRAPH:
        return len(set(body.splitlines()))
    return len(json.loads(body)["results"]["bindings"])


def recovers(server: Running, timeout_s: float) -> bool:
    """Whether it answers again after a query that was given up."""
    end = time.monotonic() + 4 * timeout_s
    while time.monotonic() < end:
        connection = server.connect(timeout_s=timeout_s)
        try:
            server.ask(connection, "ASK {}", TABLE)
        except (OSError, RuntimeError, http.client.HTTPException):
            continue
        else:
            return True
        finally:
            connection.close()
    return False


def throughput(
    server: Running, queries: list[Query], seconds: float, timeout_s: float, clients: int = 8
) -> float:
    """Answers a second of clients that each ask the queries in turn, from an address of their own."""
    end = time.monotonic() + seconds
    counts = [0] * clients

    def run(client: int) -> None:
        connection = server.connect(client + 2, timeout_s)
        try:
            while time.monotonic() < end:
                query = queries[(counts[client] + client) % len(queries)]
                server.ask(connection, query.text, query.accept)
                counts[client] += 1
        except (OSError, RuntimeError, http.client.HTTPException):
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)
