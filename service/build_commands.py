"""Command line: build and validate the knowledge, list releases, go back to one."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.table import Table

from kb import build as building
from kb import changes as comparing
from kb import foreign, validation
from kb import release as publishing
from kb.report import Report, Steps, coverage
from kb.sample import sample
from kb.sources import Project
from kb.validation import Validation
from ontology import checks, terms
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError
from ontology.consistency import ReasonerError

_DOCUMENTS = click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MENTORGRAPH_DOCUMENTS",
    help="Folder with the documents' texts (found by SHA-256): checks every anchor at its lines.",
)
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("releases"),
    show_default=True,
    help="Folder of the releases.",
)


def register(main: click.Group) -> None:
    for command in (build, validate, changes, list_releases, rollback):
        main.add_command(command)


@click.command()
@_DOCUMENTS
@_OUT
@click.option("--hermit", is_flag=True, help="Ask the DL reasoner HermiT too (needs Java).")
@click.option("--timings", is_flag=True, help="Say how long each step took.")
@click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Build a release of these RDF files instead, without our checks (repeatable; FILES may follow).",
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
def build(
    documents: Path | None,
    out: Path,
    hermit: bool,
    timings: bool,
    data: tuple[Path, ...],
    files: tuple[Path, ...],
) -> None:
    """Build a release from the sources and publish it as current."""
    if files and not data:
        raise click.UsageError("FILES belong to --data; the sources are always built whole.")
    data += files
    console = Console(highlight=False, soft_wrap=True)
    try:
        with console.status("read") as status:
            tell = status.update if console.is_terminal else console.print
            steps = Steps(progress=tell)
            if data:
                report = foreign.build_data(data, out, steps)
            else:
                report = building.build(Project.default(), out, documents, hermit, steps)
    except SourceError as error:
        _fail(error.complaints)
    except (publishing.ReleaseError, ReasonerError, OSError) as error:
        _stop(str(error))
    _tell(console, report, timings)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@_DOCUMENTS
@click.option("--shapes/--no-shapes", default=True, help="Leave out SHACL for a quicker look.")
@click.option(
    "--random", "number", type=click.IntRange(min=1), help="Show N random statements beside their passages."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, other statements.")
@click.option("--uncited", is_flag=True, help="List the lines of the documents that no passage covers.")
@click.option(
    "--ontology",
    "checklist",
    is_flag=True,
    help="Check the ontology alone, and list every check with its verdict.",
)
def validate(
    files: tuple[Path, ...],
    documents: Path | None,
    shapes: bool,
    number: int | None,
    seed: int,
    uncited: bool,
    checklist: bool,
) -> None:
    """Check all sources, or report on FILES only (read together with all others)."""
    try:
        if checklist:
            _check_ontology()
            return
        found = validation.validate(Project.default(), documents, only=files, with_shapes=shapes)
    except SourceError as error:
        _fail(error.complaints)
    for text in sample(found.context, number, seed) if number else []:
        click.echo(text + "\n")
    for line in _uncited(found) if uncited else []:
        click.echo(line)
    for complaint in found.related:
        click.echo(f"(elsewhere) {complaint}", err=True)
    if found.complaints:
        _fail(found.complaints, "")
    click.echo(_summary(found))


def _check_ontology() -> None:
    """Print each check of the ontology with its verdict; raises SourceError with what is wrong."""
    loaded = terms.load(Project.default().ontology_files())
    complaints: list[Complaint] = []
    for rule in checks.ALL:
        found = list(rule(loaded))
        complaints += found
        verdict = f"{len(found)} wrong" if found else "ok"
        click.echo(f"{verdict:>8}  {rule.__name__.replace('_', ' ')}: {checks.summary(rule)}")
    if complaints:
        raise SourceError(complaints)


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@_OUT
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def changes(old: str | None, new: str | None, out: Path, as_json: bool) -> None:
    """Say what changed from release OLD to release NEW: terms, counts, passages.

    NEW is the current release where it is not named, OLD the one published before NEW.
    """
    try:
        before, after = publishing.pair(out, old, new)
        found = comparing.compare(comparing.of_release(before), comparing.of_release(after))
    except publishing.ReleaseError as error:
        _stop(str(error))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(comparing.notes(found)))


@click.command("releases")
@_OUT
def list_releases(out: Path) -> None:
    """List the releases, the last published first."""
    current = publishing.current_id(out)
    found = publishing.releases(out)
    if not found:
        click.echo(f"no release in {out}; build one with: mentorgraph build")
    for release in found:
        mark = "*" if release.id == current else " "
        click.echo(f"{mark} {release.id}  {release.manifest['counts']['triples']:>9,} statements")


@click.command()
@click.argument("identifier", required=False)
@_OUT
def rollback(identifier: str | None, out: Path) -> None:
    """Publish an earlier release again: IDENTIFIER, or the one before the current one."""
    try:
        release = publishing.rollback(out, identifier)
    except (publishing.ReleaseError, OSError) as error:
        _stop(str(error))
    click.echo(f"current is {release.id}")


def _tell(console: Console, report: Report, timings: bool) -> None:
    counts = report.release.manifest["counts"]
    state = "built" if report.is_new else "nothing new: the same sources gave"
    console.print(f"{state} {report.release.id} in {report.release.path}")
    console.print("  " + ", ".join(f"{number:,} {name}" for name, number in counts.items()))
    if report.classes:
        # Held together by a space that lines are not broken at.
        told = ", ".join(f"{number:,}\u00a0{ns.shorten(iri)}" for iri, number in report.classes.items())
        console.print(f"things of each class ({len(report.classes)}), as stated:")
        console.print(textwrap.indent(textwrap.fill(told, 108), "  ").replace("\u00a0", " "))
    if report.coverage:
        console.print(_coverage(report))
        found, unchecked = f"{report.anchors_found:,} found", f"{report.anchors_unchecked:,} not checked"
        console.print(f"0 violations; 0 anchors not found ({found}, {unchecked})")
        if report.anchors_found:
            console.print("the lines that are not cited: mentorgraph validate --uncited")
    if timings:
        for step, seconds in report.timings.items():
            console.print(f"  {seconds:7.2f} s  {step}")


def _coverage(report: Report) -> Table:
    table = Table(box=None)
    # On paper and in logs there is no terminal's width to keep to: names are shown whole.
    table.add_column("document", min_width=max(len(row.document) for row in report.coverage))
    for heading in ("passages", "statements", "anchors", "lines cited"):
        table.add_column(heading)
    for row in report.coverage:
        anchors = "found" if row.is_checked else "not checked"
        cited = f"{row.share:.0%} of {row.lines:,}" if row.is_checked else "not checked"
        table.add_row(row.document, f"{row.passages:,}", f"{row.statements:,}", anchors, cited)
    return table


def _uncited(found: Validation) -> Iterator[str]:
    for row in coverage(found.context):
        if row.is_checked:
            yield f"{row.document}: {row.share:.0%} of {row.lines:,} lines cited"
            lines = found.context.texts[row.document]
            yield from (f"  {number:>5}  {lines[number - 1].strip()}" for number in row.uncited)


def _summary(found: Validation) -> str:
    context = found.context
    checked = sum(passage.document in context.texts for passage in context.passages.values())
    return (
        f"{len(context.sources.files)} files, {len(context.sources.statements):,} statements, "
        f"{len(context.passages):,} passages ({checked:,} anchors found, "
        f"{len(context.passages) - checked:,} not checked): no complaint."
    )


def _fail(complaints: list[Complaint], outcome: str = "; nothing was published") -> NoReturn:
    for complaint in complaints:
        click.echo(str(complaint), err=True)
    _stop(f"{len(complaints)} complaint{'s' if len(complaints) != 1 else ''}{outcome}.")


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
