"""The commands that README and docs show, run as a reader would run them, print what they are shown to print.

A block that starts with ```console holds commands (lines after `$ `) and what they print. In the expected
text `…` stands for anything within a line, and a line that is only `…` for any number of lines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.release import Release
from tests.http.server import Server, running_server

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
ANYTHING = "…"


def blocks() -> list[tuple[str, str]]:
    """(where, text) of every block of commands."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append((f"{page.relative_to(ROOT)}:{line}", match[1]))
    return found


def sessions(block: str) -> list[tuple[str, str]]:
    """(command, expected output) pairs; a command goes on while its lines end with a backslash."""
    pairs: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            pairs.append((line[2:], ""))
        elif pairs and not pairs[-1][1] and pairs[-1][0].endswith("\\"):
            pairs[-1] = (f"{pairs[-1][0]}\n{line}", "")
        else:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}{line}\n")
    return pairs


def pattern(expected: str) -> re.Pattern[str]:
    """The expected text as a pattern over whole lines."""
    lines = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == ANYTHING:
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append("[^\n]*".join(re.escape(part) for part in line.split(ANYTHING)) + "\n")
    return re.compile("".join(lines))


@pytest.fixture(scope="module")
def site(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service over the real release."""
    with running_server(release.path, tmp_path_factory.mktemp("site") / "log") as server:
        yield server


@pytest.mark.http
@pytest.mark.parametrize(("where", "block"), blocks(), ids=[where for where, _ in blocks()])
def test_commands_print_what_the_page_shows(where: str, block: str, site: Server, release: Release) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MENTORGRAPH_RELEASE": str(release.path),
    }
    for command, expected in sessions(block):
        done = subprocess.run(
            ["bash", "-c", command.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{where}: {command}\n{done.stderr}"
        if not expected:
            continue  # the page shows only how to ask
        printed = done.stdout.replace("\r\n", "\n").replace(f"127.0.0.1:{site.port}", "127.0.0.1:8000")
        printed = printed if printed.endswith("\n") else f"{printed}\n"
        assert pattern(expected).fullmatch(printed), (
            f"{where}: {command}\nexpected:\n{expected}\nprinted:\n{printed}\n{done.stderr}"
        )


def test_there_are_commands_to_run() -> None:
    assert sum(len(sessions(block)) for _, block in blocks()) >= 5
