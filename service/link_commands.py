"""The group `link`: finding, fetching and reviewing links to other knowledge bases."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from kb.linking.discovery import OURS, discover, read
from kb.linking.records import Kind
from kb.linking.table import to_table
from kb.release import ReleaseError, open_release
from ontology.complaints import SourceError
from service.serve_commands import RELEASE, read_settings


def register(main: click.Group) -> None:
    """Add the group to the command line."""
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
