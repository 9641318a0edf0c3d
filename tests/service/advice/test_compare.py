"""Two profiles compared: what differs in the answers and in the advice, and why."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from flask.testing import FlaskClient

from recommender import weights
from service.advice import links, schema
from service.advice.api import COMPARE_PATH
from service.advice.view import helpers
from service.errors import PROBLEM_JSON
from tests.service.advice.test_pages import text_of

BEFORE = {
    "goal": "How digitally mature is our school?",
    "schools": "one",
    "country": "finland",
}
AFTER = {**BEFORE, "country": "estonia", "time": {"hours": 2}}


def compared(client: FlaskClient, before: Any, after: Any) -> Any:
    response = client.post(COMPARE_PATH, json={"before": before, "after": after})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    jsonschema.validate(response.json, schema.COMPARISON)
    return response.json


def test_the_example_of_the_documentation_runs(client: FlaskClient) -> None:
    found = compared(client, schema.COMPARED["before"], schema.COMPARED["after"])
    assert found["route"] == {"before": "inside", "after": "both"}


def test_what_changed_has_its_reasons(client: FlaskClient) -> None:
    found = compared(client, BEFORE, AFTER)
    assert [(one["field"], one["before"], one["after"]) for one in found["answers"]] == [
        ("country", "Finland", "Estonia"),
        ("time.hours", "", "2"),
    ]
    moved = {one["label"]: one for one in found["moved"]}
    mirror = moved["Digital Mirror"]
    assert (mirror["move"], mirror["fits"]["before"], mirror["places"]["before"]) == ("in", None, 0)
    assert "Made for schools in Estonia, not for yours." in [r["text"] for r in mirror["lost"]]


def test_the_same_profile_shows_no_difference(client: FlaskClient) -> None:
    found = compared(client, BEFORE, BEFORE)
    assert not found["answers"]
    assert not found["moved"]
    assert found["plan"] == {"added": [], "dropped": []}


def test_other_bodies_are_refused(client: FlaskClient) -> None:
    for body in ({}, {"before": {}}, {"before": {}, "after": {}, "more": {}}):
        response = client.post(COMPARE_PATH, json=body)
        assert (response.status_code, response.mimetype) == (400, PROBLEM_JSON)
    assert client.post(COMPARE_PATH, json={"before": {}, "after": {"gaol": 1}}).status_code == 422


def test_a_change_is_told_on_the_next_page(client: FlaskClient) -> None:
    form = client.post("/advice/form", data={"profile": json.dumps(BEFORE)}).text
    assert 'name="before"' in form
    answers = {"before": json.dumps(BEFORE), **BEFORE, "country": "estonia"}
    words = text_of(client.post("/advice", data=answers).text)
    assert "What changed since your last answers" in words
    assert "In which country? Finland Estonia" in words
    unchanged = client.post("/advice", data={"before": json.dumps(BEFORE), **BEFORE}).text
    assert "What changed" not in unchanged


def test_a_link_is_compared_on_a_page(client: FlaskClient) -> None:
    for link in (f"http://localhost/advice?answers={links.encode(AFTER)}", str(links.encode(AFTER))):
        data = {"profile": json.dumps(BEFORE), "link": link}
        words = text_of(client.post("/advice/compare", data=data).text)
        assert "In which country? Finland Estonia" in words
        assert "Digital Mirror (instrument): new among the first" in words


def test_everything_that_changes_a_fit_has_words() -> None:
    assert helpers()["component_words"].keys() == weights.COMPONENTS.keys()
