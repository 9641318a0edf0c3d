"""What editors complete from: the release's own prefixes and terms, with a validator."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from ontology import namespaces as ns


def test_terms_have_labels_definitions_and_how_often_they_are_used(client: FlaskClient) -> None:
    answer = client.get("/completions.json")
    found = answer.get_json()
    assert found["prefixes"] == ns.PREFIXES
    terms = {term["label"]: term for term in found["terms"]}
    method = terms["smm:Method"]
    assert method["type"] == "class"
    assert method["detail"].startswith("method · ")
    assert "school" in method["info"]
    assert terms["skos:prefLabel"]["type"] == "property", "terms of other vocabularies too, if they are used"
    assert len(terms) == len(found["terms"])
    again = client.get("/completions.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_release_without_a_description_of_itself_is_counted(hostile_site: Flask) -> None:
    found = hostile_site.test_client().get("/completions.json").get_json()
    terms = {term["label"]: term["detail"] for term in found["terms"]}
    assert found["prefixes"] == ns.PREFIXES
    assert terms["smm:Method"].endswith(" · 1")
    assert "skos:altLabel" in terms
