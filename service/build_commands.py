"""Command line: build and validate the knowledge, list releases, go back to one."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from kb import validation
from kb.sources import Project
from kb.validation import Validation
from ontology.complaints import Complaint, SourceError

_DOCUMENTS = click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MENTORGRAPH_DOCUMENTS",
    help="Folder with the documents' texts (found by SHA-256): checks every anchor at its lines.",
)


def register(main: click.Group) -> None:
    for command in (validate,):
        main.add_command(command)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@_DOCUMENTS
@click.option("--shapes/--no-shapes", default=True, help="Leave out SHACL for a quicker look.")
def validate(files: tuple[Path, ...], documents: Path | None, shapes: bool) -> None:
    """Check all sources, or report on FILES only (read together with all others)."""
    try:
        found = validation.validate(Project.default(), documents, only=files, with_shapes=shapes)
    except SourceError as error:
        _fail(error.complaints)
    console = Console(highlight=False, soft_wrap=True)
    if found.complaints:
        _fail(found.complaints)
    console.print(_summary(found))


def _summary(found: Validation) -> str:
    context = found.context
    checked = sum(passage.document in context.texts for passage in context.passages.values())
    return (
        f"{len(context.sources.files)} files, {len(context.sources.statements):,} statements, "
        f"{len(context.passages):,} passages ({checked:,} anchors found, "
        f"{len(context.passages) - checked:,} not checked): no complaint."
    )


def _fail(complaints: list[Complaint]) -> None:
    for complaint in complaints:
        click.echo(str(complaint), err=True)
    click.echo(f"{len(complaints)} complaint{'s' if len(complaints) != 1 else ''}.", err=True)
    sys.exit(1)
