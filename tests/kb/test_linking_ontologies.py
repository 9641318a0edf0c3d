"""Matching the terms of two ontologies: names, surroundings, abstention, consistency."""

from __future__ import annotations

from pathlib import Path

from kb.linking.loading import load
from kb.linking.ontologies import Side, consistent, match
from kb.linking.records import Kind, Record

_HEAD = (
    "@prefix : <https://example.org/{name}#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)


def ontology(folder: Path, name: str, body: str) -> list[Record]:
    path = folder / f"{name}.ttl"
    path.write_text(_HEAD.format(name=name) + body, encoding="utf-8")
    return load(path, Kind.CLASSES)


def pairs(source: list[Record], target: list[Record]) -> set[tuple[str, str]]:
    found = match(source, target)
    return {(c.source.iri.partition("#")[2], c.target.iri.partition("#")[2]) for c in found}


def test_names_in_other_styles_spellings_and_with_synonyms_match(tmp_path: Path) -> None:
    one = ontology(
        tmp_path, "a", ":HeadPhysician a owl:Class . :TrainingProgramme a owl:Class . :Shelf a owl:Class ."
    )
    other = ontology(
        tmp_path, "b", ":head-doctor a owl:Class . :Training_program a owl:Class . :Ledger a owl:Class ."
    )
    assert pairs(one, other) == {
        ("HeadPhysician", "head-doctor"), ("TrainingProgramme", "Training_program")
    }  # fmt: skip


def test_who_does_it_is_not_matched_with_what_is_done(tmp_path: Path) -> None:
    one = ontology(tmp_path, "a", ":Inspector a owl:Class .")
    other = ontology(tmp_path, "b", ":Inspection a owl:Class .")
    assert pairs(one, other) == set()


def test_classes_and_properties_never_match_each_other(tmp_path: Path) -> None:
    one = ontology(tmp_path, "a", ":Name a owl:Class .")
    other = ontology(tmp_path, "b", ":name a owl:DatatypeProperty .")
    assert pairs(one, other) == set()


def test_auxiliaries_of_properties_do_not_count_but_their_direction_does(tmp_path: Path) -> None:
    classes = ":Book a owl:Class . :Writer a owl:Class . "
    one = ontology(
        tmp_path, "a",
        classes + ":isWrittenBy a owl:ObjectProperty ; rdfs:domain :Book ; rdfs:range :Writer .",
    )  # fmt: skip
    same = ontology(
        tmp_path, "b", classes + ":written_by a owl:ObjectProperty ; rdfs:domain :Book ; rdfs:range :Writer ."
    )
    turned = ontology(
        tmp_path, "c", classes + ":writes a owl:ObjectProperty ; rdfs:domain :Writer ; rdfs:range :Book ."
    )
    assert ("isWrittenBy", "written_by") in pairs(one, same)
    assert ("isWrittenBy", "writes") not in pairs(one, turned)


def test_equal_names_said_of_other_things_are_refused(tmp_path: Path) -> None:
    body = ":Event a owl:Class . :Journey a owl:Class . :{p} a owl:ObjectProperty ; rdfs:domain :{d} ; "
    one = ontology(tmp_path, "a", body.format(p="leadsTo", d="Event") + "rdfs:range :Event .")
    other = ontology(tmp_path, "b", body.format(p="leads_to", d="Journey") + "rdfs:range :Journey .")
    assert ("leadsTo", "leads_to") not in pairs(one, other)


def test_a_match_under_two_disjoint_classes_gives_way_to_the_surer_ones(tmp_path: Path) -> None:
    one = ontology(
        tmp_path, "a",
        ":Animal a owl:Class . :Plant a owl:Class ; owl:disjointWith :Animal . "
        ":Coral a owl:Class ; rdfs:subClassOf :Animal .",
    )  # fmt: skip
    other = ontology(
        tmp_path, "b",
        ":Animal a owl:Class . :Plant a owl:Class . :Coral a owl:Class ; rdfs:subClassOf :Plant .",
    )  # fmt: skip
    a, b = "https://example.org/a#", "https://example.org/b#"
    chosen = {(a + n, b + n): score for n, score in (("Animal", 1.0), ("Plant", 0.99), ("Coral", 0.9))}
    kept = consistent(chosen, Side.of(one), Side.of(other))
    assert set(kept) == {(a + "Animal", b + "Animal"), (a + "Plant", b + "Plant")}


def test_each_candidate_says_why_and_each_run_says_the_same(tmp_path: Path) -> None:
    one = ontology(tmp_path, "a", ":Reader a owl:Class . :Copy a owl:Class .")
    other = ontology(tmp_path, "b", ":Library_reader a owl:Class . :copies a owl:Class .")
    first, again = match(one, other), match(list(reversed(one)), list(reversed(other)))
    assert first == again
    assert first
    for candidate in first:
        assert 0 < candidate.score <= 1
        assert {e.feature for e in candidate.evidence} == {"names", "surroundings"}


def test_a_synonym_is_worth_a_match_and_can_be_left_out(tmp_path: Path) -> None:
    one = ontology(tmp_path, "a", ":Physician a owl:Class .")
    other = ontology(tmp_path, "b", ":Doctor a owl:Class .")
    assert len(match(one, other)) == 1
    assert match(one, other, without=["synonyms"]) == []
