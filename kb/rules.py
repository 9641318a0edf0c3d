"""Structural rules of the sources that are easier said in Python than in SHACL, each a named function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox
from rapidfuzz import process

from kb.documents import Document, described_passages, documents
from kb.passages import Passage, check_anchor, check_description
from kb.sources import Sources, Statement
from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.terms import Ontology

_LABEL = ns.SKOS + "prefLabel"
_TYPE = ns.RDF + "type"
_BUILT_IN = (ns.RDF, ns.RDFS, ns.OWL, ns.XSD)
_TEXT_WITH_LANGUAGE = frozenset(
    ns.SKOS + name for name in ("prefLabel", "altLabel", "definition", "note", "scopeNote", "example")
) | {ns.SMM + "anchor", ns.SMM + "text"}
# Datatypes whose values are also values of another one (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).
_WITHIN = {
    ns.XSD + "decimal": (ns.XSD + "integer", ns.XSD + "nonNegativeInteger", ns.XSD + "positiveInteger"),
    ns.XSD + "integer": (ns.XSD + "nonNegativeInteger", ns.XSD + "positiveInteger"),
    ns.XSD + "nonNegativeInteger": (ns.XSD + "positiveInteger",),
}


@dataclass
class Context:
    """What the rules look at. ``texts``: a document's slug → its lines, for the texts at hand."""

    sources: Sources
    ontology: Ontology
    texts: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def passages(self) -> dict[str, Passage]:
        return described_passages(self.sources)

    @cached_property
    def documents(self) -> dict[str, Document]:
        return documents(self.sources)

    @cached_property
    def referred(self) -> set[str]:
        """IRIs that stand as an object anywhere."""
        return {s.object.value for s in self.sources.statements if isinstance(s.object, ox.NamedNode)}

    def at(self, iri: str) -> Statement:
        """The statement to point at for a complaint about a subject that exists."""
        found = self.sources.find(iri)
        if found is None:
            raise KeyError(iri)
        return found


Rule = Callable[[Context], Iterator[Complaint]]


def check(context: Context) -> list[Complaint]:
    """All complaints of all rules."""
    return [complaint for rule in RULES for complaint in rule(context)]


def passage_well_formed(context: Context) -> Iterator[Complaint]:
    """A passage's IRI, lines, document and anchor agree; with the text at hand, the anchor is found."""
    for iri, passage in context.passages.items():
        faults = check_description(passage)
        if passage.document not in context.documents:
            yield context.at(iri).complaint(
                "passage-document", f"document “{passage.document}” is not described",
                f"known documents: {', '.join(context.documents) or 'none'}; describe it in documents.ttl",
            )  # fmt: skip
        if not faults and passage.first and passage.document in context.texts:
            faults = check_anchor(context.texts[passage.document], passage)
        for fault in faults:
            place = context.sources.find(iri, ns.SMM + "anchor") if fault.rule.startswith("anchor") else None
            yield (place or context.at(iri)).complaint(fault.rule, fault.message, fault.advice)


def passage_described_once(context: Context) -> Iterator[Complaint]:
    """Two files that fill the graph of one document do not both describe the same passage."""
    for iri in context.passages:
        types = [
            s
            for s in context.sources.by_subject[iri]
            if s.predicate.value == _TYPE and s.graph.startswith(ns.PASSAGES)
        ]
        for again in types[1:]:
            yield again.complaint(
                "passage-twice", f"{ns.shorten(iri)} is also described in {types[0].file}:{types[0].line}",
                "describe it once",
            )  # fmt: skip


def passage_described(context: Context) -> Iterator[Complaint]:
    """Every graph of a passage is described in the graph of its document's passages."""
    for graph, statements in context.sources.by_graph.items():
        if graph.startswith(ns.PASSAGE) and graph not in context.passages:
            document = graph.removeprefix(ns.PASSAGE).split("/")[0]
            yield statements[0].complaint(
                "passage-undescribed", f"passage {ns.shorten(graph)} is not described",
                f"describe it in GRAPH <{ns.PASSAGES}{document}>: lines, section, anchor",
            )  # fmt: skip


def passage_used(context: Context) -> Iterator[Complaint]:
    """Every described passage states something, or something refers to it."""
    for iri in context.passages:
        if iri not in context.sources.by_graph and iri not in context.referred:
            yield context.at(iri).complaint(
                "passage-empty", f"passage {ns.shorten(iri)} states nothing and nothing refers to it",
                "add the graph with what it states, or remove its description",
            )  # fmt: skip


def conclusion_described(context: Context) -> Iterator[Complaint]:
    """Every conclusion's graph says in the graph of conclusions which passages it rests on, and why."""
    for graph, statements in context.sources.by_graph.items():
        if not graph.startswith(ns.CONCLUSION):
            continue
        said = [s for s in context.sources.by_subject.get(graph, []) if s.graph == ns.GRAPH_CONCLUSIONS]
        derived = [s.object.value for s in said if s.predicate.value == ns.PROV + "wasDerivedFrom"]
        if not derived or ns.SKOS + "note" not in {s.predicate.value for s in said}:
            yield statements[0].complaint(
                "conclusion-undescribed", f"conclusion {ns.shorten(graph)} lacks its passages or its reason",
                f"say prov:wasDerivedFrom and skos:note about it in GRAPH <{ns.GRAPH_CONCLUSIONS}>",
            )  # fmt: skip
        for passage in derived:
            if passage not in context.passages:
                yield said[0].complaint(
                    "conclusion-passage", f"it rests on {ns.shorten(passage)}, which is not described",
                    "describe that passage, or correct its IRI",
                )  # fmt: skip


def graphs_hold_their_own(context: Context) -> Iterator[Complaint]:
    """The graphs that describe passages and conclusions describe nothing else."""
    for graph, statements in context.sources.by_graph.items():
        if graph.startswith(ns.PASSAGES):
            home = ns.PASSAGE + graph.removeprefix(ns.PASSAGES) + "/"
        elif graph == ns.GRAPH_CONCLUSIONS:
            home = ns.CONCLUSION
        else:
            continue
        for statement in statements:
            if not statement.subject.value.startswith(home):
                yield statement.complaint(
                    "statement-misplaced",
                    f"{ns.shorten(statement.subject.value)} is described in {ns.shorten(graph)}",
                    "put what a passage says into its own graph, and our own words into …/id/editorial",
                )


def known_terms(context: Context) -> Iterator[Complaint]:
    """Every property and class, and every term in our namespace, is declared by the ontology."""
    told: set[tuple[str, str]] = set()
    for statement in context.sources.statements:
        used = [statement.predicate.value]
        if isinstance(statement.object, ox.NamedNode) and (
            statement.predicate.value == _TYPE or statement.object.value.startswith(ns.SMM)
        ):
            used.append(statement.object.value)
        if isinstance(statement.object, ox.Literal):
            used.append(statement.object.datatype.value)
        for iri in used:
            if iri.startswith(_BUILT_IN) or iri in context.ontology.terms or (iri, statement.file) in told:
                continue
            told.add((iri, statement.file))
            yield statement.complaint(
                "unknown-term", f"{ns.shorten(iri)} is not declared in the ontology", _suggest(context, iri)
            )


def _suggest(context: Context, iri: str) -> str:
    near = process.extract(
        ns.shorten(iri), [ns.shorten(term) for term in context.ontology.terms], limit=3, score_cutoff=80
    )
    if near:
        return f"did you mean {', '.join(str(match[0]) for match in near)}?"
    return "use a declared term, or declare it in the ontology"


def kinds_of_properties(context: Context) -> Iterator[Complaint]:
    """An object property points at a thing, a datatype property at a value; a class is no property."""
    for statement in context.sources.statements:
        term = context.ontology.terms.get(statement.predicate.value)
        if term is None:
            continue
        is_value = isinstance(statement.object, ox.Literal)
        if not term.is_property:
            advice = "use a property here"
        elif term.kinds == {"object property"} and is_value:
            advice = "give the IRI of a thing"
        elif term.kinds == {"datatype property"} and not is_value:
            advice = "give a literal value"
        else:
            continue
        yield statement.complaint(
            "property-kind", f"{ns.shorten(term.iri)} is a {' and '.join(sorted(term.kinds))}", advice
        )


def one_direction(context: Context) -> Iterator[Complaint]:
    """Of two inverses the one that declares ``owl:inverseOf`` is stated; a reasoner adds the other."""
    declaring = {value: subject for subject, value in context.ontology.pairs(ns.OWL + "inverseOf")}
    for statement in context.sources.statements:
        other = declaring.get(statement.predicate.value)
        if other is not None:
            yield statement.complaint(
                "direction", f"{ns.shorten(statement.predicate.value)} is stated",
                f"say it the other way round, with {ns.shorten(other)}, so that one question finds all",
            )  # fmt: skip


def values_in_range(context: Context) -> Iterator[Complaint]:
    """A literal has the datatype that its property's range names."""
    for statement in context.sources.statements:
        term = context.ontology.terms.get(statement.predicate.value)
        if term is None or len(term.ranges) != 1 or not isinstance(statement.object, ox.Literal):
            continue
        wanted, found = term.ranges[0], statement.object.datatype.value
        if found != wanted and found not in _WITHIN.get(wanted, ()) and wanted.startswith(_BUILT_IN):
            yield statement.complaint(
                "value-range", f"{ns.shorten(term.iri)} has a {ns.shorten(found)}: {statement.object}",
                f"give a {ns.shorten(wanted)}",
            )  # fmt: skip


def typed(context: Context) -> Iterator[Complaint]:
    """Every thing that a passage or conclusion speaks about has a type; shapes ask for its label or text."""
    for iri, statements in context.sources.by_subject.items():
        if iri.startswith(ns.SMM) or iri == ns.ONTOLOGY:
            continue
        spoken = [s for s in statements if s.graph.startswith((ns.PASSAGE, ns.CONCLUSION))]
        if spoken and all(s.predicate.value != _TYPE for s in statements):
            yield spoken[0].complaint("no-type", f"{ns.shorten(iri)} has no type", "say what it is: a smm:…")


def referred_things_exist(context: Context) -> Iterator[Complaint]:
    """An IRI of ours that stands as an object is itself described somewhere."""
    known = context.sources.by_subject
    for statement in context.sources.statements:
        if isinstance(statement.object, ox.NamedNode):
            iri = statement.object.value
            if iri.startswith(ns.ID) and iri not in known and iri not in context.sources.by_graph:
                near = process.extractOne(iri, list(known), score_cutoff=90)
                advice = f"did you mean {ns.shorten(near[0])}?" if near else "describe it, or correct the IRI"
                yield statement.complaint("dangling", f"{ns.shorten(iri)} is described nowhere", advice)


def same_as_proved(context: Context) -> Iterator[Complaint]:
    """``owl:sameAs`` stands only where its proof is: in the graph of a passage or of a conclusion."""
    for statement in context.sources.statements:
        if statement.predicate.value == ns.OWL + "sameAs" and not statement.graph.startswith(
            (ns.PASSAGE, ns.CONCLUSION)
        ):
            yield statement.complaint(
                "same-as", f"owl:sameAs without proof in {ns.shorten(statement.graph)}",
                "put it into the graph of the passage or conclusion that proves it by an identifier, "
                "or use smm:possiblySameAs",
            )  # fmt: skip


def one_label_per_language(context: Context) -> Iterator[Complaint]:
    """No thing has two different skos:prefLabels in one language."""
    for iri, statements in context.sources.by_subject.items():
        first: dict[str, Statement] = {}
        for statement in statements:
            if statement.predicate.value != _LABEL or not isinstance(statement.object, ox.Literal):
                continue
            other = first.setdefault(statement.object.language or "", statement)
            if other.object != statement.object:
                yield statement.complaint(
                    "two-labels",
                    f"{ns.shorten(iri)} is “{statement.object.value}” here but “{other.object.value}” in "
                    f"{other.file}:{other.line} ({ns.shorten(other.graph)})",
                    "keep one skos:prefLabel and make the other a skos:altLabel",
                )


def texts_have_languages(context: Context) -> Iterator[Complaint]:
    """Text for people carries a language tag."""
    for statement in context.sources.statements:
        if (
            statement.predicate.value in _TEXT_WITH_LANGUAGE
            and isinstance(statement.object, ox.Literal)
            and not statement.object.language
        ):
            yield statement.complaint(
                "no-language",
                f"{ns.shorten(statement.predicate.value)} has no language tag",
                'write "…"@en, say',
            )


RULES: tuple[Rule, ...] = (
    passage_well_formed,
    passage_described_once,
    passage_described,
    passage_used,
    conclusion_described,
    graphs_hold_their_own,
    known_terms,
    kinds_of_properties,
    one_direction,
    values_in_range,
    typed,
    referred_things_exist,
    same_as_proved,
    one_label_per_language,
    texts_have_languages,
)
