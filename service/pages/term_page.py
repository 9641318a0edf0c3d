"""The page of one term: what the ontology, its shapes and the release say about it."""

from __future__ import annotations

from ontology import namespaces as ns
from service.pages import schema_org, terms
from service.pages.citations import Link
from service.pages.knowledge import Knowledge
from service.pages.ontology_files import Files
from service.pages.vocabulary import Term, Vocabulary

_WORDS = {"class": "Class", "property": "Property", "individual": "Individual"}


def page(name: str, knowledge: Knowledge, files: Files) -> dict[str, object] | None:
    """What the template `term.html` shows, None where the ontology has no such term of its own."""
    vocabulary = knowledge.vocabulary
    term = vocabulary.terms.get(ns.SMM + name)
    if term is None or not term.kinds:
        return None
    return {
        "term": term,
        "title": term.label,
        "schema_org": schema_org.term(term.iri, term.label, term.definition),
        "kind": ", ".join(_WORDS[kind] for kind in sorted(term.kinds)),
        "value_kind": _value_kind(term),
        "entry": terms.entry(term, knowledge),
        "more": _more(term, vocabulary),
        "usable": _usable(term, vocabulary),
        "messages": files.messages.get(term.iri, ()),
        "themes": [theme for theme in vocabulary.themes if term.iri in theme.members],
    }


def _value_kind(term: Term) -> str:
    if ns.OWL + "DatatypeProperty" in term.types:
        return "Its values are texts, numbers or dates."
    return "Its values are things." if ns.OWL + "ObjectProperty" in term.types else ""


def _more(term: Term, vocabulary: Vocabulary) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """Facts that the overview leaves out."""
    above = [iri for iri in vocabulary.ancestors(term.iri) if iri not in term.parents]
    told: list[tuple[str, list[str]]] = [("Further up", above)]
    if "class" in term.kinds:
        told += [
            ("Never also", vocabulary.excluded_by(term.iri)),
            ("Values of it", [t.iri for t in vocabulary.of_kind("individual") if term.iri in t.types]),
        ]
    told.append(("Use instead", list(term.replaced_by)))
    return terms.facts(vocabulary, *told)


def _usable(term: Term, vocabulary: Vocabulary) -> list[tuple[str, list[Term]]]:
    """For a class: properties that may be said of its things, and those that may point at them."""
    if "class" not in term.kinds:
        return []
    wider = {term.iri, *vocabulary.ancestors(term.iri)}
    properties = vocabulary.of_kind("property")
    return [
        ("Properties of its own", [p for p in properties if term.iri in p.domains]),
        (
            "Properties from wider classes",
            [p for p in properties if wider & set(p.domains) and term.iri not in p.domains],
        ),
        ("Properties that point at it", [p for p in properties if wider & set(p.ranges)]),
        ("Properties for everything", [p for p in properties if not p.domains]),
    ]
