"""The commands of docs/stores.md for the tested stores, run as they stand there, with free ports."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bench.running import free_port
from bench.virtuoso import why_missing
from tests.stores.test_publish import release

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stores.md"
START_SECONDS = 60.0


def block(section: str, language: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^## {section}\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE)
    assert found
    code = re.search(rf"^```{language}\n(.*?)^```", found[1], re.DOTALL | re.MULTILINE)
    assert code
    return code[1]


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers there with 200, or with anything where `path` is empty."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            if path:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
            else:
                socket.create_connection(("127.0.0.1", port), timeout=10).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at port {port}")


@pytest.mark.parametrize(("section", "port"), [("Oxigraph", 7878), ("Virtuoso", 8890)])
def test_the_commands_of_a_store(section: str, port: int, tmp_path: Path) -> None:
    if section == "Virtuoso" and (reason := why_missing()):
        pytest.skip(f"no Virtuoso: {reason}")
    ports = {str(one): str(free_port()) for one in (port, 1111)}

    def fitted(text: str) -> str:
        return re.sub(r"(?<=127\.0\.0\.1:)(\d+)", lambda match: ports[match[1]], text)

    small = release(tmp_path / "releases", "r1", 2)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MENTORGRAPH_RELEASE": str(small.path),
        "MENTORGRAPH_PORT": str(free_port()),
    }
    if section == "Virtuoso":
        (tmp_path / "virtuoso.ini").write_text(fitted(block(section, "ini")))
    commands = fitted(block(section, "bash")).splitlines()
    running: list[subprocess.Popen[bytes]] = []

    def start(command: str, at: int, path: str) -> None:
        with (tmp_path / f"log{len(running)}").open("wb") as log:
            words = ["bash", "-c", f"exec env {command}"]
            process = subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        running.append(process)
        wait_for(at, path, process)

    try:
        start(commands[0].removesuffix("&"), int(ports[str(port)]), "")
        for command in commands[1:-1]:
            if command.startswith("export "):
                name, _, value = command.removeprefix("export ").partition("=")
                environment[name] = value
                continue
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "r1 is published" in done.stdout
        start(commands[-1], int(environment["MENTORGRAPH_PORT"]), "/ready")
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(30)
