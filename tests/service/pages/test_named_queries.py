"""Named queries over HTTP: one address for people and programs, and values that can only ever be values."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kb import fields
from kb.queries import parse
from ontology import namespaces as ns
from service.pages import named_queries
from service.pages.named_queries import Question
from service.sparql import formats
from tests.service.pages import hostile
from tests.service.pages.html import Page

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PILOTS = "/query/pilots-in-country"
FIELDS = [name for name, question in named_queries.questions().items() if question.fields]
ECHO = parse(
    "questions/echo",
    "# title: Echo\n# question: What comes back?\n# theme: tests\n"
    "# param: word | text | Word\n# param: number | number | Number | 3\n"
    "SELECT ($word AS ?out) (DATATYPE($number) AS ?type) {}",
)
GRAPH = parse(
    "questions/graph",
    "# title: Graph\n# question: Which?\n# theme: tests\n# param: thing | thing | Thing | country/norway\n"
    "CONSTRUCT { $thing ?p ?o } WHERE { $thing ?p ?o }",
)
# A blank value counts as absent; surrogates cannot be encoded.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: text.strip())
TRICKS = st.sampled_from(
    [
        "'",
        '"',
        '"""',
        "\\",
        '") AS ?x) {} #',
        "$word",
        "$number",
        "> } ; DROP ALL #",
        "<script>",
        "\r\n",
        "\\u0022",
        "%22",
    ]
)


@pytest.fixture
def own(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The site with two queries of these tests."""
    found = {one.name[10:]: Question(one.name[10:], one, fields.fields(one)) for one in (ECHO, GRAPH)}
    monkeypatch.setattr(named_queries, "questions", lambda: found)
    return client


def ask(client: FlaskClient, path: str, **values: str) -> TestResponse:
    return client.get(f"{path}?{urlencode(values)}", buffered=True)


def labels(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    rows = answer.get_json(force=True)["results"]["bindings"]
    return [row["pilotLabel"]["value"] for row in rows]


def page(client: FlaskClient, address: str, status: int = 200) -> Page:
    answer = client.get(address, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "Accept" in answer.headers["Vary"]
    parsed = Page.parse(answer.text)
    assert parsed.faults == []
    return parsed


def elements(found: Page, tag: str) -> list[dict[str, str]]:
    return [attributes for name, attributes in found.tags if name == tag]


# -- for programs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", formats.TABLES, ids=lambda one: one.name)
def test_a_table_comes_in_every_format_by_name_and_by_accept(
    client: FlaskClient, one: formats.Format
) -> None:
    by_name = ask(client, PILOTS, country="georgia", format=one.name)
    by_accept = client.get(PILOTS + "?country=georgia", headers={"Accept": one.media_type})
    assert by_name.mimetype == by_accept.mimetype == one.media_type
    assert by_name.data == by_accept.data
    assert "Georgia: two schools" in by_name.text
    assert "Norway" not in by_name.text


@pytest.mark.parametrize("one", formats.GRAPHS, ids=lambda one: one.name)
def test_a_graph_comes_in_every_format(own: FlaskClient, one: formats.Format) -> None:
    answer = ask(own, "/query/graph", format=one.name)
    assert answer.mimetype == one.media_type
    assert "Norway" in answer.text


def test_a_wrong_format_is_refused(client: FlaskClient) -> None:
    assert ask(client, PILOTS, format="turtle").status_code == 406
    assert client.get(PILOTS, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("value", ["norway", "country/norway", ns.ID + "country/norway"])
def test_a_thing_may_be_named_in_several_ways(client: FlaskClient, value: str) -> None:
    found = labels(ask(client, PILOTS, country=value))
    assert found == labels(ask(client, PILOTS, country="norway"))
    assert "Norway: Knappskog primary school" in found


def test_an_absent_or_empty_value_is_the_default(client: FlaskClient) -> None:
    assert (
        labels(client.get(PILOTS))
        == labels(ask(client, PILOTS, country=""))
        == labels(ask(client, PILOTS, country="estonia"))
    )


def test_answers_can_be_validated_and_are_open_to_other_origins(client: FlaskClient) -> None:
    first = ask(client, PILOTS, country="norway")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    address = PILOTS + "?country=norway"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(address, buffered=True).headers["ETag"] == first.headers["ETag"]
    assert ask(client, PILOTS, country="finland").headers["ETag"] != first.headers["ETag"]
    preflight = client.options(PILOTS)
    assert preflight.status_code == 204
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]
    assert client.post(PILOTS).status_code == 405


def test_the_time_limit_can_be_lowered_here_too(client: FlaskClient) -> None:
    assert ask(client, PILOTS, timeout="5000").status_code == 200
    assert ask(client, PILOTS, timeout="soon").get_json()["code"] == "bad-timeout"


@pytest.mark.parametrize(
    ("sent", "status", "wrong", "allowed"),
    [
        ("country=mars", 422, "country", "norway"),
        ("country=http://e/x", 422, "country", "norway"),
        ("country=norway&contry=norway", 400, "contry", "country"),
        ("country=mars&pilot=x", 400, "pilot", "country"),
        ("query=ASK{}", 400, "query", "country"),
        ("update=DROP ALL", 400, "update", "country"),
    ],
)
def test_what_does_not_fit_is_named_with_what_would(
    client: FlaskClient, sent: str, status: int, wrong: str, allowed: str
) -> None:
    answer = client.get(f"{PILOTS}?{quote(sent, safe='=&')}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = json.loads(answer.text)
    assert problem["code"] == "query-parameters"
    (part,) = [part for part in problem["errors"] if part["path"] == wrong]
    assert wrong in problem["detail"]
    assert allowed in part["allowed"]


def test_a_value_that_several_things_end_in_is_refused(client: FlaskClient) -> None:
    answer = ask(client, "/query/methods-for-phase", phase="reflection")
    assert answer.status_code == 422
    assert "several things" in json.loads(answer.text)["detail"]
    assert "school-mentoring/reflection" in json.loads(answer.text)["errors"][0]["allowed"]


def test_a_value_sent_twice_is_refused(client: FlaskClient) -> None:
    answer = client.get(PILOTS + "?country=norway&country=finland")
    assert (answer.status_code, json.loads(answer.text)["code"]) == (400, "repeated-parameter")


def test_a_value_that_is_missing_is_named(own: FlaskClient) -> None:
    answer = own.get("/query/echo")
    assert answer.status_code == 400
    assert json.loads(answer.text)["errors"][0]["path"] == "word"


@pytest.mark.parametrize(
    "thing", ["country/atlantis", "../x", "country/norway> ?p ?o } #", "http://e/x", "x" * 999]
)
def test_a_thing_that_is_not_known_is_refused(own: FlaskClient, thing: str) -> None:
    assert ask(own, "/query/graph", thing=thing).status_code == 422


def test_an_unknown_query_is_not_found(client: FlaskClient) -> None:
    for name in ("no-such", "..", "service%2Fdocuments", "pilots-in-country.rq"):
        assert client.get(f"/query/{name}").status_code == 404
    assert json.loads(client.get("/query/no-such").text)["code"] == "unknown-query"


# -- values are never code -----------------------------------------------------------------------------


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.one_of(TEXTS, st.lists(TRICKS, min_size=1, max_size=4).map("".join).filter(str.strip)))
def test_any_text_comes_back_as_it_was_sent(own: FlaskClient, word: str) -> None:
    answer = ask(own, "/query/echo", word=word)
    assert answer.status_code == 200, answer.text
    (row,) = answer.get_json(force=True)["results"]["bindings"]
    assert row["out"] == {"type": "literal", "value": word}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(TEXTS, TRICKS.filter(str.strip)))
def test_any_text_for_a_choice_a_thing_or_a_number_is_refused(own: FlaskClient, text: str) -> None:
    assert ask(own, "/query/graph", thing="x" + text).status_code == 422
    assert ask(own, "/query/echo", word="w", number="x" + text).status_code == 422


@pytest.mark.parametrize(("number", "kind"), [("7", "integer"), ("-7", "integer"), ("7.5", "decimal")])
def test_a_number_arrives_typed(own: FlaskClient, number: str, kind: str) -> None:
    (row,) = ask(own, "/query/echo", word="w", number=number).get_json(force=True)["results"]["bindings"]
    assert row["type"]["value"] == ns.XSD + kind


# -- for people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_a_question_with_fields_opens_with_its_defaults_and_an_answer(client: FlaskClient, name: str) -> None:
    found = page(client, f"/query/{name}")
    for field in named_queries.questions()[name].fields:
        (box,) = [
            a
            for tag in ("select", "input")
            for a in elements(found, tag)
            if a.get("id") == f"field-{field.name}"
        ]
        assert box["name"] == field.name
        assert any(label.get("for") == box["id"] for label in elements(found, "label"))
    assert any("results" in table.get("class", "") for table in elements(found, "table"))


def test_every_question_without_fields_shows_its_answer(client: FlaskClient) -> None:
    for name, question in named_queries.questions().items():
        if not question.fields:
            found = page(client, f"/query/{name}")
            assert question.query.question in found.words, name
            assert " rows in " in found.words or " row in " in found.words or "Answered in" in found.words, (
                name
            )


def test_the_page_shows_choices_by_name_and_keeps_the_one_sent(client: FlaskClient) -> None:
    found = page(client, PILOTS + "?country=" + quote(ns.ID + "country/finland", safe=""))
    (chosen,) = [option["value"] for option in elements(found, "option") if "selected" in option]
    assert chosen == "finland"
    assert "Finland: two primary schools" in found.words
    phases = page(client, "/query/methods-for-phase")
    assert "Process model for school mentoring" in {group["label"] for group in elements(phases, "optgroup")}


def test_the_page_leads_on_to_the_editor_and_the_downloads(client: FlaskClient) -> None:
    found = page(client, PILOTS + "?country=finland")
    (editor,) = [href for href in found.links if href.startswith("/sparql?query=")]
    assert quote("<https://w3id.org/school-mentoring/id/country/finland>", safe="") in editor
    assert quote("$country", safe="") not in editor
    assert {b["value"] for b in elements(found, "button") if b.get("name") == "format"} >= {
        one.name for one in formats.TABLES
    }
    assert {"name": "country", "value": "finland"}.items() <= next(
        box for box in elements(found, "input") if box.get("type") == "hidden"
    ).items()
    assert f"{PILOTS}?country=finland&format=csv" in found.words


def test_what_is_wrong_stands_at_its_field(client: FlaskClient) -> None:
    found = page(client, PILOTS + "?country=mars", 422)
    (select,) = elements(found, "select")
    assert select["aria-invalid"] == "true"
    assert select["aria-describedby"] in found.ids
    assert "country is none of the values that it can have" in found.words
    assert "Result" not in found.words


def test_a_form_without_values_waits_for_them(own: FlaskClient) -> None:
    assert elements(page(own, "/query/echo"), "table") == []
    found = page(own, "/query/echo?word=", 400)
    assert "The parameter word is missing." in found.words


@pytest.mark.parametrize("text", [hostile.SCRIPT, hostile.IMAGE, '"><script>x</script>', "{{ 7*7 }}"])
def test_hostile_values_are_only_text(own: FlaskClient, text: str) -> None:
    found = page(own, "/query/echo?" + urlencode({"word": text}))
    (box,) = [a for a in elements(found, "input") if a.get("id") == "field-word"]
    assert box["value"] == text
    page(own, "/query/echo?" + urlencode({"word": "w", "number": text}), 422)
    page(own, "/query/echo?" + urlencode({"word": "w", text: "x"}), 400)


def test_a_release_that_means_harm_gives_harmless_choices(hostile_site: Flask) -> None:
    client = hostile_site.test_client()
    for name in FIELDS:
        answer = client.get(f"/query/{name}", headers=HTML)
        assert answer.status_code in (200, 422)
        assert Page.parse(answer.text).faults == []


def test_all_questions_are_listed_by_theme(client: FlaskClient) -> None:
    found = page_of_questions(client)
    for name, question in named_queries.questions().items():
        assert found.links[f"/query/{name}"] == question.query.title
        assert question.query.question in found.words
    assert "/query/" in Page.parse(client.get("/sparql", headers=HTML).text).links


def page_of_questions(client: FlaskClient) -> Page:
    found = Page.parse(client.get("/query/", headers=HTML).text)
    assert found.faults == []
    return found


def test_the_list_is_there_for_programs_too(client: FlaskClient) -> None:
    answer = client.get("/query/", headers={"Accept": "application/json"})
    assert "Accept" in answer.headers["Vary"]
    found = {one["name"]: one for one in answer.get_json()["queries"]}
    assert found.keys() == named_queries.questions().keys()
    assert found["pilots-in-country"]["href"] == PILOTS
    assert [field["name"] for field in found["pilots-in-country"]["fields"]] == ["country"]
    assert client.get("/query/", headers=HTML).mimetype == "text/html"
    assert client.get("/query/").mimetype == "text/html"


def test_the_pages_table_can_be_sorted_and_the_api_has_no_such_parameter(client: FlaskClient) -> None:
    address = "/query/barriers-by-country"
    down = page(client, address + "?sort=-countryLabel")
    shown = [row[1] for row in down.rows]
    assert len(set(shown)) > 2
    assert shown == sorted(shown, reverse=True)
    refused = client.get(address + "?sort=countryLabel&format=csv")
    assert (refused.status_code, refused.get_json()["code"]) == (400, "query-parameters")
