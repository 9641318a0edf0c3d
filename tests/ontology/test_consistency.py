"""Contradictions: found by rules without Java, and by HermiT with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ontology import namespaces as ns
from ontology.consistency import ReasonerError, Verdict, ask_hermit, clashes
from ontology.reasoning import infer
from tests.ontology.test_reasoning import ontology_of, triples_of

needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="HermiT needs Java, which is not installed"
)

OWLREADY = "http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl"
AXIOMS = """
    smm:A a owl:Class ; owl:disjointWith smm:B . smm:B a owl:Class . smm:C a owl:Class .
    [ a owl:AllDisjointClasses ; owl:members ( smm:B smm:C ) ] .
    smm:p a owl:ObjectProperty ; rdfs:range smm:B .
    smm:one a owl:ObjectProperty , owl:FunctionalProperty .
    smm:number a owl:DatatypeProperty , owl:FunctionalProperty .
"""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("id:x a smm:A , smm:B .", "x is a smm:A and a smm:B: disjoint"),
        ("id:x a smm:B , smm:C .", "x is a smm:B and a smm:C: disjoint"),
        ("id:x a smm:A . id:y smm:p id:x .", "x is a smm:A and a smm:B: disjoint"),
        ("id:x smm:number 1 , 2 .", "x has 2 values of smm:number"),
        ("id:x smm:one id:y , id:z .", "y is the same as"),
        ("id:x smm:one id:y , id:z .", "x has 2 values of smm:one"),
    ],
)
def test_rules_find_clashes(tmp_path: Path, data: str, message: str) -> None:
    ontology = ontology_of(tmp_path, AXIOMS)
    stated = triples_of(data)
    found = clashes(ontology, [*ontology.triples, *stated], infer(ontology, stated))
    assert any(message in clash.message for clash in found), found


def test_rules_find_nothing_where_nothing_clashes(tmp_path: Path) -> None:
    ontology = ontology_of(tmp_path, AXIOMS)
    stated = triples_of("id:x a smm:A , smm:C ; smm:number 1 ; smm:one id:y , id:z . id:y owl:sameAs id:z .")
    assert clashes(ontology, [*ontology.triples, *stated], infer(ontology, stated)) == []


@needs_java
def test_hermit_finds_what_rules_cannot(tmp_path: Path) -> None:
    axioms = """
        smm:p a owl:ObjectProperty . smm:B a owl:Class ; owl:disjointWith smm:D . smm:D a owl:Class .
        smm:A a owl:Class ; rdfs:subClassOf
            [ a owl:Restriction ; owl:onProperty smm:p ; owl:someValuesFrom smm:B ] ,
            [ a owl:Restriction ; owl:onProperty smm:p ; owl:allValuesFrom smm:D ] .
    """
    ontology = ontology_of(tmp_path, axioms)
    assert ask_hermit(ontology.triples) == Verdict(True, (ns.SMM + "A",))
    stated = triples_of("id:x a smm:A .")
    assert clashes(ontology, [*ontology.triples, *stated], infer(ontology, stated)) == []
    assert not ask_hermit([*ontology.triples, *stated]).is_consistent


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReasonerError, match="install a Java runtime"):
        ask_hermit([])


@pytest.mark.parametrize(
    "data",
    [
        "<http://e/o> owl:imports <file:///etc/passwd> .",
        f"<http://e/o> <{OWLREADY}#python_module> 'os' .",
    ],
)
def test_data_that_make_the_reasoner_load_things_are_refused(data: str) -> None:
    with pytest.raises(ReasonerError, match="refused"):
        ask_hermit(triples_of(data))
