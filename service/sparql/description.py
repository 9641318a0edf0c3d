"""The description of the endpoint for programs: https://www.w3.org/TR/sparql11-service-description/"""

from __future__ import annotations

from typing import cast

import pyoxigraph as ox

from service.sparql import formats

SD = "http://www.w3.org/ns/sparql-service-description#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DCT = "http://purl.org/dc/terms/"
RELEASE_GRAPH = "https://w3id.org/school-mentoring/id/release"


def describe(endpoint: str, release_id: str, chosen: formats.Format) -> bytes:
    """The description in a graph format; `endpoint` is the address that the client used."""
    service = ox.NamedNode(endpoint + "#service")
    dataset, default_graph = ox.NamedNode(endpoint + "#dataset"), ox.NamedNode(endpoint + "#default-graph")

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(SD + name)

    triples = [
        ox.Triple(service, RDF_TYPE, sd("Service")),
        ox.Triple(service, sd("endpoint"), ox.NamedNode(endpoint)),
        ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(service, sd("feature"), sd("UnionDefaultGraph")),
        ox.Triple(service, sd("defaultDataset"), dataset),
        ox.Triple(dataset, RDF_TYPE, sd("Dataset")),
        ox.Triple(dataset, sd("defaultGraph"), default_graph),
        ox.Triple(dataset, ox.NamedNode(DCT + "identifier"), ox.Literal(release_id)),
        ox.Triple(
            dataset, ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#seeAlso"), ox.NamedNode(RELEASE_GRAPH)
        ),
        ox.Triple(default_graph, RDF_TYPE, sd("Graph")),
    ]
    for one in formats.TABLES:
        iri = getattr(ox.QueryResultsFormat, one.engine).iri
        triples.append(ox.Triple(service, sd("resultFormat"), ox.NamedNode(iri)))
    for one in formats.GRAPHS:
        triples.append(
            ox.Triple(service, sd("resultFormat"), ox.NamedNode(getattr(ox.RdfFormat, one.engine).iri))
        )
    prefixes = {"sd": SD, "dcterms": DCT}
    return cast(bytes, ox.serialize(triples, format=getattr(ox.RdfFormat, chosen.engine), prefixes=prefixes))
