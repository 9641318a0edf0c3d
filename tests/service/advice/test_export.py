"""A plan to take along: what is in it, and the rules of the formats."""

from __future__ import annotations

import json
import re

import pytest
import rdflib
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib.namespace import PROV, RDF

from kb.sources import Project
from ontology import namespaces as ns
from ontology import terms
from ontology.serialise import to_rdflib
from tests.service.advice.test_pages import text_of

PROFILE = {"goal": "We want to find out where we stand.", "schools": "one", "time": {"hours": 6}}


def taken(client: FlaskClient, name: str, profile: object = PROFILE) -> str:
    response = client.post(f"/advice/plan.{name}", data={"profile": json.dumps(profile)})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert f'filename="school-plan.{name}"' in response.headers["Content-Disposition"]
    return response.get_data(as_text=True)


def test_markdown_names_phases_methods_and_passages(client: FlaskClient) -> None:
    text = taken(client, "md")
    assert "### 4. Mapping joint learning and development aims and needs" in text
    assert "- **Digipeda workshop**" in text
    assert "[D3.2, section 2.3.1" in text
    assert "No document says how long this takes" in text


def test_tasks_follow_the_format(client: FlaskClient) -> None:
    text = taken(client, "ics")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    assert text.count("BEGIN:VTODO") == text.count("END:VTODO") == 7
    assert len(set(re.findall(r"^UID:(.*)\r$", text, re.MULTILINE))) == 7
    assert "DTSTART" not in text
    unfolded = text.replace("\r\n ", "")
    assert "Digipeda workshop (single event\\, small scale\\, 3 hours" in unfolded


# rdflib's own reader of JSON-LD uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_linked_data_is_of_our_ontology_and_keeps_its_shapes(client: FlaskClient) -> None:
    text = taken(client, "jsonld", {**PROFILE, "country": "finland"})
    data = rdflib.Graph().parse(data=text, format="json-ld")
    ontology = terms.load(Project.default().ontology_files())
    declared = {triple.subject.value for triple in ontology.triples}
    used = {str(p) for p in data.predicates()} | {str(o) for o in data.objects(None, RDF.type)}
    assert {term for term in used if term not in declared} <= {str(RDF.type)}
    assert len(list(data.subjects(RDF.type, rdflib.URIRef(ns.SMM + "Step")))) == 7
    actions = list(data.subjects(RDF.type, rdflib.URIRef(ns.SMM + "PlannedAction")))
    assert actions
    assert all(list(data.objects(action, PROV.wasDerivedFrom)) for action in actions)
    ours = {subject for subject in data.subjects() if str(subject).startswith("urn:uuid:")}
    assert all(str(subject).startswith(ns.ID) for subject in set(data.subjects()) - ours)
    assert "where we stand." not in text
    assert "country" not in text
    conforms, _, told = validate(
        data + to_rdflib(ontology.triples),
        shacl_graph=to_rdflib(ontology.shapes),
        focus_nodes=[*ours],
    )
    assert conforms, told
    assert taken(client, "jsonld", {**PROFILE, "country": "finland"}) == text


@pytest.mark.parametrize("name", ["md", "ics", "jsonld"])
def test_a_wrong_profile_is_refused(name: str, client: FlaskClient) -> None:
    response = client.post(f"/advice/plan.{name}", data={"profile": '{"gaol": 1}'})
    assert response.status_code == 422


def test_the_plan_can_be_changed_on_the_page(client: FlaskClient) -> None:
    page = client.post("/advice", data={"profile": json.dumps(PROFILE)}).text
    assert "Change this plan" in page
    assert "Known to take at least: " in text_of(page)
    form = {
        "profile": json.dumps(PROFILE),
        "plan.keep": ["", "collegial-tutoring"],
        "plan.leave_out": ["", "digipeda-workshop"],
        "time.hours": "2",
    }
    again = client.post("/advice", data=form).text
    way = again.split('id="way"')[1].split("Change this plan")[0]
    assert "Collegial tutoring" in text_of(way)
    assert "which you keep" in text_of(way)
    assert "Digipeda workshop" not in text_of(way)
    assert again.count(" checked") == 2
