"""A page per thing, and the pages around them; data for programs by content negotiation."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, render_template
from jinja2 import StrictUndefined

from service.errors import Problem
from service.pages import hints, iris, named_queries, ontology_routes, routes, search_routes
from service.pages.assets import Assets
from service.pages.knowledge import Knowledge
from service.pages.query_page import QueryPage
from service.pages.responses import Manners
from service.pages.texts import Texts
from service.settings import Settings
from service.sparql.engine import Engine


@dataclass(frozen=True)
class Pages:
    """What other parts of the service take from the pages: their manners, the query page, an error's look."""

    knowledge: Knowledge
    manners: Manners
    query: QueryPage

    def problem(self, problem: Problem) -> str:
        return render_template("problem.html", problem=problem)


def register(app: Flask, engine: Engine, settings: Settings) -> Pages:
    """Add all pages to an application, and what every template can use."""
    assets = Assets()
    knowledge = Knowledge(engine)
    texts = Texts(settings.documents)
    manners = Manners(lambda: engine.release_id, engine.reading, [assets.fingerprint, str(texts.at_hand)])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=assets.address, page_of=iris.page_of)
    app.context_processor(lambda: {"release_id": engine.release_id})
    app.register_blueprint(routes.blueprint(knowledge, texts, manners, assets))
    app.register_blueprint(ontology_routes.blueprint(knowledge, manners, settings))
    app.register_blueprint(search_routes.blueprint(knowledge, manners))
    query_page = QueryPage(knowledge, settings)
    app.register_blueprint(named_queries.blueprint(knowledge, manners, query_page))
    app.register_blueprint(hints.blueprint(manners))
    pages = Pages(knowledge, manners, query_page)
    app.extensions["mentorgraph.pages"] = pages
    return pages
