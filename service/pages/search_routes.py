"""The addresses of the search, for people and programs, and of the words that the query editor offers."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from service.pages import catalogue, completions, finding
from service.pages.catalogue import Kind
from service.pages.knowledge import Knowledge
from service.pages.responses import Manners


def blueprint(knowledge: Knowledge, manners: Manners) -> Blueprint:
    pages = Blueprint("search", __name__)

    @pages.get("/search")
    def search() -> Response:
        offers = ["text/html", "application/json"]
        if request.accept_mimetypes.best_match(offers, default="text/html") == "application/json":
            response = manners.json(lambda: _json(knowledge))
        else:
            response = manners.page(lambda: _page(knowledge))
        response.vary.add("Accept")
        return response

    @pages.get("/search.json")
    def search_json() -> Response:
        return manners.json(lambda: _json(knowledge))

    @pages.get("/completions.json")
    def completions_json() -> Response:
        """Prefixes, and classes, properties and individuals with how often they are used, for editors."""
        return manners.json(lambda: json.dumps(completions.document(knowledge), ensure_ascii=False))

    return pages


def _asked(knowledge: Knowledge) -> tuple[str, Kind | None]:
    query = " ".join(request.args.get("q", "").split())[:200]
    return query, catalogue.kinds(knowledge).get(request.args.get("kind", ""))


def _found(knowledge: Knowledge) -> finding.Results:
    query, kind = _asked(knowledge)
    if not query:
        return finding.Results("", 0)
    return finding.find(knowledge, finding.index(knowledge), query, kind)


def _page(knowledge: Knowledge) -> str:
    results = _found(knowledge)
    on_shelves = [kind for _, _, kinds in catalogue.shelves(knowledge) for kind in kinds]
    return render_template(
        "search.html",
        results=results,
        search_text=results.query,
        kind=_asked(knowledge)[1],
        kinds=sorted(on_shelves, key=lambda kind: kind.plural),
    )


def _json(knowledge: Knowledge) -> str:
    return json.dumps(finding.document(_found(knowledge)), ensure_ascii=False, indent=1)
