"""The structural rules: each is broken once, and the complaint names the place and what to do."""

from __future__ import annotations

import pytest

from kb import rules
from kb.documents import find_texts
from kb.rules import Context
from kb.sources import load
from kb.validation import follow, validate
from ontology import namespaces as ns
from ontology import terms
from ontology.complaints import Complaint, SourceError
from tests.kb.conftest import Tiny

TUTORING = f"<{ns.ID}method/tutoring>"


def complaints(tiny: Tiny) -> list[Complaint]:
    context = Context(load(tiny.project.source_files()), terms.load(tiny.project.ontology_files()))
    context.texts = find_texts(tiny.documents, context.documents.values())
    return [*rules.check(context), *follow(context)[1]]


def test_the_tiny_project_breaks_no_rule(tiny: Tiny) -> None:
    assert complaints(tiny) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "place", "words"),
    [
        ("smm:lastLine 5", "smm:lastLine 4", "passage-iri", "d1:L4-5 a", "lines 4 to 4"),
        ("smm:firstLine 7 ; smm:lastLine 7", 'smm:section "2"', "passage-lines", "d1:L7 a", "0 to 0"),
        ('"applied between teachers from', '"between', "anchor-length", "between different", "3"),
        ("The method is suitable to be", "The methods are suitable to be", "anchor", "methods are", "L7"),
        ("document/d1> ;\n    smm:section \"1\" ; smm:firstLine 7", "document/d2> ;\n    smm:section \"1\" ; "
         "smm:firstLine 7", "passage-document", "d1:L7 a", "d2"),
        ("GRAPH d1:L7 {", "GRAPH d1:L6 {", "passage-undescribed", "GRAPH d1:L6", "passage/d1/L6"),
        ("GRAPH d1:L7 {", "GRAPH d1:L4-5 {", "passage-empty", "d1:L7 a", "passage/d1/L7"),
        ('; skos:note "It fits a lesson."@en', "", "conclusion-undescribed", "smm:minutes", "its reason"),
        ("prov:wasDerivedFrom d1:L4-5 ;", "", "conclusion-undescribed", "smm:minutes", "its passages"),
        ("wasDerivedFrom d1:L4-5", "wasDerivedFrom d1:L4-6", "conclusion-passage",
         "conclusion/short> a", "L4-6"),
        ("GRAPH d1:L4-5 {\n  <", "GRAPH <https://w3id.org/school-mentoring/id/passages/d1> {\n  <",
         "statement-misplaced", TUTORING, "tutoring"),
        ("smm:suitableForPhase <", "smm:suitedForPhase <", "unknown-term", "suitedFor", "smm:suitable"),
        ("a smm:Method ;\n    skos", "a smm:Methode ;\n    skos", "unknown-term", "Methode", "smm:Method"),
        ("smm:BetweenSchools", "smm:BetweenSchool", "unknown-term", "BetweenSchool", "smm:BetweenSchools"),
        ("skos:note", "skos:notes", "unknown-term", "skos:notes", "skos:note"),
        ("smm:minutes 45", "smm:minutes smm:BetweenSchools", "property-kind", "smm:minutes", "literal"),
        ("smm:setting smm:BetweenSchools", 'smm:setting "x"@en', "property-kind", "smm:setting", "IRI"),
        ("smm:minutes 45", "smm:Setting smm:BetweenSchools", "property-kind", "smm:Setting smm",
         "a property"),
        ("id/phase/actions> .", "id/phase/action> .", "dangling", "phase/action>", "phase/actions"),
        ("GRAPH id:editorial {", "GRAPH id:editorial { <https://w3id.org/school-mentoring/id/phase/actions> "
         f"smm:suitableMethod {TUTORING} .", "direction", "GRAPH id:editorial", "smm:suitableForPhase"),
        ("smm:minutes 45", 'smm:minutes "45"', "value-range", "smm:minutes", "give a xsd:decimal"),
        ("a smm:Phase ;", f"a smm:Phase ; owl:sameAs {TUTORING} ;", "same-as", "owl:sameAs", "possibly"),
        ('"Actions"@en', '"Actions"@en , "Deeds"@en', "two-labels", "Deeds", "Actions"),
        ('"Collegial tutoring"@en', '"Collegial tutoring"', "no-language", "Collegial", "@en"),
        ("smm:minutes 45", "a smm:Passage", "clash", "a smm:Method", "disjoint"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_told(tiny: Tiny, old: str, new: str, rule: str, place: str, words: str) -> None:
    tiny.change("PREFIX smm:", f"PREFIX owl: <{ns.OWL}> PREFIX smm:")
    tiny.change(old, new)
    found = [complaint for complaint in complaints(tiny) if complaint.rule == rule]
    assert found, complaints(tiny)
    assert found[0].line - tiny.line_of(place) in (0, 1), found[0]  # a graph's name may stand a line before
    assert any(words in f"{complaint.message} {complaint.advice}" for complaint in found)


def test_a_thing_without_a_type_is_told(tiny: Tiny) -> None:
    tiny.change("a smm:Method ;\n    skos", "skos")
    tiny.change("a smm:Method ;\n", "")
    (found,) = [complaint for complaint in complaints(tiny) if complaint.rule == "no-type"]
    assert found.line == tiny.line_of("Collegial tutoring")


def test_a_passage_is_described_once(tiny: Tiny) -> None:
    other = tiny.trig.with_name("other.trig")
    text = tiny.trig.read_text(encoding="utf-8")
    other.write_text(text[: text.index("GRAPH d1:L4-5")], encoding="utf-8")
    assert {complaint.rule for complaint in complaints(tiny)} == {"passage-twice"}


def test_equality_may_stand_in_the_passage_that_proves_it(tiny: Tiny) -> None:
    tiny.change("PREFIX smm:", f"PREFIX owl: <{ns.OWL}> PREFIX smm:")
    tiny.change("smm:suitableForPhase", f"owl:sameAs <{ns.ID}method/other> ; smm:suitableForPhase")
    rest = {complaint.rule for complaint in complaints(tiny)}
    assert rest == {"dangling"}  # the other thing is described nowhere; equality itself is fine


def test_every_rule_is_listed_and_documented() -> None:
    public = {
        name for name, thing in vars(rules).items()
        if callable(thing) and not name.startswith("_") and thing.__module__ == rules.__name__
    }  # fmt: skip
    assert public - {"check", "Context"} == {rule.__name__ for rule in rules.RULES}
    assert all(rule.__doc__ for rule in rules.RULES)


def test_one_files_faults_are_told_without_the_others(tiny: Tiny) -> None:
    other = tiny.trig.with_name("other.trig")
    other.write_text("oops", encoding="utf-8")
    tiny.change("smm:minutes 45", "smm:minuts 45")
    own = validate(tiny.project, tiny.documents, only=[tiny.trig])
    assert [complaint.rule for complaint in own.complaints] == ["unknown-term"]
    assert [complaint.rule for complaint in validate(tiny.project, only=[other]).complaints] == ["syntax"]


def test_what_another_file_must_mend_is_told_apart(tiny: Tiny) -> None:
    other = tiny.trig.with_name("other.trig")
    head = tiny.trig.read_text(encoding="utf-8").split("GRAPH")[0]
    other.write_text(f'{head} GRAPH id:editorial {{ {TUTORING} skos:altLabel "T"@en }}', encoding="utf-8")
    tiny.change("smm:minutes 45", "smm:minutes 45.5")
    found = validate(tiny.project, only=[other])
    assert found.complaints == []
    assert [complaint.rule for complaint in found.related] == ["shape"]


def test_a_folder_of_documents_that_is_missing_is_told(tiny: Tiny) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        validate(tiny.project, tiny.documents / "none")
