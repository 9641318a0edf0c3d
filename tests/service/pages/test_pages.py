"""What the pages say, on the real release."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb import queries
from kb.local import LocalStore
from kb.release import Release
from ontology import namespaces as ns
from service.app import create_app
from service.pages import iris
from service.pages.sections import SECTIONS
from service.settings import Settings
from service.sparql.engine import EmbeddedEngine
from tests.service.pages.html import Page

KINDS = {
    "link to us": "/link-to-us",
    "home": "/",
    "method": "/id/method/collegial-tutoring.html",
    "phase": "/id/phase/school-mentoring/mapping.html",
    "process model": "/id/process-model/school-mentoring.html",
    "pilot": "/id/pilot/finland.html",
    "country": "/id/country/finland.html",
    "factor": "/id/success-factor/trust.html",
    "element": "/id/element/d3.2/peer-learning.html",
    "document": "/id/document/ihub4schools-d3.2.html",
    "section of a document": "/id/document/ihub4schools-d3.2.html?section=2.3.5",
    "passage": "/id/passage/ihub4schools-d3.2/L437-439.html",
    "graph": "/id/editorial.html",
    "release": "/id/release.html",
    "browse": "/browse",
    "listing": "/browse/method",
    "long listing": "/browse/passage?page=2",
    "search": "/search?q=peer+lerning",
    "empty search": "/search",
    "search without result": "/search?q=xqzxqz",
    "ontology": "/ontology.html",
    "class": "/ontology/term/Method",
    "property": "/ontology/term/phaseOf",
    "individual": "/ontology/term/BetweenSchools",
    "query": "/sparql",
    "questions": "/query/",
    "question as a thing": "/id/query/pilots-in-country.html",
    "hints": "/hints",
    "about": "/about",
    "privacy": "/privacy",
    "problem": "/id/method/nothing-such.html",
}


def _get(client: FlaskClient, path: str) -> Page:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code in (200, 404), path
    return Page.parse(answer.text)


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_page_is_sound(client: FlaskClient, path: str) -> None:
    page = _get(client, path)
    assert page.faults == []
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    assert page.headings.count(1) == 1
    steps = [after - before for before, after in zip(page.headings, page.headings[1:], strict=False)]
    assert max(steps, default=0) <= 1, "a heading skips a level"
    fragments = {href[1:] for href in page.links if href.startswith("#")}
    assert fragments <= set(page.ids)
    named = [attributes for tag, attributes in page.tags if tag == "html"]
    assert named[0]["lang"] == "en"


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_links_within_the_site_lead_somewhere(client: FlaskClient, path: str) -> None:
    page = _get(client, path)
    for href in sorted(page.links):
        target = href.partition("#")[0].removesuffix(".html")  # whether a thing is known is asked faster
        if target.startswith("/") and not target.startswith(("/sparql?", "/download/", "/advice")):
            assert client.get(target, headers={"Accept": "text/html"}).status_code in (200, 303), href


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_links_to_elsewhere_are_marked(client: FlaskClient, path: str) -> None:
    page = _get(client, path)
    for tag, attributes in page.tags:
        href = attributes.get("href", "")
        if tag == "a" and not href.startswith(("/", "#", "?")):
            assert iris.is_web_address(href)
            assert {"external", "noopener", "noreferrer"} <= set(attributes["rel"].split())


def test_a_method_names_its_phases_with_the_passage_and_its_words(client: FlaskClient) -> None:
    page = _get(client, KINDS["method"])
    assert "Collegial tutoring" in page.words
    assert page.links["/id/phase/school-mentoring/development-actions.html"].strip() == "Development actions"
    assert "Process model for school mentoring" in page.words, "which model's phase it is"
    assert "D3.2, section 2.3.5, lines 439–440" in page.words
    assert "The method is suitable to be used in Phase 6" in page.words
    assert "/id/passage/ihub4schools-d3.2/L439-440.html" in page.links
    assert "our conclusion" in page.words


def test_three_ways_to_relate_a_method_to_a_phase_stay_apart(client: FlaskClient) -> None:
    page = _get(client, KINDS["phase"])
    for heading in ("Said to be suitable", "Has elements for it", "Listed, without saying more"):
        assert heading in page.words


def test_the_phases_of_a_process_model_stand_in_order(client: FlaskClient) -> None:
    page = _get(client, KINDS["process model"])
    phases = [href for href in page.links if href.startswith("/id/phase/school-mentoring/")]
    names = ("initiative", "anchoring-meetings", "joint-planning", "mapping", "acquiring-new-perspectives")
    names += ("development-actions", "reflection")
    assert phases == [f"/id/phase/school-mentoring/{name}.html" for name in names]


def test_what_sources_say_about_a_factor_comes_with_who_and_where(client: FlaskClient) -> None:
    page = _get(client, KINDS["factor"])
    assert "says " in page.words
    assert re.search(r"D2\.1, .*lines? \d+", page.words)
    assert "our grouping" in page.words


def test_a_document_lists_its_passages_section_by_section(client: FlaskClient, release: Release) -> None:
    page = _get(client, KINDS["document"])
    document = ns.DOCUMENT + "ihub4schools-d3.2"
    asked = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?p <{ns.DCT}isPartOf> <{document}> }}"
    count = LocalStore(release.path).rows(asked)[0]["n"]
    assert f"{count.value} passages of this document are cited here" in page.words  # type: ignore[union-attr]
    section = _get(client, KINDS["section of a document"])
    assert "/id/passage/ihub4schools-d3.2/L437-439.html" in section.links
    assert "It can also be applied between teachers from different schools" in section.words


def test_a_passage_tells_where_it_stands_and_what_it_states(client: FlaskClient) -> None:
    page = _get(client, KINDS["passage"])
    assert "It can also be applied between teachers from different schools" in page.words
    assert "text is not at hand here" in page.words
    assert page.links["/id/method/collegial-tutoring.html"].strip() == "Collegial tutoring"
    assert page.links["/ontology/term/BetweenSchools"].strip() == "between schools"


def test_a_conflict_quotes_its_passages(client: FlaskClient) -> None:
    page = _get(client, "/browse/conflict")
    conflicts = [_get(client, href) for href in page.links if href.startswith("/id/conflict/")]
    assert conflicts
    for conflict in conflicts:
        quoted = {href for href in conflict.links if href.startswith("/id/passage/") and "/L" in href}
        assert conflict.words.count("“…") >= len(quoted)


def test_every_layout_names_properties_that_exist(client: FlaskClient, site: Flask) -> None:
    terms = {term.anchor for term in _vocabulary(site).of_kind("property")}
    for layouts in SECTIONS.values():
        for layout in layouts:
            keys = {key.removeprefix("<") for key in layout.keys if "/" not in key}
            assert keys <= terms
            assert set(layout.headings) <= set(layout.keys)


def test_the_ontology_page_documents_every_term_of_ours(client: FlaskClient, site: Flask) -> None:
    page = _get(client, KINDS["ontology"])
    terms = [t for kind in ("class", "property", "individual") for t in _vocabulary(site).of_kind(kind)]
    assert len(terms) > 300
    for term in terms:
        assert term.anchor in page.ids
        assert " ".join(term.definition.split()) in page.words


def test_the_listing_counts_what_it_lists(client: FlaskClient, site: Flask) -> None:
    rows = site.extensions["mentorgraph"]["engine"].rows(queries.load("service/class-counts").text)
    counts = {row["class"].value: int(row["count"].value) for row in rows}
    page = _get(client, "/browse/method")
    listed = [href for href in page.links if href.startswith("/id/method/")]
    assert len(listed) == counts[ns.SMM + "Method"]


def test_long_listings_have_pages(client: FlaskClient) -> None:
    first, second = (_get(client, f"/browse/passage?page={n}") for n in (1, 2))
    ours = [{h for h in page.links if h.startswith("/id/passage/")} for page in (first, second)]
    assert len(ours[0]) == len(ours[1]) == 100
    assert not ours[0] & ours[1]
    assert _get(client, "/browse/passage?page=999999").words
    assert _get(client, "/browse/passage?page=-1").words


def test_the_search_forgives_and_filters(client: FlaskClient) -> None:
    found = client.get("/search.json?q=colegial+tutorng").get_json()
    assert found["results"][0]["iri"] == ns.ID + "method/collegial-tutoring"
    assert found["results"][0]["page"] == "/id/method/collegial-tutoring.html"
    scores = [one["score"] for one in found["results"]]
    assert scores == sorted(scores, reverse=True)
    countries = client.get("/search.json?q=finland&kind=country").get_json()["results"]
    assert {one["kind"] for one in countries} == {"country"}
    same = client.get("/search?q=finland&kind=country", headers={"Accept": "application/json"})
    assert same.get_json()["results"] == countries


def test_the_search_helps_when_nothing_is_asked_or_found(client: FlaskClient) -> None:
    assert "browse everything by kind" in _get(client, "/search").words
    assert "Nothing was found for “xqzxqz”" in _get(client, "/search?q=xqzxqz").words
    assert client.get("/search.json?q=").get_json()["results"] == []
    assert client.get("/search.json?q=" + "a" * 5000).status_code == 200


def test_the_home_page_shows_a_statement_with_its_passage(client: FlaskClient) -> None:
    page = _get(client, "/")
    assert {"/advice", "/browse", "/sparql"} <= set(page.links)
    assert "is said to be suitable for the phase" in page.words
    assert any(href.startswith("/id/passage/") for href in page.links)


def test_with_the_texts_at_hand_a_passage_stands_in_its_surroundings(release: Release, documents) -> None:  # type: ignore[no-untyped-def]
    settings = Settings(release=release.path, documents=documents, query_workers=1)
    engine = EmbeddedEngine(settings)
    try:
        answer = create_app(settings, engine).test_client().get(KINDS["passage"])
    finally:
        engine.close()
    page = Page.parse(answer.text)
    assert page.faults == []
    numbers = [int(a["value"]) for tag, a in page.tags if tag == "li" and "value" in a]
    assert numbers == list(range(434, 443))
    assert "<mark>It can also be applied between</mark>" in answer.text


def _vocabulary(site: Flask):  # type: ignore[no-untyped-def]
    return site.extensions["mentorgraph.pages"].knowledge.vocabulary
