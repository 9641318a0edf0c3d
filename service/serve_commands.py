"""The commands `serve` and `query`: each reads its options and calls a function that lives elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

import click

from service.errors import Problem
from service.settings import Settings
from service.sparql.process import Release, ReleaseError
from service.sparql.remote_http import Store

RELEASE = click.option("--release", type=click.Path(path_type=Path), help="Folder of the release to use.")


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
    main.add_command(serve)
    main.add_command(query)


def read_settings(**chosen: Any) -> Settings:
    """Settings from the environment and the command line. Raises click.ClickException."""
    try:
        return Settings.from_environment(**chosen)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@RELEASE
@click.option("--documents", type=click.Path(path_type=Path), help="Folder with the texts of the documents.")
@click.option(
    "--default-graph",
    type=click.Choice(["unnamed", "union"]),
    help="Default graph of a query: the dataset's own unnamed one, or the union of all graphs.",
)
def serve(
    host: str | None,
    port: int | None,
    release: Path | None,
    documents: Path | None,
    default_graph: str | None,
) -> None:
    """Serve a release: SPARQL endpoint, pages and advice."""
    from service.server import run  # here, so that other commands start without the server

    settings = read_settings(
        host=host, port=port, release=release, documents=documents, default_graph=default_graph
    )
    try:
        if settings.is_remote:
            Store(settings.engine)
        else:
            Release.find(settings.release)
    except ValueError as error:
        raise click.ClickException(f"MENTORGRAPH_ENGINE: {error}") from error
    except ReleaseError as error:
        raise click.ClickException(f"{error}\nBuild one with: mentorgraph build") from error
    run(settings)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@RELEASE
@click.option("--format", "name", help="Result format, such as csv, json, turtle. Default: csv or turtle.")
def query(file: IO[str], release: Path | None, name: str | None) -> None:
    """Answer the SPARQL query in FILE (- for standard input) from a release, without a server."""
    from service.offline import answer

    try:
        for chunk in answer(file.read(), read_settings(release=release), name):
            sys.stdout.buffer.write(chunk)
    except (Problem, ReleaseError) as error:
        raise click.ClickException(error.text() if isinstance(error, Problem) else str(error)) from error
