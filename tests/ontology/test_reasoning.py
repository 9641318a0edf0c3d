"""What follows: chains, inverses, hierarchies; and what is left out."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology import namespaces as ns
from ontology import reasoning
from ontology.reasoning import infer
from ontology.terms import Ontology, Triple, load

PREFIXES = f"""
@prefix smm: <{ns.SMM}> . @prefix id: <{ns.ID}> . @prefix owl: <{ns.OWL}> . @prefix rdf: <{ns.RDF}> .
@prefix rdfs: <{ns.RDFS}> . @prefix skos: <{ns.SKOS}> . @prefix xsd: <{ns.XSD}> .
"""


def ontology_of(tmp_path: Path, turtle: str) -> Ontology:
    (tmp_path / "o.ttl").write_text(PREFIXES + turtle, encoding="utf-8")
    return load([tmp_path / "o.ttl"])


def triples_of(turtle: str) -> list[Triple]:
    return [quad.triple for quad in ox.parse(input=PREFIXES + turtle, format=ox.RdfFormat.TURTLE)]


def follows(tmp_path: Path, axioms: str, data: str) -> list[Triple]:
    return infer(ontology_of(tmp_path, axioms), triples_of(data))


@pytest.mark.parametrize(
    ("axioms", "data", "expected"),
    [
        (
            "smm:A a owl:Class ; rdfs:subClassOf smm:B . smm:B a owl:Class .",
            "id:x a smm:A .",
            "id:x a smm:B .",
        ),
        (
            "smm:p a owl:ObjectProperty ; owl:inverseOf smm:q . smm:q a owl:ObjectProperty .",
            "id:x smm:p id:y . id:z smm:q id:x .",
            "id:y smm:q id:x . id:x smm:p id:z .",
        ),
        (
            "smm:p a owl:ObjectProperty ; rdfs:subPropertyOf smm:q . smm:q a owl:ObjectProperty .",
            "id:x smm:p id:y .",
            "id:x smm:q id:y .",
        ),
        (
            "smm:p a owl:ObjectProperty ; rdfs:domain smm:A ; rdfs:range smm:B ."
            " smm:A a owl:Class . smm:B a owl:Class .",
            "id:x smm:p id:y .",
            "id:x a smm:A . id:y a smm:B .",
        ),
        ("smm:p a owl:ObjectProperty , owl:SymmetricProperty .", "id:x smm:p id:y .", "id:y smm:p id:x ."),
        (
            "smm:p a owl:ObjectProperty , owl:TransitiveProperty .",
            "id:x smm:p id:y . id:y smm:p id:z .",
            "id:x smm:p id:z .",
        ),
        (
            "smm:c a owl:ObjectProperty ; owl:propertyChainAxiom ( smm:p smm:q ) ."
            " smm:p a owl:ObjectProperty . smm:q a owl:ObjectProperty .",
            "id:x smm:p id:y . id:y smm:q id:z , id:w .",
            "id:x smm:c id:z , id:w .",
        ),
    ],
)
def test_it_follows(tmp_path: Path, axioms: str, data: str, expected: str) -> None:
    assert set(follows(tmp_path, axioms, data)) == set(triples_of(expected))


def test_chains_of_chains_and_what_follows_from_them_are_found(tmp_path: Path) -> None:
    axioms = """
        smm:p a owl:ObjectProperty . smm:back a owl:ObjectProperty .
        smm:two a owl:ObjectProperty ; owl:propertyChainAxiom ( smm:p smm:p ) ; owl:inverseOf smm:back .
        smm:four a owl:ObjectProperty ; owl:propertyChainAxiom ( smm:two smm:two ) .
    """
    found = follows(
        tmp_path, axioms, "id:a smm:p id:b . id:b smm:p id:c . id:c smm:p id:d . id:d smm:p id:e ."
    )
    assert set(triples_of("id:a smm:four id:e . id:c smm:back id:a .")) <= set(found)


def test_a_chain_that_feeds_itself_comes_to_an_end(tmp_path: Path) -> None:
    axioms = "smm:p a owl:ObjectProperty ; owl:propertyChainAxiom ( smm:p smm:p ) ."
    found = follows(tmp_path, axioms, "id:a smm:p id:b . id:b smm:p id:c . id:c smm:p id:d .")
    assert set(found) == set(triples_of("id:a smm:p id:c , id:d . id:b smm:p id:d ."))


def test_a_literal_keeps_its_written_form(tmp_path: Path) -> None:
    axioms = "smm:p a owl:DatatypeProperty ; rdfs:subPropertyOf smm:q . smm:q a owl:DatatypeProperty ."
    found = follows(tmp_path, axioms, 'id:x smm:p "01"^^xsd:integer , "a\\n\\"b"@et .')
    assert set(found) == set(triples_of('id:x smm:q "01"^^xsd:integer , "a\\n\\"b"@et .'))


def test_what_tells_nobody_anything_is_left_out(tmp_path: Path) -> None:
    axioms = """
        smm:A a owl:Class ; rdfs:subClassOf
            [ a owl:Restriction ; owl:onProperty smm:p ; owl:someValuesFrom smm:A ] .
        smm:p a owl:ObjectProperty .
    """
    assert follows(tmp_path, axioms, 'id:x a smm:A ; smm:p id:y ; skos:prefLabel "X"@en .') == []


def test_the_order_is_always_the_same(tmp_path: Path) -> None:
    axioms = "smm:A a owl:Class ; rdfs:subClassOf smm:B . smm:B a owl:Class ."
    data = " ".join(f"id:x{number} a smm:A ." for number in range(50))
    found = follows(tmp_path, axioms, data)
    assert found == sorted(found, key=str)
    assert len(found) == 50


def test_a_broken_list_is_told(tmp_path: Path) -> None:
    broken = ontology_of(tmp_path, "smm:c owl:propertyChainAxiom [ rdf:first smm:p ] .")
    with pytest.raises(ValueError, match="no RDF list"):
        list(reasoning.property_chains(broken))
