"""Describe a release for machines: VoID (https://www.w3.org/TR/void/) and DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/).

The numbers include the description itself, so that a count over the default graph gives what is stated here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kb import examples
from kb.links import LinkSet
from kb.queries import QueryFile
from ontology import namespaces as ns
from ontology.terms import TYPE

KEYWORDS = ("school mentoring", "peer learning", "digital innovation")
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
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_EDUCATION = _AUTHORITY + "data-theme/EDUC"
_THEMES = _AUTHORITY + "data-theme"
_LANGUAGE = _AUTHORITY + "language/ENG"
_PUBLIC = _AUTHORITY + "access-right/PUBLIC"
_FILE_TYPE = _AUTHORITY + "file-type/"
_AVAILABLE = _AUTHORITY + "planned-availability/STABLE"
_MEDIA = "http://www.iana.org/assignments/media-types/"
_SPARQL = "https://www.w3.org/TR/sparql11-protocol/"
_AVAILABILITY = "http://data.europa.eu/r5r/availability"
_SPDX = "http://spdx.org/rdf/terms#"
# With https, unlike SPDX's own namespace, because the shapes of DCAT-AP 3.0.1 ask for it.
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
FILES = {
    "dataset.nq.gz": ("All graphs as N-Quads", "application/n-quads", "RDF_N_QUADS"),
    "ontology.ttl": ("The ontology and its shapes as Turtle", "text/turtle", "RDF_TURTLE"),
    "void.ttl": ("This description as Turtle", "text/turtle", "RDF_TURTLE"),
}
# What other people's things are, stated here because DCAT-AP's shapes ask for it and nothing is fetched:
# IRI → class, scheme, English name.
_FOREIGN: dict[str, tuple[str, str, str]] = {
    LICENSE: (ns.DCT + "LicenseDocument", "", ""),
    ns.BASE: (ns.FOAF + "Document", "", ""),
    ns.ONTOLOGY: (ns.DCT + "Standard", "", ""),
    _SPARQL: (ns.DCT + "Standard", "", ""),
    _SHA256: (_SPDX + "ChecksumAlgorithm", "", ""),
    _EDUCATION: (ns.SKOS + "Concept", _THEMES, "Education, culture and sport"),
    _THEMES: (ns.SKOS + "ConceptScheme", "", "Data theme"),
    _LANGUAGE: (ns.DCT + "LinguisticSystem", _AUTHORITY + "language", "English"),
    _PUBLIC: (ns.DCT + "RightsStatement", _AUTHORITY + "access-right", "public"),
    _AVAILABLE: (ns.SKOS + "Concept", _AUTHORITY + "planned-availability", "stable"),
}

# Parts of this description; they are no things that the data are about.
_OWN_PARTS = tuple(f"{ns.GRAPH_RELEASE}/{kind}/" for kind in ("class", "property", "prefix"))
_SERVICE = ns.GRAPH_RELEASE + "/sparql"
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


@dataclass(frozen=True)
class About:
    """What a release is made from. ``date``: ISO date of the ontology's last change, or "".

    ``documents``: IRIs that the knowledge is derived from. ``checksums``: file → SHA-256, of the files beside
    the dump (the dump holds this description, so its own hash can only stand in the manifest). ``linksets``:
    the links to other knowledge bases. ``queries``: the questions that stand in the graph as examples.
    """

    version: str
    date: str
    documents: Sequence[str]
    checksums: Mapping[str, str]
    linksets: Sequence[LinkSet] = ()
    queries: Sequence[QueryFile] = ()


def describe(triples: Iterable[ox.Triple], about: About) -> list[ox.Quad]:
    """The description of a dataset whose default graph holds ``triples`` and this description."""
    known = set(triples)
    constant = _Description()
    for subject, predicate, value in examples.statements(about.queries, known, SPARQL_ENDPOINT):
        constant.say(subject, predicate, value)
    known |= constant.triples
    said: set[ox.Triple] = set()
    while True:  # the second round counts the first one's statements, the third one confirms
        again = _statements(known | said, about)
        if again == said:
            return sorted(
                (ox.Quad(t.subject, t.predicate, t.object, _GRAPH) for t in said | constant.triples), key=str
            )
        said = again


def _statements(triples: set[ox.Triple], about: About) -> set[ox.Triple]:
    description = _Description()
    _say_what_it_is(description, about)
    _say_numbers(description, triples)
    _say_distributions(description, about)
    _say_service(description)
    for linkset in about.linksets:
        _say_links(description, linkset)
    for iri, (kind, scheme, name) in _FOREIGN.items():
        description.say(iri, TYPE.value, _iri(kind))
        if scheme:
            description.say(iri, ns.SKOS + "inScheme", _iri(scheme))
        if name:
            label = ns.DCT + "title" if iri == _THEMES else ns.SKOS + "prefLabel"
            description.say(iri, label, _english(name))
    return description.triples


def _say_what_it_is(to: _Description, about: About) -> None:
    release, catalogue = ns.GRAPH_RELEASE, ns.GRAPH_RELEASE + "/catalogue"
    for subject, title in ((release, TITLE), (catalogue, "Catalogue of MentorGraph")):
        to.say(subject, ns.DCT + "title", _english(title))
        to.say(subject, ns.DCT + "description", _english(DESCRIPTION))
        to.say(subject, ns.DCT + "license", _iri(LICENSE))
        to.say(subject, ns.DCT + "publisher", _iri(PUBLISHER))
        to.say(subject, ns.DCT + "language", _iri(_LANGUAGE))
        to.say(subject, ns.FOAF + "homepage", _iri(ns.BASE))
        for name in ("issued", "modified") if about.date else ():
            to.say(subject, ns.DCT + name, ox.Literal(about.date, datatype=ox.NamedNode(ns.XSD + "date")))
    to.say(catalogue, TYPE.value, _iri(ns.DCAT + "Catalog"))
    to.say(catalogue, ns.SKOS + "prefLabel", _english("Catalogue of MentorGraph"))
    to.say(catalogue, ns.DCAT + "dataset", _DATASET)
    to.say(catalogue, ns.DCAT + "service", _iri(_SERVICE))
    to.say(catalogue, ns.DCAT + "themeTaxonomy", _iri(_THEMES))
    to.say(PUBLISHER, TYPE.value, _iri(ns.FOAF + "Agent"))
    to.say(PUBLISHER, ns.FOAF + "name", _english("MentorGraph"))
    to.say(release, TYPE.value, _iri(ns.VOID + "Dataset"), _iri(ns.DCAT + "Dataset"))
    to.say(release, ns.SKOS + "prefLabel", _english("MentorGraph, release " + about.version))
    to.say(release, ns.DCT + "identifier", ox.Literal(release))
    to.say(release, ns.DCT + "conformsTo", _iri(ns.ONTOLOGY))
    to.say(release, ns.DCT + "accessRights", _iri(_PUBLIC))
    to.say(release, ns.DCAT + "version", ox.Literal(about.version))
    to.say(release, ns.DCAT + "theme", _iri(_EDUCATION))
    to.say(release, ns.DCAT + "keyword", *map(_english, KEYWORDS))
    to.say(release, ns.PROV + "wasDerivedFrom", *map(_iri, about.documents))
    to.say(release, ns.VOID + "uriSpace", ox.Literal(ns.ID))
    to.say(release, ns.VOID + "sparqlEndpoint", _iri(SPARQL_ENDPOINT))
    to.say(release, ns.VOID + "dataDump", _iri(DOWNLOADS + "dataset.nq.gz"))


def _say_numbers(to: _Description, triples: set[ox.Triple]) -> None:
    of_class = Counter(
        t.object.value for t in triples if t.predicate == TYPE and isinstance(t.object, ox.NamedNode)
    )
    of_property = Counter(t.predicate.value for t in triples)
    subjects = {t.subject for t in triples}
    named = [s.value for s in subjects if isinstance(s, ox.NamedNode) and s.value.startswith(ns.ID)]
    entities = [iri for iri in named if not iri.startswith(_OWN_PARTS)]
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
    _say_partitions_of_classes(to, triples)
    for namespace in sorted({_namespace(iri) for iri in (*of_class, *of_property)}):
        to.say(ns.GRAPH_RELEASE, ns.VOID + "vocabulary", _iri(namespace))


def _say_partitions_of_classes(to: _Description, triples: set[ox.Triple]) -> None:
    """Which properties the things of each class of ours have: what editors complete from."""
    classes: defaultdict[object, list[str]] = defaultdict(list)
    for t in triples:
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode) and t.object.value.startswith(ns.SMM):
            classes[t.subject].append(t.object.value)
    counted = Counter((one, t.predicate.value) for t in triples for one in classes.get(t.subject, ()))
    for (one, prop), number in counted.items():
        whole = f"{ns.GRAPH_RELEASE}/class/{_slug(one)}"
        part = f"{whole}/property/{_slug(prop)}"
        to.say(whole, ns.VOID + "propertyPartition", _iri(part))
        to.say(part, ns.VOID + "property", _iri(prop))
        to.say(part, ns.VOID + "triples", _integer(number))


def _say_links(to: _Description, links: LinkSet) -> None:
    """A set of links; ``void:triples`` counts the links themselves, not what is said about each one."""
    target = links.says("object_source")
    to.say(ns.GRAPH_RELEASE, ns.VOID + "subset", _iri(links.iri))
    to.say(links.iri, TYPE.value, _iri(ns.VOID + "Linkset"))
    for predicate in (ns.DCT + "title", ns.SKOS + "prefLabel"):
        to.say(links.iri, predicate, _english(links.says("mapping_set_title")))
    to.say(links.iri, ns.DCT + "description", _english(links.says("mapping_set_description")))
    to.say(links.iri, ns.DCT + "license", _iri(links.says("license")))
    to.say(links.iri, ns.DCT + "creator", *map(_iri, links.creators))
    changed = ox.Literal(links.says("mapping_date"), datatype=ox.NamedNode(ns.XSD + "date"))
    to.say(links.iri, ns.DCT + "modified", changed)
    to.say(links.iri, ns.SSSOM + "mapping_tool", _english(links.says("mapping_tool")))
    to.say(links.iri, ns.SSSOM + "object_source_version", _english(links.says("object_source_version")))
    to.say(links.iri, ns.VOID + "subjectsTarget", _DATASET)
    to.say(links.iri, ns.VOID + "objectsTarget", _iri(target))
    to.say(target, TYPE.value, _iri(ns.VOID + "Dataset"))
    to.say(links.iri, ns.VOID + "triples", _integer(len(links.links)))
    for predicate, number in links.by_predicate.items():
        part = f"{links.iri}/property/{_slug(predicate)}"
        to.say(links.iri, ns.VOID + "linkPredicate", _iri(predicate))
        to.say(links.iri, ns.VOID + "propertyPartition", _iri(part))
        to.say(part, ns.VOID + "property", _iri(predicate))
        to.say(part, ns.VOID + "triples", _integer(number))


def _say_distributions(to: _Description, about: About) -> None:
    for name, (title, media_type, file_type) in FILES.items():
        distribution = f"{ns.GRAPH_RELEASE}/distribution/{name.split('.')[0]}"
        to.say(ns.GRAPH_RELEASE, ns.DCAT + "distribution", _iri(distribution))
        to.say(distribution, TYPE.value, _iri(ns.DCAT + "Distribution"))
        for predicate in (ns.DCT + "title", ns.DCT + "description", ns.SKOS + "prefLabel"):
            to.say(distribution, predicate, _english(title))
        to.say(distribution, ns.DCT + "license", _iri(LICENSE))
        to.say(distribution, ns.DCT + "format", _iri(_FILE_TYPE + file_type))
        to.say(_FILE_TYPE + file_type, TYPE.value, _iri(ns.DCT + "MediaTypeOrExtent"))
        to.say(_FILE_TYPE + file_type, ns.SKOS + "inScheme", _iri(_FILE_TYPE.rstrip("/")))
        to.say(distribution, ns.DCAT + "mediaType", _iri(_MEDIA + media_type))
        to.say(_MEDIA + media_type, TYPE.value, _iri(ns.DCT + "MediaType"))
        to.say(distribution, ns.DCAT + "accessURL", _iri(DOWNLOADS + name))
        to.say(distribution, ns.DCAT + "downloadURL", _iri(DOWNLOADS + name))
        to.say(distribution, _AVAILABILITY, _iri(_AVAILABLE))
        if name in about.checksums:
            checksum = distribution + "/checksum"
            to.say(distribution, _SPDX + "checksum", _iri(checksum))
            to.say(checksum, TYPE.value, _iri(_SPDX + "Checksum"))
            to.say(checksum, _SPDX + "algorithm", _iri(_SHA256))
            digest = ox.Literal(about.checksums[name], datatype=ox.NamedNode(ns.XSD + "hexBinary"))
            to.say(checksum, _SPDX + "checksumValue", digest)


def _say_service(to: _Description) -> None:
    to.say(_SERVICE, TYPE.value, _iri(ns.DCAT + "DataService"))
    to.say(_SERVICE, ns.DCT + "title", _english("SPARQL 1.1 endpoint"))
    to.say(_SERVICE, ns.SKOS + "prefLabel", _english("SPARQL 1.1 endpoint"))
    to.say(_SERVICE, ns.DCT + "publisher", _iri(PUBLISHER))
    to.say(_SERVICE, ns.DCT + "conformsTo", _iri(_SPARQL))
    to.say(_SERVICE, ns.DCAT + "endpointURL", _iri(SPARQL_ENDPOINT))
    to.say(_SERVICE, ns.DCAT + "endpointDescription", _iri(SPARQL_ENDPOINT))
    to.say(_SERVICE, ns.DCAT + "servesDataset", _DATASET)
    to.say(_SERVICE, ns.DCAT + "theme", _iri(_EDUCATION))
    to.say(_SERVICE, ns.DCAT + "keyword", *map(_english, KEYWORDS))


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
