"""A spool between a writing and a reading thread."""

from __future__ import annotations

import threading
import time

import pytest

from service.errors import Problem
from service.sparql.spool import IN_MEMORY_BYTES, Spool


def test_what_is_written_is_read_while_it_comes() -> None:
    spool = Spool()
    pieces = [bytes([number]) * (IN_MEMORY_BYTES // 5) for number in range(12)]

    def write() -> None:
        for piece in pieces:
            spool.write(piece)
            time.sleep(0.002)
        spool.finish()

    writer = threading.Thread(target=write)
    writer.start()
    assert b"".join(spool) == b"".join(pieces)
    writer.join()
    assert spool.length == sum(map(len, pieces))
    assert list(spool) == []


def test_a_result_that_breaks_off_is_an_error_at_once() -> None:
    spool = Spool()
    spool.write(b"x" * 10)
    spool.finish(Problem(408, "query-timeout", "", "too long"))
    with pytest.raises(Problem, match="too long"):
        next(spool)


def test_a_reader_who_leaves_is_told_once_and_ends_the_wait() -> None:
    spool, calls = Spool(), []
    spool.call(lambda: calls.append("left"))
    threading.Timer(0.05, spool.close).start()
    with pytest.raises(Problem) as caught:
        next(spool)
    assert caught.value.code == "client-gone"
    spool.write(b"for nobody")
    spool.close()
    assert calls == ["left"]
    spool.call(lambda: calls.append("too late"))
    assert calls == ["left", "too late"]


def test_closing_a_whole_result_is_no_departure() -> None:
    spool, calls = Spool(), []
    spool.call(lambda: calls.append("left"))
    spool.write(b"abc")
    spool.finish()
    assert next(spool) == b"abc"
    spool.close()
    assert calls == []
