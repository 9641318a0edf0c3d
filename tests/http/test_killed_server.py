"""What is left when the server is killed outright."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.http.server import running_server

pytestmark = pytest.mark.http


def test_nothing_outlives_a_killed_server(small_release: Path, tmp_path: Path) -> None:
    with running_server(small_release, tmp_path / "log") as server:
        (first,) = [p for p in psutil.Process().children() if str(server.port) in p.cmdline()]
        family = [first, *first.children(recursive=True)]
        assert len(family) >= 4  # the server's two, the zygote, a worker
        first.kill()
        _, left = psutil.wait_procs(family, timeout=5)
        assert [p for p in left if p.status() != psutil.STATUS_ZOMBIE] == []
        with pytest.raises(ConnectionError):
            server.connect()
