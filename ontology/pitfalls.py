"""Common pitfalls of OWL ontologies that a program can find; a check is named after what is wrong.

The numbers are those of OOPS! (https://oops.linkeddata.es/catalogue.jsp). P08, P36 and P38 to P41 are in
`ontology.checks`; P05, P09, P14 to P18, P21, P27 to P29, P31 and P37 need people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.reasoning import property_chains, rdf_list
from ontology.terms import TYPE, Ontology, Term, ancestors

_DATATYPE_NAMES = frozenset(
    {
        "String",
        "Integer",
        "Int",
        "Decimal",
        "Boolean",
        "Date",
        "DateTime",
        "Time",
        "Float",
        "Double",
        "Uri",
        "Iri",
    }
)
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_PROPERTY_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_LONG_LABEL = 60


def synonyms_as_classes(ontology: Ontology) -> Iterator[Complaint]:
    """P02: two classes of ours stated to be equivalent are one class with two names."""
    for subject, value in ontology.pairs(ns.OWL + "equivalentClass"):
        if subject.startswith(ns.SMM) and value.startswith(ns.SMM):
            message = f"{ns.shorten(subject)} and {ns.shorten(value)} are equivalent"
            yield ontology.complaint(
                subject, "P02", message, "keep one, and give the other name as skos:altLabel"
            )


def is_as_a_property(ontology: Ontology) -> Iterator[Complaint]:
    """P03: a property called “is” stands for rdf:type, rdfs:subClassOf or owl:sameAs."""
    for term in _own(ontology, "property"):
        if _local(term.iri) in ("is", "isA", "instanceOf") or term.label.lower() in ("is", "is a"):
            yield ontology.complaint(
                term.iri, "P03", f"{ns.shorten(term.iri)} means “is”", "use the RDF term"
            )


def unconnected_terms(ontology: Ontology) -> Iterator[Complaint]:
    """P04: a class that nothing else in the ontology speaks of."""
    used = {
        value for t in ontology.triples if isinstance(t.object, ox.NamedNode) for value in [t.object.value]
    }
    for term in _own(ontology, "class"):
        if term.iri not in used and not ontology.values(term.iri, ns.RDFS + "subClassOf"):
            message = f"{ns.shorten(term.iri)} is connected with nothing"
            advice = "give it a superclass, or use it as a domain or range"
            yield ontology.complaint(term.iri, "P04", message, advice)


def cycles(ontology: Ontology) -> Iterator[Complaint]:
    """P06: a class or property below itself."""
    parents = {term.iri: term.parents for term in ontology.terms.values()}
    for iri, above in parents.items():
        if any(iri in parents.get(parent, ()) for parent in (iri, *ancestors(parents, iri))) and above:
            message = f"{ns.shorten(iri)} is above itself in the hierarchy"
            yield ontology.complaint(iri, "P06", message, "take out one step of the cycle")


def merged_concepts(ontology: Ontology) -> Iterator[Complaint]:
    """P07: a class whose name joins two concepts by “and” or “or”."""
    for term in _own(ontology, "class"):
        if re.search(r"\b(?:and|or)\b", term.label) or re.search(r"[a-z](?:And|Or)[A-Z]", term.iri):
            message = f"{ns.shorten(term.iri)} joins two concepts: “{term.label}”"
            yield ontology.complaint(term.iri, "P07", message, "make two classes, or find one name")


def missing_disjointness(ontology: Ontology) -> Iterator[Complaint]:
    """P10, row 27: a top class of ours that is disjoint with nothing; its scope note may say why."""
    disjoint: set[str] = set()
    for predicate in ("disjointWith", "disjointUnionOf"):
        for pair in ontology.pairs(ns.OWL + predicate):
            disjoint |= set(pair)
    for triple in ontology.triples:
        if triple.predicate.value == ns.OWL + "members":
            disjoint |= {m.value for m in rdf_list(ontology, triple.object) if isinstance(m, ox.NamedNode)}
    for term in _own(ontology, "class"):
        is_top = not any(parent.startswith(ns.SMM) for parent in term.parents)
        is_noted = bool(ontology.values(term.iri, ns.SKOS + "scopeNote"))
        if is_top and term.iri not in disjoint and not is_noted:
            message = f"{ns.shorten(term.iri)} is disjoint with nothing"
            advice = "add it to a list of disjoint classes, or say in skos:scopeNote why not"
            yield ontology.complaint(term.iri, "P10", message, advice)


def missing_domain_or_range(ontology: Ontology) -> Iterator[Complaint]:
    """P11, row 25: a property without domain or range whose scope note does not say why."""
    for term in _own(ontology, "property"):
        notes = " ".join(ontology.values(term.iri, ns.SKOS + "scopeNote")).lower()
        for side in ("domain", "range"):
            if not ontology.has(term.iri, ns.RDFS + side) and f"no {side}" not in notes:
                message = f"{ns.shorten(term.iri)} has no {side}"
                advice = f"give one, or begin a skos:scopeNote with “No {side}, because …”"
                yield ontology.complaint(term.iri, "P11", message, advice)


def multiple_domains_or_ranges(ontology: Ontology) -> Iterator[Complaint]:
    """P19, row 25: several domains or ranges mean all of them at once."""
    for term in _own(ontology, "property"):
        for side in ("domain", "range"):
            if ontology.has(term.iri, ns.RDFS + side) > 1:
                message = f"{ns.shorten(term.iri)} has several rdfs:{side}s, which means all at once"
                yield ontology.complaint(term.iri, "P19", message, "give one class, or an owl:unionOf")


def misused_annotations(ontology: Ontology) -> Iterator[Complaint]:
    """P20: a label that is a sentence, or a definition that only repeats the label."""
    for term in _own(ontology):
        if len(term.label) > _LONG_LABEL or term.label.endswith("."):
            yield ontology.complaint(
                term.iri,
                "P20",
                f"the label of {ns.shorten(term.iri)} is a sentence",
                "move it to the definition",
            )
        if term.definition and term.definition.strip(" .").lower() == term.label.lower():
            message = f"the definition of {ns.shorten(term.iri)} only repeats its label"
            yield ontology.complaint(term.iri, "P20", message, "say what it means")


def mixed_naming(ontology: Ontology) -> Iterator[Complaint]:
    """P22, row 30: classes and individuals in UpperCamelCase, properties in lowerCamelCase."""
    for term in _own(ontology):
        pattern, style = (
            (_PROPERTY_NAME, "lowerCamelCase") if term.is_property else (_CLASS_NAME, "UpperCamelCase")
        )
        if not pattern.fullmatch(_local(term.iri)):
            yield ontology.complaint(term.iri, "P22", f"{ns.shorten(term.iri)} is not {style}", "rename it")


def duplicated_datatypes(ontology: Ontology) -> Iterator[Complaint]:
    """P23: a class that stands for a datatype."""
    for term in _own(ontology, "class"):
        if _local(term.iri) in _DATATYPE_NAMES:
            yield ontology.complaint(
                term.iri, "P23", f"{ns.shorten(term.iri)} is a datatype", "use XML Schema's"
            )


def recursive_definitions(ontology: Ontology) -> Iterator[Complaint]:
    """P24: a class defined, by equivalence, through itself."""
    for triple in ontology.triples:
        if triple.predicate.value != ns.OWL + "equivalentClass" or not isinstance(
            triple.subject, ox.NamedNode
        ):
            continue
        if triple.subject in _reachable(ontology, triple.object):
            message = f"{ns.shorten(triple.subject.value)} is defined through itself"
            yield ontology.complaint(triple.subject.value, "P24", message, "define it by other terms")


def missing_inverses(ontology: Ontology) -> Iterator[Complaint]:
    """P13, row 26: an object property without inverse whose editorial note does not say why."""
    paired = {iri for pair in ontology.pairs(ns.OWL + "inverseOf") for iri in pair}
    paired |= set(ontology.subjects(TYPE.value, ns.OWL + "SymmetricProperty"))
    for term in _own(ontology, "object property"):
        notes = " ".join(ontology.values(term.iri, ns.SKOS + "editorialNote")).lower()
        if term.iri not in paired and "no inverse" not in notes:
            message = f"{ns.shorten(term.iri)} has no inverse"
            advice = "declare one, or begin a skos:editorialNote with “No inverse, because …”"
            yield ontology.complaint(term.iri, "P13", message, advice)


def self_inverses(ontology: Ontology) -> Iterator[Complaint]:
    """P25, P26, row 26: no inverse of itself, and none for a symmetric property."""
    symmetric = set(ontology.subjects(TYPE.value, ns.OWL + "SymmetricProperty"))
    for subject, value in ontology.pairs(ns.OWL + "inverseOf"):
        if subject == value:
            message = f"{ns.shorten(subject)} is its own inverse"
            yield ontology.complaint(subject, "P25", message, "say owl:SymmetricProperty")
        elif {subject, value} & symmetric:
            message = f"{ns.shorten(subject)} is symmetric, or its inverse is"
            yield ontology.complaint(subject, "P26", message, "a symmetric property needs no inverse")


def equal_labels(ontology: Ontology) -> Iterator[Complaint]:
    """P12, P30, P32, row 24: terms of one kind with one label are equivalent, or badly named."""
    for kind, number in (("class", "P32"), ("property", "P12")):
        by_label: defaultdict[str, list[str]] = defaultdict(list)
        for term in _own(ontology, kind):
            if term.label:
                by_label[term.label.lower()].append(term.iri)
        for label, iris in by_label.items():
            for iri in iris[1:]:
                message = f"{ns.shorten(iri)} and {ns.shorten(iris[0])} are both “{label}”"
                advice = "give them different labels, or state that they are equivalent"
                yield ontology.complaint(iri, number, message, advice)
    for term in _own(ontology):
        if " " not in term.label and term.label == _local(term.iri) and re.search(r"[a-z][A-Z]", term.label):
            message = f"the label of {ns.shorten(term.iri)} only repeats its IRI"
            yield ontology.complaint(term.iri, "P32", message, "write words")


def chains_of_one(ontology: Ontology) -> Iterator[Complaint]:
    """P33: a property chain of one property is rdfs:subPropertyOf."""
    for prop, links in property_chains(ontology):
        if len(links) < 2:
            message = f"the chain of {ns.shorten(prop.value)} has {len(links)} property"
            yield ontology.complaint(prop.value, "P33", message, "use rdfs:subPropertyOf")


def untyped_terms(ontology: Ontology) -> Iterator[Complaint]:
    """P34, P35: what is used as a class or property is declared as one."""
    declared = ontology.terms
    for predicate, kinds in _EXPECTED.items():
        for subject, value in ontology.pairs(predicate):
            if value.startswith((ns.OWL, ns.RDF, ns.RDFS, ns.XSD)):
                continue
            term = declared.get(value)
            if term is None or not any(kind in " ".join(term.kinds) for kind in kinds):
                number = "P35" if kinds == ("property",) else "P34"
                message = f"{ns.shorten(value)} is used as a {' or '.join(kinds)} but not declared as one"
                yield ontology.complaint(subject, number, message, "declare it, or correct the name")


_EXPECTED: dict[str, tuple[str, ...]] = {
    ns.RDFS + "subClassOf": ("class",),
    ns.RDFS + "domain": ("class",),
    ns.RDFS + "range": ("class", "datatype"),
    ns.OWL + "disjointWith": ("class",),
    ns.OWL + "equivalentClass": ("class",),
    ns.OWL + "someValuesFrom": ("class", "datatype"),
    ns.OWL + "allValuesFrom": ("class", "datatype"),
    ns.OWL + "onProperty": ("property",),
    ns.OWL + "inverseOf": ("property",),
    ns.RDFS + "subPropertyOf": ("property",),
    TYPE.value: ("class",),
}


def _reachable(ontology: Ontology, start: object) -> set[object]:
    """What a class expression is made of, through blank nodes only."""
    found: set[object] = set()
    queue = [start]
    while queue:
        node = queue.pop()
        if node in found:
            continue
        found.add(node)
        if isinstance(node, ox.BlankNode):
            queue += [quad.object for quad in ontology.store.quads_for_pattern(node, None, None)]
    return found


def _own(ontology: Ontology, kind: str = "") -> Iterable[Term]:
    for term in ontology.terms.values():
        if term.is_ours and any(kind in found for found in term.kinds):
            yield term


def _local(iri: str) -> str:
    return iri.removeprefix(ns.SMM)


PITFALLS: tuple[Callable[[Ontology], Iterator[Complaint]], ...] = (
    synonyms_as_classes,
    is_as_a_property,
    unconnected_terms,
    cycles,
    merged_concepts,
    missing_disjointness,
    missing_domain_or_range,
    multiple_domains_or_ranges,
    misused_annotations,
    mixed_naming,
    duplicated_datatypes,
    recursive_definitions,
    missing_inverses,
    self_inverses,
    equal_labels,
    chains_of_one,
    untyped_terms,
)
