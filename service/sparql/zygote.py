"""The process that holds a release in memory, or knows its store on disk, and forks query workers.

Started as a fresh program (`python -m service.sparql.zygote <release> <memory bytes> <default graph> [<cache
folder>]`), so that it has one thread and no state of the web process; standard input is a Unix socket for
JSON lines: `{"op": "fork"}` with a file descriptor → `{"pid": n}`; `{"op": "reap", "pid": n}` →
`{"status": n}`. A child's number stays its own until it is reaped, so the web process can end it without
mistaking another for it. With a cache folder the release is served from disk (see `disk`): this process never
opens the store, which has threads; a child makes it, and each worker opens it for itself.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from service.sparql import disk, sandbox, worker

MESSAGE_BYTES = 4096
BROKEN = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)

OpenStore = Callable[[], ox.Store]


def fill(store: ox.Store, folder: Path, default_graph: str) -> None:
    """Load the release's dataset; for "union" its default graph is every statement of every graph.

    Raises one of BROKEN for a broken one.
    """
    with gzip.open(folder / "dataset.nq.gz", "rb") as quads:
        store.bulk_load(cast(IO[bytes], quads), format=ox.RdfFormat.N_QUADS)
    if default_graph == "union":  # a copy: the engine's own union counts a statement once for each graph
        for graph in list(store.named_graphs()):
            store.bulk_extend(ox.Quad(*q.triple) for q in store.quads_for_pattern(None, None, None, graph))


def hold(folder: Path, default_graph: str, cache: Path | None) -> tuple[OpenStore, int]:
    """How a worker gets the release's store, and its number of quads. Raises one of BROKEN."""
    if cache is None:
        store = ox.Store()
        fill(store, folder, default_graph)
        return lambda: store, len(store)

    def make() -> str:
        try:
            made = disk.prepare(folder, default_graph, cache, fill)
            made.open()
        except BROKEN as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}"})
        return json.dumps({"folder": str(made.folder), "quads": made.quads})

    answer, status = sandbox.in_child(make)
    made = json.loads(answer or json.dumps({"error": f"the process that makes the store ended ({status})"}))
    if "error" in made:
        raise RuntimeError(made["error"])
    return disk.DiskStore(Path(made["folder"]), made["quads"]).open, made["quads"]


def other_threads() -> int:
    """Threads of this process beside this one, where the system tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) - 1 if tasks.exists() else 0


def reply(control: socket.socket, **message: Any) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def fork_worker(
    control: socket.socket, open_store: OpenStore, channel: int, memory_bytes: int, offline: bool
) -> None:
    pid = os.fork()
    if pid == 0:
        control.close()
        worker.start(open_store, channel, memory_bytes, offline)
    os.close(channel)
    reply(control, pid=pid)


def serve(control: socket.socket, open_store: OpenStore, memory_bytes: int, offline: bool) -> None:
    """Fork and reap on request until the web process is gone."""
    while True:
        message, channels, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
        if not message:
            return
        request = json.loads(message)
        if request["op"] == "fork":
            fork_worker(control, open_store, channels[0], memory_bytes, offline)
        else:
            _, status = os.waitpid(request["pid"], 0)
            reply(control, status=os.waitstatus_to_exitcode(status))


def main() -> None:
    folder, memory_bytes, default_graph = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    cache = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    control = socket.socket(fileno=os.dup(0))
    try:
        open_store, quads = hold(folder, default_graph, cache)
    except BROKEN as error:
        reply(control, error=f"{type(error).__name__}: {error}")
        return
    if threads := other_threads():
        reply(control, error=f"{threads} other threads run here, and a process with threads cannot be forked")
        return
    no_ban = sandbox.network_ban_holds()
    gc.collect()
    gc.freeze()
    reply(control, quads=quads, no_network_ban=no_ban)
    serve(control, open_store, memory_bytes, offline=not no_ban)


if __name__ == "__main__":
    main()
