"""Each check finds its fault in an ontology that is otherwise without fault; the project's own has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.sources import Project
from ontology import checks, pitfalls
from ontology import namespaces as ns
from ontology.profile import outside_rl
from ontology.terms import Ontology, load

CLEAN = """
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix smm: <https://w3id.org/school-mentoring/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/school-mentoring/ontology> a owl:Ontology ;
    owl:versionIRI <https://w3id.org/school-mentoring/ontology/1.2.3> ; owl:versionInfo "1.2.3" ;
    owl:priorVersion <https://w3id.org/school-mentoring/ontology/1.2.2> ;
    owl:backwardCompatibleWith <https://w3id.org/school-mentoring/ontology/1.2.2> ;
    bibo:status <http://purl.org/ontology/bibo/status/draft> ;
    dct:title "T"@en , "P"@et ; dct:description "D"@en , "K"@et ; dct:abstract "A"@en , "L"@et ;
    dct:created "2026-01-01"^^xsd:date ; dct:issued "2026-01-01"^^xsd:date ;
    dct:modified "2026-01-01"^^xsd:date ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:creator <https://w3id.org/school-mentoring/id/a> ;
    dct:publisher <https://w3id.org/school-mentoring/id/a> ;
    dct:source <https://w3id.org/school-mentoring/id/d> ;
    dct:bibliographicCitation "C"@en ; vann:preferredNamespacePrefix "smm" ;
    vann:preferredNamespaceUri "https://w3id.org/school-mentoring/ontology#" ;
    schema:includedInDataCatalog <https://w3id.org/school-mentoring/id/c> ;
    rdfs:comment "Profile: OWL 2 RL."@en .

prov:Entity a owl:Class .
smm:School a owl:Class ; rdfs:subClassOf prov:Entity ; rdfs:label "school"@en ;
    skos:definition "Where pupils learn."@en ;
    vann:example "A village school."@en ; rdfs:isDefinedBy <https://w3id.org/school-mentoring/ontology> ;
    owl:disjointWith smm:Pilot .
smm:Pilot a owl:Class ; rdfs:label "pilot"@en ; skos:definition "A trial."@en ;
    vann:example "The first one."@en ; rdfs:isDefinedBy <https://w3id.org/school-mentoring/ontology> .
smm:inPilot a owl:ObjectProperty ; rdfs:domain smm:School ; rdfs:range smm:Pilot ; rdfs:label "in pilot"@en ;
    skos:editorialNote "No inverse, because it is a test."@en ;
    skos:definition "The trial that a school takes part in."@en ;
    vann:example "That one."@en ;
    rdfs:isDefinedBy <https://w3id.org/school-mentoring/ontology> .
"""
SHAPES = """
@prefix smm: <https://w3id.org/school-mentoring/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
smm:SchoolShape a sh:NodeShape ; sh:targetClass smm:School .
smm:PilotShape a sh:NodeShape ; sh:targetClass smm:Pilot .
"""
SHOWN = f'skos:definition "X."@en ; vann:example "Y."@en ; rdfs:isDefinedBy <{ns.ONTOLOGY}>'
SUB = f"rdfs:subClassOf smm:School ; {SHOWN} ."


def made(tmp_path: Path, text: str, shapes: str = SHAPES) -> Ontology:
    (tmp_path / "shapes").mkdir(exist_ok=True)
    (tmp_path / "o.ttl").write_text(text, encoding="utf-8")
    (tmp_path / "shapes" / "s.ttl").write_text(shapes, encoding="utf-8")
    return load([tmp_path / "o.ttl", tmp_path / "shapes" / "s.ttl"])


def test_a_clean_ontology_has_no_fault(tmp_path: Path) -> None:
    assert checks.check(made(tmp_path, CLEAN)) == []


@pytest.mark.parametrize(
    ("rule", "added"),
    [
        ("persistent-iri", "<https://example.org/X> a owl:Thing ."),
        ("P36", f'<{ns.BASE}a.owl> rdfs:label "A"@en .'),
        ("P40", "skos:Concept a owl:Class ; rdfs:subClassOf smm:School ."),
        ("P38", f"<{ns.BASE}other> a owl:Ontology ."),
        ("version-iri", f"<{ns.ONTOLOGY}> owl:versionIRI <{ns.ONTOLOGY}/9> ."),
        ("metadata", f'<{ns.ONTOLOGY}> dct:creator "Somebody"@en .'),
        ("deprecated", "smm:Pilot owl:deprecated true ."),
        ("imports", f"<{ns.ONTOLOGY}> owl:imports <https://example.org/o> ."),
        ("profile", "smm:School rdfs:subClassOf [ a owl:Restriction ; owl:onProperty smm:inPilot ; "
                    "owl:someValuesFrom smm:Pilot ] ."),
        ("profile", "smm:School rdfs:subClassOf [ a owl:Class ; owl:unionOf ( smm:School smm:Pilot ) ] ."),
        ("profile", "smm:School owl:disjointUnionOf ( smm:Pilot smm:School ) ."),
        ("profile", "smm:inPilot a owl:ReflexiveProperty ."),
        ("dates", f'<{ns.ONTOLOGY}> dct:created "today" .'),
        ("P08", 'smm:inPilot2 a owl:ObjectProperty ; rdfs:domain smm:School ; rdfs:range smm:Pilot .'),
        ("language-tag", 'smm:School skos:altLabel "Schule" .'),
        ("two-labels", 'smm:School rdfs:label "college"@en .'),
        ("shape-missing", f'smm:New a owl:Class ; rdfs:label "new"@en ; owl:disjointWith smm:Pilot ; '
                          f'{SHOWN} .'),
        ("P02", f'smm:Academy a owl:Class ; rdfs:label "academy"@en ; owl:equivalentClass smm:School ; '
                f'{SUB}'),
        ("P03", f'smm:isA a owl:ObjectProperty ; rdfs:domain smm:School ; rdfs:range smm:School ; '
                f'rdfs:label "is a"@en ; {SHOWN} .'),
        ("P04", f'smm:Lost a owl:Class ; rdfs:label "lost"@en ; {SHOWN} .'),
        ("P06", "smm:School rdfs:subClassOf smm:Pilot . smm:Pilot rdfs:subClassOf smm:School ."),
        ("P07", f'smm:A a owl:Class ; rdfs:label "towns and villages"@en ; {SUB}'),
        ("P10", f'smm:Alone a owl:Class ; rdfs:label "alone"@en ; rdfs:subClassOf owl:Thing ; {SHOWN} .'),
        ("P11", f'smm:open a owl:DatatypeProperty ; rdfs:domain smm:School ; rdfs:label "o"@en ; {SHOWN} .'),
        ("P12", f'smm:within a owl:ObjectProperty ; rdfs:domain smm:School ; rdfs:range smm:Pilot ; '
                f'rdfs:label "in pilot"@en ; {SHOWN} .'),
        ("P19", "smm:inPilot rdfs:range smm:School ."),
        ("P20", f'smm:Long a owl:Class ; rdfs:label "A school with many rooms."@en ; {SUB}'),
        ("P22", f'smm:small_school a owl:Class ; rdfs:label "small school"@en ; {SUB}'),
        ("P23", f'smm:Date a owl:Class ; rdfs:label "date"@en ; {SUB}'),
        ("P24", "smm:School owl:equivalentClass [ a owl:Class ; owl:unionOf ( smm:School smm:Pilot ) ] ."),
        ("P25", "smm:inPilot owl:inverseOf smm:inPilot ."),
        ("P26", f'smm:near a owl:ObjectProperty , owl:SymmetricProperty ; owl:inverseOf smm:inPilot ; '
                f'rdfs:domain smm:School ; rdfs:range smm:School ; rdfs:label "near"@en ; {SHOWN} .'),
        ("P32", f'smm:Other a owl:Class ; rdfs:label "School"@en ; {SUB}'),
        ("P32", f'smm:BigSchool a owl:Class ; rdfs:label "BigSchool"@en ; {SUB}'),
        ("P33", "smm:inPilot owl:propertyChainAxiom ( smm:inPilot ) ."),
        ("P34", "smm:School rdfs:subClassOf smm:Typo ."),
        ("P35", "smm:inPilot rdfs:subPropertyOf smm:typo ."),
    ],
)  # fmt: skip
def test_a_fault_is_found(tmp_path: Path, rule: str, added: str) -> None:
    found = checks.check(made(tmp_path, CLEAN + added))
    assert rule in {complaint.rule for complaint in found}, found
    place = next(complaint for complaint in found if complaint.rule == rule)
    assert (place.file, place.line > 0) == ("ontology/o.ttl", True)


@pytest.mark.parametrize(
    ("rule", "removed"),
    [
        ("P41", "dct:license <https://creativecommons.org/licenses/by/4.0/> ;"),
        ("metadata", 'dct:bibliographicCitation "C"@en ;'),
        ("metadata", "bibo:status <http://purl.org/ontology/bibo/status/draft> ;"),
        ("languages", ', "K"@et'),
        ("languages", ', "L"@et'),
        ("prior-version", "owl:priorVersion <https://w3id.org/school-mentoring/ontology/1.2.2> ;"),
        ("prior-version", "owl:backwardCompatibleWith <https://w3id.org/school-mentoring/ontology/1.2.2> ;"),
        ("reuse", "rdfs:subClassOf prov:Entity ;"),
        ("P13", 'skos:editorialNote "No inverse, because it is a test."@en ;'),
        ("profile", "Profile: "),
    ],
)
def test_what_is_missing_is_found(tmp_path: Path, rule: str, removed: str) -> None:
    assert removed in CLEAN
    found = checks.check(made(tmp_path, CLEAN.replace(removed, "")))
    assert [complaint.rule for complaint in found] == [rule]


def test_an_idle_shape_is_found(tmp_path: Path) -> None:
    idle = SHAPES + "smm:X a sh:NodeShape ; sh:targetClass smm:Schol ."
    assert [c.rule for c in checks.check(made(tmp_path, CLEAN, idle))] == ["shape-term"]


def test_a_class_is_covered_by_the_shapes_of_all_below_it(tmp_path: Path) -> None:
    text = CLEAN.replace("smm:School a owl:Class ;", "smm:School a owl:Class ; rdfs:subClassOf smm:Place ;")
    text += f'smm:Place a owl:Class ; rdfs:label "place"@en ; owl:disjointWith smm:Pilot ; {SHOWN} .'
    assert checks.check(made(tmp_path, text)) == []


def test_every_check_is_listed_and_documented() -> None:
    for module, listed in ((checks, checks.CHECKS), (pitfalls, pitfalls.PITFALLS)):
        for rule in listed:
            assert rule.__doc__, rule
        public = {
            name for name, thing in vars(module).items()
            if callable(thing) and not name.startswith("_") and thing.__module__ == module.__name__
        }  # fmt: skip
        assert public - {"check", "own_terms", "summary"} == {rule.__name__ for rule in listed}


def test_only_unions_of_domains_and_ranges_leave_the_profile() -> None:
    """What the ontology says about itself, and every union it has is one of them."""
    ontology = load(Project.default().ontology_files())
    reasons = {reason for _, reason in outside_rl(ontology)}
    assert reasons == {"a union as domain", "a union as range"}
    unions = [t for t in ontology.triples if t.predicate.value == ns.OWL + "unionOf"]
    assert len(list(outside_rl(ontology))) == len(unions)


def test_the_projects_ontology_has_no_fault() -> None:
    assert [str(c) for c in checks.check(load(Project.default().ontology_files()))] == []


def test_the_version_is_the_same_wherever_it_stands() -> None:
    """Rows 6 and 17: release, citation, changelog and package name one version."""
    root = Project.default().ontology.parent
    ontology = load(Project.default().ontology_files())
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {ontology.version}\n" in citation
    (dated,) = re.findall(r"^date-released: (\S+)$", citation, re.MULTILINE)
    assert ontology.values(ns.ONTOLOGY, ns.DCT + "issued") == [dated]
    (how,) = ontology.values(ns.ONTOLOGY, ns.DCT + "bibliographicCitation")
    assert f"version {ontology.version}." in how
    assert ns.ONTOLOGY in how
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {ontology.version} — {dated}\n" in changelog
    package = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{ontology.version}"\n' in package
