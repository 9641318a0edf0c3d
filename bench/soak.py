"""A soak: many clients for a long time, some hostile; what the others got, and what is left behind."""

from __future__ import annotations

import hashlib
import http.client
import json
import platform
import random
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich import box
from rich.console import Console
from rich.table import Table

from bench.hostile import ANSWER_SECONDS, HOSTILE, Tally
from bench.measure import Query, load_queries
from bench.running import Running, started
from bench.servers import BIN

PAUSE_SECONDS = (0.5, 1.5)  # of a good client between its queries
NEW_SHARE = 0.7  # of a good client's queries that nobody asked before
SAMPLE_SECONDS = 0.5
REPORT_SECONDS = 30.0
REST_SECONDS = 20.0


@dataclass
class Good:
    """What the good clients got; safe between threads by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    milliseconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    answers: dict[str, str] = field(default_factory=dict)

    def answered(self, query: Query, body: bytes, milliseconds: float) -> None:
        """Note an answer, which must be the same as the first to that query."""
        digest = hashlib.sha256(b"".join(sorted(body.splitlines()))).hexdigest()
        with self.lock:
            self.milliseconds.append(milliseconds)
            if self.answers.setdefault(query.name, digest) != digest:
                self.wrong["another answer than before"] += 1

    def failed(self, kind: str, is_refusal: bool) -> None:
        with self.lock:
            (self.refused if is_refusal else self.wrong)[kind] += 1


@dataclass
class Watched:
    """The server and the machine over time: worker processes seen, memory in MB, load of the machine."""

    workers: set[int] = field(default_factory=set)
    memory_mb: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)


def soak(release: Path, minutes: float, clients: int, console: Console) -> bool:
    """Run it and print the tables; True if nothing happened that should not."""
    stop, good, watched = threading.Event(), Good(), Watched()
    tallies = {name: Tally() for name in HOSTILE}
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        command: list[str | Path] = [BIN / "mentorgraph", "serve", "--release", release, "--port", "PORT"]
        with started("MentorGraph", command, "/sparql", Path(name)) as server:
            time.sleep(2)
            before = State.of(server)
            queries = load_queries()
            threads = [
                threading.Thread(target=good_client, args=(server, number + 2, queries, stop, good))
                for number in range(clients - len(HOSTILE))
            ]
            for number, (kind, run) in enumerate(HOSTILE.items()):
                hostile = (server, 200 + number, stop, tallies[kind])
                threads.append(threading.Thread(target=run, args=hostile))
            threads.append(threading.Thread(target=watch, args=(server, stop, watched)))
            for thread in threads:
                thread.start()
            wait(minutes * 60, good, watched, console)
            stop.set()
            hung = join(threads)
            time.sleep(REST_SECONDS)
            after = State.of(server)
            alive = still_answers(server)
            log = (Path(name) / "MentorGraph.log").read_text(errors="replace")
    unexpected = good.wrong + log_errors(log)
    if hung:
        unexpected["clients that never came back"] += hung
    if not alive:
        unexpected["no answer at the end"] += 1
    report(console, began, minutes, clients, good, tallies, watched, before, after, unexpected)
    return not unexpected


def good_client(
    server: Running, client: int, queries: list[Query], stop: threading.Event, good: Good
) -> None:
    """Ask, read, pause; most queries are new, some are exact repeats."""
    connection = server.connect(client, ANSWER_SECONDS)
    chance = random.Random(client)
    while not stop.wait(chance.uniform(*PAUSE_SECONDS)):
        query = chance.choice(queries)
        text = query.text + (f"\n# {client} {time.time_ns()}" if chance.random() < NEW_SHARE else "")
        began = time.perf_counter()
        try:
            answer = server.request(connection, text, query.accept)
            body = answer.read()
        except TimeoutError:
            good.failed(f"no answer within {ANSWER_SECONDS:g} s", is_refusal=False)
        except (OSError, http.client.HTTPException) as error:
            good.failed(type(error).__name__, is_refusal=False)
        else:
            if answer.status == 200:
                good.answered(query, body, (time.perf_counter() - began) * 1000)
            else:
                refused = answer.status in (408, 429, 503)
                good.failed(f"{answer.status} {json.loads(body)['code']}", refused)
            continue
        connection.close()
        connection = server.connect(client, ANSWER_SECONDS)
    connection.close()


def watch(server: Running, stop: threading.Event, watched: Watched) -> None:
    number = 0
    while not stop.wait(SAMPLE_SECONDS):
        watched.workers |= worker_pids(server)
        watched.load.append(psutil.getloadavg()[0])
        number += 1
        if number % 10 == 0:
            watched.memory_mb.append(server.memory_mb())


def worker_pids(server: Running) -> set[int]:
    """The query workers now: the children of the process that holds the release."""
    found: set[int] = set()
    with suppress(psutil.NoSuchProcess):
        for process in server.process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "service.sparql.zygote" in process.cmdline():
                    found |= {child.pid for child in process.children()}
    return found


def wait(seconds: float, good: Good, watched: Watched, console: Console) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, REPORT_SECONDS))
        with good.lock:
            last = sorted(good.milliseconds[-1000:])
            wrong = sum(good.wrong.values())
        shown = f"p50 {percentile(last, 50):.0f} ms, p99 {percentile(last, 99):.0f} ms" if last else "none"
        console.print(
            f"[dim]{max(0.0, end - time.monotonic()):.0f} s left; {len(good.milliseconds)} good answers, "
            f"the last thousand {shown}; {len(watched.workers)} workers so far; {wrong} errors[/dim]"
        )


def join(threads: list[threading.Thread]) -> int:
    """End all clients; how many did not."""
    end = time.monotonic() + ANSWER_SECONDS + 10
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return sum(thread.is_alive() for thread in threads)


@dataclass(frozen=True)
class State:
    """What a server holds at rest."""

    memory_mb: float
    processes: int
    threads: int
    files: int

    @classmethod
    def of(cls, server: Running) -> State:
        family = [server.process, *server.process.children(recursive=True)]
        threads = files = 0
        for process in family:
            with suppress(psutil.NoSuchProcess):
                threads += process.num_threads()
                files += process.num_fds()
        return cls(server.memory_mb(), len(family), threads, files)


def still_answers(server: Running) -> bool:
    connection = server.connect(1, 5.0)
    try:
        return server.ask(connection, "ASK {}", "application/sparql-results+json") != b""
    except (OSError, RuntimeError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def log_errors(log: str) -> Counter[str]:
    """Events in the server's log that are nobody's fault but ours, and lines that are no events."""
    found: Counter[str] = Counter()
    for line in log.splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            if event.get("level") in ("error", "critical"):
                found[f"log: {event['event']}"] += 1
        elif "Traceback" in line or "panicked" in line:
            found[f"log: {line.strip()[:60]}"] += 1
    return found


def percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def report(
    console: Console,
    began: datetime,
    minutes: float,
    clients: int,
    good: Good,
    tallies: dict[str, Tally],
    watched: Watched,
    before: State,
    after: State,
    unexpected: Counter[str],
) -> None:
    """The tables."""
    load = sorted(watched.load)
    console.print(
        f"{began:%Y-%m-%d %H:%M} UTC, {minutes:g} minutes, {clients} clients of whom {len(HOSTILE)} hostile; "
        f"{psutil.cpu_count()} cores ({platform.machine()}) shared with other work: load average "
        f"{percentile(load, 50):.1f} (median), {load[-1]:.1f} (highest)"
    )
    times = sorted(good.milliseconds)
    table = Table("good clients", "", box=box.MARKDOWN, title="What good clients got")
    table.add_row("answers", f"{len(times)}")
    for percent in (50, 95, 99):
        table.add_row(f"p{percent}", f"{percentile(times, percent):.1f} ms")
    table.add_row("longest", f"{times[-1]:.0f} ms")
    for kind, count in good.refused.most_common():
        table.add_row(f"refused: {kind}", str(count))
    console.print(table)
    table = Table("hostile client", "outcome", "times", box=box.MARKDOWN, title="What hostile clients got")
    for name, tally in tallies.items():
        for kind, count in tally.counts.most_common():
            table.add_row(name, kind, str(count))
    console.print(table)
    table = Table(
        "",
        "at the start",
        "highest",
        f"{REST_SECONDS:g} s after the end",
        box=box.MARKDOWN,
        title="The server",
    )
    highest = f"{max(watched.memory_mb, default=0):.0f}"
    table.add_row(
        "memory, shared pages once (MB)", f"{before.memory_mb:.0f}", highest, f"{after.memory_mb:.0f}"
    )
    table.add_row("processes", str(before.processes), "", str(after.processes))
    table.add_row("threads", str(before.threads), "", str(after.threads))
    table.add_row("open files", str(before.files), "", str(after.files))
    table.add_row("workers seen", "", str(len(watched.workers)), "")
    console.print(table)
    if unexpected:
        console.print("[red]What should not have happened:[/red]", dict(unexpected))
    else:
        console.print("Nothing happened that should not.")
