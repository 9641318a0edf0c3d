"""Candidates as an SSSOM table, and records read from files of other people."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pytest

from kb.linking.loading import load
from kb.linking.records import Candidate, Evidence, Kind, Name, Record, Sort
from kb.linking.table import COLUMNS, to_table
from ontology import namespaces as ns
from ontology.complaints import SourceError


def candidate(source: str, target: str, label: str = "a name") -> Candidate:
    one, other = Record(source, (Name(label),)), Record(target, (Name(label),))
    return Candidate(one, other, 0.912, ns.SKOS + "closeMatch", (Evidence("words", "all | of\tthem", 1.5),))


def rows(table: str) -> list[dict[str, str]]:
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    assert tuple(lines[0].split("\t")) == COLUMNS
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines[1:]]


def prefixes(table: str) -> dict[str, str]:
    inner = [line.removeprefix("#  ") for line in table.splitlines() if line.startswith("#  ")]
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in inner)}


IRIS = (
    "https://w3id.org/school-mentoring/id/theme/trust",
    "http://eurovoc.europa.eu/777",
    "http://example.org/onto#Paper_Author",
    "urn:isbn:123",
)


@pytest.mark.parametrize("iri", IRIS)
def test_every_curie_leads_back_to_its_iri(iri: str) -> None:
    table = to_table([candidate(iri, "https://ror.org/05mey9k78")], Kind.CONCEPTS, "a", "b")
    start, _, rest = rows(table)[0]["subject_id"].partition(":")
    assert prefixes(table)[start] + rest == iri


def test_tabs_bars_and_line_ends_in_names_do_not_break_rows() -> None:
    table = to_table([candidate(IRIS[1], IRIS[2], "two\tnames\nhere | there")], Kind.CONCEPTS, "a", "b")
    assert rows(table)[0]["subject_label"] == "two names here / there"
    assert rows(table)[0]["comment"] == "words +1.50 (all / of them)"


def test_the_same_candidates_give_the_same_table() -> None:
    found = [candidate(iri, IRIS[0]) for iri in IRIS[1:]]
    assert to_table(found, Kind.CONCEPTS, "a", "b") == to_table(found, Kind.CONCEPTS, "a", "b")


def test_the_table_is_valid_sssom() -> None:
    folder = os.environ.get("MENTORGRAPH_STANDARDS")
    if not folder:
        pytest.skip("MENTORGRAPH_STANDARDS does not name the folder with the standards' schemas")
    schema = json.loads((Path(folder) / "sssom" / "sssom_schema.schema.json").read_text(encoding="utf-8"))
    table = to_table([candidate(IRIS[0], IRIS[1])], Kind.CONCEPTS, "one.ttl", 'the "other".tsv')
    header = {
        key.removeprefix("#"): json.loads(value)
        for key, value in (
            line.split(": ", 1)
            for line in table.splitlines()
            if line[0] == "#" and line[1] != " " and ": " in line
        )
    }
    mappings: Sequence[dict[str, object]] = [
        {**row, "confidence": float(row["confidence"]), "match_string": [row["match_string"]]}
        for row in rows(table)
    ]
    document = {**header, "curie_map": prefixes(table), "mappings": mappings}
    validator = jsonschema.Draft201909Validator(schema)
    assert [error.message for error in validator.iter_errors(document)] == []


def test_an_ontology_of_other_people_in_rdf_xml_with_entities_is_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.owl"
    path.write_text(
        """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE rdf:RDF [ <!ENTITY owl "http://www.w3.org/2002/07/owl#"> <!ENTITY own "http://example.org/t#"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="&owl;"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
  <owl:Class rdf:about="&own;Reader"><rdfs:label xml:lang="fr">Élève</rdfs:label>
    <rdfs:subClassOf><owl:Class><owl:unionOf rdf:parseType="Collection">
      <owl:Class rdf:about="&own;Person"/></owl:unionOf></owl:Class></rdfs:subClassOf></owl:Class>
  <owl:ObjectProperty rdf:about="&own;reads"><rdfs:domain rdf:resource="&own;Reader"/>
    <owl:inverseOf rdf:resource="&own;readBy"/></owl:ObjectProperty>
</rdf:RDF>""",
        encoding="iso-8859-1",
    )
    found = {record.iri.partition("#")[2]: record for record in load(path, Kind.CLASSES)}
    assert set(found) == {"Reader", "Person", "reads"}
    assert found["Reader"].names[0] == Name("Élève", "fr", True)
    assert found["reads"].sort is Sort.OBJECT_PROPERTY
    assert found["reads"].domains == ("http://example.org/t#Reader",)
    assert found["reads"].inverses == ("http://example.org/t#readBy",)


def test_entities_that_could_grow_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.rdf"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>', encoding="utf-8")
    with pytest.raises(SourceError, match="entities that are not plain texts"):
        load(path, Kind.CLASSES)


def test_a_table_with_semicolons_that_repeats_its_things_is_read_once_each(tmp_path: Path) -> None:
    path = tmp_path / "organization.csv"
    path.write_text(
        'projectID;organisationID;name;shortName;city;country\n1;99;"Some; University";SU;Bern;ch\n'
        "2;99;Some University;;Bern;ch\n",
        encoding="utf-8",
    )
    (found,) = load(path, Kind.ORGANISATIONS)
    assert [name.text for name in found.names] == ["Some; University", "SU", "Some University"]
    assert (found.country, found.city) == ("CH", "Bern")


def test_records_of_ror_are_read_with_place_and_web_site(tmp_path: Path) -> None:
    item = {
        "id": "https://ror.org/05mey9k78", "types": ["education"],
        "names": [{"value": "TLÜ", "types": ["acronym"]},
                  {"value": "Tallinn University", "lang": "en", "types": ["ror_display", "label"]}],
        "locations": [{"geonames_details": {"name": "Tallinn", "country_code": "EE"}}],
        "links": [{"type": "website", "value": "https://www.tlu.ee/en"}],
    }  # fmt: skip
    path = tmp_path / "ror.json"
    path.write_text(json.dumps([item]), encoding="utf-8")
    (found,) = load(path, Kind.ORGANISATIONS)
    assert (found.label, found.country, found.city, found.website) == (
        "Tallinn University", "EE", "Tallinn", "tlu.ee"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("list.xlsx", "", "unknown ending"),
        ("list.tsv", "code\tvalue\n1\ttwo\n", "no column of identifiers"),
        ("list.json", "{}", "no list of records"),
        ("list.json", '[{"id": 1}]', "not of ROR's schema"),
        ("onto.ttl", "<a> <b> ", "onto.ttl"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_file(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        load(path, Kind.ORGANISATIONS)
