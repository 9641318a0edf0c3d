"""The commands `query` and `serve`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.service.sparql.releases import EX, write_release


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("commands") / "r", "0-small")


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", [], "n\r\n90\r\n"),
        ("ASK { ?s ?p 1 }", [], '{"head":{},"boolean":true}'),
        (f"CONSTRUCT {{ ?s a 1 }} {{ BIND(<{EX}method/1> AS ?s) }}", ["--format", "nt"], f"<{EX}method/1> "),
    ],
)
def test_query_without_a_server(folder: Path, text: str, options: list[str], expected: str) -> None:
    done = CliRunner().invoke(main, ["query", "-", "--release", str(folder), *options], input=text)
    assert done.exit_code == 0, done.output
    assert done.stdout_bytes.decode().startswith(expected)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("SELECT nonsense", [], "Not a SPARQL query"),
        ("ASK {}", ["--format", "turtle"], "No such result format"),
    ],
)
def test_a_query_that_fails_says_why(folder: Path, text: str, options: list[str], expected: str) -> None:
    done = CliRunner().invoke(main, ["query", "-", "--release", str(folder), *options], input=text)
    assert done.exit_code == 1
    assert expected in done.output


@pytest.mark.parametrize("command", [["query", "-"], ["serve", "--port", "1"]])
def test_no_release_says_what_to_do(tmp_path: Path, command: list[str]) -> None:
    done = CliRunner().invoke(main, [*command, "--release", str(tmp_path / "none")], input="ASK {}")
    assert done.exit_code == 1
    assert "there is no release here" in done.output


def test_a_wrong_setting_is_named() -> None:
    done = CliRunner().invoke(main, ["serve"], env={"MENTORGRAPH_PORT": "x"})
    assert done.exit_code == 1
    assert "MENTORGRAPH_PORT" in done.output
