"""The description of a release: valid DCAT-AP 3.0.1, deterministic, licensed, with its sources."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import rdflib
from pyshacl import validate
from rdflib.namespace import DCAT, DCTERMS, PROV, SH, VOID

from kb.describe import LICENSE
from kb.release import Release
from ontology import namespaces as ns

RELEASE = rdflib.URIRef(ns.GRAPH_RELEASE)


@pytest.fixture(scope="module")
def description(release: Release) -> rdflib.Graph:
    return rdflib.Graph().parse(release.path / "void.ttl", format="turtle")


def test_it_says_what_a_catalogue_needs(description: rdflib.Graph, release: Release) -> None:
    for described in (RELEASE, *description.objects(RELEASE, DCAT.distribution)):
        assert description.value(described, DCTERMS.license) == rdflib.URIRef(LICENSE)
    assert len(list(description.objects(RELEASE, DCAT.distribution))) == 3
    assert str(description.value(RELEASE, VOID.triples)) == str(release.manifest["counts"]["triples"])
    documents = {str(document) for document in description.objects(RELEASE, PROV.wasDerivedFrom)}
    assert len(documents) == release.manifest["counts"]["documents"]
    assert all(document.startswith(ns.DOCUMENT) for document in documents)
    assert rdflib.URIRef(ns.SMM) in set(description.objects(RELEASE, VOID.vocabulary))


def test_the_ontologys_checksum_is_its_files(description: rdflib.Graph, release: Release) -> None:
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    (value,) = description.objects(None, spdx.checksumValue)
    assert str(value).lower() == release.manifest["files"]["ontology.ttl"]["sha256"]


@pytest.mark.parametrize("name", ["shapes.ttl", "range.ttl", "mdr-vocabularies.shape.ttl"])
def test_it_is_valid_dcat_ap(description: rdflib.Graph, name: str) -> None:
    folder = os.environ.get("MENTORGRAPH_STANDARDS")
    if not folder:
        pytest.skip("MENTORGRAPH_STANDARDS does not name the folder with the standards' shapes")
    shapes = rdflib.Graph().parse(Path(folder) / "dcat-ap-3.0.1" / name, format="turtle")
    _, report, _ = validate(description, shacl_graph=shapes, advanced=False, js=False, inference="none")
    assert isinstance(report, rdflib.Graph)
    # Details of a warning are results too; what counts is the severity of the results of the report itself.
    results = report.objects(None, SH.result)
    faults = [r for r in results if report.value(r, SH.resultSeverity) == SH.Violation]
    assert [[str(report.value(r, p)) for p in (SH.focusNode, SH.resultPath, SH.value)] for r in faults] == []
