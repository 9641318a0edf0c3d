"""Answers given again from memory: only what cannot change, only to the same request, and not for ever."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from service.repeats import MAX_REQUEST_BYTES, Repeats

LASTING = [("etag", '"a"'), ("cache-control", "public, no-cache"), ("x-mentorgraph-release", "r1")]


def scope(**chosen: Any) -> SimpleNamespace:
    usual = {"method": "GET", "path": "/sparql", "query_string": "query=ASK", "scheme": "http"}
    return SimpleNamespace(**{**usual, "headers": {"accept": "text/csv", "user-agent": "a"}, **chosen})


class Release:
    """The release that is served now."""

    id = "r1"


@pytest.fixture
def release() -> Release:
    return Release()


@pytest.fixture
def seen() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def repeats(release: Release, seen: list[tuple[Any, ...]]) -> Repeats:
    return Repeats(14_000, lambda: release.id, [lambda *request: seen.append(request)])


def test_the_same_request_has_the_same_answer_and_is_noted(
    repeats: Repeats, seen: list[tuple[Any, ...]]
) -> None:
    key = repeats.key(scope(), b"")
    assert repeats.find(key) is None
    repeats.keep(key, 200, LASTING, b"body", "/sparql")
    found = repeats.find(repeats.key(scope(headers={"accept": "text/csv", "user-agent": "b"}), b""))
    assert found is not None
    assert (found.status, found.headers, found.body) == (200, LASTING, b"body")
    assert [request[:3] for request in seen] == [("GET", "/sparql", 200)]


@pytest.mark.parametrize(
    "other",
    [
        {"method": "HEAD"},
        {"path": "/query/x"},
        {"query_string": "query=ASk"},
        {"headers": {"accept": "text/html"}},
        {"headers": {"accept": "text/csv", "if-none-match": '"a"'}},
        {"headers": {"accept": "text/csv", "host": "elsewhere"}},
    ],
)
def test_another_request_is_not_answered(repeats: Repeats, other: dict[str, Any]) -> None:
    repeats.keep(repeats.key(scope(), b""), 200, LASTING, b"body", "/sparql")
    assert repeats.find(repeats.key(scope(**other), b"")) is None
    assert repeats.find(repeats.key(scope(), b"query=b")) is None


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (400, LASTING),
        (200, LASTING[1:]),
        (200, [*LASTING[:1], ("cache-control", "no-store"), LASTING[2]]),
        (200, LASTING[:2]),
        (200, [*LASTING[:2], ("x-mentorgraph-release", "r0")]),
        (200, [*LASTING, ("set-cookie", "a=b")]),
    ],
)
def test_what_may_change_is_not_kept(repeats: Repeats, status: int, headers: list[tuple[str, str]]) -> None:
    key = repeats.key(scope(), b"")
    repeats.keep(key, status, headers, b"body", "/sparql")
    assert repeats.find(key) is None


def test_an_answer_ends_with_its_release(repeats: Repeats, release: Release) -> None:
    key = repeats.key(scope(), b"")
    repeats.keep(key, 200, LASTING, b"body", "/sparql")
    release.id = "r2"
    assert repeats.find(key) is None
    release.id = "r1"
    assert repeats.find(key) is None, "it was dropped, not hidden"


def test_the_longest_unused_goes_first(repeats: Repeats) -> None:
    keys = [repeats.key(scope(query_string=str(number)), b"") for number in range(4)]
    for key in keys[:3]:
        repeats.keep(key, 200, LASTING, b"x" * 2000, "/sparql")
    assert repeats.find(keys[0])
    repeats.keep(keys[3], 200, LASTING, b"x" * 2000, "/sparql")
    assert [repeats.find(key) is not None for key in keys] == [True, False, True, True]


def test_what_is_too_long_is_not_kept(repeats: Repeats) -> None:
    assert repeats.key(scope(), b"x" * (MAX_REQUEST_BYTES + 1)) is None
    repeats.keep(None, 200, LASTING, b"body", "/sparql")
    key = repeats.key(scope(), b"")
    repeats.keep(key, 200, LASTING, b"x" * 14_001, "/sparql")
    assert repeats.find(key) is None
