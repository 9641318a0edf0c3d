"""The build: what it publishes, what stops it, and that it gives the same bytes."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.build import build
from kb.foreign import build_data
from kb.release import verify
from kb.report import Steps
from ontology import namespaces as ns
from ontology.complaints import SourceError
from tests.kb.conftest import Tiny

SMM = ns.SMM
METHOD = f"<{ns.ID}method/tutoring>"


def store_of(folder: Path) -> ox.Store:
    store = ox.Store()
    store.load(input=gzip.decompress((folder / "dataset.nq.gz").read_bytes()), format=ox.RdfFormat.N_QUADS)
    return store


def faults_of(tiny: Tiny, tmp_path: Path, documents: bool = True) -> list[str]:
    """The complaints of a build that must fail, and that nothing was published."""
    out = tmp_path / "releases"
    with pytest.raises(SourceError) as caught:
        build(tiny.project, out, tiny.documents if documents else None)
    assert not out.exists()
    return [str(complaint) for complaint in caught.value.complaints]


def test_a_release_has_every_graph_and_counts_a_statement_once(tiny: Tiny, tmp_path: Path) -> None:
    report = build(tiny.project, tmp_path / "releases", tiny.documents)
    store = store_of(report.release.path)
    of_type = f"SELECT (COUNT(*) AS ?n) WHERE {{ {METHOD} a <{SMM}Method> }}"
    assert [row["n"].value for row in store.query(of_type)] == ["1"]  # two passages say so
    in_graphs = f"SELECT ?g WHERE {{ GRAPH ?g {{ {METHOD} a <{SMM}Method> }} }}"
    assert {row["g"].value for row in store.query(in_graphs)} == {
        ns.PASSAGE + "d1/L4-5",
        ns.PASSAGE + "d1/L7",
    }
    graphs = {graph.value for graph in store.named_graphs()}
    assert {ns.GRAPH_DOCUMENTS, ns.GRAPH_EDITORIAL, ns.GRAPH_CONCLUSIONS, ns.GRAPH_INFERRED} <= graphs
    assert {ns.GRAPH_RELEASE, ns.ONTOLOGY, ns.PASSAGES + "d1", ns.CONCLUSION + "short"} <= graphs
    assert verify(report.release) == []
    assert report.release.manifest["version"] == "1.2.3"
    assert set(report.release.manifest["sources"]) == {
        "kb/documents.ttl", "kb/sources/p/d1.trig", "ontology/core.ttl", "ontology/shapes/all.ttl",
    }  # fmt: skip


def test_what_follows_stands_in_a_graph_of_its_own(tiny: Tiny, tmp_path: Path) -> None:
    store = store_of(build(tiny.project, tmp_path / "releases").release.path)
    inverse = (
        f"ASK {{ GRAPH <{ns.GRAPH_INFERRED}> {{ <{ns.ID}phase/actions> <{SMM}suitableMethod> {METHOD} }} }}"
    )
    superclass = f"ASK {{ GRAPH <{ns.GRAPH_INFERRED}> {{ {METHOD} a <{SMM}Thing> }} }}"
    stated_again = f"ASK {{ GRAPH <{ns.GRAPH_INFERRED}> {{ {METHOD} a <{SMM}Method> }} }}"
    assert bool(store.query(inverse))
    assert bool(store.query(superclass))
    assert not bool(store.query(stated_again))


def test_the_description_counts_what_a_query_counts(tiny: Tiny, tmp_path: Path) -> None:
    store = store_of(build(tiny.project, tmp_path / "releases").release.path)

    def number(query: str) -> str:
        return next(iter(store.query(query)))["n"].value

    void = f"<{ns.GRAPH_RELEASE}> <{ns.VOID}"
    assert number(f"SELECT ?n {{ {void}triples> ?n }}") == number("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert number(f"SELECT ?n {{ {void}properties> ?n }}") == number(
        "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"
    )
    part = f"SELECT ?n {{ ?x <{ns.VOID}class> <{SMM}Passage> ; <{ns.VOID}entities> ?n }}"
    assert number(part) == number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{SMM}Passage> }}") == "2"


def test_the_report_says_what_is_cited(tiny: Tiny, tmp_path: Path) -> None:
    report = build(tiny.project, tmp_path / "releases", tiny.documents)
    (row,) = report.coverage
    assert (row.document, row.passages, row.statements) == ("d1", 2, 5)
    assert (row.lines, row.cited, row.uncited) == (6, 3, (1, 2, 3))
    assert row.share == pytest.approx(0.5)
    assert (report.anchors_found, report.anchors_unchecked) == (2, 0)
    without = build(tiny.project, tmp_path / "releases")
    assert (without.anchors_found, without.anchors_unchecked) == (0, 2)


def test_equal_sources_give_equal_bytes_under_another_hash_seed(tiny: Tiny, tmp_path: Path) -> None:
    first = build(tiny.project, tmp_path / "one")
    program = (
        "import sys; from pathlib import Path; from kb.build import build; from kb.sources import Project\n"
        "print(build(Project(Path(sys.argv[1]), Path(sys.argv[2])), Path(sys.argv[3])).release.id)"
    )
    for seed in ("1", "2"):
        out = tmp_path / f"seed{seed}"
        folders = [str(tiny.project.kb), str(tiny.project.ontology), str(out)]
        done = subprocess.run(
            [sys.executable, "-c", program, *folders],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == first.release.id
        for file in sorted(first.release.path.iterdir()):
            assert (out / first.release.id / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_second_build_of_the_same_sources_changes_nothing(tiny: Tiny, tmp_path: Path) -> None:
    first = build(tiny.project, tmp_path / "releases")
    again = build(tiny.project, tmp_path / "releases")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.release.id == first.release.id
    tiny.change("45", "50")
    assert build(tiny.project, tmp_path / "releases").is_new


def test_a_changed_shape_makes_another_release(tiny: Tiny, tmp_path: Path) -> None:
    first = build(tiny.project, tmp_path / "releases")
    tiny.change("sh:maxCount 1", "sh:maxCount 2", tiny.project.ontology / "shapes" / "all.ttl")
    assert build(tiny.project, tmp_path / "releases").release.id != first.release.id


def test_a_broken_trig_file_stops_the_build_at_its_place(tiny: Tiny, tmp_path: Path) -> None:
    line = tiny.line_of('skos:prefLabel "Actions"')
    tiny.change('skos:prefLabel "Actions"@en .', 'skos:prefLabel Actions"@en .')
    (fault,) = faults_of(tiny, tmp_path)
    assert f"d1.trig:{line}:" in fault
    assert "[syntax]" in fault


def test_a_broken_anchor_stops_the_build_and_is_told_where_it_stands(tiny: Tiny, tmp_path: Path) -> None:
    tiny.change("The method is suitable to be used", "Collegial tutoring helps to share what works")
    (fault,) = faults_of(tiny, tmp_path)
    assert f"d1.trig:{tiny.line_of('helps to share what works')}: [anchor]" in fault
    assert "it stands in L2-3" in fault
    build(tiny.project, tmp_path / "without-texts")  # nothing to check it against


def test_data_that_break_a_shape_stop_the_build(tiny: Tiny, tmp_path: Path) -> None:
    tiny.change("smm:minutes 45", "smm:minutes 45.5")
    (fault,) = faults_of(tiny, tmp_path)
    assert f"d1.trig:{tiny.line_of('45.5')}: [shape]" in fault
    assert "method/tutoring smm:minutes" in fault
    assert "A method takes one whole number of minutes." in fault


def test_all_faults_are_told_at_once(tiny: Tiny, tmp_path: Path) -> None:
    (tiny.trig.parent / "other.trig").write_text("<https://example.org/g> { <a> <b> <c> }", encoding="utf-8")
    tiny.change("GRAPH id:editorial {", "GRAPH id:editorials {")
    faults = faults_of(tiny, tmp_path)
    assert any("other.trig:1" in fault and "relative IRI" in fault for fault in faults)
    assert any("d1.trig" in fault and "[graph-name]" in fault for fault in faults)


def test_rules_shapes_and_reasoning_are_told_together(tiny: Tiny, tmp_path: Path) -> None:
    tiny.change("smm:minutes 45", "smm:minutes 45.5")
    tiny.change("L4-5 ; skos:note", "L4-5 ; skos:notes")
    tiny.change("a smm:Phase ;", "a smm:Phase , smm:Passage , smm:Method ;")
    rules = {fault.split("[")[1].split("]")[0] for fault in faults_of(tiny, tmp_path)}
    assert {"shape", "unknown-term", "clash"} <= rules


def test_hermit_stops_what_only_a_dl_reasoner_sees(tiny: Tiny, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("HermiT needs Java")
    build(tiny.project, tmp_path / "sound", hermit=True)
    tiny.change(
        "smm:Phase a owl:Class ;",
        "smm:Phase a owl:Class ; rdfs:subClassOf"
        " [ a owl:Restriction ; owl:onProperty smm:suitableMethod ; owl:someValuesFrom smm:Passage ] ,"
        " [ a owl:Restriction ; owl:onProperty smm:suitableMethod ; owl:allValuesFrom smm:Method ] ;",
        tiny.project.ontology / "core.ttl",
    )
    build(tiny.project, tmp_path / "unseen")
    out = tmp_path / "releases"
    with pytest.raises(SourceError, match=r"\[inconsistent\]"):
        build(tiny.project, out, hermit=True)
    assert not out.exists()


def test_a_missing_version_stops_the_build(tiny: Tiny, tmp_path: Path) -> None:
    tiny.change('owl:versionInfo "1.2.3"', 'owl:versionInfo "soon"', tiny.project.ontology / "core.ttl")
    (fault,) = faults_of(tiny, tmp_path)
    assert "ontology/core.ttl:10: [version]" in fault


class TestData:
    """Releases of RDF data that are not ours."""

    def test_the_unnamed_graph_is_the_default_graph(self, tmp_path: Path) -> None:
        text = "<http://e/a> <http://e/p> [ <http://e/q> 1 ] , <<( [] <http://e/p> _:c )>> ."
        (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
        (tmp_path / "b.trig").write_text("<http://e/g> { <http://e/b> <http://e/p> _:x }", encoding="utf-8")
        report = build_data([tmp_path / "a.ttl", tmp_path / "b.trig"], tmp_path / "out", Steps())
        counts = report.release.manifest["counts"]
        assert counts == {"triples": 3, "quads": 1, "graphs": 1}
        assert verify(report.release) == []
        again = build_data([tmp_path / "a.ttl", tmp_path / "b.trig"], tmp_path / "out", Steps())
        assert not again.is_new

    def test_blank_nodes_of_two_files_stay_apart(self, tmp_path: Path) -> None:
        for name in ("a.nt", "b.nt"):
            (tmp_path / name).write_text("_:x <http://e/p> <http://e/o> .\n", encoding="utf-8")
        report = build_data([tmp_path / "a.nt", tmp_path / "b.nt"], tmp_path / "out", Steps())
        assert report.release.manifest["counts"]["triples"] == 2

    @pytest.mark.parametrize(
        ("name", "content", "rule"),
        [
            ("a.rdf", '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "b">]>\n<r/>', "doctype"),
            ("b.rdf", "\ufeff<r/>".encode("utf-16").decode("latin-1"), "syntax"),
            ("a.jsonld", '{"@context": "http://127.0.0.1:9/c", "@id": "http://e/a"}', "syntax"),
            ("a.ttl", "<http://e/a> <http://e/p> .", "syntax"),
            ("a.csv", "a,b", "format"),
        ],
    )
    def test_dangerous_or_broken_files_are_refused(
        self, tmp_path: Path, name: str, content: str, rule: str
    ) -> None:
        (tmp_path / name).write_bytes(content.encode("latin-1"))
        with pytest.raises(SourceError, match=rf"{name}.*\[{rule}\]"):
            build_data([tmp_path / name], tmp_path / "out", Steps())
        assert not (tmp_path / "out").exists()


def test_blank_nodes_of_ontology_and_shapes_stay_apart(tiny: Tiny, tmp_path: Path) -> None:
    union = f"@prefix owl: <{ns.OWL}> . @prefix rdfs: <{ns.RDFS}> . @prefix smm: <{SMM}> .\n"
    union += "smm:about a owl:ObjectProperty ; rdfs:range [ owl:unionOf ( smm:Method smm:Phase ) ] ."
    (tiny.project.ontology / "more.ttl").write_text(union, encoding="utf-8")
    shapes = tiny.project.ontology / "shapes" / "all.ttl"
    tiny.change(
        "sh:maxCount 1 ;", "sh:maxCount 1 ; sh:or ( [ sh:minInclusive 1 ] [ sh:maxInclusive 90 ] ) ;", shapes
    )
    folder = build(tiny.project, tmp_path / "releases").release.path
    quads = list(ox.parse(input=(folder / "ontology.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    for name in ("first", "rest"):
        heads = [quad.subject for quad in quads if quad.predicate.value == ns.RDF + name]
        assert len(heads) == len(set(heads)) == 4, "every list has one first and one rest at each place"
