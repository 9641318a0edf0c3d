"""What goes wrong with an outside store, as Problems: away, broken off, refused, cut, too late.

Clients learn what happened and what to do; addresses and the store's own words in full go to the log only.
"""

from __future__ import annotations

import html
import http.client
import re

import structlog

from service.errors import Problem, Where
from service.sparql.engine import timed_out
from service.sparql.refusals import client_gone
from service.sparql.remote_http import StoreError

log = structlog.get_logger("mentorgraph")

EXCERPT_BYTES = 4096
RETRY_AFTER = {"Retry-After": "5"}
TITLE = "The store behind this service failed"
_SYNTAX = re.compile(r"syntax|pars(?:e|ing|er)\b|expected|unresolved prefix|undefined prefix|SP03\d", re.I)
_PLACE = re.compile(r"(?:line|at)\s+(\d+)(?:\s*[,:]\s*(?:col(?:umn)?\s*)?(\d+))?", re.I)


def of_exchange(error: StoreError, store: str, timeout_s: float) -> Problem:
    """The Problem for an exchange that failed. `store` is its address for the log."""
    if error.code == "deadline":
        return timed_out(timeout_s)
    if error.code == "client-gone":
        return client_gone()
    log.warning("store_failed", store=store, code=error.code, reason=error.detail)
    if error.code == "unreachable":
        return away(502, "store-unreachable", "It cannot be reached.")
    if error.code == "connect-timeout":
        return away(504, "store-timeout", "It does not take connections.")
    if error.code == "unframed":
        detail = "It answered in a way in which a cut answer would look whole."
        return away(502, "store-unframed", detail, "Use HTTP/1.1 with a length or chunks.")
    return away(502, "store-broke-off", "Its answer broke off.")


def away(status: int, code: str, detail: str, advice: str = "") -> Problem:
    """502 or 504: nothing that the client can change."""
    advice = f"Send the query again in a moment. For whoever runs the service: {advice or 'see the log.'}"
    return Problem(status, code, TITLE, f"{detail}", advice, headers=RETRY_AFTER)


def of_answer(
    answer: http.client.HTTPResponse, body: bytes, store: str, took_s: float, timeout_s: float
) -> Problem:
    """The Problem for an answer with another status than 200. `body` is its beginning."""
    status, said = answer.status, sentence(body)
    log.warning("store_refused", store=store, status=status, said=said[:500])
    if status in (408, 500, 503, 504) and took_s >= timeout_s * 0.95:
        return timed_out(timeout_s)
    if 300 <= status < 400:
        target = (answer.getheader("Location") or "nowhere")[:200]
        log.warning("store_redirects", store=store, location=target)
        return away(502, "store-redirects", "It redirects elsewhere, which is not followed.")
    if status == 400:
        return bad_query(said)
    if status in (406, 415):
        return not_written()
    if status in (401, 403, 404, 405, 407):
        return away(502, "store-refused", f"It refused this service (status {status}).")
    if status in (429, 503):
        wait = answer.getheader("Retry-After") or "5"
        detail, advice = "It has too much to do.", "Wait, then send the query again."
        headers = {"Retry-After": wait if wait.isascii() and wait.isdigit() else "5"}
        return Problem(
            503, "store-busy", "The store behind this service is busy", detail, advice, headers=headers
        )
    return away(502, "store-failed", f"It answered with status {status}.")


def bad_query(said: str) -> Problem:
    """400: the store says that it cannot take the query, or not evaluate it."""
    detail = f"The store behind this service says: {said[:300] or 'nothing more'}"
    if not _SYNTAX.search(said):
        return Problem(400, "evaluation-failed", "The query has no answer", detail)
    found = _PLACE.search(said)
    where = Where(int(found[1]), int(found[2] or 1)) if found else None
    advice = "See https://www.w3.org/TR/sparql11-query/ for the grammar."
    return Problem(400, "query-syntax", "Not a SPARQL query", detail, advice, where)


def not_written() -> Problem:
    detail = "The store behind this service cannot write its answer in this format."
    advice = "Ask for application/sparql-results+json, application/n-triples or text/turtle."
    return Problem(406, "not-acceptable", "No such result format", detail, advice, headers={"Vary": "Accept"})


def wrong_type(got: str, store: str) -> Problem:
    log.warning("store_wrong_type", store=store, media_type=got[:200])
    detail = f"It answered with {got[:80] or 'no media type'}, which is no result of a query."
    return away(502, "store-wrong-type", detail, "Check MENTORGRAPH_ENGINE: it must be the query endpoint.")


def cut(reason: str) -> Problem:
    """413: the store ended the result early by a limit of its own."""
    detail = f"The store behind this service did not give the whole result: {reason}."
    advice = "Ask for less with LIMIT and OFFSET or a narrower pattern."
    return Problem(413, "result-too-large", "Result not whole", detail, advice)


def unpublished(reason: str) -> Problem:
    advice = "Wait a moment. For whoever runs the service: load a release with mentorgraph publish."
    return Problem(503, "no-release", "No release to ask", reason, advice, headers=RETRY_AFTER)


def sentence(body: bytes) -> str:
    """The first paragraph of a store's message, as plain text in one line."""
    text = re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))
    paragraph = html.unescape(text).strip().split("\n\n", 1)[0]
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", paragraph).strip()
