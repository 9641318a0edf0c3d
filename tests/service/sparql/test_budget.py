"""The budget of compute seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.sparql import budget
from service.sparql.budget import Budget
from service.sparql.engine import EmbeddedEngine
from tests.service.sparql.test_pool import ENDLESS, ask, refused


def test_a_debt_shrinks_with_time() -> None:
    now = [100.0]
    ours = Budget(30, lambda: now[0])
    assert ours.wait("a") == 0
    ours.charge("a", 31)
    assert ours.wait("a") == pytest.approx(2)
    assert ours.wait("b") == 0
    now[0] += 2.1
    assert ours.wait("a") == 0
    ours.charge("a", 10)
    assert ours.wait("a") > 15


def test_nothing_is_kept_of_clients_without_debt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PURGE_ABOVE", 10)
    now = [0.0]
    ours = Budget(60, lambda: now[0])
    for number in range(100):
        now[0] += 1
        ours.charge(f"client {number}", 0.5)
    assert len(ours._debts) <= 11


def test_who_used_up_the_budget_waits_and_others_do_not(make_engine: Callable[..., EmbeddedEngine]) -> None:
    engine = make_engine(query_timeout_ms=700, per_client_compute_s=1)
    for _ in range(2):
        assert refused(engine, ENDLESS, client="a").code == "query-timeout"
    problem = refused(engine, "ASK {}", client="a")
    assert (problem.status, problem.code) == (429, "compute-budget")
    assert problem.limit is not None
    assert (problem.limit.name, problem.limit.value) == ("per_client_compute_s", 1)
    assert 10 < int(problem.headers["Retry-After"]) < 40
    assert problem.advice
    assert ask(engine, "ASK {}", client="b")
    assert ask(engine, "ASK {}")


def test_a_debt_may_have_a_bound() -> None:
    ours = Budget(60, lambda: 0.0, most=10)
    ours.charge("a", 8)
    ours.charge("a", 8)
    assert ours.debt("a") == 10
