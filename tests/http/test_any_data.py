"""Any RDF data served: built by the command, taken up while the server runs, with either default graph."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.http.server import Server, running_server

pytestmark = pytest.mark.http

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
TURTLE = "@prefix : <http://example.org/> . :a :p _:b . _:b :p 1 ."
TRIG = "@prefix : <http://example.org/> . :g { :a :p :c } :h { :a :p :c } { :a :p :d }"


def build(out: Path, *files: Path) -> None:
    result = CliRunner().invoke(main, ["build", "--data", *map(str, files), "--out", str(out)])
    assert result.exit_code == 0, result.output


def number(server: Server, text: str = COUNT) -> int:
    answer = server.query(text)
    assert answer.status == 200, answer.body
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize(("default_graph", "expected"), [("unnamed", 3), ("union", 4)])
def test_build_serve_and_build_again(tmp_path: Path, default_graph: str, expected: int) -> None:
    one, two, out = tmp_path / "one.ttl", tmp_path / "two.trig", tmp_path / "out"
    one.write_text(TURTLE)
    two.write_text(TRIG)
    build(out, one)
    with running_server(out, tmp_path / "log", default_graph=default_graph) as server:
        assert number(server) == 2
        before = server.query(COUNT).headers["x-mentorgraph-release"]
        build(out, one, two)
        end = time.monotonic() + 3  # a second on a machine that does nothing else
        while server.query(COUNT).headers["x-mentorgraph-release"] == before:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert number(server) == expected
        assert number(server, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == 2


def test_files_need_data(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", "a.ttl", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "--data" in result.output
