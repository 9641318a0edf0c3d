"""Change notes: what two releases differ in, found by comparing, and told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import changes
from kb.build import build
from kb.release import ReleaseError, pair
from ontology import namespaces as ns
from service.cli import main
from tests.kb.conftest import Tiny

NEW_PASSAGE = """
GRAPH <https://w3id.org/school-mentoring/id/passages/d1> {
  d1:L2-3 a smm:Passage ; dct:isPartOf <https://w3id.org/school-mentoring/id/document/d1> ;
    smm:section "1" ; smm:firstLine 2 ; smm:lastLine 3 ;
    smm:anchor "helps to share what works in the classroom"@en .
}
GRAPH d1:L2-3 {
  <https://w3id.org/school-mentoring/id/method/sharing> a smm:Method ; skos:prefLabel "S"@en . }
"""

EDITS = {
    '"1.2.3"': '"1.3.0"',
    'rdfs:label "setting"@en': 'rdfs:label "where"@en',
    "smm:minutes a owl:DatatypeProperty ;": (
        "smm:minutes a owl:DatatypeProperty ; rdfs:domain [ owl:unionOf ( smm:Method smm:Phase ) ] ;"
    ),
    "smm:Phase a owl:Class": "smm:Tool a owl:Class ; rdfs:subClassOf smm:Method .\nsmm:Phase a owl:Class",
    "owl:inverseOf smm:suitableMethod .\nsmm:suitableMethod a owl:ObjectProperty .": (
        'skos:scopeNote "One way."@en .'
    ),
}


@pytest.fixture
def two(tiny: Tiny, tmp_path: Path) -> Path:
    """A folder with two releases: one term renamed, one given a domain, one gone, one new; a passage more."""
    out = tmp_path / "releases"
    build(tiny.project, out, tiny.documents)
    core = tiny.project.ontology / "core.ttl"
    for before, after in EDITS.items():
        tiny.change(before, after, core)
    tiny.trig.write_text(tiny.trig.read_text(encoding="utf-8") + NEW_PASSAGE, encoding="utf-8")
    build(tiny.project, out, tiny.documents)
    return out


def test_what_differs_is_found(two: Path) -> None:
    found = changes.compare(*map(changes.of_release, pair(two)))
    assert found.terms_added == (ns.SMM + "Tool",)
    assert found.terms_removed == (ns.SMM + "suitableMethod",)
    told = {
        (one.term.removeprefix(ns.SMM), one.facet): (one.before, one.after) for one in found.terms_changed
    }
    assert told == {
        ("Setting", "label"): (("setting",), ("where",)),
        ("minutes", "domain"): ((), ("smm:Method", "smm:Phase")),
        ("suitableForPhase", "inverse"): (("smm:suitableMethod",), ()),
        ("suitableForPhase", "scope note"): ((), ("One way.",)),
    }
    assert found.classes[ns.SMM + "Method"] == (1, 2)
    assert found.documents == {"d1": (5, 7)}
    assert found.passages_added == (ns.PASSAGE + "d1/L2-3",)
    assert found.passages_removed == ()
    (warning,) = found.warnings
    assert "smm:suitableMethod is gone without having been deprecated" in warning


def test_backwards_is_the_opposite(two: Path) -> None:
    old, new = map(changes.of_release, pair(two))
    there, back = changes.compare(old, new), changes.compare(new, old)
    assert (there.terms_added, there.passages_added) == (back.terms_removed, back.passages_removed)
    assert {name: (b, a) for name, (a, b) in there.classes.items()} == back.classes


def test_a_release_does_not_differ_from_itself(two: Path) -> None:
    one = changes.of_release(pair(two)[1])
    found = changes.compare(one, one)
    assert found.are_none
    assert "Nothing has changed." in "\n".join(changes.notes(found))


def test_a_changed_ontology_needs_another_version_and_a_major_one_may_drop_terms(two: Path) -> None:
    old, new = map(changes.of_release, pair(two))
    same = changes.compare(old, replace(new, version=old.version)).warnings
    assert any("its version is still 1.2.3" in warning for warning in same)
    assert changes.compare(old, replace(new, version="2.0.0")).warnings == ()
    deprecated = {**old.terms, ns.SMM + "suitableMethod": {"deprecated": ("true",)}}
    assert changes.compare(replace(old, terms=deprecated), new).warnings == ()


def test_the_command_tells_them_in_words_and_as_json(two: Path) -> None:
    run = CliRunner().invoke
    told = run(main, ["changes", "--out", str(two)]).output
    older, newer = (release.id for release in pair(two))
    assert told.startswith(f"# From {older} to {newer}\n")
    assert "- smm:minutes, domain: none → smm:Method; smm:Phase\n" in told
    assert "- d1: 5 → 7 (+2)\n" in told
    assert "- d1/L2-3\n" in told
    read = json.loads(run(main, ["changes", older, newer, "--out", str(two), "--json"]).output)
    assert read["terms_added"] == [ns.SMM + "Tool"]
    assert read["classes"][ns.SMM + "Method"] == [1, 2]


def test_what_is_not_there_is_told(two: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"no release 9\.9\.9; known: 1\.3\.0-"):
        pair(two, new="9.9.9")
    done = CliRunner().invoke(main, ["changes", "--out", str(tmp_path / "none")])
    assert (done.exit_code, "mentorgraph build" in done.output) == (1, True)
    (pair(two)[0].path / "ontology.ttl").write_text("@prefix", encoding="utf-8")
    done = CliRunner().invoke(main, ["changes", "--out", str(two)])
    assert (done.exit_code, "has no readable ontology.ttl" in done.output) == (1, True)
