"""The page of hints: both queries of each pair give the same rows, and each has its measured times."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.pages import hints
from service.pages.hints import Hint
from service.pages.knowledge import Knowledge
from tests.service.pages.html import Page


@pytest.mark.parametrize("hint", hints.hints(), ids=lambda hint: hint.name)
def test_both_queries_give_the_same_rows(site: Flask, hint: Hint) -> None:
    knowledge: Knowledge = site.extensions["mentorgraph.pages"].knowledge
    slow, fast = (
        Counter(
            tuple(sorted((name, str(term)) for name, term in row.items()))
            for row in knowledge.engine.rows(side.text)
        )
        for side in (hint.slow, hint.fast)
    )
    assert slow == fast
    assert slow, "a pair that finds nothing shows nothing"


def test_each_pair_was_measured_and_the_fast_one_was_faster() -> None:
    assert set(hints.measured()["milliseconds"]) == {hint.name for hint in hints.hints()}
    assert all(hint.times > 1 for hint in hints.hints())


def test_the_page_shows_each_pair_with_its_times(client: FlaskClient) -> None:
    answer = client.get("/hints")
    page = Page.parse(answer.text)
    assert page.faults == []
    assert answer.headers["ETag"]
    for hint in hints.hints():
        assert hint.name in page.ids
        assert hint.slow.href in page.links
        assert hint.fast.href in page.links
        assert f"Slow: {hint.slow.milliseconds} ms" in page.words
    assert hints.measured()["release"] in page.words
