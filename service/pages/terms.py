"""The page of the ontology: every class, property and individual with what the ontology says about it."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kb import queries
from ontology import namespaces as ns
from service.pages import catalogue, iris
from service.pages.citations import Link
from service.pages.knowledge import Knowledge
from service.pages.vocabulary import Term, Vocabulary


@dataclass(frozen=True)
class Entry:
    """A term with its facts: (in words, links). `uses` counts instances, statements, or things that name
    it.
    """

    term: Term
    facts: tuple[tuple[str, tuple[Link, ...]], ...]
    uses: int
    uses_words: str
    uses_href: str


def page(knowledge: Knowledge) -> dict[str, object]:
    """What the template `ontology.html` shows."""
    vocabulary = knowledge.vocabulary
    header = knowledge.ontology_header

    def text(prop: str) -> str:
        return (header.get(prop) or [""])[0]

    return {
        "title": text(ns.DCT + "title") or "Ontology",
        "abstract": text(ns.DCT + "abstract"),
        "version": text(ns.OWL + "versionInfo"),
        "profile": text(ns.RDFS + "comment"),
        "citation": text(ns.DCT + "bibliographicCitation"),
        "licence": text(ns.DCT + "license"),
        "namespace": ns.SMM,
        "parts": [
            ("Classes", "Kinds of things.", [_class(t, knowledge) for t in vocabulary.of_kind("class")]),
            (
                "Properties",
                "What can be said of them.",
                [_property(t, knowledge) for t in vocabulary.of_kind("property")],
            ),
            (
                "Individuals",
                "Values that the ontology itself provides.",
                [_individual(t, vocabulary) for t in vocabulary.of_kind("individual")],
            ),
        ],
    }


def _class(term: Term, knowledge: Knowledge) -> Entry:
    vocabulary = knowledge.vocabulary
    narrower = [t.iri for t in vocabulary.terms.values() if term.iri in t.parents and "class" in t.kinds]
    uses = knowledge.class_counts.get(term.iri, 0)
    return Entry(
        term,
        _facts(
            vocabulary,
            ("A kind of", term.parents),
            ("Kinds of it", narrower),
            ("Never also", term.disjoint_with),
        ),
        uses,
        "in this release",
        f"/browse/{catalogue.slug_of(term.iri)}" if uses else "",
    )


def _property(term: Term, knowledge: Knowledge) -> Entry:
    vocabulary = knowledge.vocabulary
    narrower = [t.iri for t in vocabulary.terms.values() if term.iri in t.parents and "property" in t.kinds]
    inverse = vocabulary.inverse(term.iri)
    facts = _facts(
        vocabulary,
        ("Said of", term.domains),
        ("Value", term.ranges),
        ("The other way round", (inverse,) if inverse and inverse != term.iri else ()),
        ("Implies", term.parents),
        ("Implied by", narrower),
        *(("Follows from the path", chain) for chain in term.chains),
    )
    marks = [word for name, word in _MARKS.items() if ns.OWL + name in term.types]
    if marks:
        facts = (*facts, ("Is", tuple(Link(word, "") for word in marks)))
    uses = knowledge.property_counts.get(term.iri, 0)
    return Entry(term, facts, uses, "statements in this release", _statements_href(term.iri) if uses else "")


_MARKS = {
    "SymmetricProperty": "symmetric (holds both ways)",
    "FunctionalProperty": "functional (has one value at most)",
    "TransitiveProperty": "transitive",
}


def _individual(term: Term, vocabulary: Vocabulary) -> Entry:
    types = [t for t in term.types if t.startswith(ns.SMM)]
    return Entry(term, _facts(vocabulary, ("Kind", types)), 0, "", _mentions_href(term.iri))


def _facts(
    vocabulary: Vocabulary, *facts: tuple[str, tuple[str, ...] | list[str]]
) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    return tuple(
        (words, tuple(Link(_label(iri, vocabulary), _local(iri)) for iri in values))
        for words, values in facts
        if values
    )


def _label(iri: str, vocabulary: Vocabulary) -> str:
    return vocabulary.label(iri) if iri.startswith(ns.SMM) else ns.shorten(iri).strip("<>")


def _local(iri: str) -> str:
    """Terms of ours stand on the same page."""
    return "#" + iri.removeprefix(ns.SMM) if iri.startswith(ns.SMM) else iris.link_to(iri)


def _statements_href(iri: str) -> str:
    return iris.query_address(queries.load("service/statements-of-property").bind(property=ox.NamedNode(iri)))


def _mentions_href(iri: str) -> str:
    return iris.query_address(queries.load("service/who-has-value").bind(value=ox.NamedNode(iri)))
