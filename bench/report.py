"""The tables of the benchmark."""

from __future__ import annotations

from collections.abc import Callable

from rich import box
from rich.console import Console
from rich.table import Table

from bench.measure import CLIENTS, Measured, Profile, Query, Stream, geometric_mean
from bench.servers import SERVERS

OURS, NATIVE, PYTHON, OTHER = SERVERS
AIMS = """\
Aims: 8 clients that repeat themselves get as many answers a second as from Oxigraph's server; a new small
query takes at most 1.5 times as long, all of them 1.2 times (geometric mean); 20 times as fast as
rdflib-endpoint; the first byte of a million rows within 200 ms."""


def report(
    console: Console, title: str, queries: list[Query], profiles: dict[str, Profile], missing: dict[str, str]
) -> None:
    """Print everything about one data set; `missing` says why a server has no column."""
    for table in (
        latencies(title, queries, profiles),
        memory(title, queries, profiles),
        throughputs(title, profiles),
        streams(title, profiles),
    ):
        console.print(table)
    for name, reason in missing.items():
        console.print(f"{name}: {reason}")
    for query in queries:
        found = {name: one.queries.get(query.name) for name, one in profiles.items()}
        counts = {name: one.rows for name, one in found.items() if one and one.rows >= 0}
        if len(set(counts.values())) > 1:
            console.print(f"[red]{query.title}: the servers disagree on the rows: {counts}[/red]")


def latencies(title: str, queries: list[Query], profiles: dict[str, Profile]) -> Table:
    """Medians of queries that each server sees for the first time, and our ratios to each other server."""
    others = [name for name in profiles if name != OURS]
    table = Table("query", box=box.MARKDOWN, title=f"Milliseconds of a new query, median ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    for name in others:
        table.add_column(f"{OURS} ÷ {name}", justify="right")
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for query in queries:
        found = {name: one.queries.get(query.name) for name, one in profiles.items()}
        cells = [cell(measured) for measured in found.values()]
        for name in others:
            value = ratio(found.get(OURS), found[name])
            ratios[name] += [value] if value else []
            cells.append(f"{value:.2f}" if value else "–")
        table.add_row(query.title, *cells)
    means = [f"{geometric_mean(found):.2f}" if found else "–" for found in ratios.values()]
    table.add_row("geometric mean", *("" for _ in profiles), *means)
    return table


def cell(measured: Measured | None) -> str:
    if measured is None:
        return "not asked"
    if measured.failure:
        return "too long" if measured.failure == "time" else measured.failure
    return f"{measured.median_ms:.2f}"


def ratio(one: Measured | None, other: Measured | None) -> float | None:
    if not one or not other or one.failure or other.failure:
        return None
    return one.median_ms / other.median_ms


def memory(title: str, queries: list[Query], profiles: dict[str, Profile]) -> Table:
    table = Table("", box=box.MARKDOWN, title=f"Memory of all processes in MB, shared pages once ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    table.add_row("loaded", *(f"{one.loaded_mb:.0f}" for one in profiles.values()))
    peaks = [max((m.peak_mb for m in one.queries.values()), default=0.0) for one in profiles.values()]
    table.add_row("highest in a query", *(f"{peak:.0f}" for peak in peaks))
    return table


def throughputs(title: str, profiles: dict[str, Profile]) -> Table:
    table = Table("queries", "", box=box.MARKDOWN, title=f"Answers a second, {CLIENTS} clients ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    kinds = dict.fromkeys(kind for one in profiles.values() for kind in one.rates)
    for label, kind in kinds:
        rates = [one.rates.get((label, kind)) for one in profiles.values()]
        table.add_row(label, kind, *(f"{rate:.0f}" if rate is not None else "–" for rate in rates))
    return table


def streams(title: str, profiles: dict[str, Profile]) -> Table:
    table = Table("", box=box.MARKDOWN, title=f"All statements, a million at most ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    rows: dict[str, Callable[[Stream], str]] = {
        "first byte (ms)": lambda one: f"{one.first_ms:.0f}",
        "last byte (ms)": lambda one: f"{one.total_ms:.0f}",
        "megabytes": lambda one: f"{one.megabytes:.0f}",
        "highest memory (MB)": lambda one: f"{one.peak_mb:.0f}",
    }
    for label, show in rows.items():
        found = [one.stream for one in profiles.values()]
        table.add_row(label, *(show(one) if one else "–" for one in found))
    return table
