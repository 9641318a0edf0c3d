"""A release served from disk, and exact repeats of a request, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.http.server import Answer, Server, running_server
from tests.service.sparql.releases import small_quads

pytestmark = pytest.mark.http


def test_a_release_is_served_from_disk(small_release: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_server(small_release, log, store="disk", store_folder=tmp_path / "stores") as server:
        assert json.loads(server.request("GET", "/ready").body)["store"] == "disk"
        answer = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv")
        assert answer.body.split() == [b"n", b"90"]
        assert f"{len(small_quads())} quads on disk" in server.log_with("quads on disk")


def test_exact_repeats_get_the_same_answer_and_are_noted(sparql_server: Server) -> None:
    line = '"route": "/sparql"'
    before = sparql_server.log.read_text().count(line)
    target = "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+ORDER+BY+%3Fs+LIMIT+3+%23+repeats"

    def twice(method: str, **headers: str) -> Answer:
        one, other = (sparql_server.request(method, target, headers=headers) for _ in range(2))
        for answer in (one, other):
            answer.headers.pop("date", None)
        assert (one.status, one.headers, one.body) == (other.status, other.headers, other.body)
        return other

    whole = twice("GET", Accept="text/csv")
    assert whole.status == 200
    assert whole.body.count(b"\r\n") == 4
    assert twice("HEAD", Accept="text/csv").headers["content-length"] == str(len(whole.body))
    unchanged = twice("GET", **{"Accept": "text/csv", "If-None-Match": whole.headers["etag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert twice("GET", Accept="text/tab-separated-values").body != whole.body
    assert twice("GET", Accept="image/png").status == 406
    sparql_server.log_with(line, before + 10)
