"""The process that holds a release in memory and forks query workers from it on request.

Started as a fresh program (`python -m service.sparql.zygote <release> <memory bytes> <default graph>`), so
that it has one thread and no state of the web process; standard input is a Unix socket for JSON lines:
`{"op": "fork"}` with a file descriptor → `{"pid": n}`; `{"op": "reap", "pid": n}` → `{"status": n}`.
A child's number stays its own until it is reaped, so the web process can end it without mistaking another for
it.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import socket
import sys
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from service.sparql import sandbox, worker

MESSAGE_BYTES = 4096


def load(folder: Path, default_graph: str) -> ox.Store:
    """The release's dataset in memory; for "union" its default graph is every statement of every graph.

    Raises OSError, SyntaxError, ValueError for a broken one."""
    store = ox.Store()
    with gzip.open(folder / "dataset.nq.gz", "rb") as quads:
        store.bulk_load(cast(IO[bytes], quads), format=ox.RdfFormat.N_QUADS)
    if default_graph == "union":  # a copy: the engine's own union counts a statement once for each graph
        for graph in list(store.named_graphs()):
            store.bulk_extend(ox.Quad(*q.triple) for q in store.quads_for_pattern(None, None, None, graph))
    return store


def other_threads() -> int:
    """Threads of this process beside this one, where the system tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) - 1 if tasks.exists() else 0


def reply(control: socket.socket, **message: Any) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


def fork_worker(
    control: socket.socket, store: ox.Store, channel: int, memory_bytes: int, offline: bool
) -> None:
    pid = os.fork()
    if pid == 0:
        control.close()
        worker.start(store, channel, memory_bytes, offline)
    os.close(channel)
    reply(control, pid=pid)


def serve(control: socket.socket, store: ox.Store, memory_bytes: int, offline: bool) -> None:
    """Fork and reap on request until the web process is gone."""
    while True:
        message, channels, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
        if not message:
            return
        request = json.loads(message)
        if request["op"] == "fork":
            fork_worker(control, store, channels[0], memory_bytes, offline)
        else:
            _, status = os.waitpid(request["pid"], 0)
            reply(control, status=os.waitstatus_to_exitcode(status))


def main() -> None:
    folder, memory_bytes = Path(sys.argv[1]), int(sys.argv[2])
    control = socket.socket(fileno=os.dup(0))
    try:
        store = load(folder, sys.argv[3])
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        reply(control, error=f"{type(error).__name__}: {error}")
        return
    if threads := other_threads():
        reply(control, error=f"{threads} other threads run here, and a process with threads cannot be forked")
        return
    no_ban = sandbox.network_ban_holds()
    gc.collect()
    gc.freeze()
    reply(control, quads=len(store), no_network_ban=no_ban)
    serve(control, store, memory_bytes, offline=not no_ban)


if __name__ == "__main__":
    main()
