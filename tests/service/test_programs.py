"""Rules for requests of programs: bodies, and the API for pages of other origins."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import errors, programs
from service.sparql import protocol


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("t")
    errors.register(app)
    programs.register(app)

    @app.post("/api/v1/advice")
    def advice() -> str:
        return "advice"

    @app.get("/page")
    def page() -> str:
        return "page"

    return app.test_client()


@pytest.mark.parametrize("path", ["/api/v1/advice", "/sparql"])
@pytest.mark.parametrize("encoding", ["gzip", "br", "Deflate, gzip"])
def test_a_compressed_body_is_refused(client: FlaskClient, path: str, encoding: str) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    answer = client.post(path, data=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 415
    assert answer.get_json(force=True)["code"] == "content-encoding-refused"
    assert "uncompressed" in answer.get_json(force=True)["advice"]
    assert answer.headers["Accept-Encoding"] == "identity"


def test_identity_is_no_compression(client: FlaskClient) -> None:
    assert client.post("/api/v1/advice", headers={"Content-Encoding": "Identity"}).status_code == 200


def test_the_api_answers_a_browsers_question(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "content-type"
    answer = client.options("/api/v1/advice", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert client.options("/api/v1/none", headers=asked).status_code == 404


def test_answers_and_errors_of_the_api_are_open_and_pages_are_not(client: FlaskClient) -> None:
    for answer in (client.post("/api/v1/advice"), client.get("/api/v1/advice"), client.get("/api/v1/none")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Expose-Headers"] == protocol.EXPOSED
    for answer in (client.get("/page"), client.options("/page")):
        assert "Access-Control-Allow-Origin" not in answer.headers
