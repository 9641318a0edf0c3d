"""JSON Schemas (2020-12) of a profile and of advice, and examples that run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from recommender.fields import FIELDS, Field
from recommender.profile import LONGEST_LIST, LONGEST_WORDS, UNKNOWN, Vocabulary

_UNKNOWN: Final = {"enum": [UNKNOWN, "", None]}
Schema = dict[str, Any]


def profile_schema(vocabulary: Vocabulary) -> Schema:
    """What a profile may hold, with the options of one release: what `recommender.profile.parse` takes."""
    root = _object()
    for field in FIELDS:
        *above, last = field.path.split(".")
        place = root
        for part in above:
            place = place["properties"].setdefault(part, _object())
        place["properties"][last] = _field(field, vocabulary)
    for part, inner in root["properties"].items():
        if "properties" in inner and "title" not in inner:
            root["properties"][part] = {"anyOf": [inner, _UNKNOWN]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Profile", **root}


def _object() -> Schema:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _field(field: Field, vocabulary: Vocabulary) -> Schema:
    words = {"title": field.question} | ({"description": field.help} if field.help else {})
    return {**words, "anyOf": [_known(field, vocabulary), _UNKNOWN]}


def _known(field: Field, vocabulary: Vocabulary) -> Schema:
    """The schema of an answer that is not "unknown"."""
    if field.kind == "number":
        return {"type": "integer", "minimum": field.least, "maximum": field.most}
    if field.kind == "text":
        return {"type": "string", "maxLength": field.most}
    allowed = vocabulary.allowed(field)
    if field.kind == "choices":
        return {"type": "array", "items": {"enum": [*allowed]}, "maxItems": LONGEST_LIST}
    if field.kind == "scales":
        return {
            "type": "object",
            "properties": {thing: {"title": label, **_level(field)} for thing, label in allowed.items()},
            "additionalProperties": False,
        }
    codes = [*vocabulary.codes] if field.source == "countries" else []
    return {"enum": [*(int(option) if field.counted else option for option in allowed), *codes]}


def _level(field: Field) -> Schema:
    options = [int(option) if field.counted else option for option in field.options or {}]
    known: list[Schema] = [{"enum": options}]
    if field.free_text:
        known.append({"type": "string", "maxLength": LONGEST_WORDS})
    return {"anyOf": [*known, _UNKNOWN]}


def _shape(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": [*required],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TEXT: Final[Schema] = {"type": "string"}
_IRI: Final[Schema] = {"type": "string", "format": "uri"}
_SHARE: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_CITATION: Final = _shape(
    {"passage": _IRI, "document": _IRI, "label": _TEXT, "anchor": _TEXT}, conclusion=_IRI, reason=_TEXT
)
_CITED: Final[Schema] = {**_list(_CITATION), "minItems": 1}
_REASON: Final = _shape({"code": _TEXT, "text": _TEXT, "citations": _CITED})
_NOTICE: Final = _shape({"code": _TEXT, "text": _TEXT, "citations": _list(_CITATION)})
_FACT: Final = _shape({"text": _TEXT, "citations": _CITED})
_NAMED: Final = _shape({"iri": _IRI, "label": _TEXT})
_AXIS: Final = _shape({"level": _COUNT, "words": _TEXT, "citations": _list(_CITATION)})
_SUGGESTION: Final = _shape(
    {
        "iri": _IRI,
        "label": _TEXT,
        "aim": _list(_FACT),
        "fit": _SHARE,
        "components": {"type": "object", "additionalProperties": _SHARE},
        "effort": {**_AXIS, "description": "0 not known, 1 a single event, 2 small scale, 3 long term"},
        "evidence": {**_AXIS, "description": "0 not reported, 1 planned, 2 used, 3 used with results"},
        "reasons": _list(_REASON),
        "notices": _list(_NOTICE),
        "hindered": {"type": "boolean"},
    }
)
_SHORTLIST: Final = _shape(
    {"first": _list(_SUGGESTION), "also": _list(_SUGGESTION), "unconnected": _list(_NAMED)}
)
_FACTOR: Final = _shape(
    {
        "iri": _IRI,
        "label": _TEXT,
        "helps": {"type": "boolean"},
        "statements": _list(_REASON),
        "sources": {**_COUNT, "description": "how many sources say so"},
        "answeredBy": _list(_shape({"iri": _IRI, "label": _TEXT, "citations": _CITED})),
    }
)
_PLAN: Final = _shape(
    {
        "phase": _shape({"iri": _IRI, "label": _TEXT, "number": _COUNT, "model": _NAMED}),
        "purpose": _list(_FACT),
        "questions": _list(_FACT),
        "suggestions": _list(
            _shape(
                {
                    "iri": _IRI,
                    "label": _TEXT,
                    "reason": _REASON,
                    "effort": _TEXT,
                    "known": {"type": "boolean", "description": "whether a document says how long it takes"},
                    "kept": {"type": "boolean"},
                    "who": {**_list(_REASON), "description": "at whom it is aimed, where a document says so"},
                }
            )
        ),
        "example": {"anyOf": [_REASON, {"type": "null"}], "description": "from the pilot most alike"},
    }
)
_CASE: Final = _shape(
    {
        "iri": _IRI,
        "label": _TEXT,
        "kind": {"enum": ["pilot", "initiative"]},
        "said": _list(_FACT),
        "likeness": {**_SHARE, "description": "Gower's likeness; silence of the case counts half"},
        "alike": _list(_REASON),
        "different": _list(_REASON),
        "silent": {**_list(_TEXT), "description": "features on which the case says nothing"},
        "results": _list(_REASON),
    }
)
_INCENTIVE: Final = _shape(
    {"iri": _IRI, "label": _TEXT, "wanted": {"type": "boolean"}, "reasons": {**_list(_REASON), "minItems": 1}}
)
_INCENTIVES: Final = _shape(
    {
        "country": {"anyOf": [_NAMED, {"type": "null"}]},
        "possible": _list(_INCENTIVE),
        "motivating": _list(_INCENTIVE),
        "reserved": {
            **_list(_INCENTIVE),
            "description": "said with a reserve, or not to hold, in this country",
        },
        "unplaced": {**_list(_INCENTIVE), "description": "said without a country being named"},
        "silent": {**_list(_NAMED), "description": "wanted, but nothing is said of them for this country"},
    }
)
_COMPROMISE: Final = _shape(
    {
        "field": {**_TEXT, "description": "the answer that would have to give way"},
        "question": _TEXT,
        "option": _NAMED,
        "fit": {**_SHARE, "description": "of the option, without that answer"},
        "against": _list(_REASON),
        "changes": _list(_TEXT),
        "more": {**_COUNT, "description": "how many other options that answer keeps away"},
    }
)
ADVICE: Final = _shape(
    {
        "release": _TEXT,
        "profile": {"type": "object"},
        "confidence": _shape(
            {"level": {"enum": ["too little known", "tentative", "fair", "good"]}, "words": _TEXT}
        ),
        "understood": _shape(
            {
                "wishes": _list(
                    _shape(
                        {
                            "iri": _IRI,
                            "label": _TEXT,
                            "weight": _SHARE,
                            "from": {"enum": ["chosen", "written", "maturity", "element"]},
                        }
                    )
                ),
                "steps": _list(_shape({"number": _COUNT, "label": _TEXT, "weight": _SHARE})),
                "corrections": _list(_shape({"written": _TEXT, "read": _TEXT})),
                "notUnderstood": _list(_TEXT),
            }
        ),
        "process": _shape(
            {
                "route": {"enum": ["inside", "between", "both", "open"]},
                "reasons": _list(_REASON),
                "stretches": _list(_shape({"iri": _IRI, "label": _TEXT, "phases": _list(_IRI)})),
            }
        ),
        "methods": _SHORTLIST,
        "frameworks": _SHORTLIST,
        "instruments": _SHORTLIST,
        "plan": _list(_PLAN),
        "planned": _shape(
            {
                "hours": {"type": "number", "description": "the least it takes, of what is known"},
                "months": {"type": "number"},
                "fits": {"type": "boolean"},
                "notes": _list(_TEXT),
            }
        ),
        "cases": _list(_CASE),
        "initiatives": _shape({"here": _list(_CASE), "abroad": _list(_CASE)}),
        "helps": _list(_FACTOR),
        "hinders": _list(_FACTOR),
        "matching": {**_list(_FACTOR), "description": "for work between schools: on matching them"},
        "incentives": _INCENTIVES,
        "ruledOut": _list(
            _shape(
                {
                    "iri": _IRI,
                    "label": _TEXT,
                    "reasons": {**_list(_REASON), "minItems": 1},
                    "changes": _list(_TEXT),
                }
            )
        ),
        "compromises": _list(_COMPROMISE),
        "warnings": _list(_NOTICE),
        "questions": _list(_shape({"field": _TEXT, "question": _TEXT, "change": _SHARE, "why": _TEXT})),
    }
)


def _sides(of: Schema) -> Schema:
    return _shape({"before": of, "after": of})


_MOVED: Final = _shape(
    {
        "iri": _IRI,
        "label": _TEXT,
        "kind": {"enum": ["method", "framework", "instrument"]},
        "move": {"enum": ["in", "out", "up", "down"]},
        "places": {**_sides(_COUNT), "description": "among the first, from 1; 0 for none"},
        "fits": {**_sides({"anyOf": [_SHARE, {"type": "null"}]}), "description": "null when ruled out"},
        "components": _list(_shape({"name": _TEXT, "change": {"type": "number"}})),
        "gained": _list(_REASON),
        "lost": _list(_REASON),
    }
)
COMPARISON: Final = _shape(
    {
        "answers": _list(_shape({"field": _TEXT, "question": _TEXT, "before": _TEXT, "after": _TEXT})),
        "moved": _list(_MOVED),
        "plan": _shape({"added": _list(_NAMED), "dropped": _list(_NAMED)}),
        "route": _sides(_TEXT),
        "confidence": _sides(_TEXT),
    }
)

PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "properties": {
        "type": _IRI,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "advice": _TEXT,
        "errors": _list(_shape({"path": _TEXT, "detail": _TEXT, "allowed": _list(_TEXT)})),
    },
    "required": ["type", "title", "status", "detail", "code"],
}

# Profiles for the documentation; tests send each of them.
EXAMPLES: Final[Mapping[str, tuple[str, Schema]]] = {
    "one-school": (
        "One primary school in Finland that wants to know where it stands",
        {
            "goal": "We want to find out where we stand and what we need to develop.",
            "country": "FI",
            "schools": "one",
            "school_levels": ["primary"],
            "people": {"who": "whole-staff"},
            "time": {"hours": 6},
        },
    ),
    "two-schools": (
        "Two schools, one ahead of the other",
        {
            "goal": "Our teachers want to learn from a school that is further ahead.",
            "schools": "several",
            "relation": ["different-maturity"],
            "mentor": "external",
        },
    ),
    "nothing-known": ("Nothing known yet: the answer is the questions to ask", {}),
}

# A pair of profiles for the documentation; a test sends it.
COMPARED: Final[Schema] = {
    "before": EXAMPLES["one-school"][1],
    "after": {**EXAMPLES["one-school"][1], "schools": "several"},
}
