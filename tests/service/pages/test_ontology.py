"""The documentation of the ontology: overview, a page per term, drawing, versions, what changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.release import Release
from ontology import namespaces as ns
from service.pages import diagram, ontology_files
from service.pages.negotiation import REPRESENTATIONS, Representation
from service.pages.vocabulary import Term, Vocabulary
from tests.service.pages.conftest import HTML
from tests.service.pages.html import Page

SVG = "{http://www.w3.org/2000/svg}"


def vocabulary_of(site: Flask) -> Vocabulary:
    found = site.extensions["mentorgraph.pages"].knowledge.vocabulary
    assert isinstance(found, Vocabulary)
    return found


def page_of(client: FlaskClient, address: str) -> Page:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text[:300]
    page = Page.parse(answer.text)
    assert page.faults == []
    return page


def all_terms(site: Flask) -> list[Term]:
    kinds = ("class", "property", "individual")
    return [term for kind in kinds for term in vocabulary_of(site).of_kind(kind)]


def test_every_term_has_its_page_and_the_overview_leads_there(client: FlaskClient, site: Flask) -> None:
    overview = page_of(client, "/ontology.html")
    for term in all_terms(site):
        address = f"/ontology/term/{term.anchor}"
        assert address in overview.links
        page = page_of(client, address)
        assert " ".join(term.definition.split()) in page.words
        assert " ".join(term.example.split()) in page.words
        assert term.iri in page.words


def test_the_themes_are_the_files_and_hold_every_term_once(client: FlaskClient, site: Flask) -> None:
    themes = vocabulary_of(site).themes
    assert {"theme-method", "theme-process", "theme-pilot"} <= {theme.anchor for theme in themes}
    members = [iri for theme in themes for iri in theme.members]
    assert sorted(members) == sorted(term.iri for term in all_terms(site))
    overview = page_of(client, "/ontology.html")
    assert all(theme.anchor in overview.ids and theme.label in overview.words for theme in themes)


def test_a_class_says_what_can_be_said_of_its_things(client: FlaskClient) -> None:
    page = page_of(client, "/ontology/term/Method")
    assert "/ontology/term/suitableForPhase" in page.links, "said of methods"
    assert "/ontology/term/PracticalMethod" in page.links, "a kind of it"
    assert "/ontology/term/useOf" in page.links, "points at methods"
    assert "/ontology/term/Document" in page.links, "never also a document"
    assert "/browse/method" in page.links
    assert any(link.startswith("/sparql?query=") for link in page.links)
    inherited = page_of(client, "/ontology/term/PracticalMethod")
    assert "/ontology/term/suitableForPhase" in inherited.links


def test_a_property_says_where_it_stands_and_what_is_checked(client: FlaskClient) -> None:
    page = page_of(client, "/ontology/term/phaseOf")
    assert "/ontology/term/Phase" in page.links
    assert "Only a phase has smm:phaseOf" in page.words
    assert "The other way round" in page.words
    why = page_of(client, "/ontology/term/setting")
    assert "No inverse, because" in why.words


def test_an_individual_says_what_it_is_a_value_of(client: FlaskClient) -> None:
    assert "/ontology/term/Setting" in page_of(client, "/ontology/term/BetweenSchools").links
    assert "/ontology/term/BetweenSchools" in page_of(client, "/ontology/term/Setting").links


@pytest.mark.parametrize(
    "name", ["NoSuchThing", "method", "Method.html", "theme-method", "a%2Fb", "%3Cscript%3E"]
)
def test_what_is_no_term_is_unknown(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/ontology/term/{name}", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_the_drawing_and_the_table_say_the_same(client: FlaskClient, site: Flask) -> None:
    answer = client.get("/ontology/diagram.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert (
        client.get("/ontology/diagram.svg", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )
    root = ElementTree.fromstring(answer.text)
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags.isdisjoint({"style", "script", "foreignObject", "image"}), "it needs no leave of any policy"
    drawn = diagram.of(vocabulary_of(site))
    assert 8 <= len(drawn.classes) <= diagram.CLASSES
    assert {ns.SMM + "Method", ns.SMM + "Phase", ns.SMM + "Pilot"} <= set(drawn.classes)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    overview = page_of(client, "/ontology.html")
    for relation in drawn.relations:
        assert str(relation.number) in texts
        for iri in (relation.start, relation.end, *relation.properties):
            assert f"/ontology/term/{iri.removeprefix(ns.SMM)}" in overview.links


def test_a_drawing_never_puts_one_box_on_another(site: Flask) -> None:
    drawn = ElementTree.fromstring(diagram.svg(diagram.of(vocabulary_of(site)), vocabulary_of(site)))
    boxes = [
        tuple(float(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
        for rect in drawn.iter(f"{SVG}rect") if rect.get("x")
    ]  # fmt: skip
    for i, (x, y, width, height) in enumerate(boxes):
        assert 0 <= x <= 960 - width
        assert 0 <= y <= 700 - height
        for left, top, wide, high in boxes[i + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y


def test_a_drawing_escapes_labels_and_a_bare_ontology_has_none() -> None:
    one, two = (Term(ns.SMM + name, frozenset({"class"}), f"{name} <b>&") for name in "AB")
    p = Term(ns.SMM + "p", frozenset({"property"}), "p", domains=(one.iri,), ranges=(two.iri,))
    vocabulary = Vocabulary({term.iri: term for term in (one, two, p)})
    assert "A &lt;b&gt;&amp;" in diagram.svg(diagram.of(vocabulary), vocabulary)
    assert diagram.of(Vocabulary()).relations == ()


@pytest.mark.parametrize("one", REPRESENTATIONS, ids=lambda one: one.suffix)
def test_the_version_iri_answers_while_that_version_is_served(
    client: FlaskClient, release: Release, one: Representation
) -> None:
    version = release.manifest["version"]
    answer = client.get(f"/ontology/{version}", headers={"Accept": one.media_type})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/ontology.{one.suffix}")
    assert f"{ns.ONTOLOGY}/{version}" in client.get("/ontology.ttl").text


def test_an_unknown_version_is_told_which_one_there_is(client: FlaskClient, release: Release) -> None:
    answer = client.get("/ontology/9.9.9", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert f"has version {release.manifest['version']}" in answer.get_json()["detail"]


def test_what_changed_is_found_beside_the_release(release: Release, tmp_path: Path) -> None:
    assert ontology_files.read(tmp_path) == ontology_files.Files()
    now = shutil.copytree(release.path, tmp_path / release.id)
    assert ontology_files.read(now).since is None, "no release before"
    before = shutil.copytree(release.path, tmp_path / "0.0.9-old", copy_function=shutil.copy)
    manifest = (before / "manifest.json").read_text(encoding="utf-8").replace(release.id, "0.0.9-old")
    (before / "manifest.json").write_text(manifest, encoding="utf-8")
    text = (before / "ontology.ttl").read_text(encoding="utf-8")
    assert "smm:PracticalMethod a owl:Class" in text
    text = text.replace("smm:PracticalMethod", "smm:HandyMethod")
    (before / "ontology.ttl").write_text(text, encoding="utf-8")
    os.utime(before, (1, 1))
    since = ontology_files.read(now).since
    assert since is not None
    assert (since.terms_added, since.terms_removed) == (
        (ns.SMM + "PracticalMethod",),
        (ns.SMM + "HandyMethod",),
    )


def test_the_files_are_those_of_the_release_that_is_served(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "current").symlink_to("two")
    assert ontology_files.folder_of(tmp_path / "current", "two") == tmp_path / "two"
    assert ontology_files.folder_of(tmp_path / "current", "one") == tmp_path / "one", "the link moved on"
    assert ontology_files.folder_of(tmp_path, "two") == tmp_path / "two", "the folder of releases"
    assert ontology_files.folder_of(tmp_path / "one", "another id") == tmp_path / "one"
