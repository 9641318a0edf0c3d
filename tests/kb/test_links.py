"""Links to other knowledge bases: strict reading, rules with places, valid SSSOM, what the release says."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pyoxigraph as ox
import pytest

from kb import link_rules, links
from kb.local import LocalStore
from kb.release import Release
from kb.rules import Context
from kb.sources import Project, load
from kb.validation import follow
from ontology import namespaces as ns
from ontology import terms
from ontology.complaints import SourceError

FILES = Project.default().link_files()
HEADER = f"""\
#sssom_version: "1.1"
#mapping_set_id: "{ns.LINKS}test"
#mapping_set_title: "Test"
#mapping_set_description: "Links of a test."
#license: "https://creativecommons.org/licenses/by/4.0/"
#creator_id:
#  - "id:organisation/mentorgraph"
#mapping_date: "2026-11-23"
#mapping_tool: "by hand"
#subject_source: "id:release"
#object_source: "http://eurovoc.europa.eu/"
#object_source_version: "2021"
#curie_map:
#  id: "{ns.ID}"
#  smm: "{ns.SMM}"
#  skos: "{ns.SKOS}"
#  owl: "{ns.OWL}"
#  schema: "{ns.SCHEMA}"
#  semapv: "https://w3id.org/semapv/vocab/"
#  ev: "http://eurovoc.europa.eu/"
#  evs: "https://eurovoc.europa.eu/"
#  ror: "https://ror.org/"
#  doi: "https://doi.org/"
#  grant: "https://cordis.europa.eu/project/id/"
#  country: "http://publications.europa.eu/resource/authority/country/"
"""
COLUMNS = "\t".join(links.COLUMNS) + "\n"
TEACHER = ("id:role/teacher", "teacher", "skos:exactMatch", "ev:777")
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def context() -> Context:
    project = Project.default()
    return Context(load(project.source_files()), terms.load(project.ontology_files()))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a table of rows (subject, label, predicate, object, and a comment if it matters)."""

    def written(*rows: tuple[str, ...], header: str = HEADER) -> Path:
        lines = []
        for subject, label, predicate, target, *comment in rows:
            rest = ["its name", "semapv:ManualMappingCuration", "0.9", "id:organisation/mentorgraph"]
            lines.append(
                "\t".join([subject, label, predicate, target, *rest, "2026-11-23", *(comment or ["Why."])])
            )
        path = tmp_path / "test.sssom.tsv"
        path.write_text(header + COLUMNS + "".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    return written


def complaints(context: Context, path: Path) -> list[tuple[str, int]]:
    sets, unread = links.read([path])
    return [(c.rule, c.line) for c in [*unread, *link_rules.check(context, sets)]]


FIRST = HEADER.count("\n") + 2  # the line of the first row


def test_a_good_row_is_told_with_label_reason_and_confidence(context: Context, write: Write) -> None:
    path = write(TEACHER)
    assert complaints(context, path) == []
    quads = links.quads(links.parse(path))
    told = {(q.predicate.value.removeprefix(ns.SSSOM), str(q.object)) for q in quads}
    assert (ns.SKOS + "exactMatch", "<http://eurovoc.europa.eu/777>") in told
    assert {("object_label", '"its name"@en'), (ns.RDFS + "comment", '"Why."@en')} <= told
    assert ("confidence", f'"0.9"^^<{ns.XSD}decimal>') in told
    assert {q.graph_name for q in quads} == {ox.NamedNode(ns.LINKS + "test")}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("id:role/nobody", "nobody", "skos:exactMatch", "ev:777"), "link-subject"),
        (("id:role/teacher", "Teacher", "skos:exactMatch", "ev:777"), "link-label"),
        (("id:role/teacher", "teacher", "skos:exactMatch", "evs:777"), "link-object"),
        (("id:role/teacher", "teacher", "skos:exactMatch", "ev:777/"), "link-object"),
        (("id:role/teacher", "teacher", "owl:sameAs", "ev:777", "Proof: x"), "link-predicate"),
        (("id:role/teacher", "teacher", "owl:equivalentClass", "ev:777"), "link-predicate"),
        (("id:organisation/indire", "INDIRE", "schema:sameAs", "ror:052q0wb68"), "false-friend"),
        (("id:organisation/indire", "INDIRE", "owl:sameAs", "ror:02s376052"), "same-as"),
        (("id:method/lesson-study", "Lesson study", "skos:relatedMatch", "ev:777"), "link-predicate"),
        (("id:project/mensi", "MenSI", "schema:sameAs", "grant:101004676"), "link-identifier"),
        (("id:publication/toh-2016", "*", "schema:sameAs", "doi:10.1002/rev3.3248#bib-7"), "link-object"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_at_its_line(
    context: Context, write: Write, row: tuple[str, ...], rule: str
) -> None:
    assert (rule, FIRST + 1) in complaints(context, write(TEACHER, row))


def test_what_is_the_same_is_so_for_one_thing_only(context: Context, write: Write) -> None:
    """A linker that trusts printed codes would make Lithuania (LI) the same as Liechtenstein."""
    rows = [
        (f"id:country/{c.lower()}", c, "skos:exactMatch", "country:LIE")
        for c in ("Liechtenstein", "Lithuania")
    ]
    assert complaints(context, write(*rows)) == [("link-not-one-to-one", FIRST + 1)]
    assert complaints(context, write(TEACHER, TEACHER)) == [("link-twice", FIRST + 1)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("#license:", "#licence:", 5),
        (f"{ns.LINKS}test", f"{ns.LINKS}other", 1),
        ('#  - "id:organisation/mentorgraph"\n', "", 1),
        ("subject_id\tsubject_label", "subject_label\tsubject_id", FIRST - 1),
        ("\t0.9\t", "\t1.7\t", FIRST),
        ("\t2026-11-23\t", "\t23.11.2026\t", FIRST),
        ("\tWhy.", "", FIRST),
        ("ev:777", "eurovoc:777", FIRST),
        ("teacher\t", "teacher \t", FIRST),
    ],
)
def test_a_fault_of_form_is_told_with_its_line(write: Write, old: str, new: str, line: int) -> None:
    path = write(TEACHER)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        links.parse(path)
    assert line in {complaint.line for complaint in caught.value.complaints}


def _as_json(path: Path) -> dict[str, object]:
    """A table as SSSOM's JSON: the header, and the columns read without our parser."""
    table = links.parse(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = csv.DictReader((line for line in lines if line and not line.startswith("#")), delimiter="\t")
    mappings: list[dict[str, object]] = [
        {**row, "confidence": float(row["confidence"]), "author_id": [row["author_id"]]} for row in rows
    ]
    return {**table.header, "curie_map": table.prefixes, "mappings": mappings}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_table_is_valid_sssom(path: Path) -> None:
    folder = os.environ.get("MENTORGRAPH_STANDARDS")
    if not folder:
        pytest.skip("MENTORGRAPH_STANDARDS does not name the folder with the standards' schemas")
    schema = json.loads((Path(folder) / "sssom" / "sssom_schema.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft201909Validator(schema)
    assert [error.message for error in validator.iter_errors(_as_json(path))] == []


def test_every_object_is_in_the_copy_of_its_target() -> None:
    """Checklist row 47, against the label lists that were made from public copies."""
    folder = os.environ.get("MENTORGRAPH_TARGETS")
    if not folder:
        pytest.skip("MENTORGRAPH_TARGETS does not name the folder with the targets' label lists")
    for target in ("eurovoc", "unesco", "esco"):
        lines = (Path(folder) / f"{target}.tsv").read_text(encoding="utf-8").splitlines()
        known = {cells[0]: cells for cells in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
        column = known["iri"].index("prefLabel@en")
        for path in FILES:
            for link in links.parse(path).links if path.name.endswith(f"-{target}.sssom.tsv") else ():
                assert known[link.object][column] == link.object_label


def test_links_and_ontology_agree_with_what_skos_says_of_mapping(context: Context) -> None:
    """SKOS makes every subject of a mapping relation a concept; that may contradict nothing that we state."""
    mapped = {
        link.subject
        for path in FILES
        for link in links.parse(path).links
        if link.predicate.startswith(ns.SKOS) and link.subject.startswith(ns.ID)
    }
    assert len(mapped) > 50
    sources = load(Project.default().source_files())
    concept = ox.NamedNode(ns.SKOS + "Concept")
    for iri in sorted(mapped):
        first = sources.by_subject[iri][0]
        sources.statements.append(first._replace(predicate=ox.NamedNode(ns.RDF + "type"), object=concept))
    assert [str(clash) for clash in follow(Context(sources, context.ontology))[1]] == []


def test_the_release_describes_each_set_with_its_numbers(release: Release) -> None:
    store = LocalStore(release.path)
    said = f"""PREFIX void: <{ns.VOID}> SELECT ?set ?n WHERE {{
        ?set a void:Linkset ; void:triples ?n ; void:objectsTarget ?to ;
            void:subjectsTarget <{ns.GRAPH_RELEASE}> .
    }}"""
    described = {row["set"].value: int(row["n"].value) for row in store.rows(said)}  # type: ignore[union-attr]
    assert described == {table.iri: len(table.links) for table in map(links.parse, FILES)}
    for iri, number in described.items():
        links_only = f"FILTER(!STRSTARTS(STR(?s), '{iri}/'))"
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o {links_only} }} }}"
        (row,) = store.rows(query)
        assert int(row["n"].value) == number  # type: ignore[union-attr]
