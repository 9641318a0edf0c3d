"""A tiny project in a temporary folder: an ontology, a shape, one document, one file of statements."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.sources import Project

TEXT = """Tutoring among colleagues
Collegial tutoring helps to share
what works in the classroom.
It can also be applied between teachers
from different schools.

The method is suitable to be used in Phase 6.
"""

ONTOLOGY = """
@prefix smm: <https://w3id.org/school-mentoring/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/school-mentoring/ontology> a owl:Ontology ; owl:versionInfo "1.2.3" .
smm:Document a owl:Class ; rdfs:label "document"@en .
smm:Passage a owl:Class ; rdfs:label "passage"@en ; owl:disjointWith smm:Method .
smm:Conclusion a owl:Class ; rdfs:label "conclusion"@en .
smm:Method a owl:Class ; rdfs:label "method"@en ; rdfs:subClassOf smm:Thing .
smm:Thing a owl:Class ; rdfs:label "thing"@en .
smm:Phase a owl:Class ; rdfs:label "phase"@en .
smm:Setting a owl:Class ; rdfs:label "setting"@en .
smm:BetweenSchools a smm:Setting , owl:NamedIndividual ; skos:prefLabel "between schools"@en .
smm:suitableForPhase a owl:ObjectProperty ; rdfs:domain smm:Method ; rdfs:range smm:Phase ;
    owl:inverseOf smm:suitableMethod .
smm:suitableMethod a owl:ObjectProperty .
smm:setting a owl:ObjectProperty ; rdfs:range smm:Setting .
smm:minutes a owl:DatatypeProperty ; rdfs:range xsd:decimal .
smm:section a owl:DatatypeProperty .
smm:firstLine a owl:DatatypeProperty .
smm:lastLine a owl:DatatypeProperty .
smm:anchor a owl:DatatypeProperty .
smm:textSha256 a owl:DatatypeProperty .
prov:wasDerivedFrom a owl:ObjectProperty .
dct:isPartOf a owl:ObjectProperty .
dct:title a owl:AnnotationProperty .
dct:identifier a owl:AnnotationProperty .
skos:prefLabel a owl:AnnotationProperty .
skos:altLabel a owl:AnnotationProperty .
skos:note a owl:AnnotationProperty .
"""

SHAPES = """
@prefix smm: <https://w3id.org/school-mentoring/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

smm:MethodShape a sh:NodeShape ; sh:targetClass smm:Method ;
    sh:property [ sh:path smm:minutes ; sh:datatype xsd:integer ; sh:maxCount 1 ;
                  sh:message "A method takes one whole number of minutes." ] .
"""

DOCUMENTS = """
@prefix smm: <https://w3id.org/school-mentoring/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://w3id.org/school-mentoring/id/document/d1> a smm:Document ;
    dct:title "The first document"@en ; skos:prefLabel "D1"@en ; dct:identifier "D1" ;
    smm:textSha256 "%s" .
"""

TRIG = """\
PREFIX smm:  <https://w3id.org/school-mentoring/ontology#>
PREFIX id:   <https://w3id.org/school-mentoring/id/>
PREFIX d1:   <https://w3id.org/school-mentoring/id/passage/d1/>
PREFIX dct:  <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>

GRAPH <https://w3id.org/school-mentoring/id/passages/d1> {
  d1:L4-5 a smm:Passage ; dct:isPartOf <https://w3id.org/school-mentoring/id/document/d1> ;
    smm:section "1" ; smm:firstLine 4 ; smm:lastLine 5 ;
    smm:anchor "applied between teachers from different schools"@en .
  d1:L7 a smm:Passage ; dct:isPartOf <https://w3id.org/school-mentoring/id/document/d1> ;
    smm:section "1" ; smm:firstLine 7 ; smm:lastLine 7 ;
    smm:anchor "The method is suitable to be used"@en .
}
GRAPH d1:L4-5 {
  <https://w3id.org/school-mentoring/id/method/tutoring> a smm:Method ;
    skos:prefLabel "Collegial tutoring"@en ;
    smm:setting smm:BetweenSchools .
}
GRAPH d1:L7 {
  <https://w3id.org/school-mentoring/id/method/tutoring> a smm:Method ;
    smm:suitableForPhase <https://w3id.org/school-mentoring/id/phase/actions> .
}
GRAPH id:editorial {
  <https://w3id.org/school-mentoring/id/phase/actions> a smm:Phase ; skos:prefLabel "Actions"@en .
}
GRAPH <https://w3id.org/school-mentoring/id/conclusion/short> {
  <https://w3id.org/school-mentoring/id/method/tutoring> smm:minutes 45 .
}
GRAPH id:conclusions {
  <https://w3id.org/school-mentoring/id/conclusion/short> a smm:Conclusion ;
    prov:wasDerivedFrom d1:L4-5 ; skos:note "It fits a lesson."@en .
}
"""


@dataclass
class Tiny:
    """A project's folders and what a test may change in them."""

    project: Project
    documents: Path

    @property
    def trig(self) -> Path:
        return self.project.kb / "sources" / "p" / "d1.trig"

    def change(self, old: str, new: str, file: Path | None = None) -> None:
        path = file or self.trig
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line_of(self, words: str) -> int:
        lines = self.trig.read_text(encoding="utf-8").split("\n")
        return next(number for number, line in enumerate(lines, start=1) if words in line)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    project = Project(tmp_path / "kb", tmp_path / "ontology")
    texts = tmp_path / "texts"
    for folder in (project.kb / "sources" / "p", project.ontology / "shapes", texts):
        folder.mkdir(parents=True)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    (texts / "any-name.txt").write_text(TEXT, encoding="utf-8")
    (project.ontology / "core.ttl").write_text(ONTOLOGY, encoding="utf-8")
    (project.ontology / "shapes" / "all.ttl").write_text(SHAPES, encoding="utf-8")
    (project.kb / "documents.ttl").write_text(DOCUMENTS % digest, encoding="utf-8")
    made = Tiny(project, texts)
    made.trig.write_text(TRIG, encoding="utf-8")
    return made
