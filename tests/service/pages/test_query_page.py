"""The query page without scripts: it opens, runs on request, shows errors in place, and harms nobody."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ontology import namespaces as ns
from service.pages import query_page, results
from tests.service.pages import hostile
from tests.service.pages.html import Page

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PHASES = """PREFIX smm: <https://w3id.org/school-mentoring/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?passage ?method (3 AS ?three) ("Käse"@de AS ?word) ("2021"^^xsd:gYear AS ?year) {
  GRAPH ?passage { ?method smm:suitableForPhase ?phase }
} ORDER BY ?passage"""


def _ask(client: FlaskClient, query: str, **more: str) -> Page:
    answer = client.get("/sparql?" + urlencode({"query": query, **more}), headers=HTML)
    assert answer.mimetype == "text/html"
    assert "Accept" in answer.headers["Vary"]
    page = Page.parse(answer.text)
    assert page.faults == []
    return page


def test_an_address_with_a_query_fills_the_editor_and_runs_nothing(client: FlaskClient) -> None:
    page = _ask(client, "SELECT (1+1 AS ?two) {}")
    assert "SELECT (1+1 AS ?two) {}" in page.text
    assert "Result" not in page.words


def test_a_query_runs_when_asked_to(client: FlaskClient) -> None:
    page = _ask(client, PHASES, run="1")
    assert "/id/method/collegial-tutoring.html" in page.links
    assert page.links["/id/passage/ihub4schools-d3.2/L439-440.html"] == "D3.2, lines 439–440"
    assert "Käse de" in page.words
    assert "2021 xsd:gYear" in page.words
    assert " rows in " in page.words
    assert "“…" in page.words, "the words of the passage stand behind its row"
    assert "section 2.3.4" in page.words


def test_a_form_can_be_posted(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": PHASES.replace("\n", "\r\n"), "run": "1"}, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "/id/method/collegial-tutoring.html" in Page.parse(answer.text).links


def test_programs_get_results_from_the_same_address(client: FlaskClient) -> None:
    for accept in (
        "*/*",
        "application/sparql-results+json",
        "text/html;q=0.5,application/sparql-results+json",
    ):
        answer = client.get("/sparql?" + urlencode({"query": "ASK {}"}), headers={"Accept": accept})
        assert answer.get_json(force=True)["boolean"] is True
    download = client.post("/sparql", data={"query": PHASES, "format": "csv"}, headers=HTML)
    assert download.mimetype == "text/csv"
    assert download.text.startswith("passage,method,three,word,year")


def test_an_error_stands_at_the_editor(client: FlaskClient) -> None:
    answer = client.get(
        "/sparql?" + urlencode({"query": "SELECT * WHERE {\n ?s ?p }", "run": "1"}), headers=HTML
    )
    assert answer.status_code == 400
    page = Page.parse(answer.text)
    (box,) = [attributes for tag, attributes in page.tags if tag == "textarea"]
    assert (box["data-line"], box["aria-invalid"]) == ("2", "true")
    assert "Line 2, column" in page.words
    assert "?s ?p }" in page.text, "the query is kept"
    assert "2 | ?s ?p }" in page.words, "the line stands beside the error"


def _cells(page: Page, column: int) -> list[str]:
    return [row[column].strip() for row in page.rows]


def test_a_result_says_when_of_what_and_within_which_limits(client: FlaskClient) -> None:
    page = _ask(client, "SELECT (1 AS ?one) {}", run="1")
    release = client.get("/ready").get_json()["release"]
    assert f"Release {release}" in page.words
    assert "query_timeout_ms 10,000 ms, max_result_mb 256 MB" in page.words


def test_names_stand_for_iris_with_the_iri_beside(client: FlaskClient) -> None:
    page = _ask(client, f"SELECT * {{ VALUES ?x {{ <{ns.ID}method/collegial-tutoring> }} }}", run="1")
    assert page.links["/id/method/collegial-tutoring.html"] == "Collegial tutoring"
    assert f"<{ns.ID}method/collegial-tutoring>" in page.words


def test_without_a_passage_the_page_says_that_it_cannot_tell_who_says_so(client: FlaskClient) -> None:
    assert "does not say who states it" in _ask(client, "SELECT (1 AS ?one) {}", run="1").words
    assert "does not say who states it" not in _ask(client, PHASES, run="1").words


NUMBERS = "SELECT ?n ?word { VALUES (?n ?word) { (10 'b') (9 'C') (100.5 'a') (UNDEF 'd') } }"


@pytest.mark.parametrize(
    ("sort", "column", "wanted"),
    [
        ("n", 1, ["", "9", "10", "100.5"]),
        ("-n", 1, ["100.5", "10", "9", ""]),
        ("word", 2, ["a", "b", "C", "d"]),
        ("nothing", 2, ["b", "C", "a", "d"]),
    ],
)
def test_a_header_sorts_without_scripts(
    client: FlaskClient, sort: str, column: int, wanted: list[str]
) -> None:
    page = _ask(client, NUMBERS, run="1", sort=sort)
    assert _cells(page, column) == wanted
    states = [a["aria-sort"] for tag, a in page.tags if tag == "th" and "aria-sort" in a]
    down, name = sort.startswith("-"), sort.removeprefix("-")
    state = "descending" if down else "ascending"
    assert states == [state if one == name else "none" for one in ("n", "word")]
    offered = [a["value"] for tag, a in page.tags if tag == "button" and a.get("name") == "sort"]
    assert offered == [f"-{one}" if one == sort else one for one in ("n", "word")]


def test_a_long_result_is_sorted_as_a_whole(client: FlaskClient) -> None:
    """The last page of passages is among the rows shown, although it is not among the first of the engine."""
    text = "SELECT ?n { ?s <https://w3id.org/school-mentoring/ontology#firstLine> ?n }"
    page = _ask(client, text, run="1", sort="-n")
    shown = [int(n) for n in _cells(page, 1)]
    assert len(shown) == results.SHOWN_ROWS
    assert shown == sorted(shown, reverse=True)
    most = _ask(client, text.replace("?n {", "(MAX(?n) AS ?m) {", 1), run="1")
    assert str(shown[0]) == _cells(most, 1)[0]


def test_a_result_too_large_for_a_page_says_whose_limit_it_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_page, "PAGE_MB", 1)
    text = "SELECT * { ?a a <https://w3id.org/school-mentoring/ontology#Passage> . ?s ?p ?o } LIMIT 20000"
    answer = client.get("/sparql?" + urlencode({"query": text, "run": "1"}), headers=HTML)
    assert answer.status_code == 413
    assert "page size = 1 MB" in Page.parse(answer.text).words


def test_a_chart_is_offered_where_the_columns_suit_and_the_table_stays(client: FlaskClient) -> None:
    text = "SELECT ?who ?n { VALUES (?who ?n) { ('Estonia' 3) ('Finland' 5) ('Mars' 1) } }"
    page = _ask(client, text, run="1")
    radios = [a for tag, a in page.tags if tag == "input" and a.get("name") == "view"]
    assert ["checked" in a for a in radios] == [False, True, False], "the first chart is shown at first"
    assert "Map of n" in page.words
    assert "Bars of n" in page.words
    assert "Not on the map: Mars (1)." in page.words
    assert _cells(page, 1) == ["Estonia", "Finland", "Mars"]
    asked = _ask(client, "# view: bars\n" + text, run="1")
    assert [a["id"] for tag, a in asked.tags if tag == "input" and "checked" in a] == ["view-2"]
    table = _ask(client, "# view: table\n" + text, run="1")
    assert [a["id"] for tag, a in table.tags if tag == "input" and "checked" in a] == ["view-0"]


def test_a_chart_of_the_rows_shown_says_that_there_are_more(client: FlaskClient) -> None:
    text = "SELECT ?s ?n { ?s <https://w3id.org/school-mentoring/ontology#firstLine> ?n } LIMIT 600"
    page = _ask(client, text, run="1")
    assert "Of the first 500 of 600 only. Only the first 40 rows are drawn" in page.words


def test_a_graph_has_a_picture_with_links(client: FlaskClient) -> None:
    text = """PREFIX smm: <https://w3id.org/school-mentoring/ontology#>
        CONSTRUCT { ?m smm:suitableForPhase ?p } WHERE { ?m smm:suitableForPhase ?p }"""
    page = _ask(client, text, run="1")
    picture = [a for tag, a in page.tags if tag == "svg" and "chart--graph" in a.get("class", "")]
    assert len(picture) == 1
    assert "connections between them" in picture[0]["aria-label"]


def test_explain_tells_the_query_and_runs_nothing(client: FlaskClient) -> None:
    text = (
        "SELECT * { ?s a <https://w3id.org/school-mentoring/ontology#Pilot> FILTER NOT EXISTS { ?s ?p 1 } }"
    )
    page = _ask(client, text, explain="1")
    assert "is of the kind pilot 12 things" in page.words
    assert "/hints#not-exists" in page.links
    assert "Result" not in page.words


def test_explain_refuses_what_the_gate_refuses(client: FlaskClient) -> None:
    answer = client.get("/sparql?" + urlencode({"query": "DROP ALL", "explain": "1"}), headers=HTML)
    assert answer.status_code == 403
    assert "Updates are refused" in Page.parse(answer.text).words


def test_yes_and_no(client: FlaskClient) -> None:
    assert "Yes." in _ask(client, "ASK {}", run="1").words
    assert "No." in _ask(client, "ASK { <urn:x> <urn:x> <urn:x> }", run="1").words


def test_a_graph_is_a_table_of_statements(client: FlaskClient) -> None:
    page = _ask(client, "CONSTRUCT { <urn:a> <urn:b> 'c' } WHERE {}", run="1")
    assert "1 statement in" in page.words
    assert "subject predicate object" in page.words
    names = {a.get("value") for tag, a in page.tags if tag == "button" and a.get("name") == "format"}
    assert names == {"turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"}


def test_a_long_result_is_cut_visibly(client: FlaskClient) -> None:
    page = _ask(client, "SELECT * WHERE { ?s ?p ?o }", run="1")
    assert f"Only the first {results.SHOWN_ROWS} are shown here" in page.words
    assert sum(tag == "tr" for tag, _ in page.tags) == results.SHOWN_ROWS + 1


def test_nothing_found_is_said(client: FlaskClient) -> None:
    assert "nothing in the graph matches" in _ask(client, "SELECT * { <urn:x> ?p ?o }", run="1").words


def test_every_example_opens(client: FlaskClient) -> None:
    themes = query_page.examples()
    assert sum(len(found) for _, found in themes) >= 14
    for _, found in themes:
        for example in found:
            page = Page.parse(client.get(example.href, headers=HTML).text)
            assert page.faults == []
            assert example.text.strip() in page.text
            assert not any("result" in attributes.get("class", "").split() for _, attributes in page.tags)


@pytest.mark.parametrize(
    "query",
    [
        f'SELECT ("{hostile.IMAGE}" AS ?x) {{}}'.replace(
            'onerror="window.harmed=1"', "onerror=window.harmed=1"
        ),
        f'SELECT (IRI("{hostile.JAVASCRIPT}") AS ?x) (IRI("data:text/html,x") AS ?y) {{}}',
        "SELECT * WHERE { ?s ?p ?o }",
        f"</textarea>{hostile.SCRIPT}",
        "DESCRIBE <" + hostile.THING + ">",
    ],
)
def test_hostile_values_are_only_text(hostile_site: Flask, query: str) -> None:
    page = Page.parse(
        hostile_site.test_client()
        .get("/sparql?" + urlencode({"query": query, "run": "1"}), headers=HTML)
        .text
    )
    assert page.faults == []
    assert not any(tag in ("img", "svg") and "src" in attributes for tag, attributes in page.tags)
    assert all(href.startswith(("/", "#", "https://", "http://")) for href in page.links)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/browse",
        "/browse/method",
        "/about",
        "/ontology.html",
        "/ontology/term/Method",
        "/id/method/harm.html",
        "/id/document/bad-document.html",
        *(
            "/id/passage/bad-document/L1-2.html",
            "/search?q=%3Cimg%20src=x%20onerror=alert(1)%3E",
            "/search?q=harm",
        ),
        *("/id/%3Cscript%3E", "/browse/%3Cscript%3E", "/id/document/bad-document.html?section=%3Cimg%3E"),
    ],
)
def test_hostile_data_are_only_text_on_every_page(hostile_site: Flask, path: str) -> None:
    answer = hostile_site.test_client().get(path, headers=HTML)
    assert answer.status_code in (200, 404)
    page = Page.parse(answer.text)
    assert page.faults == []
    assert not any(tag in ("img", "script") and attributes.get("src") == "x" for tag, attributes in page.tags)
    assert all(href.startswith(("/", "#", "https://", "http://")) for href in page.links)
