"""Which axioms of the ontology leave the OWL 2 RL profile (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.terms import TYPE, Ontology, Triple

# Class expressions that may not stand where something is said to be in them; a superclass, domain or range.
_NOT_ABOVE = ("unionOf", "oneOf", "someValuesFrom", "minCardinality", "minQualifiedCardinality", "hasSelf")
# Axioms that the profile does not have at all.
_NO_AXIOMS = ("disjointUnionOf",)
_NO_TYPES = ("ReflexiveProperty",)
# Datatypes of OWL 2 that the profile leaves out (section 4.2).
_NO_DATATYPES = frozenset({ns.OWL + "real", ns.OWL + "rational"})
_ABOVE = {ns.RDFS + "subClassOf": "superclass", ns.RDFS + "domain": "domain", ns.RDFS + "range": "range"}


def outside_rl(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(IRI of the term, why) for every axiom that is not in OWL 2 RL."""
    for triple in ontology.triples:
        if isinstance(triple.subject, ox.NamedNode):
            yield from ((triple.subject.value, reason) for reason in _reasons(ontology, triple))


def stays_within_its_profile(ontology: Ontology) -> Iterator[Complaint]:
    """Row 29: nothing leaves OWL 2 RL but domains and ranges that are unions of named classes, as stated."""
    for iri, reason in outside_rl(ontology):
        if reason not in ("a union as domain", "a union as range"):
            message = f"{ns.shorten(iri)} leaves the stated profile: {reason}"
            advice = "say it otherwise, or state another profile and test it"
            yield ontology.complaint(iri, "profile", message, advice)


def _reasons(ontology: Ontology, triple: Triple) -> Iterator[str]:
    predicate, value = triple.predicate.value, triple.object
    if predicate in _ABOVE and isinstance(value, ox.BlankNode):
        for name in _expressions(ontology, value):
            if name == "unionOf":
                yield f"a union as {_ABOVE[predicate]}"
            elif name in _NOT_ABOVE:
                yield f"owl:{name} in a {_ABOVE[predicate]}"
    if predicate in {ns.OWL + name for name in _NO_AXIOMS}:
        yield ns.shorten(predicate)
    if predicate == ns.OWL + "equivalentClass" and isinstance(value, ox.BlankNode):
        forbidden = {"unionOf", "complementOf", "allValuesFrom", *_NOT_ABOVE}
        yield from (
            f"owl:{name} in a definition" for name in _expressions(ontology, value) if name in forbidden
        )
    if triple.predicate == TYPE and str(value) in {f"<{ns.OWL}{name}>" for name in _NO_TYPES}:
        yield ns.shorten(str(value).strip("<>"))
    if isinstance(value, ox.NamedNode) and value.value in _NO_DATATYPES:
        yield ns.shorten(value.value)


def _expressions(ontology: Ontology, start: ox.BlankNode) -> list[str]:
    """Names of OWL's constructors within an anonymous class, outermost first."""
    found: list[str] = []
    queue: list[ox.BlankNode] = [start]
    seen: set[ox.BlankNode] = set()
    while queue:
        node = queue.pop(0)
        if node in seen:
            continue
        seen.add(node)
        for quad in ontology.store.quads_for_pattern(node, None, None):
            if quad.predicate.value.startswith(ns.OWL):
                found.append(quad.predicate.value.removeprefix(ns.OWL))
            if isinstance(quad.object, ox.BlankNode):
                queue.append(quad.object)
    return sorted(found)
