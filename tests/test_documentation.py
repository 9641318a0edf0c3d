"""Documentation is complete: every setting, command, route and error code is described where people look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from kb.release import Release
from service import settings
from service.app import create_app
from service.cli import main
from service.sparql.engine import EmbeddedEngine

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
REFERENCE = ROOT / "docs" / "reference.md"


Named = tuple[str, click.Command]


@pytest.fixture(scope="module")
def app(release: Release) -> Iterator[Flask]:
    chosen = settings.Settings(release=release.path, query_workers=1)
    engine = EmbeddedEngine(chosen)
    try:
        yield create_app(chosen, engine)
    finally:
        engine.close()


def commands(group: click.Group, words: tuple[str, ...] = ("mentorgraph",)) -> list[Named]:
    """(full name, command) of every command below a group."""
    found: list[Named] = []
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            found += commands(command, (*words, name))
        else:
            found.append((" ".join((*words, name)), command))
    return found


@pytest.mark.parametrize("row", settings.table(), ids=lambda row: row[0])
def test_every_setting_has_its_row(row: tuple[str, str, str]) -> None:
    variable, default, text = row
    cells = f"| `{variable}` | {f'`{default}`' if default else ''} | {text} |"
    assert cells.replace("|  |", "| |") in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "command"), commands(main), ids=[name for name, _ in commands(main)])
def test_every_command_and_option_is_described(name: str, command: click.Command) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    section = re.search(rf"^### `{re.escape(name)}[^`]*`\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    assert section, f"docs/reference.md has no heading for {name}"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}" in section[1], f"{name}: {parameter.opts[0]} is not described"


def test_every_route_is_described(app: Flask) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    routes = {re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    missing = sorted(route for route in routes if f"`{route}`" not in text)
    assert not missing, f"docs/reference.md does not describe {missing}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which does not exist"
