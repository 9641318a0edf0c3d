"""The reconciliation service at `/reconcile`, as OpenRefine and others speak it, version 0.2.

Open to every origin (CORS). JSONP is refused: it would have other sites run our answers as scripts.
"""

from __future__ import annotations

import json
import time
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from service import clients
from service.errors import Problem
from service.pages import finding, iris
from service.pages.knowledge import Knowledge
from service.reconcile import answers, asking, matching
from service.reconcile.asking import refuse, type_iri
from service.reconcile.library import Known, Library
from service.reconcile.names import IDENTIFIERS, SCHEMA, whole
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import Engine, QueryRequest
from service.sparql.protocol import open_to_other_origins, preflight

METHODS = "GET, HEAD, POST, OPTIONS"
MAX_PREFIX = 200
# Clients show the preview in a frame on their own pages, wherever they run. It has nothing to click that
# changes anything, and no scripts.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


def blueprint(engine: Engine, knowledge: Knowledge, settings: Settings) -> Blueprint:
    bp = Blueprint("reconcile", __name__)
    library = Library(knowledge)

    @bp.route("/reconcile", methods=["GET", "POST"], provide_automatic_options=False)
    def reconcile() -> Response:
        """The manifest, or the answers to `queries` or `extend`."""
        given = request.values
        if "callback" in given:
            refuse("JSONP is not spoken here.", advice="Leave callback out: every origin may read answers.")
        if "queries" in given:
            asked = asking.queries(asking.read_json(given["queries"], "queries"))
            with Charge(engine):
                found = matching.candidates(library, list(asked.values()))
            return _json(
                {key: answers.result(library, cs) for key, cs in zip(asked, found, strict=True)},
            )
        if "extend" in given:
            wanted = asking.extension(asking.read_json(given["extend"], "extend"))
            with Charge(engine):
                return _json(answers.extended(library, wanted))
        if request.method == "POST" or "query" in given:
            refuse("There is neither queries nor extend in the request.")
        return _json(answers.manifest(library, address(settings)))

    @bp.route("/reconcile", methods=["OPTIONS"])
    def options() -> Response:
        return preflight(METHODS)

    @bp.get("/reconcile/suggest/<kind>")
    def suggest(kind: str) -> Response:
        """Things, properties or types that begin with `prefix`."""
        prefix = request.args.get("prefix", "")[:MAX_PREFIX]
        found: list[dict[str, Any]]
        if kind not in ("entity", "property", "type"):
            raise _unknown(f"suggest/{kind}")
        with Charge(engine):
            if kind == "entity":
                wanted = request.args.getlist("type")[: asking.MAX_CONSTRAINTS]
                found = answers.entities(library, finding.index(knowledge), prefix, wanted)
            else:
                found = {"property": answers.properties, "type": answers.types}[kind](library, prefix)
        return _json({"result": found})

    @bp.get("/reconcile/flyout/<kind>")
    def flyout(kind: str) -> Response:
        """A few words about what was suggested."""
        identifier = request.args.get("id", "")
        if kind == "entity":
            known = _known(library)
            name, text = known.record.label, known.definition
        elif kind in ("property", "type"):
            iri = type_iri(identifier) if kind == "type" else whole(identifier, SCHEMA)
            term = library.vocabulary.terms.get(iri)
            name, text = library.label(iri), term.definition if term else ""
        else:
            raise _unknown(f"flyout/{kind}")
        return _json({"id": identifier, "html": answers.flyout(name, text)})

    @bp.get("/reconcile/properties")
    def properties() -> Response:
        """Properties to extend data with, for things of `type`."""
        limit = request.args.get("limit", "", type=str)
        number = int(limit[:4]) if limit.isascii() and limit.isdigit() else 50
        return _json(answers.proposed(library, request.args.get("type", "")[:MAX_PREFIX], max(1, number)))

    @bp.get("/reconcile/view")
    def view() -> Response:
        """The page of a thing, by its identifier."""
        response = redirect(iris.page_of(_known(library).iri), 303)
        assert isinstance(response, Response)
        return response

    @bp.get("/reconcile/preview")
    def preview() -> Response:
        """A thing in a few lines, for a frame on the client's page."""
        known = _known(library)
        page = render_template(
            "reconcile/preview.html",
            name=known.record.label,
            kinds=[library.label(iri) for iri in known.types],
            definition=known.definition,
            others=list(dict.fromkeys(n.text for n in known.record.names if not n.preferred))[:5],
            href=iris.page_of(known.iri),
            iri=known.iri,
        )
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = PREVIEW_POLICY
        return response

    bp.after_request(open_to_other_origins)
    return bp


class Charge:
    """Counts what a request computes to its client, as a query of it would be; entering may raise 429."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._client = engine, clients.client()

    def __enter__(self) -> None:
        asked = QueryRequest("ASK {}", formats.JSON.media_type, client=self._client)
        b"".join(self._engine.run(asked).chunks)
        self._began = time.thread_time()

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._engine.charge(self._client, time.thread_time() - self._began)


def address(settings: Settings) -> str:
    """This host as visitors know it; the request's own name for it was checked before."""
    return (settings.public_url or request.host_url).rstrip("/")


def _known(library: Library) -> Known:
    identifier = request.args.get("id", "")
    known = library.known.get(whole(identifier, IDENTIFIERS))
    if known is None or not iris.page_of(known.iri):
        raise _unknown(f"?id={identifier[:200]}")
    return known


def _unknown(what: str) -> Problem:
    return Problem(
        404,
        "unknown-thing",
        "Nothing is known by this name",
        f"This service knows no {what[:250]}.",
        "Take identifiers from its answers; /reconcile lists what it offers.",
    )


def _json(document: object) -> Response:
    return Response(json.dumps(document), mimetype="application/json")
