"""Describe a release for machines: VoID (https://www.w3.org/TR/void/) and DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/).

The numbers include the description itself, so that a count over the default graph gives what is stated here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.terms import TYPE

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
SPARQL_ENDPOINT = ns.BASE + "sparql"
DOWNLOADS = ns.BASE + "download/"
PUBLISHER = ns.ID + "organisation/mentorgraph"
TITLE = (
    "MentorGraph: what two EU projects found out about how schools learn digital innovation from each other"
)
DESCRIPTION = (
    "Models, phases, methods, pilots, success factors, barriers, survey findings and incentives of school "
    "mentoring, every statement with the passage of the document that makes it."
)
_EDUCATION = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/ENG"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_MEDIA = "http://www.iana.org/assignments/media-types/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_SPDX = "http://spdx.org/rdf/terms#"

_DATASET = ox.NamedNode(ns.GRAPH_RELEASE)
_GRAPH = ox.NamedNode(ns.GRAPH_RELEASE)
Object = ox.NamedNode | ox.Literal


class _Description:
    """Collects statements in the graph of the release."""

    def __init__(self) -> None:
        self.triples: set[ox.Triple] = set()

    def say(self, subject: str, predicate: str, *values: Object) -> None:
        for value in values:
            self.triples.add(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value))


def describe(
    triples: Iterable[ox.Triple],
    version: str,
    documents: Sequence[str],
    checksums: Mapping[str, str],
) -> list[ox.Quad]:
    """The description of a dataset whose default graph holds ``triples`` and this description.

    ``documents``: IRIs that the knowledge is derived from. ``checksums``: file → SHA-256, of the files beside
    the dump (the dump holds this description, so its own hash can only stand in the manifest).
    """
    known = set(triples)
    said: set[ox.Triple] = set()
    while True:  # the second round counts the first one's statements, the third one confirms
        again = _statements(known | said, version, documents, checksums)
        if again == said:
            return sorted((ox.Quad(t.subject, t.predicate, t.object, _GRAPH) for t in said), key=str)
        said = again


def _statements(
    triples: set[ox.Triple], version: str, documents: Sequence[str], checksums: Mapping[str, str]
) -> set[ox.Triple]:
    description = _Description()
    _say_what_it_is(description, version, documents)
    _say_numbers(description, triples)
    _say_distributions(description, checksums)
    return description.triples


def _say_what_it_is(to: _Description, version: str, documents: Sequence[str]) -> None:
    catalogue = ns.GRAPH_RELEASE + "/catalogue"
    for subject in (ns.GRAPH_RELEASE, catalogue):
        to.say(subject, ns.DCT + "license", _iri(LICENSE))
        to.say(subject, ns.DCT + "publisher", _iri(PUBLISHER))
        to.say(subject, ns.DCT + "language", _iri(_LANGUAGE))
        to.say(subject, ns.DCT + "description", _english(DESCRIPTION))
    to.say(catalogue, TYPE.value, _iri(ns.DCAT + "Catalog"))
    to.say(catalogue, ns.DCT + "title", _english("Catalogue of MentorGraph"))
    to.say(catalogue, ns.SKOS + "prefLabel", _english("Catalogue of MentorGraph"))
    to.say(catalogue, ns.DCAT + "dataset", _DATASET)
    to.say(catalogue, ns.DCAT + "service", _iri(ns.GRAPH_RELEASE + "/sparql"))
    to.say(catalogue, ns.FOAF + "homepage", _iri(ns.BASE))
    to.say(PUBLISHER, TYPE.value, _iri(ns.FOAF + "Agent"))
    to.say(PUBLISHER, ns.FOAF + "name", _english("MentorGraph"))
    to.say(ns.GRAPH_RELEASE, TYPE.value, _iri(ns.VOID + "Dataset"), _iri(ns.DCAT + "Dataset"))
    to.say(ns.GRAPH_RELEASE, ns.DCT + "title", _english(TITLE))
    to.say(ns.GRAPH_RELEASE, ns.SKOS + "prefLabel", _english("MentorGraph, release " + version))
    to.say(ns.GRAPH_RELEASE, ns.DCT + "identifier", ox.Literal(ns.GRAPH_RELEASE))
    to.say(ns.GRAPH_RELEASE, ns.DCT + "conformsTo", _iri(ns.ONTOLOGY))
    to.say(ns.GRAPH_RELEASE, ns.DCT + "accessRights", _iri(_PUBLIC))
    to.say(ns.GRAPH_RELEASE, ns.DCAT + "version", ox.Literal(version))
    to.say(ns.GRAPH_RELEASE, ns.DCAT + "theme", _iri(_EDUCATION))
    to.say(
        ns.GRAPH_RELEASE,
        ns.DCAT + "keyword",
        *map(_english, ("school mentoring", "peer learning", "digital innovation")),
    )
    to.say(ns.GRAPH_RELEASE, ns.PROV + "wasDerivedFrom", *map(_iri, documents))
    to.say(ns.GRAPH_RELEASE, ns.FOAF + "homepage", _iri(ns.BASE))
    to.say(ns.GRAPH_RELEASE, ns.VOID + "uriSpace", ox.Literal(ns.ID))
    to.say(ns.GRAPH_RELEASE, ns.VOID + "sparqlEndpoint", _iri(SPARQL_ENDPOINT))
    to.say(ns.GRAPH_RELEASE, ns.VOID + "dataDump", _iri(DOWNLOADS + "dataset.nq.gz"))


def _say_numbers(to: _Description, triples: set[ox.Triple]) -> None:
    of_class = Counter(
        t.object.value for t in triples if t.predicate == TYPE and isinstance(t.object, ox.NamedNode)
    )
    of_property = Counter(t.predicate.value for t in triples)
    subjects = {t.subject for t in triples}
    entities = [s for s in subjects if isinstance(s, ox.NamedNode) and s.value.startswith(ns.ID)]
    numbers = {
        "triples": len(triples),
        "entities": len(entities),
        "classes": len(of_class),
        "properties": len(of_property),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({t.object for t in triples}),
    }
    for name, number in numbers.items():
        to.say(ns.GRAPH_RELEASE, ns.VOID + name, _integer(number))
    for kind, count_as, counted in (("class", "entities", of_class), ("property", "triples", of_property)):
        for iri, number in counted.items():
            part = f"{ns.GRAPH_RELEASE}/{kind}/{_slug(iri)}"
            to.say(ns.GRAPH_RELEASE, f"{ns.VOID}{kind}Partition", _iri(part))
            to.say(part, ns.VOID + kind, _iri(iri))
            to.say(part, ns.VOID + count_as, _integer(number))
    for namespace in sorted({_namespace(iri) for iri in (*of_class, *of_property)}):
        to.say(ns.GRAPH_RELEASE, ns.VOID + "vocabulary", _iri(namespace))


def _say_distributions(to: _Description, checksums: Mapping[str, str]) -> None:
    files = {
        "dataset.nq.gz": ("All graphs as N-Quads", "application/n-quads", "RDF_N_QUADS"),
        "ontology.ttl": ("The ontology and its shapes as Turtle", "text/turtle", "RDF_TURTLE"),
        "void.ttl": ("This description as Turtle", "text/turtle", "RDF_TURTLE"),
    }
    for name, (title, media_type, file_type) in files.items():
        distribution = f"{ns.GRAPH_RELEASE}/distribution/{name.split('.')[0]}"
        to.say(ns.GRAPH_RELEASE, ns.DCAT + "distribution", _iri(distribution))
        to.say(distribution, TYPE.value, _iri(ns.DCAT + "Distribution"))
        to.say(distribution, ns.DCT + "title", _english(title))
        to.say(distribution, ns.SKOS + "prefLabel", _english(title))
        to.say(distribution, ns.DCT + "license", _iri(LICENSE))
        to.say(distribution, ns.DCT + "format", _iri(_FILE_TYPE + file_type))
        to.say(distribution, ns.DCAT + "mediaType", _iri(_MEDIA + media_type))
        to.say(distribution, ns.DCAT + "accessURL", _iri(DOWNLOADS + name))
        to.say(distribution, ns.DCAT + "downloadURL", _iri(DOWNLOADS + name))
        if name in checksums:
            to.say(distribution, _SPDX + "checksum", _iri(distribution + "/checksum"))
            to.say(distribution + "/checksum", TYPE.value, _iri(_SPDX + "Checksum"))
            to.say(distribution + "/checksum", _SPDX + "algorithm", _iri(_SPDX + "checksumAlgorithm_sha256"))
            digest = ox.Literal(checksums[name], datatype=ox.NamedNode(ns.XSD + "hexBinary"))
            to.say(distribution + "/checksum", _SPDX + "checksumValue", digest)
    service = ns.GRAPH_RELEASE + "/sparql"
    to.say(service, TYPE.value, _iri(ns.DCAT + "DataService"))
    to.say(service, ns.DCT + "title", _english("SPARQL 1.1 endpoint"))
    to.say(service, ns.SKOS + "prefLabel", _english("SPARQL 1.1 endpoint"))
    to.say(service, ns.DCAT + "endpointURL", _iri(SPARQL_ENDPOINT))
    to.say(service, ns.DCAT + "servesDataset", _DATASET)


def _iri(value: str) -> ox.NamedNode:
    return ox.NamedNode(value)


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(ns.XSD + "integer"))


def _slug(iri: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", ns.shorten(iri)).strip("-")


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
