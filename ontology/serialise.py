"""Write triples as Turtle that people can read, the same bytes for the same triples."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib

from ontology import namespaces as ns


def to_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The same triples in an rdflib graph in memory; blank nodes keep their labels."""
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in ns.PREFIXES.items():
        graph.bind(prefix, namespace)
    for triple in triples:
        graph.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    return graph


def write_turtle(triples: Iterable[ox.Triple]) -> str:
    """Turtle with the project's prefixes and nested blank nodes."""
    return to_rdflib(sorted(triples, key=str)).serialize(format="turtle")


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype.value == ns.XSD + "string" else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise TypeError("triple terms are not part of RDF 1.1")
