"""Where the time of one small query goes: each stage contains the one before it."""

from __future__ import annotations

import gzip
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlencode

import pyoxigraph as ox
from rich import box
from rich.console import Console
from rich.table import Table
from werkzeug.test import run_wsgi_app

from bench.client import Client
from bench.measure import TABLE, Query, load_queries
from bench.servers import ours, oxigraph
from service.app import create_app
from service.settings import Settings
from service.sparql.engine import EmbeddedEngine, QueryRequest

ROUNDS, EACH = 9, 60


def stages(release: Path, console: Console) -> None:
    """Print the median milliseconds of the shortest query at each stage; the stages take turns."""
    query = load_queries()[0]
    with ExitStack() as running, tempfile.TemporaryDirectory() as name:
        found: dict[str, Callable[[], object]] = in_this_process(release, query, running)
        for title, start in (("MentorGraph", ours), ("Oxigraph", oxigraph)):
            folder = Path(name) / title
            folder.mkdir()
            server = running.enter_context(start(release, folder))
            found |= over_http(Client(server), query, title)
        times: dict[str, list[float]] = {stage: [] for stage in found}
        for _ in range(ROUNDS):
            for stage, call in found.items():
                times[stage].append(median_ms(call))
    table = Table(
        "stage", "median ms", box=box.MARKDOWN, title=f"A small query ({query.title}), stage by stage"
    )
    for stage, measured in times.items():
        table.add_row(stage, f"{statistics.median(measured):.3f}")
    console.print(table)


def in_this_process(release: Path, query: Query, running: ExitStack) -> dict[str, Callable[[], object]]:
    """The stages below HTTP: evaluation, the gate, the engine with its worker process, the application."""
    store = ox.Store()
    with gzip.open(release / "dataset.nq.gz") as quads:
        store.bulk_load(cast(IO[bytes], quads), format=ox.RdfFormat.N_QUADS)
    settings = Settings(release=release, per_client_compute_s=100_000)
    engine = EmbeddedEngine(settings)
    running.callback(engine.close)
    app = create_app(settings, engine)

    def evaluate() -> object:
        results = cast(ox.QuerySolutions, store.query(query.fresh()))
        return results.serialize(format=ox.QueryResultsFormat.JSON)

    def ask() -> object:
        return b"".join(engine.run(QueryRequest(query.fresh(), TABLE, client="bench")).chunks)

    def call() -> object:
        return run_wsgi_app(app.wsgi_app, environment(query), buffered=True)

    return {
        "evaluation in one process": evaluate,
        "the gate": lambda: engine.inspect(query.fresh()),
        "engine: gate, turn, worker process, evaluation": ask,
        "application: Flask, parameters, validators, engine": call,
    }


def environment(query: Query) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sparql",
        "QUERY_STRING": urlencode({"query": query.fresh()}),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT": TABLE,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


def over_http(client: Client, query: Query, title: str) -> dict[str, Callable[[], object]]:
    repeated = client.prepare(query.text, query.accept)
    return {
        f"{title} over HTTP, new": lambda: client.send(client.prepare(query.fresh(), query.accept)),
        f"{title} over HTTP, repeated": lambda: client.send(repeated),
    }


def median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(EACH):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
