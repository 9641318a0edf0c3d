"""The adviser: a form, the advice as a page, and the same as JSON."""

from __future__ import annotations

from apiflask import APIFlask

from service.advice import api, pages
from service.advice.library import Library
from service.sparql.engine import Engine


def register(app: APIFlask, engine: Engine, concurrency: int) -> Library:
    """Add the adviser's routes to an application and describe its API; `concurrency` requests at a time."""
    library = Library(engine, concurrency)
    app.register_blueprint(pages.blueprint(library))
    app.register_blueprint(api.blueprint(library))
    api.describe(app, library)
    return library
