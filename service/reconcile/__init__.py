"""Being found by others: the reconciliation service, and the look-up of many terms at once."""

from __future__ import annotations

from flask import Flask

from service.pages.knowledge import Knowledge
from service.reconcile.routes import blueprint
from service.settings import Settings
from service.sparql.engine import Engine


def register(app: Flask, engine: Engine, knowledge: Knowledge, settings: Settings) -> None:
    """Add the routes to an application."""
    app.register_blueprint(blueprint(engine, knowledge, settings))
