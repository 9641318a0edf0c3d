"""The servers that the benchmark compares: each starts on loopback with the data of one release folder."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.running import START_SECONDS, Running, Starter, free_port, started
from bench.virtuoso import Virtuoso, virtuoso, why_missing

__all__ = ["SERVERS", "Running", "Virtuoso", "free_port", "missing", "ours", "started", "virtuoso"]

BIN = Path(sys.executable).parent
DEFAULT_GRAPH = "urn:mentorgraph:default"
# so many rows as they are, and a client that never stops, are what the benchmark asks for
OUR_LIMITS = {"MENTORGRAPH_QUERY_TIMEOUT_MS": "60000", "MENTORGRAPH_PER_CLIENT_COMPUTE_S": "100000"}


def ours(release: Path, folder: Path) -> contextlib.AbstractContextManager[Running]:
    """MentorGraph's own endpoint, as `mentorgraph serve` starts it."""
    command: list[str | Path] = [BIN / "mentorgraph", "serve", "--release", release, "--port", "PORT"]
    return started("MentorGraph", command, "/sparql", folder, environment=OUR_LIMITS)


@contextlib.contextmanager
def oxigraph(release: Path, folder: Path) -> Iterator[Running]:
    """Oxigraph's server in memory, loaded by its store endpoint."""
    command: list[str | Path] = [BIN / "oxigraph", "serve", "--bind", "127.0.0.1:PORT"]
    with started("Oxigraph", command, "/query", folder) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=START_SECONDS)
        with plain(release, folder).open("rb") as data:
            connection.request("POST", "/store", data, {"Content-Type": "application/n-quads"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"Oxigraph did not load the data: {answer.status}")
        yield server


def rdflib_endpoint(release: Path, folder: Path) -> contextlib.AbstractContextManager[Running]:
    """rdflib-endpoint over rdflib's store in memory; its default graph is the union of all."""
    command: list[str | Path] = [BIN / "rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", "PORT"]
    return started("rdflib-endpoint", [*command, plain(release, folder)], "/", folder)


@contextlib.contextmanager
def openlink(release: Path, folder: Path) -> Iterator[Running]:
    """Virtuoso, its default graph as a named one that each query is sent to (it has no default graph)."""
    with virtuoso(folder / "virtuoso") as server:
        server.load(plain(release, server.folder), DEFAULT_GRAPH)
        server.running.parameters = (("default-graph-uri", DEFAULT_GRAPH),)
        yield server.running


SERVERS: dict[str, Starter] = {
    "MentorGraph": ours,
    "Oxigraph": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
    "Virtuoso": openlink,
}


def missing(name: str) -> str:
    """Empty where a server can be started here, else the reason why not."""
    return why_missing() if name == "Virtuoso" else ""


def plain(release: Path, folder: Path) -> Path:
    """The dataset of a release as unpacked N-Quads in `folder`."""
    data = folder / "dataset.nq"
    with gzip.open(release / "dataset.nq.gz") as packed, data.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    return data
