"""`python -m bench.remote`: what the service adds to a query when an outside store answers it.

Each query goes to the store directly, in the very words in which the remote engine asks it, and then through
`mentorgraph serve` over that store, in turn; a comment makes every text new, so that no cache answers.
"""

from __future__ import annotations

import contextlib
import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import click
from rich.console import Console
from rich.table import Table

from bench.measure import Query, load_queries
from bench.running import Running, started
from bench.servers import BIN, OUR_LIMITS, missing
from bench.virtuoso import virtuoso
from kb.release import Release, open_release
from service import publish as publishing
from service.publish_ways import GraphStore, Update, Way
from service.publish_ways import Query as Endpoint
from service.settings import Settings
from service.sparql import formats
from service.sparql.gate import Limits, inspect
from service.sparql.remote_dialects import Dialect, Standard
from service.sparql.remote_graphs import PUBLISHED
from service.sparql.remote_http import Credentials, Store
from service.sparql.remote_virtuoso import Virtuoso

TIMEOUT_S = 10.0


@dataclass
class Pair:
    """Milliseconds of a query, asked directly and through the service."""

    direct: list[float] = field(default_factory=list)
    through: list[float] = field(default_factory=list)
    failure: str = ""

    @property
    def added(self) -> float:
        """Median of the differences of runs that followed each other."""
        return statistics.median(ours - its for its, ours in zip(self.direct, self.through, strict=True))


@contextlib.contextmanager
def oxigraph(release: Release, folder: Path) -> Iterator[tuple[str, Dialect]]:
    """The release in Oxigraph's server: its endpoint, and how the engine asks it."""
    with started(
        "Oxigraph", [BIN / "oxigraph", "serve", "--bind", "127.0.0.1:PORT"], "/query", folder
    ) as server:
        root = f"http://127.0.0.1:{server.port}"
        publish(release, "loaded", f"{root}/query", Update(Store(f"{root}/update")))
        yield f"{root}/query", Standard(Settings())


@contextlib.contextmanager
def openlink(release: Release, folder: Path) -> Iterator[tuple[str, Dialect]]:
    """The same in Virtuoso."""
    with virtuoso(folder / "virtuoso") as server:
        address = server.endpoint.removesuffix("sparql") + "sparql-graph-crud-auth"
        publish(release, "everything", server.endpoint, GraphStore(Store(address, Credentials("dba", "dba"))))
        yield server.endpoint, Virtuoso(Settings(), PUBLISHED + release.id)


STORES = {"Oxigraph": oxigraph, "Virtuoso": openlink}


def publish(release: Release, layout: str, endpoint: str, way: Way) -> None:
    query = Endpoint(Store(endpoint))
    plan = publishing.plan(publishing.read(release, layout), layout, query)
    publishing.publish(plan, way, query, 0, lambda _: None)


def measure(server: Running, endpoint: str, dialect: Dialect, query: Query, runs: int) -> Pair:
    """One run of each to warm up, then the timed ones in turn."""
    pair = Pair()
    store = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=TIMEOUT_S)
    ours = server.connect(timeout_s=TIMEOUT_S)
    path = urlsplit(endpoint).path
    try:
        for run in range(runs + 1):
            text = f"{query.text}\n# {time.time_ns()}"
            report = inspect(text, Limits.of(Settings()))
            chosen = formats.by_media_type(report.form, query.accept)
            phrased = dialect.phrase(text, report, chosen, None, TIMEOUT_S)
            one = timed(store, path, phrased.fields, phrased.header)
            other = timed(ours, "/sparql", (("query", text),), query.accept)
            if run:
                pair.direct.append(one)
                pair.through.append(other)
    except (RuntimeError, OSError, http.client.HTTPException) as error:
        pair.failure = str(error)[:60] or type(error).__name__
    finally:
        store.close()
        ours.close()
    return pair


def timed(
    connection: http.client.HTTPConnection, path: str, fields: tuple[tuple[str, str], ...], accept: str
) -> float:
    """Milliseconds from the request to the last byte. Raises RuntimeError for no whole result."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    body = urlencode(fields).encode()
    began = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.getheader("X-SQL-State"):  # how Virtuoso says that it did not finish
        raise RuntimeError("not finished in time")
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said[:100].decode(errors='replace')}")
    return (time.perf_counter() - began) * 1000


@click.command()
@click.option(
    "--release", type=click.Path(path_type=Path), default=Path("releases/current"), show_default=True
)
@click.option("--runs", default=21, show_default=True, help="Timed runs of each query, on each way.")
def main(release: Path, runs: int) -> None:
    """Measure and print a table for each store that is installed."""
    console = Console(width=110)
    found = open_release(release)
    for name, start in STORES.items():
        if reason := missing(name):
            console.print(f"{name}: {reason}")
            continue
        with tempfile.TemporaryDirectory() as folder, start(found, Path(folder)) as (endpoint, dialect):
            environment = {**OUR_LIMITS, "MENTORGRAPH_ENGINE": endpoint}
            command: list[str | Path] = [BIN / "mentorgraph", "serve", "--port", "PORT"]
            with started("MentorGraph", command, "/sparql", Path(folder), environment=environment) as server:
                pairs = {
                    query.title: measure(server, endpoint, dialect, query, runs) for query in load_queries()
                }
            console.print(table(f"{name}, release {found.id}, median milliseconds", pairs))


def table(title: str, pairs: dict[str, Pair]) -> Table:
    shown = Table("query", title=title)
    for heading in ("directly", "through the service", "added"):
        shown.add_column(heading, justify="right")
    for name, pair in pairs.items():
        if pair.failure:
            shown.add_row(name, pair.failure, "", "")
        else:
            medians = statistics.median(pair.direct), statistics.median(pair.through), pair.added
            shown.add_row(name, *(f"{value:.1f}" for value in medians))
    return shown


if __name__ == "__main__":
    main()
