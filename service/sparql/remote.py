"""The remote engine: a SPARQL 1.1 endpoint elsewhere answers, behind the same gate, limits and errors.

Which release the store holds, it says itself (see `remote_graphs`); a thread asks it twice a second. Results
pass through as bytes, by way of a spool as with the embedded engine: neither a slow reader nor a slow store
holds more than its own turn.
"""

from __future__ import annotations

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats, remote_problems
from service.sparql.engine import QueryRequest, QueryResult, Term, failed, read_rows
from service.sparql.gate import Limits, Report, inspect
from service.sparql.remote_dialects import Dataset, Dialect, Standard
from service.sparql.remote_http import Credentials, Store
from service.sparql.remote_release import Held, Watch
from service.sparql.remote_transfer import Order, Transfer
from service.sparql.remote_turns import Turns
from service.sparql.remote_virtuoso import Virtuoso
from service.sparql.spool import Space, Spool
from service.sparql.worker import QueryFailedError, Task, dataset_of, graph_names, syntax_failure

KNOWN_GRAPHS = 10_000


class RemoteEngine:
    """Queries put to `settings.engine`."""

    def __init__(self, settings: Settings) -> None:
        """Ask the store which release it holds; it may be away. Raises ValueError for a bad address."""
        self._settings = settings
        self._limits = Limits.of(settings)
        user, password = settings.engine_user, settings.engine_password
        self._store = Store(settings.engine, Credentials(user, password, settings.engine_token))
        self._space = Space(settings.max_spool_mb << 20)
        self._turns = Turns(settings)
        self._threads = ThreadPoolExecutor(self._turns.most, thread_name_prefix="remote-result")
        self._watch = Watch(self._store, settings)
        self._known: tuple[str, set[str]] = ("", set())

    @property
    def release_id(self) -> str:
        return self._watch.held.release

    @property
    def reading(self) -> str:
        # not the address: instances that reach the store by different names agree on validators
        return f"remote {self._settings.base_iri}"

    @property
    def storage(self) -> str:
        return "remote"

    @property
    def store(self) -> str:
        """The store's address, without what may be secret in it."""
        return self._store.shown

    @property
    def trouble(self) -> str:
        """Empty while the store answers and holds a release, else what is wrong."""
        return self._watch.held.trouble

    def inspect(self, text: str) -> Report:
        report = inspect(text, self._limits)
        self._dialect(self._watch.held).refuse(text, report)
        return report

    def run(self, request: QueryRequest) -> QueryResult:
        prepared, held = request.prepared, self._watch.held
        report = prepared.report if prepared else inspect(request.text, self._limits)
        text = prepared.text if prepared else request.text
        dialect = self._dialect(held)
        dialect.refuse(text, report)
        chosen = formats.by_media_type(report.form, request.accept)
        if not held.release and held.away:
            raise remote_problems.away(502, "store-unreachable", held.trouble)
        if not held.release:
            raise remote_problems.unpublished(held.trouble)
        timeout_s = self._settings.query_timeout_ms / 1000
        timeout_s = min(timeout_s, request.timeout_s or timeout_s)
        dataset = self._dataset(report, request, held)
        phrased = dialect.phrase(text, report, chosen, dataset, timeout_s)
        max_bytes = min(self._settings.max_result_mb << 20, request.max_bytes or sys.maxsize)
        spool = Spool(self._space, request.client)
        transfer = Transfer(self._store, Order(phrased, dialect, max_bytes, timeout_s), spool, self._settings)
        if request.departure:
            request.departure.call(spool.close)
        with contextlib.ExitStack() as unless_answered:
            unless_answered.callback(spool.close)
            with contextlib.ExitStack() as turn:
                turn.enter_context(self._turns.turn(request.client, spool))
                self._threads.submit(transfer.run, turn.pop_all())
            whole = transfer.settled()
            if whole and spool.problem:
                raise spool.problem
            unless_answered.pop_all()
        length = spool.length if whole else None
        return QueryResult(report.form, chosen.media_type, spool, length, held.release)

    def rows(self, text: str) -> list[dict[str, Term]]:
        return read_rows(self.run(QueryRequest(text, formats.JSON.media_type)))

    def charge(self, client: str, seconds: float) -> None:
        self._turns.charge(client, seconds)

    def close(self) -> None:
        self._watch.close()
        self._threads.shutdown()
        self._store.close()

    def _dialect(self, held: Held) -> Dialect:
        if held.dialect == "virtuoso":
            return Virtuoso(self._settings, held.marker, held.max_rows)
        return Standard(self._settings)

    def _dataset(self, report: Report, request: QueryRequest, held: Held) -> Dataset | None:
        """The graphs that the request names, else the query; None for the whole release. Raises Problem."""
        if not (request.default_graphs or request.named_graphs or report.clauses):
            return None
        task = Task(
            "",
            "",
            0,
            list(request.default_graphs),
            list(request.named_graphs),
            list(report.clauses),
            report.prologue,
            self._settings.base_iri,
        )
        try:
            default, named = dataset_of(task) or ([], [])
            dataset = Dataset(
                tuple(graph.value for graph in graph_names(default)),
                tuple(graph.value for graph in graph_names(named)),
            )
        except QueryFailedError as failure:
            raise failed(failure.document, self._settings) from failure
        except SyntaxError as error:
            raise failed(syntax_failure(error).document, self._settings) from error
        self._refuse_unknown(dataset, held)
        if len(dataset.default) > 1 and not held.merges:
            raise not_merged()
        return dataset

    def _refuse_unknown(self, dataset: Dataset, held: Held) -> None:
        """Raises Problem for a graph that the release lacks: an empty answer would look like a finding."""
        release, known = self._known
        if release != held.release or len(known) > KNOWN_GRAPHS:
            known = set()
            self._known = (held.release, known)
        for iri in dict.fromkeys((*dataset.default, *dataset.named)):
            if iri not in known:
                if not self.rows(f"SELECT ?p WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1"):
                    text = f"This release has no graph <{iri}>."
                    raise failed(QueryFailedError("graph-unknown", text).document, self._settings)
                known.add(iri)


def not_merged() -> Problem:
    return Problem(
        status=501,
        code="graphs-not-merged",
        title="Several default graphs",
        detail="The store behind this service would count what two of these graphs state twice.",
        advice="Name one default graph, or ask with GRAPH ?g { … } and DISTINCT.",
    )
