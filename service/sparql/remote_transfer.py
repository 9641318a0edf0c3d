"""One result on its way from an outside store into its spool, in a thread of its own."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from service.errors import Problem, unexpected
from service.settings import Settings
from service.sparql import remote_problems
from service.sparql.engine import STREAM_AFTER_SECONDS, failed
from service.sparql.formats import Format
from service.sparql.remote_dialects import Dialect, Phrased, spellings
from service.sparql.remote_http import Exchange, Store, StoreError
from service.sparql.spool import IN_MEMORY_BYTES, Spool
from service.sparql.worker import QueryFailedError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# How a whole answer ends, in formats that show it.
ENDINGS = {"json": (b"}",), "xml": (b"</sparql>",), "rdfxml": (b"RDF>",), "jsonld": (b"}", b"]")}
TAIL_BYTES = 64


@dataclass(frozen=True)
class Order:
    """What to fetch: the query in the store's words, at most so many bytes in so many seconds."""

    phrased: Phrased
    dialect: Dialect
    max_bytes: int
    timeout_s: float


@dataclass
class Transfer:
    """Fetches one result. `run` is for a thread, `settled` for the one that answers the client."""

    store: Store
    order: Order
    spool: Spool
    settings: Settings
    _begun: threading.Event = field(default_factory=threading.Event)
    _settled: threading.Event = field(default_factory=threading.Event)
    _over: bool = False

    def settled(self) -> bool:
        """Wait until the result is whole or failed (True), or turns out large or slow (False)."""
        self._begun.wait()
        self._settled.wait(STREAM_AFTER_SECONDS)
        return self._over

    def run(self, held: contextlib.ExitStack) -> None:
        """Fetch it to the end; `held` gives the turn back."""
        problem: Problem | None = None
        try:
            with held:
                self._fetch()
        except Problem as failure:
            problem = failure
        except StoreError as error:
            problem = remote_problems.of_exchange(error, self.store.shown, self.order.timeout_s)
        except Exception as error:  # noqa: BLE001  (whoever waits for the result must hear of it)
            problem = unexpected(error)
        self._over = True
        self.spool.finish(problem)
        self._settled.set()
        self._begun.set()

    def _fetch(self) -> None:
        phrased, began = self.order.phrased, time.monotonic()
        body = urlencode(phrased.fields, errors="surrogatepass").encode()
        with self.store.exchange(self.order.timeout_s) as exchange:
            self.spool.call(lambda: exchange.stop("client-gone"))
            answer = exchange.ask("POST", body, {**FORM, "Accept": phrased.header})
            if answer.status != 200:
                self._refused(exchange, answer, time.monotonic() - began)
            if fault := self.order.dialect.fault(answer, b""):
                raise fault
            kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            if not phrased.takes(kind):
                raise remote_problems.wrong_type(kind, self.store.shown)
            asked = next(one for one in phrased.accept if kind in spellings(one))
            try:
                phrased.pump(ended(exchange.pieces(), asked), self)
            except (SyntaxError, ValueError) as error:  # a converter could not read it
                raise StoreError("broke-off", f"Its answer is not {asked.media_type}: {error}") from error

    def _refused(self, exchange: Exchange, answer: http.client.HTTPResponse, took_s: float) -> None:
        """Raise the Problem for another status than 200."""
        said = bytearray()
        with contextlib.suppress(StoreError):  # the status is enough
            for piece in exchange.pieces():
                said += piece
                if len(said) > remote_problems.EXCERPT_BYTES:
                    break
        body = bytes(said[: remote_problems.EXCERPT_BYTES])
        timeout_s = self.order.timeout_s
        fault = self.order.dialect.fault(answer, body)
        raise fault or remote_problems.of_answer(answer, body, self.store.shown, took_s, timeout_s)

    def write(self, data: bytes) -> int:
        """Take a piece of the result, as a file would. Raises Problem when it grows too large."""
        if self.spool.length + len(data) > self.order.max_bytes:
            text = f"The result is larger than {self.order.max_bytes} bytes."
            raise failed(QueryFailedError("result-too-large", text).document, self.settings)
        if data:
            self.spool.write(data)
            self._begun.set()
        if self.spool.length > IN_MEMORY_BYTES:
            self._settled.set()
        return len(data)

    def flush(self) -> None:
        """Written is written."""


def ended(pieces: Iterator[bytes], one: Format) -> Iterator[bytes]:
    """The pieces, if the last one ends as the format must. Raises StoreError else: it is cut, or has an error
    in the place of its end.
    """
    tail = b""
    for piece in pieces:
        tail = (tail + piece)[-TAIL_BYTES:]
        yield piece
    if one.name in ENDINGS and not tail.rstrip().endswith(ENDINGS[one.name]):
        raise StoreError("broke-off", f"Its answer is not whole {one.media_type}.")
