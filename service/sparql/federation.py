"""SERVICE: has the allowed endpoints answer their clauses, then an engine the rest.

https://www.w3.org/TR/sparql11-federated-query/. Each clause is asked of its endpoint as a SELECT over the
variables in its scope, and its solutions take its place as VALUES: the join is the same, wherever the clause
stands. So workers stay without network, and any engine can be behind. Where something stands before a clause
in the query's outermost group, its bindings go along, so that the other endpoint need not send everything.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import structlog

from kb.addresses import OutboundError, Target
from kb.outbound import Rules, fetch
from service.errors import Limit, Problem
from service.settings import Settings
from service.sparql import formats, inline
from service.sparql.edited import Edited
from service.sparql.engine import Engine, Prepared, QueryRequest, QueryResult, Term
from service.sparql.gate import VOLATILE, Limits, Report, inspect
from service.sparql.refusals import client_gone
from service.sparql.services import Call
from service.sparql.tokens import tokens

log = structlog.get_logger("mentorgraph")

# Not settings: bindings that go along, so that the other endpoint takes the query, and the part of the
# query's time that finding them may take.
BOUND_ROWS, BOUND_BYTES, BOUND_SHARE = 1000, 32_768, 0.25
RETRY_AFTER_SECONDS = 5
LITTLE_SECONDS = 0.05
RESULT_TYPES = (formats.JSON.media_type, "application/json")


class Federation:
    """An `Engine` in front of another. Safe between threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        """`settings.services` are the endpoints that may be called."""
        self._engine, self._settings = engine, settings
        limits = Limits.of(settings)
        self._limits = replace(
            limits, services=settings.services, federation_max_calls=settings.federation_max_calls
        )
        self._private_hosts = private_hosts(settings)
        self._lock = threading.Lock()
        self._running: Counter[str | None] = Counter()

    @property
    def release_id(self) -> str:
        return self._engine.release_id

    @property
    def storage(self) -> str:
        return self._engine.storage

    @property
    def reading(self) -> str:
        return self._engine.reading

    def inspect(self, text: str) -> Report:
        return inspect(text, self._limits)

    def rows(self, text: str) -> list[dict[str, Term]]:
        return self._engine.rows(text)

    def charge(self, client: str, seconds: float) -> None:
        self._engine.charge(client, seconds)

    def close(self) -> None:
        self._engine.close()

    def run(self, request: QueryRequest) -> QueryResult:
        report = self.inspect(request.text)
        if not report.services:
            return self._engine.run(request)
        timeout_s = self._settings.query_timeout_ms / 1000
        if request.timeout_s is not None:
            timeout_s = min(timeout_s, request.timeout_s)
        with self._turn(request.client):
            asking = _Asking(self._engine, self._settings, self._private_hosts, request, report, timeout_s)
            edited = asking.answered()
        prepared = Prepared(edited.text, report)
        try:
            result = self._engine.run(replace(request, prepared=prepared, timeout_s=asking.left()))
        except Problem as problem:
            raise told(problem, edited, timeout_s) from problem
        result.silenced = tuple(asking.silenced)
        return result

    @contextlib.contextmanager
    def _turn(self, client: str | None) -> Iterator[None]:
        """One of the places for queries with SERVICE. Raises Problem 429 or 503."""
        places = self._settings.federation_concurrency
        with self._lock:
            own = client is not None and self._running[client] >= max(1, places // 2)
            if own or self._running.total() >= places:
                raise _no_turn(429 if own else 503, places)
            self._running[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[client] -= 1
                if not self._running[client]:
                    del self._running[client]


@dataclass
class _Asking:
    """The SERVICE clauses of one query, being answered."""

    engine: Engine
    settings: Settings
    private_hosts: frozenset[str]
    request: QueryRequest
    report: Report
    timeout_s: float

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.timeout_s
        self._stop = threading.Event()
        self.silenced: list[str] = []
        if self.request.departure:
            self.request.departure.call(self._stop.set)

    def left(self) -> float:
        """Seconds until the query's deadline; the engine itself says when it has passed."""
        return max(LITTLE_SECONDS, self._deadline - time.monotonic())

    def answered(self) -> Edited:
        """The query with VALUES in place of its SERVICE clauses. Raises Problem."""
        calls = self.report.services
        scopes = [self._scope(call) for call in calls]  # and nothing goes out for a query that is none
        edited = Edited(self.request.text)
        end = 0
        for call, data in zip(calls, self._all(scopes), strict=True):
            edited.keep(end, call.start)
            edited.put(f" {data} ", call.start)
            end = call.end
        edited.keep(end, len(self.request.text))
        return edited

    def _all(self, scopes: list[list[str]]) -> list[str]:
        """VALUES for every clause: the clauses of one endpoint one after the other, endpoints in parallel."""
        found = [""] * len(scopes)
        by_endpoint: dict[str, list[int]] = {}
        for index, call in enumerate(self.report.services):
            by_endpoint.setdefault(call.endpoint, []).append(index)

        def ask(indices: list[int]) -> None:
            for index in indices:
                found[index] = self._one(self.report.services[index], scopes[index])

        with ThreadPoolExecutor(len(by_endpoint), thread_name_prefix="service") as threads:
            jobs = [threads.submit(ask, indices) for indices in by_endpoint.values()]
            try:
                for job in jobs:
                    job.result()
            except Problem:
                self._stop.set()
                raise
        return found

    def _one(self, call: Call, scope: list[str]) -> str:
        """VALUES for one clause. SILENT: for a failure of the endpoint, one solution that binds nothing."""
        try:
            bound = self._bound(call, scope)
            if bound is None:
                return inline.values(scope, [])
            return inline.values(scope, self._remote(call, scope, bound))
        except inline.UnusableAnswerError as error:
            failure = _failed(
                502, call.endpoint, str(error), "Ask for other variables, or tell whoever runs it."
            )
        except Problem as problem:
            if not problem.code.startswith("service-"):
                raise
            failure = problem
        if not call.silent:
            raise failure
        log.info("service_silenced", endpoint=call.endpoint, detail=failure.detail)
        self.silenced.append(call.endpoint)
        return inline.values(scope, [{}])

    def _scope(self, call: Call) -> list[str]:
        """The variables in scope outside the clause; whether it is SPARQL at all shows here. Raises Problem.

        The engine evaluates nothing for it: the filter never holds.
        """
        check = Edited(self.request.text)
        check.put(f"{self.report.prologue}\nSELECT * WHERE {{ {{", call.start)
        check.keep(call.pattern_start, call.end)
        check.put(" FILTER(false) }", call.end)
        try:
            return list(self._ask_here(check.text)["head"]["vars"])
        except Problem as problem:
            raise told(problem, check, self.timeout_s) from problem

    def _ask_here(self, text: str, share: float = 1.0) -> Any:
        """The result document of a query to our own engine over the request's dataset. Raises Problem.

        `share`: of the time that is left.
        """
        request = replace(
            self.request,
            text=text,
            accept=formats.JSON.media_type,
            timeout_s=self.left() * share,
            max_bytes=None,
        )
        return json.loads(b"".join(self.engine.run(request).chunks))

    def _bound(self, call: Call, scope: list[str]) -> str | None:
        """VALUES with all that the clause can join with; empty if nobody knows, None if that is nothing."""
        found = list(tokens(call.before))
        if any(token.kind == "word" and token.key in VOLATILE for token in found):
            return ""  # the query itself would have other values
        here = {token.text[1:] for token in found if token.kind == "var"}
        names = [name for name in scope if name in here]
        if not names:
            return ""
        graphs = " ".join(
            f"FROM {'NAMED ' if is_named else ''}{term}" for is_named, term in self.report.clauses
        )
        variables = " ".join(f"?{name}" for name in names)
        text = f"{self.report.prologue}\nSELECT DISTINCT {variables} {graphs} WHERE {{ {call.before}\n}} "
        try:
            rows = self._ask_here(f"{text}LIMIT {BOUND_ROWS + 1}", BOUND_SHARE)["results"]["bindings"]
        except Problem as problem:
            if problem.status in (400, 408, 413):  # it may be dear alone; the whole query may still do
                return ""
            raise
        if not rows:
            return None
        sure = [
            name for name in names if all(row.get(name, {}).get("type") in ("uri", "literal") for row in rows)
        ]
        if not sure or len(rows) > BOUND_ROWS:
            return ""
        distinct = {json.dumps([row[name] for name in sure]): row for row in rows}
        bound = inline.values(sure, list(distinct.values()))
        return bound if len(bound) <= BOUND_BYTES else ""

    def _remote(self, call: Call, scope: list[str], bound: str) -> list[inline.Row]:
        """The solutions that the endpoint has. Raises Problem and UnusableAnswerError."""
        most = self.settings.federation_max_rows
        variables = " ".join(f"?{name}" for name in scope) or "(1 AS ?solution)"
        text = (
            f"BASE <{self.settings.base_iri}>\n{self.report.prologue}\nSELECT {variables} "
            f"WHERE {{ {bound} {{ {call.pattern} }} }} LIMIT {most + 1}"
        )
        headers, body = self._fetch(call.endpoint, urlencode({"query": text}).encode())
        rows = inline.rows_of(body)
        cut = headers.get("x-sparql-maxrows", "")  # how Virtuoso says that it cut an answer, with status 200
        if "x-sql-state" in headers or (cut.isdigit() and len(rows) >= int(cut)):
            advice = "Ask it for fewer solutions; write what binds the variables before the SERVICE clause."
            raise _failed(502, call.endpoint, "It says that its answer is cut short.", advice)
        if len(rows) > most:
            raise _too_large(
                call.endpoint, f"It has more than {most} solutions.", "federation_max_rows", most, "rows"
            )
        return rows

    def _fetch(self, endpoint: str, form: bytes) -> tuple[dict[str, str], bytes]:
        """Headers and body of the answer to a query. Raises Problem."""
        seconds = min(self.settings.federation_timeout_ms / 1000, self.left())
        rules = Rules(
            total_s=seconds,
            idle_s=seconds,
            max_bytes=self.settings.federation_max_mb << 20,
            media_types=RESULT_TYPES,
            private_hosts=self.private_hosts,
        )
        headers = {"Accept": formats.JSON.media_type, "Content-Type": "application/x-www-form-urlencoded"}
        body = bytearray()
        began = time.monotonic()
        try:
            with fetch(endpoint, rules, method="POST", body=form, headers=headers) as answer:
                for piece in answer:
                    if self._stop.is_set():
                        raise client_gone()
                    body += piece
                return answer.headers, bytes(body)
        except OutboundError as error:
            raise self._explained(endpoint, error, seconds) from error
        finally:
            if self.request.client is not None:
                self.engine.charge(self.request.client, time.monotonic() - began)

    def _explained(self, endpoint: str, error: OutboundError, seconds: float) -> Problem:
        if error.code == "too-large":
            most = self.settings.federation_max_mb
            return _too_large(endpoint, error.detail, "federation_max_mb", most, "MB")
        if error.code == "timeout":
            problem = _failed(504, endpoint, f"It did not answer within {seconds:.3g} seconds.", error.advice)
            return replace(
                problem, limit=Limit("federation_timeout_ms", self.settings.federation_timeout_ms, "ms")
            )
        wait = error.retry_after_s
        detail = f"{error.detail} {_its_reason(error)}".strip()
        problem = _failed(502 if wait is None else 503, endpoint, detail, error.advice)
        return problem if wait is None else replace(problem, headers={"Retry-After": str(wait)})


def private_hosts(settings: Settings) -> frozenset[str]:
    """Hosts that may be private: those that the settings name, literal addresses, and this machine's name."""
    named = {name.lower() for name in settings.federation_private_hosts.split()}
    for endpoint in settings.services:
        host = Target.of(endpoint).host
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            named.add(host)
        if host == "localhost":
            named.add(host)
    return frozenset(named)


def told(problem: Problem, edited: Edited, timeout_s: float) -> Problem:
    """A problem of the query as the engine met it, told of the query as the client sent it."""
    if problem.where:
        problem = replace(problem, where=edited.original(problem.where))
    if problem.code == "query-timeout":
        detail = f"The query was stopped after {timeout_s:g} seconds, its SERVICE clauses included."
        limit = Limit("query_timeout_ms", round(timeout_s * 1000), "ms")
        problem = replace(problem, detail=detail, limit=limit)
    return problem


def _its_reason(error: OutboundError) -> str:
    """What the other endpoint says about its refusal, where it is in words."""
    if error.media_type in ("application/problem+json", "application/json"):
        with contextlib.suppress(ValueError, AttributeError):
            return f"It says: {str(json.loads(error.excerpt).get('detail', ''))[:200]}"
    if error.media_type == "text/plain" and error.excerpt:
        line = error.excerpt.decode("utf-8", "replace").strip().splitlines()
        return f"It says: {line[0][:200]}" if line else ""
    return ""


def _failed(status: int, endpoint: str, detail: str, advice: str) -> Problem:
    return Problem(
        status=status,
        code="service-failed",
        title="Another endpoint failed",
        detail=f"{endpoint}: {detail}",
        advice=f"{advice} SERVICE SILENT goes on without it.",
    )


def _too_large(endpoint: str, detail: str, name: str, value: int, unit: str) -> Problem:
    return Problem(
        status=413,
        code="service-too-large",
        title="Another endpoint's answer is too large",
        detail=f"{endpoint}: {detail}",
        advice="Write what binds the clause's variables before it (VALUES, or patterns with few solutions), "
        "or narrow its pattern.",
        limit=Limit(name, value, unit),
    )


def _no_turn(status: int, places: int) -> Problem:
    whose = "You have" if status == 429 else "Other clients have"
    return Problem(
        status=status,
        code="too-many-service-queries",
        title="Too many queries with SERVICE",
        detail=f"{whose} as many queries with SERVICE running as there is room for.",
        limit=Limit("federation_concurrency", places, "queries"),
        advice=f"Wait {RETRY_AFTER_SECONDS} seconds, then send the query again.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
