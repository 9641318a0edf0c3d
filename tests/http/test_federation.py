"""Two real services on loopback, one of which may call the other; and what docs/federation.md shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.release import Release
from service.settings import PREFIX, table
from tests.http.server import Server, running_server
from tests.http.test_documented_commands import pattern

PAGE = Path("docs/federation.md").read_text(encoding="utf-8")
LABELS = "?method <http://www.w3.org/2004/02/skos/core#prefLabel> ?label"


@pytest.fixture(scope="module")
def two(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """A service that may call another, and the other."""
    logs = tmp_path_factory.mktemp("federation")
    with running_server(release.path, logs / "other", max_triple_patterns=2) as other:
        allowed = f"http://127.0.0.1:{other.port}/sparql"
        with running_server(
            release.path, logs / "one", federation=allowed, federation_timeout_ms=9000
        ) as one:
            yield one, other


@pytest.mark.http
def test_what_the_page_shows(two: tuple[Server, Server], tmp_path: Path) -> None:
    one, other = two
    block = PAGE.split("```console federation\n")[1].split("```")[0]
    commands = 0
    for command, expected in shown(block):
        ported = command.replace(":8000", f":{one.port}").replace(":8001", f":{other.port}")
        done = subprocess.run(
            ["bash", "-c", ported], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        printed = done.stdout.replace("\r\n", "\n").rstrip("\n") + "\n"
        printed = printed.replace(f":{one.port}", ":8000").replace(f":{other.port}", ":8001")
        assert not expected or pattern(expected).fullmatch(printed), printed
        commands += 1
    assert commands == 3
    assert '"route": "/sparql"' in other.log_with('"method": "POST"')


def shown(block: str) -> Iterator[tuple[str, str]]:
    """(command, what it prints) pairs; a command is a line, or goes on to the END of its here-document."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        end = "\nEND\n" if "<<'END'" in part else "\n"
        command, end, expected = part.partition(end)
        yield command + end, expected


@pytest.mark.http
def test_an_answer_with_service_is_of_this_moment(two: tuple[Server, Server]) -> None:
    one, other = two
    text = f"SELECT * {{ SERVICE <http://127.0.0.1:{other.port}/sparql> {{ {LABELS} }} }} LIMIT 3"
    answer = one.query(text)
    assert answer.status == 200
    assert len(json.loads(answer.body)["results"]["bindings"]) == 3
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    before = other.log.read_text().count('"method": "POST"')
    one.query(text)
    other.log_with('"method": "POST"', before + 1)


@pytest.mark.http
def test_the_description_says_so_only_where_it_is_on(two: tuple[Server, Server]) -> None:
    one, other = two
    answers = [server.request("GET", "/sparql", headers={"Accept": "text/turtle"}).body for server in two]
    assert b"BasicFederatedQuery" in answers[0]
    assert f"<http://127.0.0.1:{other.port}/sparql>".encode() in answers[0]
    assert b"BasicFederatedQuery" not in answers[1]
    back = other.query(f"ASK {{ SERVICE <http://127.0.0.1:{one.port}/sparql> {{ ?s ?p ?o }} }}")
    assert back.status == 403


@pytest.mark.http
def test_the_other_services_refusal_is_told(two: tuple[Server, Server]) -> None:
    one, other = two
    text = (
        f"SELECT * {{ SERVICE <http://127.0.0.1:{other.port}/sparql> {{ ?a ?b ?c . ?c ?d ?e . ?e ?f ?g }} }}"
    )
    answer = one.query(text)
    problem = json.loads(answer.body)
    assert answer.status == 502
    assert problem["code"] == "service-failed"
    assert "status 400. It says: The query has too many triple patterns." in problem["detail"]
    silent = one.query(text.replace("SERVICE", "SERVICE SILENT"))
    assert silent.headers["x-mentorgraph-silenced"] == f"http://127.0.0.1:{other.port}/sparql"
    assert json.loads(silent.body)["results"]["bindings"] == [{}]
    assert "X-Mentorgraph-Silenced" in silent.headers["access-control-expose-headers"]
    page = one.query(text.replace("SERVICE", "SERVICE SILENT"), accept="text/html", run="1")
    assert "which failed" in page.body.decode()


def test_the_page_has_every_limit() -> None:
    for variable, default, text in table():
        name = variable.removeprefix(PREFIX).lower()
        if name.startswith("federation"):
            assert f"| `{name}` | {default}{' ' if default else ''}| {text} |" in PAGE


@pytest.mark.http
def test_the_command_line_follows_the_same_list(two: tuple[Server, Server], release: Release) -> None:
    url = f"http://127.0.0.1:{two[1].port}/sparql"
    text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{url}> {{ {LABELS} }} }}"
    command = [
        sys.executable,
        "-c",
        "from service.cli import main; main()",
        "query",
        "-",
        "--release",
        str(release.path),
    ]
    for allowed, status in ((url, 0), ("", 1)):
        environment = {**os.environ, "MENTORGRAPH_FEDERATION": allowed}
        done = subprocess.run(
            command, input=text, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr
        assert (done.stdout if allowed else done.stderr).startswith("n\n" if allowed else "Error: 403")
