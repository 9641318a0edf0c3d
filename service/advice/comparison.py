"""A comparison of two pieces of advice as a JSON document: what pages and API tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender.catalogue import Method
from recommender.compare import Change, Comparison, Moved
from recommender.profile import Vocabulary
from service.advice.document import reason_document


def comparison_document(found: Comparison, vocabulary: Vocabulary) -> dict[str, Any]:
    """The whole comparison; `service.advice.schema.COMPARISON` describes it."""
    return {
        "answers": [_change(change, vocabulary) for change in found.changes],
        "moved": [_moved(moved) for moved in found.moved],
        "plan": {
            "added": [_named(method) for method in found.added],
            "dropped": [_named(method) for method in found.dropped],
        },
        "route": {"before": found.routes[0], "after": found.routes[1]},
        "confidence": {"before": found.confidences[0], "after": found.confidences[1]},
    }


def _change(change: Change, vocabulary: Vocabulary) -> dict[str, Any]:
    allowed = vocabulary.allowed(change.field) if change.field.kind != "text" else {}
    return {
        "field": change.field.path,
        "question": change.field.question,
        "before": _words(change.before, allowed, change.field.options or {}),
        "after": _words(change.after, allowed, change.field.options or {}),
    }


def _words(value: Any, allowed: Mapping[str, str], levels: Mapping[str, str]) -> str:
    """An answer in words; "" when it is unknown."""
    if value is None:
        return ""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "; ".join(f"{allowed.get(name, name)}: {levels.get(str(v), str(v))}" for name, v in value)
    if isinstance(value, tuple):
        return ", ".join(allowed.get(name, name) for name in value)
    return allowed.get(str(value), str(value))


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        **_named(moved.method),
        "kind": moved.kind,
        "move": moved.move,
        "places": {"before": moved.places[0], "after": moved.places[1]},
        "fits": {"before": moved.fits[0], "after": moved.fits[1]},
        "components": [{"name": name, "change": change} for name, change in moved.components],
        "gained": [reason_document(reason) for reason in moved.gained],
        "lost": [reason_document(reason) for reason in moved.lost],
    }


def _named(method: Method) -> dict[str, str]:
    return {"iri": method.iri, "label": method.label}
