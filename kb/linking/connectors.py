"""Connectors: how each of the knowledge bases that we know is asked, and how its answers are read.

Each can also read a file of theirs that somebody downloaded. Addresses are those of `docs/linking.md`; where
the other side limits requests, the connector keeps below it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kb.linking import foreign_data
from kb.linking.foreign_data import Reader
from kb.outbound import Rules, fetch
from ontology import namespaces as ns

SPARQL_JSON = "application/sparql-results+json"
RDF_TYPES = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/n-quads",
    "application/trig",
)
JSON_TYPES = (SPARQL_JSON, "application/json")
PAGE_ROWS = 1000
MOST_PAGES = 200
_SKOS_QUERY = """
CONSTRUCT { ?c a skos:Concept ; skos:prefLabel ?label ; skos:altLabel ?other ; skos:broader ?broader }
WHERE { ?c a skos:Concept ; skos:inScheme <%s> ; skos:prefLabel ?label . FILTER(LANG(?label) IN ("en", "fr"))
  OPTIONAL { ?c skos:altLabel ?other . FILTER(LANG(?other) = "en") }
  OPTIONAL { ?c skos:broader ?broader } } ORDER BY ?c ?label ?other ?broader
"""
_EURIO_QUERY = """
SELECT ?project ?id ?title ?role ?roleLabel ?org ?name ?result ?rtype ?doi WHERE {
  ?project a eurio:Project ; eurio:identifier ?number ; eurio:title ?title .
  BIND(STR(?number) AS ?id) FILTER(?id IN (%s))
  OPTIONAL { ?project eurio:hasInvolvedParty ?role . ?role eurio:isRoleOf ?org
    OPTIONAL { ?role eurio:roleLabel ?roleLabel } OPTIONAL { ?org eurio:legalName ?name } }
  OPTIONAL { ?project eurio:hasResult ?result . ?result a ?rtype OPTIONAL { ?result eurio:doi ?doi } }
} ORDER BY ?project ?role ?org ?result ?rtype
"""
_WIKIBASE_QUERY = """
SELECT ?project ?label ?cc WHERE {
  ?project <https://linkedopendata.eu/prop/direct/P35> <https://linkedopendata.eu/entity/Q9934> ;
    <https://linkedopendata.eu/prop/direct/P32> ?country ; rdfs:label ?label .
  ?country <https://linkedopendata.eu/prop/direct/P173> ?cc .
  FILTER(LANG(?label) = "en") FILTER(%s)
} ORDER BY ?project ?cc
"""
_PREFIXES = "".join(f"PREFIX {prefix}: <{ns.PREFIXES[prefix]}>\n" for prefix in ("skos", "rdfs", "eurio"))
_BY = "https://creativecommons.org/licenses/by/4.0/"
_BY_SA_IGO = "https://creativecommons.org/licenses/by-sa/3.0/igo/"
_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
_EUROVOC = "http://eurovoc.europa.eu/100141"
_UNESCO = "http://vocabularies.unesco.org/thesaurus"


@dataclass(frozen=True)
class Request:
    """One question to a server: a GET without a body, a POST with one."""

    url: str
    accept: tuple[str, ...]
    body: bytes | None = None


Ask = Callable[[Request], bytes]


@dataclass(frozen=True)
class Connector:
    """A knowledge base: who it is, under which licence, and how to ask it about `wanted` things.

    `wanted` says what the words given to it mean; empty where it takes none. `pause_s`: between requests.
    """

    name: str
    title: str
    address: str
    licence: str
    read: Reader
    pages: Callable[[str, Sequence[str], Ask], Iterator[bytes]] | None
    wanted: str = ""
    pause_s: float = 1.0


def asker(rules: Rules, pause_s: float, sleep: Callable[[float], None] = time.sleep) -> Ask:
    """Ask by the careful client, with a pause before every request but the first."""
    first = True

    def ask(request: Request) -> bytes:
        nonlocal first
        if not first:
            sleep(pause_s)
        first = False
        headers = {"Accept": ", ".join(request.accept)}
        if request.body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        only = Rules(rules.total_s, rules.idle_s, rules.max_bytes, request.accept, 3, rules.private_hosts)
        method = "GET" if request.body is None else "POST"
        with fetch(request.url, only, method=method, body=request.body, headers=headers) as answer:
            return answer.read()

    return ask


def _queried(
    query: Callable[[Sequence[str]], str], accept: tuple[str, ...]
) -> Callable[..., Iterator[bytes]]:
    """Pages of a query at a SPARQL endpoint, until one is not full."""

    def pages(address: str, wanted: Sequence[str], ask: Ask) -> Iterator[bytes]:
        text = _PREFIXES + query(wanted)
        for number in range(MOST_PAGES):
            part = f"{text} LIMIT {PAGE_ROWS} OFFSET {number * PAGE_ROWS}"
            page = ask(Request(address, accept, urlencode({"query": part}).encode()))
            yield page
            if not _is_full(page, accept):
                return
        detail = f"It has more than {MOST_PAGES * PAGE_ROWS} rows."
        raise foreign_data.UnreadableError(detail, "Ask for less, or take its dump.")

    return pages


def _is_full(page: bytes, accept: tuple[str, ...]) -> bool:
    """Whether another page may follow: fewer rows, or no statement, end them."""
    if accept is JSON_TYPES:
        return len(foreign_data.rows(page)) >= PAGE_ROWS
    return bool(foreign_data.rdf(page).triples)


def _schemed(scheme: str) -> Callable[[Sequence[str]], str]:
    return lambda _: _SKOS_QUERY % scheme


def _grants(wanted: Sequence[str]) -> str:
    wrong = [one for one in wanted if not one.isdigit()]
    if wrong or not wanted:
        raise foreign_data.UnreadableError(
            f"Not a grant's number: {', '.join(wrong) or 'none given'}.", "Give digits."
        )
    return _EURIO_QUERY % ", ".join(f'"{one}"' for one in wanted)


def _words(wanted: Sequence[str]) -> str:
    if not wanted:
        raise foreign_data.UnreadableError("No words to look for.", "Give words that a title may hold.")
    safe = [one.lower().replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for one in wanted]
    return _WIKIBASE_QUERY % " && ".join(f'CONTAINS(LCASE(?label), "{one}")' for one in safe)


def _each(path: Callable[[str], str]) -> Callable[..., Iterator[bytes]]:
    """One request for each of the wanted things."""

    def pages(address: str, wanted: Sequence[str], ask: Ask) -> Iterator[bytes]:
        if not wanted:
            raise foreign_data.UnreadableError("Nothing to look for.", "Say which ones.")
        for one in wanted:
            yield ask(Request(address + path(one), JSON_TYPES))

    return pages


def _whole(address: str, _wanted: Sequence[str], ask: Ask) -> Iterator[bytes]:
    yield ask(Request(address, RDF_TYPES))


def _constructed(address: str, wanted: Sequence[str], ask: Ask) -> Iterator[bytes]:
    if len(wanted) != 1:
        detail = "A SPARQL endpoint is asked one CONSTRUCT query."
        raise foreign_data.UnreadableError(detail, "Give the file that holds it.")
    yield ask(Request(address, RDF_TYPES, urlencode({"query": wanted[0]}).encode()))


def _ror_path(identifier: str) -> str:
    return quote(identifier.removeprefix("https://ror.org/"), safe="")


CONNECTORS = {
    one.name: one
    for one in (
        Connector(
            "cordis",
            "CORDIS (EURIO)",
            "https://cordis.europa.eu/datalab/sparql",
            _BY,
            foreign_data.cordis,
            _queried(_grants, JSON_TYPES),
            "numbers of grants",
            pause_s=0.5,
        ),
        Connector(
            "openaire",
            "OpenAIRE Graph",
            "https://api.openaire.eu/graph/v1/projects?code=",
            _BY,
            foreign_data.openaire,
            _each(quote),
            "numbers of grants",
        ),
        Connector(
            "eu-knowledge-graph",
            "EU Knowledge Graph",
            "https://query.linkedopendata.eu/sparql",
            _BY,
            foreign_data.wikibase,
            _queried(_words, JSON_TYPES),
            "words of a project's title",
        ),
        Connector("esco", "ESCO", "", _BY, foreign_data.esco, None),
        Connector(
            "eurovoc",
            "EuroVoc",
            "http://publications.europa.eu/webapi/rdf/sparql",
            _BY,
            foreign_data.skos,
            _queried(_schemed(_EUROVOC), RDF_TYPES),
        ),
        Connector(
            "unesco",
            "UNESCO Thesaurus",
            "https://vocabularies.unesco.org/sparql",
            _BY_SA_IGO,
            foreign_data.skos,
            _queried(_schemed(_UNESCO), RDF_TYPES),
        ),
        Connector(
            "ror",
            "Research Organization Registry",
            "https://api.ror.org/v2/organizations/",
            _CC0,
            foreign_data.ror,
            _each(_ror_path),
            "ROR identifiers",
        ),
        Connector(
            "sparql", "a SPARQL endpoint", "", "", foreign_data.rdf, _constructed, "one CONSTRUCT query"
        ),
        Connector("rdf", "an RDF file", "", "", foreign_data.rdf, _whole),
    )
}
