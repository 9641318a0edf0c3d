"""What search engines read in a page: schema.org in JSON-LD that is data, whatever the texts are."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.release import Release
from ontology import namespaces as ns
from service.pages import schema_org
from tests.service.pages.html import Page

CONTEXT = {"@context": {"@vocab": "https://schema.org/"}}


def block(client: FlaskClient, path: str) -> dict[str, Any]:
    (found,) = Page.parse(client.get(path).text).blocks
    assert isinstance(found, dict)
    assert found["@context"] == "https://schema.org/"
    return found


@pytest.mark.parametrize(
    ("path", "iri", "kind"),
    [
        ("/", ns.GRAPH_RELEASE, "Dataset"),
        ("/about", ns.GRAPH_RELEASE, "Dataset"),
        ("/ontology.html", ns.ONTOLOGY, "DefinedTermSet"),
        ("/ontology/term/Method", ns.SMM + "Method", "DefinedTerm"),
        ("/id/method/collegial-tutoring.html", ns.ID + "method/collegial-tutoring", "DefinedTerm"),
        ("/id/project/mensi.html", ns.ID + "project/mensi", "Project"),
        ("/id/document/mensi-d2.1.html", ns.ID + "document/mensi-d2.1", "CreativeWork"),
    ],
)
def test_each_page_says_what_it_is_about(client: FlaskClient, path: str, iri: str, kind: str) -> None:
    said = block(client, path)
    assert (said["@id"], said["@type"]) == (iri, kind)
    assert said["name"]
    # It is RDF: with the context written out, nothing in it is lost.
    text = json.dumps({**said, **CONTEXT})
    quads = list(ox.parse(input=text, format=ox.RdfFormat.JSON_LD))
    assert any(q.subject == ox.NamedNode(iri) and q.predicate.value == ns.SCHEMA + "name" for q in quads)


def test_an_organisation_has_its_identifiers_elsewhere(client: FlaskClient) -> None:
    said = block(client, "/id/organisation/university-of-helsinki.html")
    assert said["@type"] == "Organization"
    assert said["sameAs"] == ["http://www.wikidata.org/entity/Q28695", "https://ror.org/040af2s02"]


def test_the_data_set_can_be_downloaded(client: FlaskClient, release: Release) -> None:
    said = block(client, "/about")
    assert {one["contentUrl"].split("/")[-1] for one in said["distribution"]} == {*release.manifest["files"]}
    assert said["version"] == release.manifest["version"]
    assert said["license"].startswith("https://creativecommons.org/licenses/by/")


def test_no_text_ends_the_block(hostile_site: Flask) -> None:
    evil = "</script><script>alert(1)</script><!--\u2028&"
    written = str(schema_org.block({"name": evil}))
    assert not {"<", ">", "&", "\u2028"} & {*written}
    assert json.loads(written)["name"] == evil
    client = hostile_site.test_client()
    for path in ("/", "/about", "/id/method/evil.html"):
        answer = client.get(path)
        if answer.status_code == 200:
            assert Page.parse(answer.text).faults == []
