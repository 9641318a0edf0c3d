"""The overview of the ontology: every class, property and individual by theme, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kb import changes, queries
from ontology import namespaces as ns
from service.pages import catalogue, diagram, iris, schema_org
from service.pages.citations import Link
from service.pages.knowledge import Knowledge
from service.pages.ontology_files import Files
from service.pages.vocabulary import Term, Vocabulary

KINDS = (("class", "Classes"), ("property", "Properties"), ("individual", "Individuals"))
OTHERS = "Other terms"


@dataclass(frozen=True)
class Entry:
    """A term with its facts: (in words, links). `uses` counts instances, statements, or things that name
    it.
    """

    term: Term
    facts: tuple[tuple[str, tuple[Link, ...]], ...]
    uses: int
    uses_title: str
    uses_words: str
    uses_href: str
    query_href: str

    @property
    def href(self) -> str:
        return iris.link_to(self.term.iri)


@dataclass(frozen=True)
class Part:
    """A theme with its terms: classes first, then properties, then individuals."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]


def page(knowledge: Knowledge, files: Files) -> dict[str, object]:
    """What the template `ontology.html` shows."""
    vocabulary = knowledge.vocabulary
    header = knowledge.ontology_header
    drawn = diagram.of(vocabulary)

    def text(prop: str) -> str:
        return (header.get(prop) or [""])[0]

    return {
        "title": text(ns.DCT + "title") or "Ontology",
        "schema_org": schema_org.terms(
            text(ns.DCT + "title"), text(ns.DCT + "description"), text(ns.OWL + "versionInfo")
        ),
        "abstract": text(ns.DCT + "abstract"),
        "version": text(ns.OWL + "versionInfo"),
        "version_iri": text(ns.OWL + "versionIRI"),
        "prefix": text(ns.VANN + "preferredNamespacePrefix"),
        "issued": text(ns.DCT + "issued"),
        "modified": text(ns.DCT + "modified"),
        "profile": [note for note in header.get(ns.RDFS + "comment", ()) if note],
        "citation": text(ns.DCT + "bibliographicCitation"),
        "licence": text(ns.DCT + "license"),
        "namespace": ns.SMM,
        "index": [(title, vocabulary.of_kind(kind)) for kind, title in KINDS],
        "parts": parts(knowledge),
        "relations": [_row(one, vocabulary) for one in drawn.relations],
        "drawn": [Link(vocabulary.label(iri), iris.link_to(iri)) for iri in drawn.classes],
        "since": files.since,
        "changed": [changes.in_words(one) for one in files.since.terms_changed] if files.since else [],
        "link_of": lambda iri: Link(vocabulary.label(iri), iris.link_to(iri)),
    }


def _row(one: diagram.Relation, vocabulary: Vocabulary) -> tuple[int, Link, list[Link], Link]:
    ends = [Link(vocabulary.label(iri), iris.link_to(iri)) for iri in (one.start, one.end)]
    return (
        one.number,
        ends[0],
        [Link(vocabulary.label(iri), iris.link_to(iri)) for iri in one.properties],
        ends[1],
    )


def parts(knowledge: Knowledge) -> list[Part]:
    """The themes, by title; terms without a theme come last."""
    vocabulary = knowledge.vocabulary
    ours = [term for kind, _ in KINDS for term in vocabulary.of_kind(kind)]
    grouped = {iri for theme in vocabulary.themes for iri in theme.members}
    found = [(theme.anchor, theme.label, theme.members) for theme in vocabulary.themes]
    found.append(("theme-others", OTHERS, frozenset(t.iri for t in ours if t.iri not in grouped)))
    return [
        Part(anchor, title, tuple(entry(term, knowledge) for term in ours if term.iri in members))
        for anchor, title, members in found
        if members
    ]


def entry(term: Term, knowledge: Knowledge) -> Entry:
    """A term of ours with what the ontology says of it in short."""
    if "class" in term.kinds:
        return _class(term, knowledge)
    if "property" in term.kinds:
        return _property(term, knowledge)
    return _individual(term, knowledge.vocabulary)


def _class(term: Term, knowledge: Knowledge) -> Entry:
    vocabulary = knowledge.vocabulary
    uses = knowledge.class_counts.get(term.iri, 0)
    return Entry(
        term,
        facts(vocabulary, ("A kind of", term.parents), ("Kinds of it", vocabulary.narrower(term.iri))),
        uses,
        "Things",
        "in this release",
        f"/browse/{catalogue.slug_of(term.iri)}" if uses else "",
        _query("instances-of-class", "class", term.iri),
    )


def _property(term: Term, knowledge: Knowledge) -> Entry:
    vocabulary = knowledge.vocabulary
    inverse = vocabulary.inverse(term.iri)
    found = facts(
        vocabulary,
        ("Said of", term.domains),
        ("Value", term.ranges),
        ("The other way round", (inverse,) if inverse and inverse != term.iri else ()),
        ("Implies", term.parents),
        ("Implied by", vocabulary.narrower(term.iri)),
        *(("Follows from the path", chain) for chain in term.chains),
    )
    marks = [word for name, word in _MARKS.items() if ns.OWL + name in term.types]
    if marks:
        found = (*found, ("Is", tuple(Link(word, "") for word in marks)))
    uses = knowledge.property_counts.get(term.iri, 0)
    query = _query("statements-of-property", "property", term.iri)
    return Entry(term, found, uses, "Used in", "statements in this release", query if uses else "", query)


_MARKS = {
    "SymmetricProperty": "symmetric (holds both ways)",
    "FunctionalProperty": "functional (has one value at most)",
    "TransitiveProperty": "transitive",
}


def _individual(term: Term, vocabulary: Vocabulary) -> Entry:
    types = [t for t in term.types if t.startswith(ns.SMM)]
    query = _query("who-has-value", "value", term.iri)
    return Entry(term, facts(vocabulary, ("Kind", types)), 0, "", "", "", query)


def facts(
    vocabulary: Vocabulary, *told: tuple[str, tuple[str, ...] | list[str]]
) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    return tuple(
        (words, tuple(Link(_label(iri, vocabulary), iris.link_to(iri)) for iri in values))
        for words, values in told
        if values
    )


def _label(iri: str, vocabulary: Vocabulary) -> str:
    return vocabulary.label(iri) if iri.startswith(ns.SMM) else ns.shorten(iri).strip("<>")


def _query(name: str, parameter: str, iri: str) -> str:
    return iris.query_address(queries.load(f"service/{name}").bind(**{parameter: ox.NamedNode(iri)}))
