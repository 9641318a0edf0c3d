"""The query page: an editor that works as a plain form, examples, and results as a table.

The same address as the endpoint answers here when a browser asks for HTML. A query in the address fills the
editor and runs only when `run` is sent too.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import render_template, request

from kb import queries
from ontology import namespaces as ns
from service.errors import Problem
from service.pages import iris, literals
from service.pages.knowledge import Knowledge
from service.pages.names import Names
from service.sparql import formats
from service.sparql.engine import QueryRequest
from service.sparql.formats import Format
from service.sparql.protocol import Parameters

PAGE_BYTES = 64 << 20  # this process reads the whole result; downloads are streamed
SHOWN_ROWS = 500
_NOT_EXAMPLES = ("service/", "catalogue/")
_START = """\
PREFIX smm: <https://w3id.org/school-mentoring/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?method ?label WHERE {
  ?method a smm:Method ; skos:prefLabel ?label .
}
ORDER BY ?label
LIMIT 50
"""


@dataclass(frozen=True)
class Example:
    """A query file to start from. `name` is its path below the folder of queries."""

    name: str
    title: str
    question: str
    text: str

    @property
    def href(self) -> str:
        return "/sparql?" + iris.parameter("example", self.name)


@dataclass(frozen=True)
class Cell:
    """A term of a result. `note`: its datatype or language; `full`: the IRI behind a shortened one."""

    text: str
    href: str = ""
    external: bool = False
    note: str = ""
    full: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a query gave. `rows` holds the first ones, `total` counts all; `answer` is that of ASK."""

    kind: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int
    milliseconds: int
    answer: bool | None
    downloads: tuple[Format, ...]


class QueryPage:
    """Renders the page for what a request asks."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._examples = examples()
        self._by_name = {example.name: example for _, found in self._examples for example in found}

    def __call__(self, asked: Parameters) -> tuple[str, int]:
        """The page and its status: 200, or that of the problem that it shows at the editor."""
        outcome, problem = None, None
        example = self._by_name.get(request.args.get("example", ""))
        query = asked.query.replace("\r\n", "\n") if asked.query is not None else _START
        if example and asked.query is None:
            query = example.text
        if asked.query is not None and asked.run:
            try:
                outcome = self.run(asked, query)
            except Problem as error:
                problem = error
        page = render_template(
            "sparql.html",
            query=query,
            example=example,
            is_own=asked.query is not None,
            outcome=outcome,
            problem=problem,
            examples=self._examples,
            graphs=[("default-graph-uri", iri) for iri in asked.default_graphs]
            + [("named-graph-uri", iri) for iri in asked.named_graphs],
            permalink=iris.query_address(query) if asked.query or example else "",
        )
        return page, problem.status if problem else 200

    def run(self, asked: Parameters, query: str) -> Outcome:
        """Ask the engine. Raises Problem."""
        engine = self._knowledge.engine
        form = engine.inspect(query).form
        accept = formats.JSON if form in ("SELECT", "ASK") else formats.NTRIPLES
        started = time.perf_counter()
        result = engine.run(
            QueryRequest(
                query,
                accept.media_type,
                asked.default_graphs,
                asked.named_graphs,
                asked.timeout_s,
                client=request.remote_addr,
                max_bytes=PAGE_BYTES,
            )
        )
        body = b"".join(result.chunks)
        taken = round((time.perf_counter() - started) * 1000)
        return read_outcome(form, body, taken, self._knowledge.names())


def read_outcome(form: str, body: bytes, milliseconds: int, names: Names) -> Outcome:
    """The result of a query (JSON results, or N-Triples of a graph) as a table of cells."""
    downloads = formats.for_kind(form)
    if form not in ("SELECT", "ASK"):
        triples = list(ox.parse(input=body, format=ox.RdfFormat.N_TRIPLES))
        shown = [tuple(cell(term, names) for term in quad.triple) for quad in triples[:SHOWN_ROWS]]
        return Outcome(
            form,
            ("subject", "predicate", "object"),
            tuple(shown),
            len(triples),
            milliseconds,
            None,
            downloads,
        )
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Outcome(form, (), (), 1, milliseconds, bool(found), downloads)
    assert isinstance(found, ox.QuerySolutions)
    columns = tuple(variable.value for variable in found.variables)
    rows, total = [], 0
    for solution in found:
        total += 1
        if total <= SHOWN_ROWS:
            terms = (solution[name] for name in columns)
            rows.append(tuple(cell(term, names) if term is not None else None for term in terms))
    return Outcome(form, columns, tuple(rows), total, milliseconds, None, downloads)


def cell(term: object, names: Names) -> Cell:
    """A term as a table shows it; only our own pages and http(s) addresses become links."""
    if isinstance(term, ox.NamedNode):
        return _iri(term.value, names)
    if isinstance(term, ox.Literal):
        return _literal(term)
    return Cell(str(term), note="blank node" if isinstance(term, ox.BlankNode) else "")


def _iri(iri: str, names: Names) -> Cell:
    page = iris.page_of(iri)
    href = iris.link_to(iri)
    if iri.startswith(ns.PASSAGE) and page:
        return Cell(names.passage(iri), href, full=iri)
    return Cell(ns.shorten(iri), href, external=bool(href) and not page, full=iri)


def _literal(term: ox.Literal) -> Cell:
    kind = term.datatype.value
    if term.language:
        return Cell(term.value, note=term.language)
    if kind == ns.XSD + "string":
        return Cell(term.value)
    shown = literals.literal(term)
    is_number = kind.removeprefix(ns.XSD) in ("integer", "decimal", "double", "float", "int", "long")
    return Cell(
        term.value, shown.href, shown.external, "" if is_number else ns.shorten(kind), is_number=is_number
    )


def examples(found: Sequence[queries.QueryFile] | None = None) -> list[tuple[str, list[Example]]]:
    """The query files that people can start from, by theme: those without parameters."""
    themes: dict[str, list[Example]] = {}
    for query in queries.all_queries() if found is None else found:
        if not query.params and not query.name.startswith(_NOT_EXAMPLES):
            example = Example(query.name, query.title, query.question, query.text)
            themes.setdefault(query.theme or "other", []).append(example)
    return sorted(themes.items())
