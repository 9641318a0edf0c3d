"""`python -m bench compare`: our endpoint beside other servers; `soak`: a long time with hostile clients."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import generate
from bench.measure import Measured, Profile, Query, load_queries, profile
from bench.servers import SERVERS
from bench.soak import soak

OURS, NATIVE, PYTHON, _ = SERVERS
FILE_COLUMNS = 130


RELEASE = click.option(
    "--release", type=click.Path(path_type=Path), default=Path("releases/current"), show_default=True
)


@click.group()
def main() -> None:
    """Benchmarks of MentorGraph."""


@main.command("soak")
@RELEASE
@click.option("--minutes", default=30.0, show_default=True, help="How long the clients ask.")
@click.option("--clients", default=50, show_default=True, help="All clients; five of them are hostile.")
def soak_command(release: Path, minutes: float, clients: int) -> None:
    """Serve many clients, five of them hostile; status 1 if something happened that should not."""
    if not soak(release, minutes, clients, a_console()):
        raise SystemExit(1)


@main.command()
@RELEASE
@click.option(
    "--triples", default=200_000, show_default=True, help="Statements of the generated data; 0 for none."
)
@click.option("--runs", default=7, show_default=True, help="Timed runs of each query.")
@click.option("--seconds", default=3.0, show_default=True, help="Length of each throughput measurement.")
@click.option(
    "--timeout",
    "timeout_s",
    default=5.0,
    show_default=True,
    help="Seconds after which a query counts as failed.",
)
@click.option(
    "--without", multiple=True, type=click.Choice(list(SERVERS)), help="Leave a server out; may be repeated."
)
def compare(
    release: Path, triples: int, runs: int, seconds: float, timeout_s: float, without: tuple[str, ...]
) -> None:
    """Measure and print tables. Other work on the machine shows in the figures: trust ratios of 2 or more."""
    console = a_console()
    queries = load_queries()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        data = {f"release {release.resolve().name}": release} if (release / "manifest.json").exists() else {}
        if triples:
            data[f"generated, {triples:,} statements"] = generate.write(scratch / "generated", triples)
        for title, folder in data.items():
            profiles: dict[str, Profile] = {}
            for server, start in SERVERS.items():
                if server in without:
                    continue
                console.print(f"[dim]{title}: {server} …[/dim]")
                with start(folder, scratch) as running:
                    profiles[server] = profile(running, queries, runs, seconds, timeout_s)
            report(console, title, queries, profiles)


def a_console() -> Console:
    """A wide one where the output goes to a file."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_COLUMNS)


def report(console: Console, title: str, queries: list[Query], profiles: dict[str, Profile]) -> None:
    console.print(
        latencies(title, queries, profiles), memory(title, queries, profiles), throughputs(title, profiles)
    )
    for query in queries:
        counts = {
            name: one.queries[query.name].rows for name, one in profiles.items() if query.name in one.queries
        }
        answered = {name: count for name, count in counts.items() if count >= 0}
        if len(set(answered.values())) > 1:
            console.print(f"[red]{query.title}: the servers disagree on the rows: {answered}[/red]")


def latencies(title: str, queries: list[Query], profiles: dict[str, Profile]) -> Table:
    table = Table("query", title=f"Median milliseconds of a query ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    table.add_column(f"{OURS} ÷ {NATIVE}", justify="right")
    table.add_column(f"{PYTHON} ÷ {OURS}", justify="right")
    for query in queries:
        found = {name: one.queries.get(query.name) for name, one in profiles.items()}
        cells = [cell(measured) for measured in found.values()]
        table.add_row(query.title, *cells, ratio(found, OURS, NATIVE), ratio(found, PYTHON, OURS))
    return table


def cell(measured: Measured | None) -> str:
    if measured is None:
        return "not asked"
    if measured.failure:
        return "too long" if measured.failure == "time" else measured.failure
    return f"{measured.median_ms:.1f}"


def ratio(found: dict[str, Measured | None], above: str, below: str) -> str:
    one, other = found.get(above), found.get(below)
    if not one or not other or one.failure or other.failure:
        return "–"
    return f"{one.median_ms / other.median_ms:.1f}"


def memory(title: str, queries: list[Query], profiles: dict[str, Profile]) -> Table:
    table = Table("", title=f"Memory of all processes in MB, shared pages once ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    table.add_row("loaded", *(f"{one.loaded_mb:.0f}" for one in profiles.values()))
    for query in queries:
        found = [one.queries.get(query.name) for one in profiles.values()]
        table.add_row(query.title, *(f"{one.peak_mb:.0f}" if one and one.peak_mb else "–" for one in found))
    return table


def throughputs(title: str, profiles: dict[str, Profile]) -> Table:
    table = Table("answers a second, 8 clients", title=f"Throughput ({title})")
    for name in profiles:
        table.add_column(name, justify="right")
    table.add_row("the shortest query", *(f"{one.short_per_s:.0f}" for one in profiles.values()))
    table.add_row("all answered queries in turn", *(f"{one.mixed_per_s:.1f}" for one in profiles.values()))
    return table


if __name__ == "__main__":
    main()
