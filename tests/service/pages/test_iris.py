"""IRIs and local addresses: round trips for ours, and nothing a client can bend into a link elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology import namespaces as ns
from service.pages import iris

OURS = [
    "method/collegial-tutoring",
    "document/ihub4schools-d3.2",
    "passage/ihub4schools-d3.2/L437-439",
    "passage/ihub4schools-d3.1/L72.2",
    "phase/school-mentoring/mapping",
    "release",
]


@pytest.mark.parametrize("name", OURS)
def test_a_thing_of_ours_has_a_page_here(name: str) -> None:
    assert iris.is_name(name)
    assert iris.address_of(ns.ID + name) == f"/id/{name}"
    assert iris.page_of(ns.ID + name) == f"/id/{name}.html"
    assert iris.split_suffix(f"{name}.html") == (name, "html")
    assert iris.split_suffix(name) == (name, "")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "/",
            "//evil.example",
            "a//b",
            "a/../b",
            "a/.",
            "../x",
            "a/b.",
            "a b",
            "a/b?c",
            "a#b",
            "http://evil",
        ),
        *("A/b", "a/b\n", "a/\u202e", "a/" + "b" * 400, "a/b/c/d/e/f/g/h/i"),
    ],
)
def test_odd_names_are_no_names(name: str) -> None:
    assert not iris.is_name(name)
    assert iris.address_of(ns.ID + name) == ""


def test_a_question_of_the_graph_leads_to_its_answer() -> None:
    for iri in (ns.ID + "query/pilots-in-country", ns.BASE + "query/pilots-in-country"):
        assert iris.page_of(iri) == "/query/pilots-in-country"
    assert iris.address_of(ns.ID + "query/pilots-in-country") == "/id/query/pilots-in-country"
    assert iris.page_of(ns.BASE + "query/../evil") == ""


def test_a_term_has_a_page_and_a_theme_a_place_on_the_ontologys() -> None:
    assert iris.page_of(ns.SMM + "Method") == "/ontology/term/Method"
    assert iris.page_of(ns.SMM + "theme-method") == "/ontology.html#theme-method"
    assert iris.address_of(ns.SMM + "Method") == "/ontology#Method"
    assert iris.page_of(ns.ONTOLOGY) == "/ontology.html"
    assert iris.page_of(ns.SMM + "x'onload=") == ""


@pytest.mark.parametrize(
    "iri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil",
        "http://",
        "https://a@b/",
        "https://x/\u202e",
        "https://x/\x00",
        "https://x/ y",
        "mailto:a@b",
        "urn:x:y",
        "",
    ],
)
def test_only_plain_web_addresses_become_links(iri: str) -> None:
    assert iris.link_to(iri) == ""


def test_web_addresses_become_links() -> None:
    assert iris.link_to("https://www.ihub4schools.eu/mentoring-model/") == (
        "https://www.ihub4schools.eu/mentoring-model/"
    )


@given(st.text(max_size=60))
def test_no_text_makes_a_local_address_that_leaves_the_host(text: str) -> None:
    for base in (ns.ID, ns.SMM, ns.BASE, ""):
        address = iris.page_of(base + text)
        assert address == "" or (
            address.startswith("/") and not address.startswith("//") and "\\" not in address
        )


def test_a_query_in_an_address_is_quoted_whole() -> None:
    assert iris.query_address("a&b=<c> #?") == "/sparql?query=a%26b%3D%3Cc%3E%20%23%3F"
