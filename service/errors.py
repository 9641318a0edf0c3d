"""The one shape of an error for people and programs: RFC 9457 problem details.

Every refusal and failure of the service is a `Problem`; `register` makes Flask answer with it, as
`application/problem+json`, HTML or plain text by the request's `Accept`.
Standard: https://www.rfc-editor.org/rfc/rfc9457.html
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask, Response, has_request_context, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, SecurityError

PROBLEM_JSON = "application/problem+json"
TYPE_BASE = "https://w3id.org/school-mentoring/problem#"

log = structlog.get_logger("mentorgraph")


@dataclass(frozen=True)
class Where:
    """A place in the text that a client sent; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Limit:
    """A limit that was hit: the setting's name, its value and the value's unit."""

    name: str
    value: int | float
    unit: str


@dataclass(frozen=True)
class Part:
    """One of several things that are wrong: the path to it, with dots, what is wrong, and what is allowed."""

    path: str
    detail: str
    allowed: tuple[str, ...] = ()


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  (the standard's word)
    """What went wrong, where, which limit or rule says so, and what to do about it.

    `code` is a stable slug for programs; `detail` and `advice` are sentences for people.
    `headers` (`Retry-After`, `Allow`, …) go with the response and are not part of the document.
    """

    status: int
    code: str
    title: str
    detail: str
    advice: str = ""
    where: Where | None = None
    limit: Limit | None = None
    incident: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        super().__init__(self.detail)

    def document(self) -> dict[str, Any]:
        """The RFC 9457 members, absent ones left out."""
        members: dict[str, Any] = {
            "type": TYPE_BASE + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.where:
            members["where"] = {"line": self.where.line, "column": self.where.column}
        if self.limit:
            members["limit"] = {"name": self.limit.name, "value": self.limit.value, "unit": self.limit.unit}
        if self.errors:
            members["errors"] = [
                {"path": part.path, "detail": part.detail, "allowed": list(part.allowed)}
                for part in self.errors
            ]
        if self.advice:
            members["advice"] = self.advice
        if self.incident:
            members["incident"] = self.incident
        return members

    def json(self) -> str:
        return json.dumps(self.document(), ensure_ascii=False)

    def lines(self) -> list[tuple[str, str]]:
        """(label, sentence) pairs in reading order, for text and HTML."""
        pairs = [("What is wrong", self.detail)]
        if self.where:
            pairs.append(("Where", f"line {self.where.line}, column {self.where.column}"))
        if self.limit:
            pairs.append(("Limit", f"{self.limit.name} = {self.limit.value} {self.limit.unit}"))
        pairs.extend((part.path or "The whole", part.detail) for part in self.errors)
        if self.advice:
            pairs.append(("What to do", self.advice))
        if self.incident:
            pairs.append(("Incident", self.incident))
        pairs.append(("Code", self.code))
        return pairs

    def text(self) -> str:
        return "\n".join([f"{self.status} {self.title}", *(f"{k}: {v}" for k, v in self.lines())]) + "\n"

    def html(self) -> str:
        """A complete, plain page; the pages' own look replaces it through `register(app, page)`."""
        title = escape(f"{self.status} {self.title}")
        rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(k, v) for k, v in self.lines())
        return str(
            Markup(
                '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title>'
                "<main><h1>{0}</h1><dl>{1}</dl></main></html>\n"
            ).format(title, rows)
        )


def from_http_exception(error: HTTPException) -> Problem:
    """Flask's and Werkzeug's own refusals (404, 405, 413, …) in our shape."""
    if isinstance(error, SecurityError):  # its own description repeats the name
        detail = "The request names a host that this service does not answer to."
        advice = "Use its public address; whoever runs it adds names with MENTORGRAPH_TRUSTED_HOSTS."
        return Problem(400, "untrusted-host", "Unknown host", detail, advice)
    status = error.code or 500
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After", "WWW-Authenticate")}
    title = error.name
    return Problem(
        status=status,
        code=title.lower().replace(" ", "-"),
        title=title,
        detail=error.description or title,
        headers=headers,
    )


def unexpected(error: BaseException) -> Problem:
    """A failure that is ours: the client gets an incident number, the log gets the rest."""
    incident = secrets.token_hex(6)
    log.error("unexpected_error", incident=incident, exc_info=error)
    return Problem(
        status=500,
        code="internal-error",
        title="Internal error",
        detail="Something went wrong on our side; it has been written to the log.",
        advice="Try again; if it happens again, report the incident number.",
        incident=incident,
    )


def respond(problem: Problem, page: Callable[[Problem], str] | None = None) -> Response:
    """The response for a problem in the type that the request asks for; JSON when in doubt."""
    kind = "application/json"
    if has_request_context():
        offers = ["application/json", PROBLEM_JSON, "text/html", "text/plain"]
        kind = request.accept_mimetypes.best_match(offers) or kind
    if kind == "text/html":
        response = Response(page(problem) if page else problem.html(), mimetype="text/html")
    elif kind == "text/plain":
        response = Response(problem.text(), mimetype="text/plain")
    else:
        response = Response(problem.json(), mimetype=PROBLEM_JSON)
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask, page: Callable[[Problem], str] | None = None) -> None:
    """Make `app` answer every Problem, HTTP error and unexpected error in the one shape.

    `page` renders the HTML form (the pages' template); without it the plain page is used.
    """
    app.register_error_handler(Problem, lambda problem: respond(problem, page))
    app.register_error_handler(HTTPException, lambda error: respond(from_http_exception(error), page))
    app.register_error_handler(Exception, lambda error: respond(unexpected(error), page))
