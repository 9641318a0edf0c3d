"""The sandbox of query workers, in processes of its own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from service.sparql import sandbox

PREFACE = "from service.sparql import sandbox; import os, socket, pathlib\n"


def run(program: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PREFACE + program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)


def test_the_network_ban_refuses_sockets_and_programs() -> None:
    reason = run("print(sandbox.network_ban_holds())").stdout.strip()
    if reason:
        pytest.skip(f"this machine has no network ban: {reason}")
    done = run(
        """
pair = socket.socketpair()
sandbox.ban_network()
for call in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.socketpair(),
             lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM), lambda: pair[0].send(b"x"),
             lambda: os.execv("/bin/true", ["true"])):
    try:
        call()
    except PermissionError:
        print("refused")
os.write(pair[0].fileno(), b"pipes work")
print(os.read(pair[1].fileno(), 100).decode())
"""
    )
    assert done.stdout.split("\n") == ["refused"] * 5 + ["pipes work", ""], done.stderr


def test_a_ban_that_does_not_hold_is_noticed() -> None:
    done = run("sandbox.prove_network_ban()")
    assert "a socket could be opened" in done.stderr


def test_a_machine_without_a_filter_says_so() -> None:
    with pytest.raises(sandbox.SandboxError, match="no network filter is written for pdp11 machines"):
        sandbox.filter_program("pdp11")


@pytest.mark.skipif(platform.machine() not in sandbox.DENIED, reason="no filter for this machine")
def test_the_filter_is_a_whole_program() -> None:
    assert len(sandbox.filter_program(platform.machine())) % 8 == 0


def test_resources_are_limited(tmp_path: Path) -> None:
    done = run(
        """
sandbox.limit_resources(64 << 20)
for call in (lambda: bytearray(256 << 20), lambda: pathlib.Path("x" * 10).write_text("x")):
    try:
        call()
    except (MemoryError, OSError) as error:
        print(type(error).__name__)
""",
        tmp_path,
    )
    assert done.stdout.split() == ["MemoryError", "OSError"], done.stderr
