"""The IRIs that this project mints, and the prefixes that its files use."""

from __future__ import annotations

from typing import Final

BASE: Final = "https://w3id.org/school-mentoring/"
ONTOLOGY: Final = BASE + "ontology"
SMM: Final = ONTOLOGY + "#"
ID: Final = BASE + "id/"

PASSAGE: Final = ID + "passage/"
PASSAGES: Final = ID + "passages/"
CONCLUSION: Final = ID + "conclusion/"
LINKS: Final = ID + "links/"
DOCUMENT: Final = ID + "document/"

GRAPH_CONCLUSIONS: Final = ID + "conclusions"
GRAPH_EDITORIAL: Final = ID + "editorial"
GRAPH_DOCUMENTS: Final = ID + "documents"
GRAPH_INFERRED: Final = ID + "inferred"
GRAPH_RELEASE: Final = ID + "release"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCT: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"
SH: Final = "http://www.w3.org/ns/shacl#"
VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMA: Final = "https://schema.org/"
VANN: Final = "http://purl.org/vocab/vann/"
SSSOM: Final = "https://w3id.org/sssom/"

PREFIXES: Final[dict[str, str]] = {
    "smm": SMM,
    "id": ID,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dct": DCT,
    "prov": PROV,
    "sh": SH,
    "void": VOID,
    "dcat": DCAT,
    "foaf": FOAF,
    "schema": SCHEMA,
    "vann": VANN,
    "org": "http://www.w3.org/ns/org#",
    "pplan": "http://purl.org/net/p-plan#",
    "fabio": "http://purl.org/spar/fabio/",
    "cito": "http://purl.org/spar/cito/",
    "eurio": "http://data.europa.eu/s66#",
    "frapo": "http://purl.org/cerif/frapo/",
    "spdx": "http://spdx.org/rdf/terms#",
    "sssom": SSSOM,
}


def shorten(iri: str) -> str:
    """``smm:Method`` for a known prefix whose local part needs no escapes, else ``<iri>``."""
    best = ""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if iri.startswith(namespace) and local.replace("-", "").replace("_", "").isalnum():
            short = f"{prefix}:{local}"
            best = short if not best or len(short) < len(best) else best
    return best or (iri.removeprefix(ID) if iri.startswith(ID) else f"<{iri}>")
