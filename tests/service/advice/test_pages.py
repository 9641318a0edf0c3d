"""The pages: the form works without a script, keeps answers with faults, and stores nothing."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from recommender.fields import FIELDS, GROUPS
from service.advice import schema
from service.advice.library import Shelf


def text_of(page: str) -> str:
    """The words of a page, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_form_asks_every_question_with_do_not_know_as_default(client: FlaskClient) -> None:
    response = client.get("/advice")
    assert response.status_code == 200
    words = text_of(response.text)
    for field in FIELDS:
        assert field.question in words, field.path
    for title in GROUPS.values():
        assert title in words
    assert " selected" not in response.text
    assert " checked" not in response.text
    selects = response.text.count("<select")
    assert response.text.count('<option value="">I don’t know</option>') == selects > 10
    form = response.text.split('action="/advice/form"')[0]
    assert not re.search(r"<(?:input|select|textarea)[^>]* required", form)


def test_an_empty_form_gets_questions(client: FlaskClient) -> None:
    response = client.post("/advice", data={})
    assert response.status_code == 200
    assert "Tell us this first" in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_advice_links_reasons_to_passages(client: FlaskClient) -> None:
    response = client.post("/advice", data={"goal": "map our needs", "schools": "one"})
    assert "Digipeda workshop" in response.text
    assert 'href="/passage' in response.text or 'href="/id/passage/' in response.text
    assert "We do not know where we stand" in response.text
    assert "The method is suitable to be used in Phase 4." in response.text


def test_what_the_school_wrote_is_escaped(client: FlaskClient) -> None:
    nasty = '<script>alert("x")</script>'
    response = client.post("/advice", data={"goal": nasty})
    assert "<script>alert" not in response.text
    assert "not-understood" not in response.text
    assert "&lt;script&gt;" in response.text


def test_faults_come_back_with_the_answers(client: FlaskClient) -> None:
    response = client.post(
        "/advice", data={"goal": "our goal", "time.hours": "six", "schools": "several", "needs": ["nonsense"]}
    )
    assert response.status_code == 422
    assert "2 answers need another look" in response.text
    assert 'href="#field-time-hours"' in response.text
    assert 'value="six"' in response.text
    assert "our goal</textarea>" in response.text
    assert '<option value="several" selected>' in response.text
    assert response.text.count('aria-invalid="true"') == 2


def test_answers_can_be_downloaded_and_loaded_again(client: FlaskClient) -> None:
    profile = schema.EXAMPLES["one-school"][1]
    saved = client.post("/advice/profile.json", data={"profile": json.dumps(profile)})
    assert saved.headers["Content-Disposition"] == 'attachment; filename="school-profile.json"'
    assert json.loads(saved.data) == profile
    upload = {"file": (io.BytesIO(saved.data), "school-profile.json")}
    again = client.post("/advice/form", data=upload, content_type="multipart/form-data")
    assert profile["goal"] in again.text
    assert '<option value="whole-staff" selected>' in again.text


def test_the_download_of_a_result_is_the_profile(client: FlaskClient, shelf: Shelf) -> None:
    page = client.post("/advice", data={"country": "finland", "phase": "4"}).text
    hidden = unescape(re.search(r'name="profile" value="([^"]*)"', page)[1])  # type: ignore[index]
    assert json.loads(hidden) == {"country": "finland", "phase": 4}


def test_a_question_can_be_answered_on_the_result_page(client: FlaskClient) -> None:
    profile = json.dumps({"goal": "map our needs"})
    page = client.post("/advice", data={"profile": profile, "schools": "one"}).text
    hidden = unescape(re.search(r'name="profile" value="([^"]*)"', page)[1])  # type: ignore[index]
    assert json.loads(hidden) == {"goal": "map our needs", "schools": "one"}


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/advice/form", {"profile": "nonsense"}, 400),
        ("/advice/profile.json", {}, 400),
        ("/advice", {"profile": "[]"}, 400),
        ("/advice/form", {"file": (io.BytesIO(b"\xff\xfe"), "x.json")}, 400),
        ("/advice/form", {"file": (io.BytesIO(b" " * 70_000), "x.json")}, 413),
    ],
)
def test_what_is_no_profile_is_refused_as_a_page(
    client: FlaskClient, path: str, data: dict[str, object], status: int
) -> None:
    response = client.post(path, data=data, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert "<h1" in response.text
    assert "What to do" in response.text


def test_a_loaded_profile_may_be_odd(client: FlaskClient) -> None:
    odd = json.dumps({"goal": ["x"], "needs": "y", "time": 3, "country": {"a": 1}, "nonsense": None})
    assert client.post("/advice/form", data={"profile": odd}).status_code == 200
