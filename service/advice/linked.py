"""A plan as JSON-LD 1.1 with the terms of our ontology: data that another tool can put beside the graph.

A plan is a `pplan:Plan`; a step of it a `smm:Step` of a phase of our graph; a method chosen for it a
`smm:PlannedAction` about the method, with the passages that it rests on. IRIs of the plan are `urn:uuid:`,
made from its content, since a plan belongs to nobody's address. Nothing of the profile is in it: no goal, no
country, no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from ontology import namespaces as ns

Document = Mapping[str, Any]
_CONTEXT: Final = {
    "smm": ns.SMM,
    "dct": "http://purl.org/dc/terms/",
    "pplan": "http://purl.org/net/p-plan#",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "id": "@id",
    "type": "@type",
    "label": {"@id": "skos:prefLabel", "@language": "en"},
    "text": {"@id": "smm:text", "@language": "en"},
    "note": {"@id": "skos:note", "@language": "en"},
    "position": {"@id": "smm:position", "@type": "http://www.w3.org/2001/XMLSchema#integer"},
    "phase": {"@id": "smm:inPhase", "@type": "@id"},
    "stepOf": {"@id": "smm:stepOf", "@type": "@id"},
    "plan": {"@id": "pplan:isStepOfPlan", "@type": "@id"},
    "after": {"@id": "pplan:isPrecededBy", "@type": "@id"},
    "about": {"@id": "smm:about", "@type": "@id"},
    "partOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "status": {"@id": "smm:useStatus", "@type": "@id"},
    "restsOn": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
}


def jsonld(advice: Document) -> str:
    """The plan of an advice document (`service.advice.document`); the same plan gives the same text."""
    chosen = [
        [step["phase"]["iri"], [item["iri"] for item in step["suggestions"]]] for step in advice["plan"]
    ]
    plan = f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([advice['release'], chosen]))}"
    head = {
        "id": plan,
        "type": "pplan:Plan",
        "label": "A plan for our school",
        "note": [f"Made by MentorGraph, release {advice['release']}.", *advice["planned"]["notes"]],
        "restsOn": [stretch["iri"] for stretch in advice["process"]["stretches"]],
    }
    graph = [head, *_steps(plan, advice["plan"]), *_named(advice)]
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=2) + "\n"


def _named(advice: Document) -> Iterator[dict[str, str]]:
    """What of the graph the plan points at, with kind and name, so that it can be read without the graph."""
    kinds = {
        stretch["iri"]: ("smm:ProcessModel", stretch["label"]) for stretch in advice["process"]["stretches"]
    }
    for step in advice["plan"]:
        kinds[step["phase"]["iri"]] = ("smm:Phase", step["phase"]["label"])
        kinds |= {item["iri"]: ("smm:Method", item["label"]) for item in step["suggestions"]}
    for iri, (kind, label) in sorted(kinds.items()):
        yield {"id": iri, "type": kind, "label": label}


def _steps(plan: str, steps: list[Document]) -> Iterator[dict[str, Any]]:
    for number, step in enumerate(steps, 1):
        here = f"{plan}#step-{number}"
        found: dict[str, Any] = {
            "id": here,
            "type": "smm:Step",
            "label": step["phase"]["label"],
            "position": number,
            "stepOf": step["phase"]["iri"],
            "plan": plan,
        }
        yield found | ({"after": f"{plan}#step-{number - 1}"} if number > 1 else {})
        for place, item in enumerate(step["suggestions"], 1):
            yield {
                "id": f"{here}-action-{place}",
                "type": "smm:PlannedAction",
                "label": item["label"],
                "text": f"{item['label']}: {item['reason']['text']}",
                "about": item["iri"],
                "phase": step["phase"]["iri"],
                "partOf": here,
                "status": "smm:Planned",
                "restsOn": sorted({citation["passage"] for citation in item["reason"]["citations"]}),
            }
