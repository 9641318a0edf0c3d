"""The one shape of an error, in three renderings."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from service.errors import Limit, Problem, Where, register

PROBLEM = Problem(
    status=400,
    code="bad-thing",
    title="Bad <thing>",
    detail="It has <script>alert(1)</script>.",
    advice="Send a good one & try again.",
    where=Where(3, 7),
    limit=Limit("max_things", 5, "things"),
    headers={"Retry-After": "7"},
)


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    register(app)

    @app.get("/problem")
    def problem() -> str:
        raise PROBLEM

    @app.get("/bug")
    def bug() -> str:
        raise KeyError("secret detail")

    return app


def test_json(app: Flask) -> None:
    answer = app.test_client().get("/problem")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Retry-After"] == "7"
    assert answer.headers["Vary"] == "Accept"
    assert json.loads(answer.data) == {
        "type": "https://w3id.org/school-mentoring/problem#bad-thing",
        "title": "Bad <thing>",
        "status": 400,
        "detail": "It has <script>alert(1)</script>.",
        "code": "bad-thing",
        "where": {"line": 3, "column": 7},
        "limit": {"name": "max_things", "value": 5, "unit": "things"},
        "advice": "Send a good one & try again.",
    }


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_html_is_escaped(app: Flask, accept: str) -> None:
    answer = app.test_client().get("/problem", headers={"Accept": accept})
    assert answer.mimetype == "text/html"
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "line 3, column 7" in answer.text


def test_text(app: Flask) -> None:
    answer = app.test_client().get("/problem", headers={"Accept": "text/plain"})
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("400 Bad <thing>\n")
    assert "max_things = 5 things" in answer.text


def test_the_pages_look(app: Flask) -> None:
    own = Flask(__name__)
    register(own, lambda problem: f"<p>{problem.code}</p>")
    answer = own.test_client().get("/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.text) == (404, "<p>not-found</p>")


def test_http_errors_have_the_shape(app: Flask) -> None:
    answer = app.test_client().put("/problem")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_bugs_tell_nothing_but_an_incident(app: Flask) -> None:
    with capture_logs(processors=[format_exc_info]) as log:
        answer = app.test_client().get("/bug")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert "secret detail" not in answer.text
    assert [event["incident"] for event in log] == [answer.json["incident"]]
    assert "secret detail" in log[0]["exception"]
