"""Which release an outside store holds, and what kind of store it is: asked twice a second by one thread."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pyoxigraph as ox
import structlog

from service.settings import Settings
from service.sparql import formats
from service.sparql.remote_graphs import EVERYTHING, MARK, PUBLISHED, WHICH, release_in
from service.sparql.remote_http import Store, StoreError

log = structlog.get_logger("mentorgraph")

POLL_SECONDS = 0.5
ANSWER_SECONDS = 5.0
MAX_BYTES = 1 << 20
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": formats.JSON.media_type,
}
MAX_ROWS = 'SELECT (bif:virtuoso_ini_item_value("SPARQL", "ResultSetMaxRows") AS ?n) {}'


@dataclass(frozen=True)
class Held:
    """What a store holds, or held before it went away. `trouble` says what is wrong, `away` that it does not
    answer.

    `merges`: several default graphs become one, each statement once, as SPARQL demands. `max_rows`: the
    store's own limit on results, if known.
    """

    release: str = ""
    trouble: str = ""
    away: bool = False
    dialect: str = "standard"
    merges: bool = False
    max_rows: int | None = None

    @property
    def marker(self) -> str:
        return PUBLISHED + self.release


class Watch:
    """Knows what the store holds now; `held` never waits."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._chosen = store, settings.engine_dialect
        self._over = threading.Event()
        self.held = Held()
        self._look()
        self._thread = threading.Thread(target=self._poll, name="store-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            self._look()

    def _look(self) -> None:
        before = self.held
        try:
            self.held = self._ask_release()
        except StoreError as error:
            # What it held, it will hold when it is back, and answers that clients have stay valid.
            self.held = replace(before, trouble=error.detail, away=True)
        if self.held.release != before.release or self.held.trouble != before.trouble:
            log.info("store_holds", store=self._store.shown, **vars(self.held))

    def _ask_release(self) -> Held:
        """Raises StoreError."""
        rows, server = self._rows(WHICH)
        graphs = [row.get("g", "") for row in rows]
        release, trouble = release_in(graphs)
        dialect = self._chosen
        if dialect == "auto":
            dialect = "virtuoso" if server.lower().startswith("virtuoso") else "standard"
        if not release:
            return Held("", trouble, dialect=dialect)
        if (self.held.release, self.held.dialect) == (release, dialect):
            return replace(self.held, trouble="", away=False)
        if dialect == "virtuoso" and EVERYTHING not in graphs:
            trouble = "The release was loaded without the graph that Virtuoso needs; publish it to Virtuoso."
            return Held("", trouble, dialect=dialect)
        held = Held(release, dialect=dialect)
        if dialect == "virtuoso":
            return replace(held, max_rows=self._max_rows())
        return replace(held, merges=self._merges(held, graphs))

    def _merges(self, held: Held, graphs: list[str]) -> bool:
        """Ask for a statement of two graphs, both in the default graph: it must be there once."""
        if MARK[0] not in graphs:
            return False
        query = "SELECT (COUNT(*) AS ?n) FROM <%s> FROM <%s> WHERE { <%s> <%s> <%s> }"
        rows, _ = self._rows(query % (MARK[0], held.marker, *MARK))
        return rows == [{"n": "1"}]

    def _max_rows(self) -> int | None:
        """Virtuoso's limit, which it does not tell when it cuts a graph."""
        with contextlib.suppress(StoreError, KeyError, IndexError, ValueError):
            return int(self._rows(MAX_ROWS)[0][0]["n"])
        return None

    def _rows(self, query: str) -> tuple[list[dict[str, str]], str]:
        """The solutions' values, and the Server header. Raises StoreError."""
        body = bytearray()
        with self._store.exchange(ANSWER_SECONDS) as exchange:
            answer = exchange.ask("POST", urlencode({"query": query}).encode(), FORM)
            for piece in exchange.pieces():
                body += piece
                if len(body) > MAX_BYTES:
                    raise StoreError("broke-off", "Its answer is far too long.")
        if answer.status != 200:
            raise StoreError("refused", f"The store answered with status {answer.status}.")
        return values(bytes(body)), answer.getheader("Server") or ""


def values(body: bytes) -> list[dict[str, str]]:
    """The values in a result in JSON, by solution. Raises StoreError for what is no such result."""
    try:
        found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        if not isinstance(found, ox.QuerySolutions):
            raise ValueError("a truth value")
        names = [variable.value for variable in found.variables]
        return [{name: row[name].value for name in names if row[name] is not None} for row in found]
    except (SyntaxError, ValueError) as error:
        raise StoreError(
            "broke-off", f"The store's answer is no table of a query's results: {error}"
        ) from error
