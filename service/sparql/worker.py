"""A query worker: a forked copy of the loaded release that answers one query after another.

It reads a request (4 bytes length, JSON) from its channel and writes frames (1 byte kind, 4 bytes length,
payload): `D` result bytes, then `E` end, or `X` with a JSON error. It opens nothing but its release's store.
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, cast

import pyoxigraph as ox

from service.sparql.spreadsheet import SafeCsvWriter

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

DATA, END, ERROR = b"D", b"E", b"X"
FRAME = struct.Struct("!cI")
REQUEST = struct.Struct("!I")
FRAME_BYTES = 65_536
FLUSH_SECONDS = 0.1


@dataclass(frozen=True)
class Task:
    """What a worker is asked to do. Graph names are absolute IRIs.

    `clauses`: the query's own FROM and FROM NAMED terms, as written, used when the protocol names no dataset;
    `prologue` is the text that declares their prefixes; `base` is for relative IRIs where no BASE is.
    `format` is a pyoxigraph format's attribute name.
    """

    query: str
    format: str
    max_bytes: int
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    clauses: list[tuple[bool, str]] = field(default_factory=list)
    prologue: str = ""
    base: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        payload = json.dumps(vars(self)).encode()
        return REQUEST.pack(len(payload)) + payload


class QueryFailedError(Exception):
    """A query that has no answer: `code`, sentence, and place in the query if known."""

    def __init__(self, code: str, detail: str, line: int = 0, column: int = 0) -> None:
        super().__init__(detail)
        self.document = {"code": code, "detail": detail, "line": line, "column": column}


class FrameWriter:
    """A file-like object that sends what is written as data frames and stops at the size limit.

    A frame has 64 KiB, or what a slow query gave in FLUSH_SECONDS.
    """

    def __init__(self, channel: int, max_bytes: int) -> None:
        self.channel, self.max_bytes = channel, max_bytes
        self.total = 0
        self.buffer = bytearray()
        self.sent = time.monotonic()

    def write(self, data: bytes) -> int:
        self.total += len(data)
        if self.total > self.max_bytes:
            raise QueryFailedError("result-too-large", f"The result is larger than {self.max_bytes} bytes.")
        self.buffer += data
        if len(self.buffer) >= FRAME_BYTES or time.monotonic() - self.sent > FLUSH_SECONDS:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self.buffer:
            send_frame(self.channel, DATA, bytes(self.buffer))
            self.buffer.clear()
            self.sent = time.monotonic()

    def finish(self) -> None:
        """Send what is left and the end in one piece: each would wake the reader."""
        rest = FRAME.pack(DATA, len(self.buffer)) + self.buffer if self.buffer else b""
        write_all(self.channel, rest + FRAME.pack(END, 0))


def write_all(channel: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view) :]


def read_exactly(channel: int, size: int) -> bytes:
    """`size` bytes; fewer mean that the other end is gone."""
    parts = bytearray()
    while len(parts) < size:
        data = os.read(channel, size - len(parts))
        if not data:
            break
        parts += data
    return bytes(parts)


def send_frame(channel: int, kind: bytes, payload: bytes = b"") -> None:
    write_all(channel, FRAME.pack(kind, len(payload)) + payload)


def serve(store: ox.Store, channel: int) -> None:
    """Answer queries until the other end closes the channel."""
    while True:
        head = read_exactly(channel, REQUEST.size)
        if len(head) < REQUEST.size:
            return
        task = Task(**json.loads(read_exactly(channel, REQUEST.unpack(head)[0])))
        writer = FrameWriter(channel, task.max_bytes)
        try:
            answer(store, task, writer)
        except QueryFailedError as failure:
            send_frame(channel, ERROR, json.dumps(failure.document).encode())
        else:
            writer.finish()


def answer(store: ox.Store, task: Task, writer: FrameWriter) -> None:
    """Evaluate and serialise one query into `writer`. Raises QueryFailedError."""
    try:
        write_results(evaluate(store, task), task, writer)
    except SyntaxError as error:
        raise syntax_failure(error) from error
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise QueryFailedError("network-refused", "The query tried to reach another server.") from error
        raise QueryFailedError("evaluation-failed", f"The query could not be evaluated: {error}.") from error


def evaluate(store: ox.Store, task: Task) -> Results:
    """Evaluate over the dataset that the task names. Raises QueryFailedError and what pyoxigraph raises."""
    named_dataset = dataset_of(task)
    if named_dataset is None:
        return store.query(task.query, base_iri=task.base or None)
    store, default, named = restrict(store, *named_dataset)
    # pyoxigraph takes a dataset given here in place of the query's own FROM clauses
    graphs = {"default_graph": cast(Any, default), "named_graphs": cast(Any, named)}
    return store.query(task.query, base_iri=task.base or None, **graphs)


def write_results(results: Results, task: Task, writer: FrameWriter) -> None:
    """Serialise in the thread that evaluated: pyoxigraph's results belong to it."""
    output = cast(IO[bytes], writer)
    if isinstance(results, ox.QueryTriples):
        prefixes = usable(task.prefixes) if task.format in ("TURTLE", "TRIG") else {}
        ox.serialize(results, output, format=getattr(ox.RdfFormat, task.format), prefixes=prefixes)
    elif task.format == "CSV_SAFE":
        safe = SafeCsvWriter(writer)
        results.serialize(cast(IO[bytes], safe), format=ox.QueryResultsFormat.CSV)
        safe.finish()
    else:
        results.serialize(output, format=getattr(ox.QueryResultsFormat, task.format))


def usable(prefixes: dict[str, str]) -> dict[str, str]:
    """Those prefixes whose IRI is absolute; a serialiser refuses the others."""
    absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]*")
    return {name: iri for name, iri in prefixes.items() if absolute.fullmatch(iri)}


def dataset_of(task: Task) -> tuple[list[str], list[str]] | None:
    """(default graphs, named graphs) that the request names, else the query; None for the whole release.

    The protocol's dataset takes the place of the query's:
    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    if task.default_graphs or task.named_graphs:
        return task.default_graphs, task.named_graphs
    if not task.clauses:
        return None
    values = " ".join(f"({index} {term})" for index, (_, term) in enumerate(task.clauses))
    # Let the engine itself resolve prefixes, base and escapes of the query's FROM clauses.
    text = f"{task.prologue}\nSELECT ?i ?g {{ VALUES (?i ?g) {{ {values} }} }}"
    solutions = ox.Store().query(text, base_iri=task.base or None)
    names = {int(row["i"].value): row["g"].value for row in cast(ox.QuerySolutions, solutions)}
    default = [names[index] for index, (is_named, _) in enumerate(task.clauses) if not is_named]
    named = [names[index] for index, (is_named, _) in enumerate(task.clauses) if is_named]
    return default, named


def restrict(
    store: ox.Store, default: list[str], named: list[str]
) -> tuple[ox.Store, list[ox.NamedNode], list[ox.NamedNode]]:
    """The store and graphs to query for a dataset; refuses graphs that the release does not have.

    Oxigraph evaluates several default graphs as a union that keeps duplicates, which gives wrong counts;
    SPARQL asks for their RDF merge, so they are copied into one graph first. In a merge, blank nodes of two
    graphs are two nodes: https://www.w3.org/TR/sparql11-query/#specifyingDataset
    """
    defaults, nameds = graph_names(default), graph_names(named)
    for graph in [*defaults, *nameds]:
        if not store.contains_named_graph(graph):
            raise QueryFailedError("graph-unknown", f"This release has no graph {graph}.")
    alone = not defaults or (len(defaults) == 1 and not nameds)
    if alone or (len(defaults) == 1 and not has_blank_nodes(store, defaults[0])):
        return store, defaults, nameds
    merged = ox.Store()
    for number, graph in enumerate(defaults):
        merged.bulk_extend(ox.Quad(*renamed(q.triple, number)) for q in of_graph(store, graph))
    for graph in nameds:
        merged.bulk_extend(of_graph(store, graph))
    return merged, [cast(Any, ox.DefaultGraph())], nameds


def of_graph(store: ox.Store, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    return store.quads_for_pattern(None, None, None, graph)


def has_blank_nodes(store: ox.Store, graph: ox.NamedNode) -> bool:
    return any(
        isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)
        for q in of_graph(store, graph)
    )


def renamed(triple: ox.Triple, number: int) -> ox.Triple:
    """The same triple with blank nodes that no other graph of the merge has."""

    def name(term: Any) -> Any:
        if isinstance(term, ox.Triple):
            return renamed(term, number)
        return ox.BlankNode(f"m{number}x{term.value}") if isinstance(term, ox.BlankNode) else term

    return ox.Triple(name(triple.subject), triple.predicate, name(triple.object))


def graph_names(names: list[str]) -> list[ox.NamedNode]:
    """Each graph once. Raises QueryFailedError for what is no absolute IRI."""
    graphs = []
    for name in dict.fromkeys(names):
        try:
            graphs.append(ox.NamedNode(name))
        except ValueError as error:
            detail = f"A graph of a dataset must have an absolute IRI, and {name[:200]} is none."
            raise QueryFailedError("graph-unknown", detail) from error
    return graphs


def syntax_failure(error: SyntaxError) -> QueryFailedError:
    """The engine's "error at 1:84: expected OPTIONAL" as place and sentence."""
    found = re.match(r"error at (\d+):(\d+): (.*)", str(error.msg), re.DOTALL)
    if not found:
        return QueryFailedError("query-syntax", f"The query is not valid SPARQL: {error.msg}.")
    line, column, expected = int(found[1]), int(found[2]), found[3]
    return QueryFailedError("query-syntax", f"The query is not valid SPARQL here: {expected}.", line, column)


def start(open_store: Callable[[], ox.Store], channel: int, memory_bytes: int, must_be_offline: bool) -> None:
    """Life of a worker in a freshly forked process; never returns."""
    from service.sparql import sandbox

    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # an aborting worker prints a long trace
        os.dup2(null, stream)
    sandbox.die_with_parent()
    if must_be_offline:
        sandbox.ban_network()  # before a store on disk starts threads, which inherit it
    store = open_store()
    sandbox.limit_resources(memory_bytes)
    serve(store, channel)
    sys.stdout.flush()
    os._exit(0)
