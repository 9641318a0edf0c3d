"""Starts Virtuoso (Debian: virtuoso-opensource-7) on loopback in a folder of its own, for bench and tests."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.running import Running, free_port, started

SERVER, CONSOLE = "virtuoso-t", "isql-vt"
PAGE_BYTES = 8192
MEMORY_MB = 1500
SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 1G
ThreadsPerQuery = 2
MaxClientConnections = 40
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 40
MaxKeepAlives = 40
KeepAliveTimeout = 30
EnabledGzipContent = 0
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = 60
MaxQueryCostEstimationTime = 0
"""


@dataclass
class Virtuoso:
    """A running Virtuoso: its SPARQL endpoint, and its SQL console for what SPARQL cannot say."""

    running: Running
    sql_port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.running.port}/sparql"

    def sql(self, statements: str, timeout_s: float = 600.0) -> str:
        """Run statements as its administrator; what the console prints. Raises RuntimeError for an error."""
        command = [CONSOLE, f"127.0.0.1:{self.sql_port}", "dba", "dba", "ERRORS=STDOUT", f"exec={statements}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
        if done.returncode or "*** Error" in done.stdout:
            raise RuntimeError(f"Virtuoso refused {statements[:200]}: {(done.stdout + done.stderr)[-500:]}")
        return done.stdout

    def load(self, file: Path, graph: str) -> None:
        """Load an RDF file in its folder; statements without a graph of their own go into `graph`."""
        self.sql(f"ld_dir('{file.parent}', '{file.name}', '{graph}'); rdf_loader_run(); checkpoint;")
        failures = self.sql("SELECT COUNT(*) FROM DB.DBA.LOAD_LIST WHERE ll_error IS NOT NULL;")
        if "\n0\n" not in failures:
            raise RuntimeError(f"Virtuoso did not load {file.name}: {failures[-500:]}")

    def allow_updates(self) -> None:
        """Let anybody change data through the SPARQL endpoint, which listens on loopback only."""
        self.sql("GRANT SPARQL_UPDATE TO \"SPARQL\"; DB.DBA.RDF_DEFAULT_USER_PERMS_SET('nobody', 7);")


def why_missing() -> str:
    """Empty where Virtuoso can be started, else the reason why not."""
    missing = [name for name in (SERVER, CONSOLE) if shutil.which(name) is None]
    return f"not installed here ({', '.join(missing)}; Debian: virtuoso-opensource-7)" if missing else ""


@contextlib.contextmanager
def virtuoso(folder: Path, memory_mb: int = MEMORY_MB) -> Iterator[Virtuoso]:
    """An empty Virtuoso with its files in `folder`, while the block runs. Raises RuntimeError if missing."""
    if reason := why_missing():
        raise RuntimeError(f"Virtuoso is {reason}")
    folder.mkdir(parents=True, exist_ok=True)
    port, sql_port = free_port(), free_port()
    buffers = memory_mb * 1_000_000 // PAGE_BYTES
    settings = folder / "virtuoso.ini"
    settings.write_text(
        SETTINGS.format(folder=folder, port=port, sql_port=sql_port, buffers=buffers, dirty=buffers * 3 // 4)
    )
    command: list[str | Path] = [SERVER, "+foreground", "+wait", "+configfile", settings]
    with started("Virtuoso", command, "/sparql", folder, port) as running:
        yield Virtuoso(running, sql_port, folder)
