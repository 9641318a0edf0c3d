"""The documents that the reconciliation protocol answers with: results, suggestions, values, the manifest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from kb.linking.names import words
from kb.search import SearchIndex, fold
from ontology import namespaces as ns
from service.pages.knowledge import value
from service.reconcile.asking import MAX_CANDIDATES, MAX_IDS, MAX_QUERIES, Extension, type_id, type_iri
from service.reconcile.library import Known, Library
from service.reconcile.matching import Candidate, read_values
from service.reconcile.names import IDENTIFIERS, SCHEMA, short, whole

SUGGESTED = 20
PREVIEW = {"width": 430, "height": 260}  # pixels
_DEFAULT_TYPES = (
    "Organisation",
    "Project",
    "Method",
    "Country",
    "Initiative",
    "Platform",
    "Framework",
    "Theme",
)
_INTEGERS = frozenset(ns.XSD + kind for kind in ("integer", "int", "long", "nonNegativeInteger", "gYear"))
_FLOATS = frozenset(ns.XSD + kind for kind in ("decimal", "double", "float"))
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
_LARGEST = 2**53  # whole numbers that every client of JSON reads exactly


def manifest(library: Library, base: str) -> dict[str, Any]:
    """What the service is and can; `base` is the address of this host as the client sees it."""
    here = f"{base}/reconcile"
    suggest = {
        kind: {
            "service_url": base,
            "service_path": f"/reconcile/suggest/{kind}",
            "flyout_service_url": base,
            "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "property", "type")
    }
    return {
        "versions": ["0.1", "0.2"],
        "name": "MentorGraph: school mentoring and peer learning",
        "identifierSpace": IDENTIFIERS,
        "schemaSpace": SCHEMA,
        "documentation": f"{base}/link-to-us",
        "serviceVersion": library.knowledge.release_id,
        "logo": f"{base}/assets/icon.svg",
        "defaultTypes": [
            named_type(library, iri) for name in _DEFAULT_TYPES if (iri := ns.SMM + name) in library.types
        ],
        "view": {"url": f"{here}/view?id={{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", **PREVIEW},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "How many values of each thing to fetch; 0 for all of them.",
                }
            ],
        },
        # Read by newer clients; others pass over it.
        "batchSize": MAX_QUERIES,
        "limits": {"queries": MAX_QUERIES, "candidates": MAX_CANDIDATES, "ids": MAX_IDS},
    }


def named_type(library: Library, iri: str) -> dict[str, str]:
    return {"id": type_id(iri), "name": library.label(iri)}


def result(library: Library, found: Sequence[Candidate]) -> dict[str, Any]:
    """The answer to one query."""
    return {"result": [_candidate(library, one) for one in found]}


def _candidate(library: Library, one: Candidate) -> dict[str, Any]:
    known = one.known
    return {
        "id": short(known.iri, IDENTIFIERS),
        "name": known.record.label,
        "description": _description(library, known),
        "score": round(100 * one.score, 1),
        "match": one.match,
        "type": [named_type(library, iri) for iri in known.types],
        "features": [{"id": "_".join(words(e.feature)), "value": round(e.weight, 3)} for e in one.evidence],
    }


def _description(library: Library, known: Known) -> str:
    kind = ", ".join(library.label(iri) for iri in known.types[:2])
    return f"{kind}: {known.definition}" if known.definition else kind


def entities(library: Library, index: SearchIndex, prefix: str, types: list[str]) -> list[dict[str, Any]]:
    """Things by the beginning of a word, or by a name with small slips."""
    hits = index.search(prefix, limit=3 * SUGGESTED, kinds=[type_iri(one) for one in types])
    found = [library.known[hit.entry.iri] for hit in hits if hit.entry.iri in library.known]
    return [
        {
            "id": short(known.iri, IDENTIFIERS),
            "name": known.record.label,
            "description": _description(library, known),
            "notable": [named_type(library, iri) for iri in known.types],
        }
        for known in found[:SUGGESTED]
    ]


def types(library: Library, prefix: str) -> list[dict[str, Any]]:
    found = [iri for iri, name in library.types.items() if _begins(prefix, name)]
    return [{**named_type(library, iri), **_about(library, iri)} for iri in found[:SUGGESTED]]


def properties(library: Library, prefix: str) -> list[dict[str, Any]]:
    counts = library.knowledge.property_counts
    named = {iri: library.vocabulary.label(iri) for iri in counts}
    found = sorted((iri for iri in named if _begins(prefix, named[iri])), key=lambda iri: -counts[iri])
    return [_property(library, iri) for iri in found[:SUGGESTED]]


def proposed(library: Library, kind: str, limit: int) -> dict[str, Any]:
    """Properties that things of a type have, the most used first; of any thing, if no type is given."""
    if kind and type_iri(kind) not in library.types:
        found = []
    elif kind:
        rows = library.knowledge.rows("properties-of-class", **{"class": type_iri(kind)})
        found = [value(row, "property") for row in rows]
    else:
        counts = library.knowledge.property_counts
        found = sorted(counts, key=lambda iri: (-counts[iri], iri))
    return {
        "type": kind,
        "limit": limit,
        "properties": [_property(library, iri) for iri in found if iri != ns.RDF + "type"][:limit],
    }


def _property(library: Library, iri: str) -> dict[str, Any]:
    return {"id": short(iri, SCHEMA), "name": library.vocabulary.label(iri), **_about(library, iri)}


def _about(library: Library, iri: str) -> dict[str, str]:
    term = library.vocabulary.terms.get(iri)
    return {"description": term.definition} if term and term.definition else {}


def _begins(prefix: str, name: str) -> bool:
    """Whether a word of the name, and what follows it, begins with the prefix."""
    return f" {fold(prefix)}" in f" {fold(name)}"


def extended(library: Library, asked: Extension) -> dict[str, Any]:
    """The values of properties of things. An identifier that is none of ours has none."""
    things = {one: whole(one, IDENTIFIERS) for one in asked.ids}
    props = {one: whole(one, SCHEMA) for one in asked.properties}
    known = [iri for iri in things.values() if iri in library.known]
    values = read_values(library, known, list(props.values()))
    return {
        "meta": [_meta(library, one, iri) for one, iri in props.items()],
        "rows": {
            one: {
                prop: [_cell(library, v) for v in _some(values.get(iri, {}).get(of, []), asked.limits[prop])]
                for prop, of in props.items()
            }
            for one, iri in things.items()
        },
    }


def _some(values: list[Any], limit: int) -> list[Any]:
    return values[:limit] if limit else values


def _meta(library: Library, identifier: str, iri: str) -> dict[str, Any]:
    term = library.vocabulary.terms.get(iri)
    ranges = [one for one in term.ranges if one in library.types] if term else []
    kind = {"type": named_type(library, ranges[0])} if len(ranges) == 1 else {}
    return {"id": identifier, "name": library.vocabulary.label(iri), **kind}


def _cell(library: Library, term: ox.NamedNode | ox.Literal) -> dict[str, Any]:
    """A value: a thing of ours by identifier and name, a number, a date at midnight UTC, or text."""
    if isinstance(term, ox.NamedNode):
        if term.value in library.known:
            return {"id": short(term.value, IDENTIFIERS), "name": library.known[term.value].record.label}
        return {"str": term.value}
    kind = term.datatype.value
    if kind in _INTEGERS and re.fullmatch(r"-?\d{1,16}", term.value) and abs(int(term.value)) < _LARGEST:
        return {"int": int(term.value)}
    if kind in _FLOATS and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", term.value):
        return {"float": float(term.value)}
    if kind == ns.XSD + "date" and _DATE.fullmatch(term.value):
        return {"date": term.value + "T00:00:00Z"}
    return {"str": term.value}


def flyout(name: str, text: str) -> str:
    """A little HTML about one suggestion, which the client puts beside it."""
    return str(Markup("<p><strong>{}</strong></p><p>{}</p>").format(name, text))
