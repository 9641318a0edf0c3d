"""The 48 rows of the checklist, and those of them that a server decides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import pyoxigraph as ox

from ontology import namespaces as ns
from service.fair import (
    Found,
    Row,
    Scene,
    also,
    citation,
    consistent,
    dumps,
    funding,
    kept_terms,
    later,
    licence,
    linksets,
    minted_iris,
    no_extension,
    none,
    outbound,
    questions,
    reproducible,
    reviewed,
    rules,
    shapes,
    sourced,
    version_agrees,
)  # fmt: skip

_FORMS = {
    "text/html": None,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_SAMPLE = 25  # kinds of things; one of each is asked for in every form


def _path(iri: str) -> str:
    return "/" + iri.removeprefix(ns.BASE).partition("#")[0]


def _sample(scene: Scene) -> list[str]:
    """One thing of each kind, and the ontology."""
    iris = scene.column(
        f'SELECT (MIN(STR(?s)) AS ?one) {{ ?s a ?k FILTER(STRSTARTS(STR(?s), "{ns.ID}") '
        f'&& STRSTARTS(STR(?k), "{ns.SMM}")) }} GROUP BY ?k ORDER BY ?one'
    )
    step = max(1, len(iris) // _SAMPLE)
    return [ns.ONTOLOGY, *dict.fromkeys(iris[::step])]


def negotiation(scene: Scene) -> Found:
    faults, asked = [], 0
    for iri in _sample(scene):
        for accept, form in _FORMS.items():
            asked += 1
            first = scene.fetch(_path(iri), accept)
            there = scene.fetch(urlsplit(first.headers.get("location", "")).path or "/", accept)
            kind = there.headers.get("content-type", "").partition(";")[0]
            if (first.status, there.status, kind) != (303, 200, accept):
                faults.append(f"{iri} as {accept}: {first.status}, then {there.status} {kind}")
            elif form and not _speaks_of(iri, ox.parse(input=there.body, format=form)):
                faults.append(f"{iri} as {accept} says nothing about it")
    return Found(f"{asked} requests: 303, then the form that was asked for", tuple(faults))


def _speaks_of(iri: str, quads: Iterable[ox.Quad]) -> bool:
    return any(quad.subject == ox.NamedNode(iri) for quad in quads)


def refusals(scene: Scene) -> Found:
    asked = {("/id/method/no-such-method", "text/html"): 404, ("/id/method/no-such-method.ttl", "*/*"): 404,
             (_path(ns.ONTOLOGY), "image/png"): 406, ("/ontology/99.0.0", "text/turtle"): 404}  # fmt: skip
    faults = [
        f"{path} as {accept}: {status}, not {wanted}"
        for (path, accept), wanted in asked.items()
        if (status := scene.fetch(path, accept).status) != wanted
    ]
    return Found("an unknown IRI, version and form", tuple(faults))


def embedded(scene: Scene) -> Found:
    faults, kinds = [], []
    for path in ("/", "/ontology.html", *(f"{_path(iri)}.html" for iri in _sample(scene)[1:6])):
        text = scene.fetch(path, "text/html").body.decode()
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        said = json.loads(found[1]) if found else {}
        kinds.append(said.get("@type", ""))
        if said.get("@context") != "https://schema.org/" or not said.get("@id", "").startswith(ns.BASE):
            faults.append(f"{path} has no schema.org data")
    if not {"Dataset", "DefinedTermSet"} <= {*kinds}:
        faults.append("no page describes the data set, or none the terms")
    return Found(f"JSON-LD in pages: {', '.join(sorted({*kinds}))}", tuple(faults))


def headers(scene: Scene) -> Found:
    faults = []
    for iri in _sample(scene)[:5]:
        answer = scene.fetch(_path(iri), "text/turtle").headers
        for needed in ('rel="alternate"', 'rel="describedby"'):
            if needed not in answer.get("link", ""):
                faults.append(f"{iri}: no Link with {needed}")
        if answer.get("access-control-allow-origin") != "*":
            faults.append(f"{iri} cannot be read from other origins")
    return Found("Link and Access-Control-Allow-Origin of redirects", tuple(faults))


_SPDX = "http://spdx.org/rdf/terms#"
_MANDATORY = {
    ns.DCAT + "Catalog": (ns.DCT + "title", ns.DCT + "description", ns.DCT + "publisher"),
    ns.DCAT + "Dataset": (ns.DCT + "title", ns.DCT + "description"),
    ns.DCAT + "Distribution": (ns.DCAT + "accessURL",),
    ns.DCAT + "DataService": (ns.DCT + "title", ns.DCAT + "endpointURL"),
    ns.FOAF + "Agent": (ns.FOAF + "name",),
    _SPDX + "Checksum": (_SPDX + "algorithm", _SPDX + "checksumValue"),
}


def catalogue(scene: Scene) -> Found:
    """What DCAT-AP 3.0.1 makes mandatory; the tests run its own shapes too."""
    first = scene.fetch("/.well-known/void", "text/turtle")
    there = scene.fetch(urlsplit(first.headers.get("location", "")).path or "/", "text/turtle")
    if there.status != 200:
        return Found("", (f"/.well-known/void: {first.status}, then {there.status}",))
    store = ox.Store()
    try:
        store.load(input=there.body, format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        return Found("", (f"the description is not Turtle: {error}",))
    faults, seen = [], 0
    for kind, names in _MANDATORY.items():
        found = list(store.quads_for_pattern(None, ox.NamedNode(ns.RDF + "type"), ox.NamedNode(kind)))
        seen += len(found)
        faults += [f"there is no {kind}"] if not found else []
        for quad in found:
            for name in names:
                if not list(store.quads_for_pattern(quad.subject, ox.NamedNode(name), None)):
                    faults.append(f"{quad.subject} has no {name}")
    return Found(f"/.well-known/void leads to it; {seen} things have all that is mandatory", tuple(faults))


def endpoint(scene: Scene) -> Found:
    answer = scene.fetch("/sparql", "text/turtle")
    good = answer.status == 200 and b"sparql-service-description#" in answer.body
    dump = scene.fetch("/download/manifest.json", "*/*").status
    faults = [] if good else ["/sparql has no service description"]
    faults += [] if dump == 200 else ["the files of the release cannot be had beside it"]
    return Found("service description; limits in docs/reference.md; the dump beside it", tuple(faults))


def examples(scene: Scene) -> Found:
    return none(
        scene,
        f"SELECT ?c {{ GRAPH <{ns.ONTOLOGY}> {{ ?c a owl:Class }} FILTER(STRSTARTS(STR(?c), '{ns.SMM}')) "
        "FILTER NOT EXISTS { ?c vann:example ?e } }",
        "has no example",
        "every class of ours has vann:example",
    )


def defined(scene: Scene) -> Found:
    return none(
        scene,
        f"SELECT ?c {{ GRAPH <{ns.ONTOLOGY}> {{ ?c a ?k }} FILTER(STRSTARTS(STR(?c), '{ns.SMM}')) "
        "VALUES ?k { owl:Class owl:ObjectProperty owl:DatatypeProperty } "
        "FILTER NOT EXISTS { ?c rdfs:isDefinedBy ?e } }",
        "has no rdfs:isDefinedBy",
        "rdfs:isDefinedBy of every class and property of ours",
    )


def version_answers(scene: Scene) -> Found:
    version = scene.release.manifest["version"]
    status = scene.fetch(f"/ontology/{version}", "text/turtle").status
    return Found(f"/ontology/{version} answers", () if status == 303 else (f"it answers {status}",))


_METADATA = rules("metadata_is_complete")
_PEOPLE = "say there who keeps the service, with ORCID or ROR; look at it again then"
_DOI = "the DOI is to come; the ontology has no logo of its own"
_ASSESSORS = "Zenodo, FOOPS!, OOPS! and F-UJI need public addresses"
_DOMAINS = rules("missing_domain_or_range", "multiple_domains_or_ranges")

ROWS = (
    Row(1, "IRIs under a persistent domain", minted_iris),
    Row(2, "A policy for IRIs; none ends like a file", no_extension),
    Row(3, "No term in somebody else's namespace", rules("foreign_terms_are_left_alone")),
    Row(4, "One ontology, named as it is loaded", rules("there_is_one_ontology")),
    Row(5, "A version IRI that holds the version", rules("version_is_stated")),
    Row(6, "The version is the release's", version_agrees),
    Row(7, "From the second release on, the version before", rules("earlier_versions_are_named")),
    Row(8, "Version IRIs resolve and keep resolving", also(version_answers, "older ones go to Zenodo")),
    Row(9, "Title, description and abstract in two languages", _METADATA),
    Row(10, "Creators by identifier", also(rules("responsibility_is_linked"), _PEOPLE)),
    Row(11, "Created, issued and modified as dates", _METADATA),
    Row(12, "Publisher, status, source, DOI and logo", also(rules("responsibility_is_linked"), _DOI)),
    Row(13, "A licence by IRI, everywhere", licence),
    Row(14, "Preferred prefix and namespace", _METADATA),
    Row(15, "Known to prefix.cc and LOV", later("not registered", "see docs/publishing.md, step 5")),
    Row(16, "The ontology names its catalogue", _METADATA),
    Row(17, "A citation with version and address", citation),
    Row(18, "The grants behind the sources are named", funding),
    Row(19, "A label for every term", rules("terms_are_documented")),
    Row(20, "A definition for every term", rules("terms_are_documented")),
    Row(21, "An example for every class", examples),
    Row(22, "Every term says where it is defined", defined),
    Row(23, "Texts have a language, labels are single", rules("texts_have_a_language", "labels_are_single")),
    Row(24, "No two classes of one name", rules("equal_labels")),
    Row(25, "One domain and range, or a reason", _DOMAINS),
    Row(26, "Inverses declared, or a reason", rules("missing_inverses", "self_inverses")),
    Row(27, "What is never the same is said to be disjoint", rules("missing_disjointness")),
    Row(28, "No circles, nothing unconnected", rules("cycles", "unconnected_terms")),
    Row(29, "Consistent; the profile is stated", consistent),
    Row(30, "Names written in one way", rules("mixed_naming")),
    Row(31, "What is given up stays and leads on", rules("deprecated_terms_lead_on")),
    Row(32, "No term dropped between minor versions", kept_terms),
    Row(33, "Each theme builds on other vocabularies", rules("themes_build_on_others")),
    Row(34, "A shape for every class; the data conform", shapes),
    Row(35, "Questions with answers worked out beforehand", questions),
    Row(36, "Every IRI leads to a page and to data", negotiation),
    Row(37, "404 for what is not there, 406 for no such form", refusals),
    Row(38, "Pages embed schema.org", embedded),
    Row(39, "Link headers; open to other origins", headers),
    Row(40, "/.well-known/void and a DCAT-AP 3.0.1 catalogue", catalogue),
    Row(41, "Dumps with checksums and counts that agree", dumps),
    Row(42, "The dump can be made again, byte by byte", reproducible),
    Row(43, "The endpoint describes itself", endpoint),
    Row(44, "Every statement has its source", sourced),
    Row(45, "A set of links to each target, with counts", linksets),
    Row(46, "Links are reviewed, none says more than it proves", reviewed),
    Row(47, "Other people's IRIs as they publish them", outbound),
    Row(48, "DOI, assessors' reports, who keeps it", later("docs/publishing.md has our promise", _ASSESSORS)),
)  # fmt: skip
