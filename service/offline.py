"""Answers one query from a release folder without a server, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import EmbeddedEngine, QueryRequest


def answer(text: str, settings: Settings, name: str | None = None) -> Iterator[bytes]:
    """The bytes of the result in the format `name`, else CSV or Turtle. Raises Problem, ReleaseError."""
    engine = EmbeddedEngine(replace(settings, query_workers=1))
    try:
        form = engine.inspect(text).form
        default = formats.CSV if form in ("SELECT", "ASK") else formats.TURTLE
        if form == "ASK":
            default = formats.JSON
        chosen = formats.choose(form, None, name) if name else default
        yield from engine.run(QueryRequest(text, chosen.media_type)).chunks
    finally:
        engine.close()
