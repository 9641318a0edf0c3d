"""What the query editor completes: the release's prefixes, and the classes and properties used or defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ontology import namespaces as ns
from service.pages.knowledge import Knowledge, value


@dataclass(frozen=True)
class Usage:
    """How often terms are used. `total`: all statements, None where the release does not say so itself."""

    classes: Mapping[str, int]
    properties: Mapping[str, int]
    total: int | None


def usage(knowledge: Knowledge) -> Usage:
    """What the release says of itself (VoID), or else what its statements come to. Raises Problem."""
    return knowledge.remember("usage", lambda: _usage(knowledge))


def _usage(knowledge: Knowledge) -> Usage:
    found: dict[str, dict[str, int]] = {"class": {}, "property": {}, "all": {}}
    for row in knowledge.rows("void-partitions"):
        found[value(row, "kind")][value(row, "term")] = int(value(row, "count"))
    if not found["property"]:
        return Usage(knowledge.class_counts, knowledge.property_counts, None)
    return Usage(found["class"], found["property"], found["all"].get(""))


def document(knowledge: Knowledge) -> dict[str, object]:
    """Prefixes (name → namespace), and terms with the fields of a CodeMirror completion. Raises Problem."""
    declared = {value(row, "prefix"): value(row, "namespace") for row in knowledge.rows("prefixes")}
    return {"prefixes": declared or ns.PREFIXES, "terms": list(_terms(knowledge, declared or ns.PREFIXES))}


def _terms(knowledge: Knowledge, prefixes: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Our own terms first, used or not; then those of other vocabularies that are used."""
    vocabulary, used = knowledge.vocabulary, usage(knowledge)
    for kind in ("class", "property", "individual"):
        counts = {"class": used.classes, "property": used.properties}.get(kind, {})
        own = [term.iri for term in vocabulary.of_kind(kind)]
        for iri in [*own, *sorted(counts.keys() - set(own))]:
            short = _short(iri, prefixes)
            term = vocabulary.terms.get(iri)
            if not short:
                continue
            count = counts.get(iri, 0)
            yield {
                "label": short,
                "type": kind,
                "detail": vocabulary.label(iri) + (f" · {count:,}" if count else ""),
                "info": term.definition if term else "",
                "boost": 1 if count else 0,
            }


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    """`skos:prefLabel`, "" where no prefix fits or the name would need escapes."""
    fitting = [(len(space), name) for name, space in prefixes.items() if space and iri.startswith(space)]
    if not fitting:
        return ""
    length, name = max(fitting)
    local = iri[length:]
    return f"{name}:{local}" if local.replace("-", "").replace("_", "").isalnum() else ""
