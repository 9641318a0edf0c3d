"""Advice for as many at a time as the setting says; the next is told when to come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from service.advice import library as module
from service.advice.api import ADVICE_PATH
from service.advice.places import Places
from service.app import create_app
from service.errors import PROBLEM_JSON, Problem
from service.settings import Settings
from tests.service.advice.conftest import LocalEngine


def test_a_place_is_given_back_even_after_a_failure() -> None:
    places = Places(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.one():
            raise ZeroDivisionError
    with places.one(), pytest.raises(Problem) as refused, places.one():
        pass
    assert refused.value.status == 503
    assert refused.value.headers == {"Retry-After": "1"}


def test_the_second_request_is_refused_while_the_first_runs(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()
    real: Callable[..., Any] = module.advise

    def slow(*arguments: Any) -> Any:
        inside.set()
        assert go_on.wait(60)
        return real(*arguments)

    monkeypatch.setattr(module, "advise", slow)
    app = create_app(Settings(advice_concurrency=1), engine)
    statuses: list[int] = []
    first = threading.Thread(
        target=lambda: statuses.append(app.test_client().post(ADVICE_PATH, json={}).status_code)
    )
    first.start()
    assert inside.wait(60)
    second = app.test_client().post(ADVICE_PATH, json={})
    page = app.test_client().post("/advice", data={})
    go_on.set()
    first.join()
    assert statuses == [200]
    assert second.status_code == page.status_code == 503
    assert second.mimetype == PROBLEM_JSON
    assert second.headers["Retry-After"] == "1"
    assert second.json
    assert second.json["limit"] == {"name": "advice_concurrency", "value": 1, "unit": "requests"}
    assert app.test_client().post(ADVICE_PATH, json={}).status_code == 200
