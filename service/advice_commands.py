"""The commands `advise` and `evaluate`: advice for a profile in a file, and how good advice is."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import IO

import click

from kb.local import LocalStore
from kb.release import ReleaseError
from recommender.advice import advise as make_advice
from recommender.evaluation import evaluate as measure
from recommender.profile import ProfileError, Vocabulary
from service.advice import api, forms
from service.advice.document import advice_document
from service.advice.figures import figures_document, figures_text
from service.advice.library import read_catalogue
from service.advice.plain import plain_text
from service.errors import Problem
from service.serve_commands import RELEASE, read_settings


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
    main.add_command(advise)
    main.add_command(evaluate)


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


@click.command()
@RELEASE
@click.option(
    "--situations",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Other situations than our own, in a file of the same form.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed, other chances and intervals.")
@click.option("--json", "as_json", is_flag=True, help="Write all figures as JSON.")
def evaluate(release: Path | None, situations: Path | None, seed: int, as_json: bool) -> None:
    """Measure the advice on pilots and written situations, beside simpler ways to choose."""
    source = situations or files("recommender").joinpath("situations.json")
    try:
        store = LocalStore(read_settings(release=release).release)
        catalogue = read_catalogue(store.release.id, store.rows)
        found = measure(json.loads(source.read_text(encoding="utf-8")), catalogue, seed)
    except ReleaseError as error:
        raise click.ClickException(str(error)) from error
    except (ValueError, KeyError, TypeError, ProfileError) as error:
        raise click.ClickException(f"{source}: the situations can't be read: {error}") from error
    figures = figures_document(found)
    click.echo(
        json.dumps(figures, ensure_ascii=False, indent=2) if as_json else figures_text(found), nl=as_json
    )
