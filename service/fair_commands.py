"""The command `fair`: the checklist of a well-published knowledge graph, row by row."""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from kb.release import Release, ReleaseError, open_release
from service.fair import Answer, Fetch, Scene, Verdict, run
from service.fair_rows import ROWS
from service.serve_commands import RELEASE, read_settings
from service.settings import Settings

TIMEOUT_S = 30


def register(main: click.Group) -> None:
    """Add the command to the command line."""
    main.add_command(fair)


@click.command()
@RELEASE
@click.option("--url", help="Ask this running server instead of one started for the purpose.")
@click.option("--json", "as_json", is_flag=True, help="Write the rows as JSON.")
def fair(release: Path | None, url: str | None, as_json: bool) -> None:
    """Check a release and a server over it by the 48 rows of a well-published knowledge graph.

    Ends with 1 if a row fails.
    """
    settings = read_settings(release=release)
    try:
        found = open_release(settings.release)
        rows = _at(url, found) if url else _here(settings, found)
    except (ReleaseError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['row']:>2}  {row['verdict']:<22}  {row['title']}: {row['said']}")
        counts = {str(v): sum(row["verdict"] == v for row in rows) for v in Verdict}
        click.echo("; ".join(f"{number} {name}" for name, number in counts.items()))
    if any(row["verdict"] == Verdict.FAIL for row in rows):
        sys.exit(1)


def _here(settings: Settings, release: Release) -> list[dict[str, object]]:
    """With an application in this process, so that no port is opened."""
    from service.app import create_app  # here, so that other commands start without it
    from service.sparql.engine import EmbeddedEngine

    engine = EmbeddedEngine(settings)
    try:
        client = create_app(settings, engine).test_client()

        def fetch(path: str, accept: str) -> Answer:
            with client.get(path, headers={"Accept": accept}) as answer:
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status_code, names, answer.data)

        return report(Scene(release, fetch))
    finally:
        engine.close()


def _at(url: str, release: Release) -> list[dict[str, object]]:
    return report(Scene(release, over_http(url)))


def over_http(url: str) -> Fetch:
    """Asks a server; redirects are not followed. Raises ValueError for a bad address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url} is no address of a server; give one such as http://127.0.0.1:8000")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def fetch(path: str, accept: str) -> Answer:
        connection = kind(str(parts.hostname), parts.port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", parts.path.rstrip("/") + path, headers={"Accept": accept})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    return fetch


def report(scene: Scene) -> list[dict[str, object]]:
    """The rows as they are shown."""
    return [
        {"row": row.number, "title": row.title, "verdict": found.verdict, "said": found.text}
        for row, found in run(scene, ROWS)
    ]
