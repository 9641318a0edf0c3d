"""`mentorgraph link review` and `link sample`: a person judges candidates and samples of links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from kb.linking import review as judging
from kb.linking.review import Decisions, Table
from ontology.complaints import SourceError

KEYS = {"a": "accept", "c": "close, not exact", "r": "reject", "s": "skip", "u": "undo", "q": "stop"}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def register(link: click.Group) -> None:
    """Add the commands to the group `link`."""
    link.add_command(review)
    link.add_command(sample)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--decisions", type=click.Path(dir_okay=False, path_type=Path), help="File of the decisions.")
@click.option("--reviewer", required=True, help="Who decides, as it will stand in the file.")
@click.option("--page", is_flag=True, help="In a page for this computer only, instead of the terminal.")
def review(file: Path, decisions: Path | None, reviewer: str, page: bool) -> None:
    """Decide on the candidates in FILE, one by one; what is decided is never asked again."""
    name = file.name.removesuffix(".tsv").removesuffix(".sssom")
    try:
        table = judging.read_table(file)
        path = decisions or file.with_name(f"{name}-decisions.sssom.tsv")
        found = Decisions.open(path, _one_line(reviewer), date.today())
        if page:
            from service.link_review_page import serve  # here, so that the terminal needs no server

            serve(table, found, click.echo)
        else:
            decide(table, found)
    except (SourceError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(found.rows)} decisions in {path}; {len(found.waiting(table))} candidates left")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def decide(table: Table, decisions: Decisions, ask: Callable[[], str] = click.getchar) -> None:
    """Show candidate after candidate until all are decided or skipped; `ask` gives the key."""
    skipped: set[tuple[str, str]] = set()
    click.echo("  ".join(f"[{key}] {words}" for key, words in KEYS.items()))
    while waiting := [row for row in decisions.waiting(table) if table.pair(row) not in skipped]:
        row = waiting[0]
        click.echo("\n" + "\n".join(told(table, row, len(waiting))))
        key = ask().lower()
        while key not in KEYS:
            click.echo(f"One of {', '.join(KEYS)}, please.")
            key = ask().lower()
        click.echo(f"→ {KEYS[key]}")
        if key == "q":
            return
        if key == "s":
            skipped.add(table.pair(row))
        elif not act(key, table, row, decisions):
            click.echo("There is nothing to undo.")


def act(key: str, table: Table, row: dict[str, str], decisions: Decisions) -> bool:
    """Carry out a decision; False where there is none to take back."""
    if key == "u":
        return decisions.undo() is not None
    {"a": decisions.accept, "c": decisions.weaken, "r": decisions.reject}[key](table, row)
    return True


def told(table: Table, row: dict[str, str], left: int) -> list[str]:
    """A candidate in lines: both sides, the relation, the reasons, and what else is proposed for either."""
    lines = [
        f"{left} left   score {row.get('confidence', '?')}",
        f"  {row.get('subject_label', '')}   <{table.iri(row['subject_id'])}>",
        f"    {row['predicate_id']}",
        f"  {row.get('object_label', '')}   <{table.iri(row['object_id'])}>",
    ]
    if row.get("comment"):
        lines.append(f"  because: {row['comment']}")
    of_subject, of_object = table.beside(row)
    lines += [
        f"  also proposed: {o.get('object_label', '')} ({o.get('confidence', '?')})" for o in of_subject
    ]
    lines += [f"  also for: {o.get('subject_label', '')} ({o.get('confidence', '?')})" for o in of_object]
    return [_printable(line) for line in lines]


def _printable(line: str) -> str:
    """Labels come from anywhere: nothing in them may steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in line)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--number", type=click.IntRange(1), default=50, show_default=True, help="Rows of the sample.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another sample.")
@click.option("--judged", is_flag=True, help="FILE is a judged sample: print its precision.")
def sample(file: Path, number: int, seed: int, judged: bool) -> None:
    """Print a sample of the links in FILE, to judge with yes or no; or, of a judged one, its precision."""
    try:
        table = judging.read_table(file)
        if not judged:
            click.echo(judging.written(judging.sample(table, number, seed)), nl=False)
            return
        found = judging.precision(table.rows, str(file))
    except (SourceError, OSError) as error:
        raise click.ClickException(str(error)) from error
    waiting = f", {found.waiting} not judged yet" if found.waiting else ""
    click.echo(
        f"precision {found.right / found.judged:.3f} ({found.right} of {found.judged} right{waiting}), "
        f"95 % interval {found.low:.3f} to {found.high:.3f} (Wilson)"
    )
