"""Answers one query from a release folder without a server, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import EmbeddedEngine, Engine, QueryRequest
from service.sparql.federation import Federation


def answer(text: str, settings: Settings, name: str | None = None) -> Iterator[bytes]:
    """The bytes of the result in the format `name`, else CSV or Turtle. Raises Problem, ReleaseError."""
    engine: Engine = EmbeddedEngine(replace(settings, query_workers=1))
    if settings.services:
        engine = Federation(engine, settings)
    try:
        form = engine.inspect(text).form
        default = formats.CSV if form in ("SELECT", "ASK") else formats.TURTLE
        if form == "ASK":
            default = formats.JSON
        chosen = formats.choose(form, None, name) if name else default
        yield from engine.run(QueryRequest(text, chosen.media_type)).chunks
    finally:
        engine.close()
