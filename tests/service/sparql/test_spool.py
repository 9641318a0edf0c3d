"""A spool between a writing and a reading thread."""

from __future__ import annotations

import contextlib
import errno
import threading
import time

import pytest

from service.errors import Problem
from service.sparql.spool import IN_MEMORY_BYTES, Space, Spool


def test_what_is_written_is_read_while_it_comes() -> None:
    spool = Spool(Space(64 * IN_MEMORY_BYTES))
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
    spool = Spool(Space(64 * IN_MEMORY_BYTES))
    spool.write(b"x" * 10)
    spool.finish(Problem(408, "query-timeout", "", "too long"))
    with pytest.raises(Problem, match="too long"):
        next(spool)


def test_a_reader_who_leaves_is_told_once_and_ends_the_wait() -> None:
    spool, calls = Spool(Space(64 * IN_MEMORY_BYTES)), []
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
    spool, calls = Spool(Space(64 * IN_MEMORY_BYTES)), []
    spool.call(lambda: calls.append("left"))
    spool.write(b"abc")
    spool.finish()
    assert next(spool) == b"abc"
    spool.close()
    assert calls == []


def test_room_on_disk_is_shared_and_comes_back() -> None:
    space, data = Space(8 * IN_MEMORY_BYTES), b"x" * (3 * IN_MEMORY_BYTES)
    with contextlib.ExitStack() as open_spools:

        def spool_of(client: str) -> Spool:
            return open_spools.enter_context(contextlib.closing(Spool(space, client)))

        first, second, small = spool_of("a"), spool_of("b"), spool_of("a")
        first.write(data)
        small.write(b"in memory, so free")
        with pytest.raises(Problem, match="room") as caught:
            spool_of("a").write(data)  # 6 of 8, and one client gets half
        assert (caught.value.status, caught.value.code) == (503, "spool-full")
        second.write(data)
        with pytest.raises(Problem, match="room"):
            spool_of("c").write(data)  # 9 of 8
        assert space.taken == 2 * len(data)
        first.close()
        first.close()
        second.finish()
        assert b"".join(second) == data
        assert space.taken == 0
        spool_of("a").write(data)
    assert space.taken == 0


def test_a_full_disk_is_a_problem_not_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with contextlib.closing(Spool(Space(IN_MEMORY_BYTES))) as spool:
        monkeypatch.setattr(spool._file, "write", full)
        with pytest.raises(Problem, match="No space left") as caught:
            spool.write(b"x")
        assert (caught.value.status, caught.value.code) == (503, "spool-full")
