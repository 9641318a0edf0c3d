"""What follows from the statements: OWL 2 RL by `reasonable`, and property chains, which it leaves out.

Rules: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import rdflib
from reasonable import PyReasoner

from ontology import namespaces as ns
from ontology.terms import TYPE, Node, Ontology, Triple, ancestors

_VOCABULARY = (ns.OWL, ns.RDF, ns.RDFS)
_HIERARCHY = frozenset({ns.RDFS + "subClassOf", ns.RDFS + "subPropertyOf"})
_FIRST, _REST, _NIL = (ox.NamedNode(ns.RDF + name) for name in ("first", "rest", "nil"))
SAME_AS = ox.NamedNode(ns.OWL + "sameAs")


def infer(ontology: Ontology, data: Iterable[Triple]) -> list[Triple]:
    """The new statements that follow, sorted: types, property values and the hierarchy of terms.

    Left out is what tells nobody anything: what is stated already, reflexive statements, ``owl:Thing``,
    literals as subjects, blank nodes, and axioms about the vocabularies of OWL and RDF themselves.
    """
    stated = {*ontology.triples, *data}
    chains = list(property_chains(ontology))
    closed: set[Triple] = set(stated)
    while True:
        found = [*_reason(closed), *_values_of_super_properties(ontology, closed)]
        closed |= {triple for triple in found if _is_of_interest(ontology, triple)}
        by_chain = {triple for prop, links in chains for triple in _follow(closed, prop, links)} - closed
        if not by_chain:
            return sorted(closed - stated, key=str)
        closed |= by_chain


def property_chains(ontology: Ontology) -> Iterator[tuple[ox.NamedNode, list[ox.NamedNode]]]:
    """(property, the properties whose chain implies it), for each ``owl:propertyChainAxiom``."""
    for triple in ontology.triples:
        if triple.predicate.value == ns.OWL + "propertyChainAxiom" and isinstance(
            triple.subject, ox.NamedNode
        ):
            links = [link for link in rdf_list(ontology, triple.object) if isinstance(link, ox.NamedNode)]
            yield triple.subject, links


def rdf_list(ontology: Ontology, head: Node) -> list[Node]:
    """The members of an RDF list in the ontology; raises ValueError where it is broken."""
    members: list[Node] = []
    while head != _NIL:
        if not isinstance(head, (ox.NamedNode, ox.BlankNode)):
            raise ValueError(f"{head} is no RDF list")
        first = [q.object for q in ontology.store.quads_for_pattern(head, _FIRST, None)]
        rest = [q.object for q in ontology.store.quads_for_pattern(head, _REST, None)]
        if len(first) != 1 or len(rest) != 1 or len(members) > 10_000:
            raise ValueError(f"{head} is no RDF list")
        members += first
        head = rest[0]
    return members


def _follow(triples: set[Triple], prop: ox.NamedNode, links: list[ox.NamedNode]) -> Iterator[Triple]:
    """The statements with ``prop`` that the chain ``links`` implies."""
    steps: dict[ox.NamedNode, defaultdict[object, set[object]]] = {link: defaultdict(set) for link in links}
    for triple in triples:
        if triple.predicate in steps:
            steps[triple.predicate][triple.subject].add(triple.object)
    for start in list(steps[links[0]]):
        ends: set[object] = {start}
        for link in links:
            ends = {end for node in ends for end in steps[link].get(node, ())}
        for end in ends:
            if isinstance(start, ox.NamedNode) and isinstance(end, (ox.NamedNode, ox.Literal)):
                yield ox.Triple(start, prop, end)


def _reason(triples: Iterable[Triple]) -> list[Triple]:
    reasoner = PyReasoner()
    with tempfile.TemporaryDirectory() as folder:  # it reads Turtle files or rdflib graphs; a file is quicker
        path = Path(folder) / "facts.ttl"
        path.write_text("".join(f"{triple} .\n" for triple in triples), encoding="utf-8")
        reasoner.load_file(str(path))
    return [
        ox.Triple(*(ox.NamedNode(str(term)) for term in triple))
        for triple in reasoner.reason()
        if all(isinstance(term, rdflib.URIRef) for term in triple)
    ]


def _values_of_super_properties(ontology: Ontology, triples: set[Triple]) -> Iterator[Triple]:
    """What follows for literal values, with their written form; rdflib's terms would normalise it."""
    parents = {iri: term.parents for iri, term in ontology.terms.items() if term.is_property}
    above = {iri: [ox.NamedNode(parent) for parent in ancestors(parents, iri)] for iri in parents}
    for triple in triples:
        if isinstance(triple.object, ox.Literal):
            for parent in above.get(triple.predicate.value, ()):
                yield ox.Triple(triple.subject, parent, triple.object)


def _is_of_interest(ontology: Ontology, triple: Triple) -> bool:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if not isinstance(subject, ox.NamedNode) or subject == value or subject.value.startswith(_VOCABULARY):
        return False
    if isinstance(value, ox.NamedNode) and value.value.startswith(_VOCABULARY):
        return False
    terms = ontology.terms
    if predicate == TYPE:
        return (
            isinstance(value, ox.NamedNode)
            and value.value in terms
            and "individual" not in terms[value.value].kinds
        )
    if predicate.value in _HIERARCHY:
        return isinstance(value, ox.NamedNode) and subject.value in terms and value.value in terms
    return predicate == SAME_AS or (predicate.value in terms and terms[predicate.value].is_property)
