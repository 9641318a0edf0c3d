"""Hints for fast queries: pairs of a slow and a fast query with the same answer, and what each took.

The pairs are query files (`kb/queries/hints/<name>-slow.rq`, `-fast.rq`); the times stand beside them in
`measured.json`, which `python -m bench.hints --write` makes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template

from kb import examples, queries
from service.pages import iris
from service.pages.responses import Manners

FOLDER = "hints/"
MEASURED = queries.FOLDER / FOLDER / "measured.json"


@dataclass(frozen=True)
class Side:
    """One of the two queries. `milliseconds`: the median of what it took where it was measured."""

    text: str
    milliseconds: float

    @property
    def href(self) -> str:
        return iris.query_address(self.text)


@dataclass(frozen=True)
class Hint:
    """`why`: a sentence or two; `times`: how many times faster the fast one was."""

    name: str
    title: str
    question: str
    why: str
    slow: Side
    fast: Side

    @property
    def times(self) -> float:
        return self.slow.milliseconds / self.fast.milliseconds


@cache
def measured() -> dict[str, Any]:
    """Release, engine, date and number of runs, and `milliseconds`: name → [slow, fast]."""
    return dict(json.loads(MEASURED.read_text(encoding="utf-8")))


@cache
def hints() -> tuple[Hint, ...]:
    """All hints, those that spare most first."""
    found = []
    for fast in queries.all_queries():
        if not fast.name.startswith(FOLDER) or not fast.name.endswith("-fast"):
            continue
        slow = queries.load(fast.name.removesuffix("-fast") + "-slow")
        name = fast.name.removeprefix(FOLDER).removesuffix("-fast")
        took = measured()["milliseconds"][name]
        sides = [
            Side(examples.without_header(one.text).strip() + "\n", milliseconds)
            for one, milliseconds in zip((slow, fast), took, strict=True)
        ]
        found.append(Hint(name, fast.title, fast.question, " ".join(fast.header["why"]), *sides))
    return tuple(sorted(found, key=lambda hint: -hint.times))


def blueprint(manners: Manners) -> Blueprint:
    pages = Blueprint("hints", __name__)

    @pages.get("/hints")
    def page() -> Response:
        """What is slow, and how to write it."""
        return manners.page(lambda: render_template("hints.html", hints=hints(), measured=measured()))

    return pages
