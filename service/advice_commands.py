"""The command `advise`: advice for a profile in a file, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

import click

from kb.local import LocalStore
from kb.release import ReleaseError
from recommender.advice import advise as make_advice
from recommender.profile import Vocabulary
from service.advice import api, forms
from service.advice.document import advice_document
from service.advice.library import read_catalogue
from service.advice.plain import plain_text
from service.errors import Problem
from service.serve_commands import RELEASE, read_settings


def register(main: click.Group) -> None:
    """Add the command to the command line."""
    main.add_command(advise)


@click.command()
@click.argument("profile", type=click.File("r", encoding="utf-8"))
@RELEASE
@click.option("--json", "as_json", is_flag=True, help="Write the whole advice as JSON, as the API does.")
def advise(profile: IO[str], release: Path | None, as_json: bool) -> None:
    """Advise the school that PROFILE describes, a JSON file (- for standard input)."""
    try:
        store = LocalStore(read_settings(release=release).release)
        catalogue = read_catalogue(store.release.id, store.rows)
        parsed = api.parse_or_refuse(forms.decode(profile.read()), Vocabulary.of(catalogue))
    except (Problem, ReleaseError) as error:
        raise click.ClickException(error.text() if isinstance(error, Problem) else str(error)) from error
    found = advice_document(make_advice(parsed, catalogue), catalogue)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else plain_text(found), nl=as_json)
