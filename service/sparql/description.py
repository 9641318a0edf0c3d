"""The description of the endpoint for programs: https://www.w3.org/TR/sparql11-service-description/"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import Engine

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DCT = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
SIMPLE = ox.NamedNode("http://www.w3.org/ns/entailment/Simple")
RELEASE_GRAPH = "https://w3id.org/school-mentoring/id/release"
MAX_LISTED_GRAPHS = 10_000

NAMED = f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g LIMIT {MAX_LISTED_GRAPHS + 1}"
DEFAULT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NOT_IN_DEFAULT = "SELECT ?g { GRAPH ?g { ?s ?p ?o } MINUS { ?s ?p ?o } } LIMIT 1"


@dataclass(frozen=True)
class Counts:
    """Triples of the default graph and of each named graph of a release; whether the former has them all."""

    release: str
    default: int
    named: tuple[tuple[str, int], ...]
    is_union: bool


class Description:
    """Describes one endpoint; what it counts, it counts once for each release."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._lock = threading.Lock()
        self._counts: Counts | None = None

    def serialise(self, endpoint: str, chosen: formats.Format) -> tuple[bytes, str]:
        """The description in a graph format, and the release's id; `endpoint` is the client's address for it.

        Raises Problem when the engine cannot count now.
        """
        counts = self._count()
        prefixes = {"sd": SD, "dcterms": DCT, "void": VOID, "rdfs": RDFS}
        form = getattr(ox.RdfFormat, chosen.engine)
        triples = [*self._service(endpoint, counts), *_dataset(endpoint, counts)]
        return cast(bytes, ox.serialize(triples, format=form, prefixes=prefixes)), counts.release

    def _count(self) -> Counts:
        with self._lock:
            release = self._engine.release_id
            if self._counts is None or self._counts.release != release:
                named = [(row["g"].value, int(row["n"].value)) for row in self._engine.rows(NAMED)]  # type: ignore[union-attr]
                (default,) = self._engine.rows(DEFAULT)
                is_union = not self._engine.rows(NOT_IN_DEFAULT)
                self._counts = Counts(release, int(default["n"].value), tuple(sorted(named)), is_union)  # type: ignore[union-attr]
            return self._counts

    def _service(self, endpoint: str, counts: Counts) -> Iterator[ox.Triple]:
        service = ox.NamedNode(endpoint + "#service")
        yield ox.Triple(service, RDF_TYPE, _sd("Service"))
        yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(endpoint))
        yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
        yield ox.Triple(service, _sd("defaultEntailmentRegime"), SIMPLE)
        if counts.is_union:
            yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
        if self._settings.services:
            yield ox.Triple(service, _sd("feature"), _sd("BasicFederatedQuery"))
        yield ox.Triple(service, _sd("defaultDataset"), ox.NamedNode(endpoint + "#dataset"))
        yield ox.Triple(service, ox.NamedNode(DCT + "description"), ox.Literal(self._limits(), language="en"))
        for one in formats.TABLES:
            iri = getattr(ox.QueryResultsFormat, one.engine).iri
            yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(iri))
        for one in formats.GRAPHS:
            yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(getattr(ox.RdfFormat, one.engine).iri))

    def _limits(self) -> str:
        settings = self._settings
        called = " ".join(f"<{endpoint}>" for endpoint in settings.services)
        return (
            f"Read-only; {f'SERVICE may call {called}' if called else 'no SERVICE'}; "
            "graphs outside the release are refused. "
            f"Limits: {settings.query_timeout_ms} ms a query, {settings.max_result_mb} MB a result, "
            f"{settings.max_query_bytes} bytes of query text, "
            f"{settings.max_triple_patterns} triple patterns, "
            f"{settings.per_client_concurrency} queries of one client at the same time. "
            "Every refusal is problem details (RFC 9457) that name the limit."
        )


def _dataset(endpoint: str, counts: Counts) -> Iterator[ox.Triple]:
    dataset, default = ox.NamedNode(endpoint + "#dataset"), ox.NamedNode(endpoint + "#default-graph")
    yield ox.Triple(dataset, RDF_TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, ox.NamedNode(DCT + "identifier"), ox.Literal(counts.release))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield from _graph(default, counts.default)
    if len(counts.named) > MAX_LISTED_GRAPHS:
        text = f"More than {MAX_LISTED_GRAPHS} named graphs, which are not listed here."
        yield ox.Triple(dataset, ox.NamedNode(RDFS + "comment"), ox.Literal(text, language="en"))
        return
    for name, number in counts.named:
        entry, graph = ox.BlankNode(), ox.BlankNode()
        yield ox.Triple(dataset, _sd("namedGraph"), entry)
        yield ox.Triple(entry, RDF_TYPE, _sd("NamedGraph"))
        yield ox.Triple(entry, _sd("name"), ox.NamedNode(name))
        yield ox.Triple(entry, _sd("graph"), graph)
        yield from _graph(graph, number)
        if name == RELEASE_GRAPH:
            yield ox.Triple(dataset, ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(RELEASE_GRAPH))


def _graph(node: ox.NamedNode | ox.BlankNode, triples: int) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF_TYPE, _sd("Graph"))
    yield ox.Triple(node, ox.NamedNode(VOID + "triples"), ox.Literal(str(triples), datatype=INTEGER))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)
