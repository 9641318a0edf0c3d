"""The group `link`: finding, fetching and reviewing links to other knowledge bases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from kb.linking.records import Kind
from kb.linking.table import to_table
from kb.release import ReleaseError, open_release
from ontology.complaints import SourceError
from service import link_fetch_commands, link_review_commands
from service.serve_commands import RELEASE, read_settings

if TYPE_CHECKING:
    from kb.linking.evaluation import Figures


def register(main: click.Group) -> None:
    """Add the group to the command line."""
    link_fetch_commands.register(link)
    link_review_commands.register(link)
    main.add_command(link)


@click.group()
def link() -> None:
    """Find, fetch and review links to other knowledge bases."""


@link.command("discover")
@click.option("--source", required=True, help="File whose things get links, or `ours` for the release.")
@click.option("--target", required=True, help="File of the things to link to, or `ours` for the release.")
@click.option("--kind", required=True, type=click.Choice([k.value for k in Kind]), help="What is compared.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Table to write; else printed.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Least score of a candidate, 0 to 1.")
@RELEASE
def discover_links(
    source: str, target: str, kind: str, out: Path | None, threshold: float | None, release: Path | None
) -> None:
    """Find links between two files of any origin; write them as SSSOM, with reasons, to be reviewed."""
    from kb.linking.discovery import OURS, discover, read  # here, so that other commands start at once

    chosen = Kind(kind)
    console = Console(stderr=True)
    try:
        ours = Path()
        if OURS in (source, target):
            ours = open_release(read_settings(release=release).release).dataset
        sides = read(source, chosen, ours), read(target, chosen, ours)
    except (SourceError, ReleaseError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for name, records in zip((source, target), sides, strict=True):
        if not records:
            raise click.ClickException(f"{name}: no {kind} in it. Is --kind right, and the file complete?")
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{len(sides[0]):,} × {len(sides[1]):,}", total=len(sides[0]))
        found = discover(*sides, chosen, threshold, lambda n: progress.update(task, completed=n))
    text = to_table(found, chosen, source, target)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    console.print(
        f"{len(found):,} candidates for {len(sides[0]):,} things; "
        f"{len(sides[0]) - len(found):,} stay without" + (f". Written to {out}" if out else ".")
    )


@link.command("evaluate")
@click.option(
    "--targets",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="MENTORGRAPH_TARGETS",
    help="Folder with the label lists; without it, only classes and properties are measured.",
)
@click.option("--json", "as_json", is_flag=True, help="Write all figures as JSON.")
def evaluate_links(targets: Path | None, as_json: bool) -> None:
    """Measure link discovery on gold sets, beside simpler ways and with features left out."""
    from kb.linking.evaluation import evaluate  # here, so that other commands start at once

    console = Console(stderr=True)
    try:
        with console.status("Reading") as status:
            found = evaluate(targets, status.update)
    except (SourceError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for line in figures_table(found):
        click.echo(line)
    if targets is None:
        console.print(
            "Concepts and organisations need the label lists: set MENTORGRAPH_TARGETS or --targets."
        )


def figures_table(found: Sequence[Figures]) -> Iterator[str]:
    """The figures as Markdown: a table per gold set."""
    for task, rows in groupby(found, key=lambda one: one.task):
        kept = list(rows)
        asked, linkable = kept[0].asked, kept[0].linkable
        yield f"\n{task}: {asked} asked, {linkable} with a counterpart\n"
        yield "| way | proposed | precision | recall | F1 | 95 % interval of F1 | refused |"
        yield "|---|---|---|---|---|---|---|"
        for one in kept:
            cells = (one.precision, one.recall, one.f1)
            interval = "–" if one.f1_low is None else f"{one.f1_low:.3f}–{one.f1_high:.3f}"
            yield (
                f"| {one.way} | {one.proposed} | {' | '.join(map(_shown, cells))} | {interval} "
                f"| {_shown(one.refused)} |"
            )


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
