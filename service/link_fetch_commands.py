"""`mentorgraph link fetch` and what follows: others' data into quarantine, and out by a person's decision."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from kb.addresses import OutboundError
from kb.linking import quarantine
from kb.linking.connectors import CONNECTORS, Connector, asker
from kb.linking.foreign_data import UnreadableError
from kb.linking.quarantine import Fetched, QuarantineError
from kb.outbound import Rules
from kb.sources import Project

_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/quarantine"),
    show_default=True,
    help="Where fetched data wait.",
)
_BY = click.option("--by", required=True, help="Who decides.")
_REASON = click.option("--reason", required=True, help="Why.")
_SHOWN = 20


def register(link: click.Group) -> None:
    """Add the commands to the group `link`."""
    for command in (fetch, waiting, accept, reject):
        link.add_command(command)


@click.command()
@click.argument("name", type=click.Choice(sorted(CONNECTORS)))
@click.argument("wanted", nargs=-1)
@click.option("--from", "origin", help="Another address, or a file that was downloaded.")
@click.option(
    "--query", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CONSTRUCT query."
)
@click.option("--private-host", multiple=True, help="A host that may lie in a private network. Repeatable.")
@click.option("--max-mb", type=click.IntRange(1, 2000), default=50, show_default=True, help="Largest answer.")
@click.option("--seconds", type=click.IntRange(1, 3600), default=30, show_default=True, help="For an answer.")
@_FOLDER
def fetch(
    name: str,
    wanted: tuple[str, ...],
    origin: str | None,
    query: Path | None,
    private_host: tuple[str, ...],
    max_mb: int,
    seconds: int,
    folder: Path,
) -> None:
    """Fetch what a knowledge base says of WANTED things, map it to RDF, and keep it in quarantine.

    WANTED are numbers of grants (cordis, openaire), words of a title (eu-knowledge-graph) or ROR identifiers.
    """
    connector = CONNECTORS[name]
    console = Console(stderr=True)
    rules = Rules(total_s=seconds, max_bytes=max_mb << 20, private_hosts=frozenset(private_host))
    words = (query.read_text(encoding="utf-8"),) if query else wanted
    try:
        with console.status(f"Asking {connector.title} …") as status:
            address, pages = _answers(connector, origin, words, rules, status.update)
        fetched = quarantine.keep(folder, connector, address, pages)
    except (OutboundError, UnreadableError) as error:
        raise click.ClickException(f"{error} Nothing was kept.") from error
    _show(console, fetched)
    click.echo(fetched.id)


def _answers(
    connector: Connector,
    origin: str | None,
    words: tuple[str, ...],
    rules: Rules,
    told: Callable[[str], None],
) -> tuple[str, list[bytes]]:
    """The address, and the raw answers: of a file, or page by page of a server."""
    address = origin or connector.address
    if origin and not origin.startswith(("https://", "http://")):
        try:
            return Path(origin).resolve().as_uri(), [Path(origin).read_bytes()]
        except OSError as error:
            raise UnreadableError(f"{origin}: {error.strerror}.", "Give a file, or an address.") from error
    if not address or connector.pages is None:
        detail = f"{connector.title} is not asked by address."
        raise UnreadableError(detail, "Download its file and give it with --from.")
    pages = []
    for page in connector.pages(address, words, asker(rules, connector.pause_s)):
        pages.append(page)
        told(f"{connector.title}: {len(pages)} answers, {sum(map(len, pages)) / 1e6:.1f} MB")
    return address, pages


def _show(console: Console, fetched: Fetched) -> None:
    console.print(f"{fetched.title}: {_amount(fetched)}, {fetched.state}.")
    for line in fetched.left_out[:_SHOWN]:
        console.print(f"  left out: {line}", markup=False)
    if len(fetched.left_out) > _SHOWN:
        console.print(f"  and {len(fetched.left_out) - _SHOWN} more left out, all in fetch.json")
    if fetched.state == quarantine.WAITING:
        console.print(f"See it: mentorgraph link waiting {fetched.id}", soft_wrap=True)
        console.print(f"Then: mentorgraph link accept {fetched.id} --by NAME --reason WHY", soft_wrap=True)


def _amount(fetched: Fetched) -> str:
    return f"{fetched.things:,} thing{'' if fetched.things == 1 else 's'}, {fetched.statements:,} statements"


@click.command()
@click.argument("identifier", required=False)
@_FOLDER
def waiting(identifier: str | None, folder: Path) -> None:
    """List what is in quarantine, or print the statements of one fetch as N-Quads."""
    if identifier:
        try:
            for quad in quarantine.data(folder, identifier):
                click.echo(f"{quad} .")
        except QuarantineError as error:
            raise click.ClickException(str(error)) from error
        return
    for one in quarantine.listed(folder):
        decided = f"{one.state} by {one.by}: {one.reason}" if one.by else one.state
        click.echo(f"{one.id}  {one.fetched[:10]}  {_amount(one)}, {len(one.left_out)} left out  {decided}")


@click.command()
@click.argument("identifier")
@_BY
@_REASON
@_FOLDER
def accept(identifier: str, by: str, reason: str, folder: Path) -> None:
    """Let a fetch into the knowledge base: the next build makes a named graph of it."""
    _decide(folder, identifier, quarantine.ACCEPTED, by, reason)


@click.command()
@click.argument("identifier")
@_BY
@_REASON
@_FOLDER
def reject(identifier: str, by: str, reason: str, folder: Path) -> None:
    """Keep a fetch out, or take it out again with the next build."""
    _decide(folder, identifier, quarantine.REJECTED, by, reason)


def _decide(folder: Path, identifier: str, state: str, by: str, reason: str) -> None:
    try:
        fetched = quarantine.decide(folder, identifier, state, by, reason, Project.default().foreign)
    except QuarantineError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{fetched.id}: {fetched.state} by {fetched.by}. `mentorgraph build` acts on it.")
