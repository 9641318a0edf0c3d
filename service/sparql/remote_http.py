"""HTTP to one outside store: kept connections, one clock over a whole exchange, no answer that may be cut.

The standard library's http.client speaks the protocol. What an engine needs lies below it: a socket that
any thread can shut at the deadline, also while the head of an answer drips in. No proxy, no cookies, no
redirects.
"""

from __future__ import annotations

import base64
import contextlib
import heapq
import http.client
import itertools
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

PIECE_BYTES = 65_536
CONNECT_SECONDS = 5.0
USER_AGENT = "MentorGraph/0.1 (+https://w3id.org/school-mentoring/)"


class StoreError(Exception):
    """An exchange that failed. `code`: unreachable, connect-timeout, deadline, broke-off, unframed, or what
    `Exchange.stop` was told.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Credentials:
    """How to show who asks: a bearer token, or user and password, sent as Basic or, when asked, as Digest."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def header(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
            return {"Authorization": f"Basic {pair}"}
        return {}

    def digest(self, challenge: Mapping[str, str], method: str, url: str) -> dict[str, str]:
        """The answer to a Digest challenge (RFC 7616) for a request of `url`, as it is sent."""
        known = HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, url, self.user, self.password)
        request = Request(url, method=method)  # noqa: S310  (only its address is read)
        value = HTTPDigestAuthHandler(known).get_authorization(request, challenge)
        return {"Authorization": f"Digest {value}"} if value else {}


class Store:
    """The connections to one address. Threads may share it; each exchange has a connection to itself."""

    def __init__(self, url: str, credentials: Credentials | None = None) -> None:
        """Raises ValueError for what is no http or https address, or carries a password itself."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http or https address")
        if parts.username is not None or parts.password is not None:
            raise ValueError("a store's address must not carry a user or password; set them beside it")
        self.secure, self.host = parts.scheme == "https", parts.hostname
        self.port = parts.port or (443 if self.secure else 80)
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.shown = f"{parts.scheme}://{parts.netloc}{parts.path}"  # without a query, which may hold a key
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._credentials = credentials or Credentials()
        self._tls = ssl.create_default_context() if self.secure else None
        self._challenge: dict[str, str] = {}
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._clock = _Clock()

    @contextlib.contextmanager
    def exchange(self, seconds: float) -> Iterator[Exchange]:
        """One request and its answer within so many seconds. The connection is kept if both ended well."""
        exchange = Exchange(self, time.monotonic() + seconds)
        self._clock.watch(exchange)
        try:
            yield exchange
        finally:
            self._clock.forget(exchange)
            exchange.close()

    def close(self) -> None:
        """Close idle connections."""
        self._clock.close()
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    @property
    def has_user(self) -> bool:
        return bool(self._credentials.user)

    def authorization(self, method: str, path: str) -> dict[str, str]:
        if self._challenge:
            return self._credentials.digest(self._challenge, method, self._origin + path)
        return self._credentials.header()

    def challenged(self, answer: http.client.HTTPResponse) -> bool:
        """Whether a 401 asks for Digest, which the next request then answers."""
        scheme, _, rest = (answer.getheader("WWW-Authenticate") or "").partition(" ")
        if scheme.lower() != "digest":
            return False
        self._challenge = parse_keqv_list(parse_http_list(rest))
        return True

    def take(self, fresh: bool) -> http.client.HTTPConnection:
        """An idle connection that the store has not closed, else (or if it must be `fresh`) a new one."""
        while not fresh:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if not _dropped(connection):
                return connection
            connection.close()
        if self._tls:
            return http.client.HTTPSConnection(self.host, self.port, context=self._tls)
        return http.client.HTTPConnection(self.host, self.port)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._idle.append(connection)


class Exchange:
    """A request and its answer. `stop` ends it from any thread; whoever waits for it gets a StoreError."""

    def __init__(self, store: Store, deadline: float) -> None:
        self._store, self.deadline = store, deadline
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None  # http.client forgets it when the store says "close"
        self._answer: http.client.HTTPResponse | None = None
        self._ended = ""
        self._lock = threading.Lock()

    def ask(
        self, method: str, body: bytes | None, headers: Mapping[str, str], path: str | None = None
    ) -> http.client.HTTPResponse:
        """Send the request; the head of the answer. `path` (with its query) is the store's where not given.

        Raises StoreError.
        """
        path = path or self._store.path
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
        answer = self._once(method, path, body, {**sent, **self._store.authorization(method, path)})
        if answer.status == 401 and self._store.has_user:
            if not self._store.challenged(answer):
                self._skip()
                answer = self._once(method, path, body, sent)  # Virtuoso tells only those who say nothing
            if answer.status == 401 and self._store.challenged(answer):
                self._skip()
                again = self._store.authorization(method, path)
                answer = self._once(method, path, body, {**sent, **again})
        return answer

    def _skip(self) -> None:
        """Read an answer that nobody wants, so that its connection can be used again."""
        for _ in self.pieces():
            pass

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        for fresh in (False, True):
            connection = self._connection or self._store.take(fresh)
            self._connection = None
            was_used = connection.sock is not None
            self._connect(connection)
            try:
                connection.request(method, path, body, dict(headers))
                self._answer = connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                if was_used and not self._ended:  # closed while it was idle: nothing was answered
                    self._drop()
                    continue
                raise self._failure(error) from error
            except (http.client.HTTPException, OSError) as error:
                raise self._failure(error) from error
            if self._ended:  # http.client takes a head that was cut for a short one
                raise self._failure(EOFError("stopped"))
            return self._answer
        raise StoreError("broke-off", "It closes every connection without an answer.")

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise StoreError("deadline", "There is no time left.")
        if connection.sock is None:
            connection.timeout = min(left, CONNECT_SECONDS)
            try:
                connection.connect()
            except TimeoutError as error:
                raise StoreError("connect-timeout", "It does not take a connection.") from error
            except ssl.SSLCertVerificationError as error:
                raise StoreError("unreachable", f"Its certificate: {error.verify_message}.") from error
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise StoreError("unreachable", f"No connection: {reason}.") from error
            assert connection.sock is not None
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock.settimeout(left + 1)  # the clock shuts it before
        with self._lock:
            self._connection, self._socket = connection, connection.sock
        if self._ended:
            raise self._failure(OSError("stopped"))

    def pieces(self) -> Iterator[bytes]:
        """The answer's body. Raises StoreError when it breaks off, or could without being noticed."""
        answer = self._answer
        assert answer is not None
        if answer.length is None and not answer.chunked:
            raise StoreError("unframed", "Its answer has neither a length nor chunks.")
        try:
            while piece := answer.read1(PIECE_BYTES):
                yield piece
        except (http.client.HTTPException, OSError, ValueError) as error:  # ValueError: read after a stop
            raise self._failure(error) from error
        if answer.length or self._ended:
            raise self._failure(EOFError("the body is short"))
        answer.close()  # http.client leaves that open whose length is read

    def stop(self, reason: str) -> None:
        """End it now; `reason` becomes the code of the StoreError."""
        with self._lock:
            self._ended = self._ended or reason
            if self._socket is not None:
                with contextlib.suppress(OSError):  # it was closed already
                    # the plain socket's: TLS's own would take the session from the thread that reads
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Keep the connection if the answer was read to its end, else close it."""
        answer, connection = self._answer, self._connection
        whole = answer is not None and answer.isclosed() and not answer.will_close and not answer.length
        if connection is not None and whole and not self._ended:
            with self._lock:
                self._connection = self._socket = None
            self._store.keep(connection)
        else:
            self._drop()

    def _drop(self) -> None:
        with self._lock:
            connection, self._connection, self._socket = self._connection, None, None
        if self._answer is not None:
            self._answer.close()
        if connection is not None:
            connection.close()

    def _failure(self, error: Exception) -> StoreError:
        if self._ended:
            return StoreError(self._ended, "It was stopped.")
        if isinstance(error, TimeoutError):
            return StoreError("deadline", "It did not answer in time.")
        return StoreError("broke-off", f"Its answer broke off ({type(error).__name__}).")


class _Clock:
    """One thread that stops exchanges at their deadlines, whatever they wait for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Exchange]] = []
        self._watched: set[Exchange] = set()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, exchange: Exchange) -> None:
        with self._changed:
            self._watched.add(exchange)
            heapq.heappush(self._due, (exchange.deadline, next(self._numbers), exchange))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store-clock", daemon=True)
                self._thread.start()
            elif self._due[0][2] is exchange:
                self._changed.notify()

    def forget(self, exchange: Exchange) -> None:
        with self._changed:
            self._watched.discard(exchange)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                while self._due and (self._due[0][0] <= now or self._due[0][2] not in self._watched):
                    exchange = heapq.heappop(self._due)[2]
                    if exchange in self._watched:
                        exchange.stop("deadline")
                self._changed.wait(self._due[0][0] - now if self._due else None)


def _dropped(connection: http.client.HTTPConnection) -> bool:
    """Whether a connection is closed, or has something to say that nobody asked for."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))
