"""Two ways to write to an outside store, and the questions that publishing asks it.

*Update*: all in one SPARQL Update request, which a transactional store does as a whole or not at all. *Graph
store*: graph by graph (SPARQL 1.1 Graph Store Protocol), each of them whole or not, all together not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode

from service.sparql import formats
from service.sparql.remote_graphs import MARK, PUBLISHED
from service.sparql.remote_http import Store, StoreError
from service.sparql.remote_problems import sentence
from service.sparql.remote_release import values

REQUEST_SECONDS = 3600.0
FORM = "application/x-www-form-urlencoded"
UPDATE = "application/sparql-update"
NTRIPLES = formats.NTRIPLES.media_type
DONE = (200, 201, 202, 204)
LINES_AT_ONCE = 200_000  # of one graph in one request

Tell = Callable[[str], None]


@dataclass
class Content:
    """What a store is to hold: N-Triples lines by graph, and those of the default graph.

    `statements`: how many its default graph must then have, loaded or not. `equal`: by graph ("" for the
    default one), statements whose value another one there has in another spelling; some stores keep one.
    """

    release: str
    default: list[str] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)
    statements: int = 0
    equal: Counter[str] = field(default_factory=Counter)

    @property
    def marker(self) -> str:
        return PUBLISHED + self.release

    @property
    def mark(self) -> str:
        return "{} .\n".format(" ".join(f"<{iri}>" for iri in MARK))


class Way(Protocol):
    """A way to write."""

    is_atomic: bool

    def load(self, content: Content, gone: tuple[str, ...], clear_default: bool, tell: Tell) -> None:
        """Bring `content` in, drop the graphs `gone`. An atomic way sets the mark too. Raises StoreError."""
        ...

    def drop(self, graph: str) -> None:
        """Raises StoreError."""
        ...

    def mark(self, content: Content) -> None:
        """Set the mark. Raises StoreError."""
        ...


class GraphStore:
    """The SPARQL 1.1 Graph Store Protocol."""

    is_atomic = False

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, content: Content, gone: tuple[str, ...], clear_default: bool, tell: Tell) -> None:
        for number, (iri, lines) in enumerate(sorted(content.named.items()), start=1):
            self._put(_named(iri), lines)
            if number % 100 == 0 or number == len(content.named):
                tell(f"{number:,} of {len(content.named):,} graphs loaded")
        if content.default or clear_default:
            self._put("default", content.default)
            tell(f"default graph loaded, {len(content.default):,} statements")
        for iri in gone:
            self.drop(iri)

    def mark(self, content: Content) -> None:
        self._put(_named(content.marker), [content.mark])

    def _put(self, which: str, lines: list[str]) -> None:
        """Replace a graph. Blank nodes stay the same only within one request, so those lines go together."""
        blank = [line for line in lines if line.startswith("_:") or " _:" in line]
        if blank:
            others = set(lines).difference(blank)
            lines = [*blank, *sorted(others)]
        size = max(LINES_AT_ONCE, len(blank))
        for start in range(0, max(1, len(lines)), size):
            body = "".join(lines[start : start + size]).encode()
            method = "POST" if start else "PUT"
            send(self._store, method, body, {"Content-Type": NTRIPLES}, which)

    def drop(self, graph: str) -> None:
        send(self._store, "DELETE", None, {}, _named(graph), also=404)


class Update:
    """SPARQL 1.1 Update."""

    is_atomic = True

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, content: Content, gone: tuple[str, ...], clear_default: bool, tell: Tell) -> None:
        parts = [f"DROP SILENT GRAPH <{iri}> ;\n" for iri in (*gone, *content.named)]
        if content.default or clear_default:
            parts.append("DROP SILENT DEFAULT ;\n")
        parts += ["INSERT DATA {\n", *content.default]
        for iri, lines in content.named.items():
            parts += [f"GRAPH <{iri}> {{\n", *lines, "}\n"]
        parts += [f"GRAPH <{content.marker}> {{\n", content.mark, "}\n}\n"]
        body = "".join(parts).encode()
        tell(f"one update of {len(body) / 1e6:,.1f} MB")
        self._run(body)

    def mark(self, content: Content) -> None:
        self._run(f"INSERT DATA {{ GRAPH <{content.marker}> {{ {content.mark} }} }}".encode())

    def drop(self, graph: str) -> None:
        self._run(f"DROP SILENT GRAPH <{graph}>".encode())

    def _run(self, body: bytes) -> None:
        send(self._store, "POST", body, {"Content-Type": UPDATE})


class Query:
    """The store's query endpoint. `server` is what it calls itself, once asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.server = ""

    def rows(self, query: str) -> list[dict[str, str]]:
        """The values of the solutions. Raises StoreError."""
        headers = {"Content-Type": FORM, "Accept": formats.JSON.media_type}
        answer, self.server = send(self._store, "POST", urlencode({"query": query}).encode(), headers)
        return values(answer)


def _named(iri: str) -> str:
    return f"graph={quote(iri, safe='')}"


def send(
    store: Store, method: str, body: bytes | None, headers: dict[str, str], which: str = "", also: int = 200
) -> tuple[bytes, str]:
    """Send a request, with `which` added to the address; the body of the answer, and the Server header.

    Raises StoreError for another status than DONE or `also`.
    """
    path = f"{store.path}{'&' if '?' in store.path else '?'}{which}" if which else store.path
    with store.exchange(REQUEST_SECONDS) as exchange:
        answer = exchange.ask(method, body, headers, path)
        said = b"".join(exchange.pieces())
    if answer.status not in (*DONE, also):
        detail = f"{method} {store.shown} {which[:200]}: status {answer.status}: {sentence(said)[:300]}"
        raise StoreError("refused", detail)
    return said, answer.getheader("Server") or ""
