"""`python -m bench compare`: our endpoint beside other servers; `soak`: a long time with hostile clients."""

from __future__ import annotations

import contextlib
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import psutil
from rich.console import Console

from bench import generate
from bench.advice import advice
from bench.linking import linking
from bench.measure import Plan, Profile, Query, load_queries, profile
from bench.report import AIMS, PYTHON, report
from bench.servers import SERVERS, missing
from bench.soak import soak
from bench.stages import stages

FILE_COLUMNS = 250
SIZES = (200_000, 2_000_000)
SLOW_LOADER_TRIPLES = 500_000  # above, rdflib-endpoint takes many minutes and gigabytes to load
QUICK, FULL = Plan(3, 0.5, 5.0), Plan(5, 1.5, 10.0)
QUICK_SIZES = (20_000,)
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


@main.command("stages")
@RELEASE
def stages_command(release: Path) -> None:
    """Show where the time of one small query goes."""
    stages(release.resolve(), a_console())


@main.command("advice")
@RELEASE
@click.option("--methods", default=10_000, show_default=True, help="Made-up methods.")
@click.option("--cases", default=100_000, show_default=True, help="Made-up pilots.")
def advice_command(release: Path, methods: int, cases: int) -> None:
    """Rank many made-up methods for one school: a quarter, half and all of them."""
    advice(release.resolve(), methods, cases, a_console())


@main.command()
@RELEASE
@click.option(
    "--triples", multiple=True, type=int, help=f"Sizes of generated data, 0 for none; usually {SIZES}."
)
@click.option("--quick", is_flag=True, help="Few runs on little data, to see that it works.")
@click.option("--without", multiple=True, type=click.Choice(list(SERVERS)), help="Leave a server out.")
def compare(release: Path, triples: tuple[int, ...], quick: bool, without: tuple[str, ...]) -> None:
    """Measure and print tables. Other work on the machine shows in the figures: trust the ratios."""
    console = a_console()
    queries, plan = load_queries(), QUICK if quick else FULL
    busy = f"load average {psutil.getloadavg()[0]:.1f} before the start"
    console.print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {psutil.cpu_count()} cores, {busy}"
    )
    console.print(AIMS)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        data = {f"release {release.resolve().name}": release} if (release / "manifest.json").exists() else {}
        for size in filter(None, triples or (QUICK_SIZES if quick else SIZES)):
            data[f"generated, {size:,} statements"] = generate.write(scratch / f"generated-{size}", size)
        for title, folder in data.items():
            absent = {one: reason for one in SERVERS if (reason := why_not(one, folder, without))}
            profiles: dict[str, Profile] = {}
            # the slow one on its own, so that a query that it goes on with takes no time from the others
            for group in ([one for one in SERVERS if one != PYTHON], [PYTHON]):
                chosen = [one for one in group if one not in absent]
                note = partial(progress, console, title)
                profiles |= together(chosen, folder, scratch, queries, plan, note)
            report(console, title, queries, profiles, absent)


def together(
    names: list[str],
    release: Path,
    scratch: Path,
    queries: list[Query],
    plan: Plan,
    note: Callable[[str], None],
) -> dict[str, Profile]:
    """Start servers with the same data, measure them in turn, and end them."""
    with contextlib.ExitStack() as running:
        servers = []
        for name in names:
            note(f"starting {name}")
            folder = Path(tempfile.mkdtemp(prefix=name, dir=scratch))
            servers.append(running.enter_context(SERVERS[name](release, folder)))
        return profile(servers, queries, plan, note)


def why_not(name: str, folder: Path, without: tuple[str, ...]) -> str:
    """Empty if a server takes part, else the reason why not."""
    if name in without:
        return "left out"
    size = generate.size(folder)
    if name == PYTHON and size is not None and size > SLOW_LOADER_TRIPLES:
        return f"not started on more than {SLOW_LOADER_TRIPLES:,} statements, which take it too long to load"
    return missing(name)


def progress(console: Console, title: str, what: str) -> None:
    console.print(f"[dim]{datetime.now(UTC):%H:%M:%S} {title}: {what}[/dim]")


def a_console() -> Console:
    """A wide one where the output goes to a file."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_COLUMNS)


main.add_command(linking)

if __name__ == "__main__":
    main()
