"""The query page: an editor that works as a plain form, examples, and results as tables and pictures.

The same address as the endpoint answers here when a browser asks for HTML. A query in the address fills the
editor and runs only when `run` is sent too; `explain` tells it in words instead.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
from flask import render_template, request

from kb import queries
from service import clients
from service.errors import Limit, Problem
from service.pages import charts, explain, graph_picture, iris, results
from service.pages.charts import View
from service.pages.explain import Explanation
from service.pages.knowledge import Knowledge
from service.pages.results import Table
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import QueryRequest, QueryResult
from service.sparql.formats import Format
from service.sparql.protocol import Parameters

PAGE_MB = 64  # this process reads the whole result; downloads are streamed
_NOT_EXAMPLES = ("service/", "catalogue/", "hints/")
_LONG = 6000  # a longer query does not fit into an address
_VIEW = re.compile(r"^#\s*view:\s*(\w+)", re.MULTILINE)
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
class Outcome:
    """What a query gave. `answer` is that of ASK; `bytes` the size of the result as it came.

    `views`: pictures of it, the one to show first in `chosen` (0 for the table alone); `no_view`: why there
    is none. `silenced`: endpoints whose SERVICE SILENT failed.
    """

    kind: str
    table: Table
    milliseconds: int
    bytes: int
    release: str
    answer: bool | None
    downloads: tuple[Format, ...]
    limits: tuple[Limit, ...]
    views: tuple[View, ...] = ()
    chosen: int = 0
    no_view: str = ""
    silenced: tuple[str, ...] = ()


class QueryPage:
    """Renders the page for what a request asks."""

    def __init__(self, knowledge: Knowledge, settings: Settings) -> None:
        self._knowledge = knowledge
        self._limits = (
            Limit("query_timeout_ms", settings.query_timeout_ms, "ms"),
            Limit("max_result_mb", settings.max_result_mb, "MB"),
        )
        self._examples = examples()
        self._by_name = {example.name: example for _, found in self._examples for example in found}

    def __call__(self, asked: Parameters) -> tuple[str, int]:
        """The page and its status: 200, or that of the problem that it shows at the editor."""
        outcome, problem, explanation = None, None, None
        example = self._by_name.get(request.args.get("example", ""))
        query = asked.query.replace("\r\n", "\n") if asked.query is not None else _START
        if example and asked.query is None:
            query = example.text
        try:
            if asked.explain:
                explanation = self.explain(query)
            elif asked.query is not None and asked.run:
                outcome = self.run(asked, query)
        except Problem as error:
            problem = error
        graphs = [("default-graph-uri", iri) for iri in asked.default_graphs]
        graphs += [("named-graph-uri", iri) for iri in asked.named_graphs]
        page = render_template(
            "sparql.html",
            query=query,
            example=example,
            is_own=asked.query is not None,
            outcome=outcome,
            problem=problem,
            excerpt=excerpt(query, problem),
            explanation=explanation,
            examples=self._examples,
            graphs=graphs,
            method="post" if len(query.encode()) > _LONG else "get",
            permalink=iris.query_address(query) if asked.query or example else "",
        )
        return page, problem.status if problem else 200

    def explain(self, query: str) -> Explanation:
        """The query in words. Raises Problem."""
        self._knowledge.engine.inspect(query)
        return explain.explain(query, self._knowledge)

    def run(self, asked: Parameters, query: str) -> Outcome:
        """Ask the engine. Raises Problem."""
        engine = self._knowledge.engine
        form = engine.inspect(query).form
        accept = formats.JSON if form in ("SELECT", "ASK") else formats.NTRIPLES
        started = time.perf_counter()
        wanted = QueryRequest(
            query,
            accept.media_type,
            asked.default_graphs,
            asked.named_graphs,
            asked.timeout_s,
            client=clients.client(),
            departure=request.environ.get("mentorgraph.gone"),
            max_bytes=PAGE_MB << 20,
        )
        try:
            result = engine.run(wanted)
            body = b"".join(result.chunks)
        except Problem as problem:
            raise _for_the_page(problem) from problem
        taken = round((time.perf_counter() - started) * 1000)
        return self._outcome(form, result, body, taken, asked.sort, query)

    def _outcome(
        self, form: str, result: QueryResult, body: bytes, taken: int, sort: str, query: str
    ) -> Outcome:
        answer, why = None, ""
        views: tuple[View, ...] = ()
        table = Table((), (), 1)
        if form in ("SELECT", "ASK"):
            found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            if isinstance(found, ox.QueryBoolean):
                answer = bool(found)
            else:
                assert isinstance(found, ox.QuerySolutions)
                table = results.of_solutions(found, self._knowledge, sort)
                views, why = charts.of(table)
        else:
            table = results.of_triples(
                ox.parse(input=body, format=ox.RdfFormat.N_TRIPLES), self._knowledge, sort
            )
            views, why = graph_picture.of(table.terms, table.name_of, table.word_for)
        outcome = Outcome(
            form, table, taken, len(body), result.release, answer, formats.for_kind(form), self._limits, views
        )
        return replace(
            outcome,
            views=_of_the_first(views, table),
            chosen=_chosen(query, outcome),
            no_view=why if table.rows else "",
            silenced=tuple(dict.fromkeys(result.silenced)),
        )


def _for_the_page(problem: Problem) -> Problem:
    """A result too large for this page may still be downloaded: that is another limit than the engine's."""
    if problem.code != "result-too-large":
        return problem
    problem.detail = "The result is too large to be shown on a page."
    problem.limit = Limit("page size", PAGE_MB, "MB")
    problem.advice = "Download it (POST to /sparql with format=), or ask for less with LIMIT."
    return problem


def _of_the_first(views: tuple[View, ...], table: Table) -> tuple[View, ...]:
    """Views that say so where they are made of the rows shown and there are more."""
    if table.is_whole:
        return views
    said = f"Of the first {len(table.rows)} of {table.total:,} only."
    return tuple(replace(view, note=f"{said} {view.note}".strip()) for view in views)


def _chosen(query: str, outcome: Outcome) -> int:
    """Which view to show first: the one that `# view: bars` asks for, else what the columns suggest."""
    asked = _VIEW.search(query)
    if asked:
        names = [view.name.split("-")[0] for view in outcome.views]
        return names.index(asked[1]) + 1 if asked[1] in names else 0
    if outcome.kind in ("CONSTRUCT", "DESCRIBE"):
        return min(1, len(outcome.views))
    return 1 if outcome.views and charts.is_plain(outcome.table) else 0


def excerpt(query: str, problem: Problem | None) -> str:
    """The line that is wrong, its number before it and a mark below the place; "" without a place."""
    if problem is None or problem.where is None:
        return ""
    lines = query.split("\n")
    number = min(max(problem.where.line, 1), len(lines))
    before = f"{number} | "
    column = min(max(problem.where.column, 1), len(lines[number - 1]) + 1)
    blank = re.sub(r"[^\t]", " ", before + lines[number - 1][: column - 1])
    return f"{before}{lines[number - 1]}\n{blank}^"


def examples(found: Sequence[queries.QueryFile] | None = None) -> list[tuple[str, list[Example]]]:
    """The query files that people can start from, by theme: those without parameters."""
    themes: dict[str, list[Example]] = {}
    for query in queries.all_queries() if found is None else found:
        if not query.params and not query.name.startswith(_NOT_EXAMPLES):
            example = Example(query.name, query.title, query.question, query.text)
            themes.setdefault(query.theme or "other", []).append(example)
    return sorted(themes.items())
