"""The one way out: a careful HTTP client for calls to other servers.

Every call that leaves this machine goes through `fetch`: the connectors of the knowledge base's links, and
the service's SERVICE clauses. A server that is asked may be slow, lying or hostile, and a name may point into
our own network, so:

- a name is resolved once, every address that it has must be public, and the connection goes to an address
  that was checked (no second lookup), with the name itself in `Host` and in the check of the certificate;
- no proxy of the environment, no cookies, no stored credentials; none in an address either;
- redirects are refused, or followed under the same rules, without the caller's headers at another origin;
- time runs from the first lookup to the last byte, and each wait for a byte has its own limit, so that a
  drip feed ends; bytes are counted on the wire and again after decompression.

The standard library's http.client does the protocol: what is needed is below it (sockets) and around it, and
a larger library would bring pools, retries and proxies to switch off.

    with fetch("https://example.org/data", Rules(media_types=("text/turtle",))) as answer:
        for piece in answer: ...
"""

from __future__ import annotations

import contextlib
import http.client
import io
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from kb import addresses
from kb.addresses import OutboundError

PIECE_BYTES = 65_536
EXCERPT_BYTES = 4096
WIRE_EXTRA_BYTES = 1 << 20  # for headers and chunk sizes, beside `max_bytes`
WITHOUT_BODY = (204, 205, 304)
REDIRECTS = (301, 302, 303, 307, 308)
SAFE_HEADERS = frozenset({"accept", "accept-language", "content-type"})  # may follow to another origin
USER_AGENT = "MentorGraph/0.1 (+https://w3id.org/school-mentoring/)"


@dataclass(frozen=True)
class Rules:
    """What a caller allows. Seconds are of the wall clock; `max_bytes` counts the decompressed body.

    `private_hosts`: names (or literal addresses) that may lie in a private network or on this machine.
    `media_types`: the only types of an answer that are read; empty for any. `redirects`: how many to follow.
    """

    total_s: float = 30.0
    idle_s: float = 10.0
    max_bytes: int = 50 << 20
    media_types: tuple[str, ...] = ()
    redirects: int = 0
    private_hosts: frozenset[str] = frozenset()


class Answer(Iterator[bytes]):
    """A response with status 2xx or 304: `status`, lower-case `headers`, `url` after redirects; its body in
    pieces, once. Reading raises OutboundError when the body is late, too large or broken off.
    """

    def __init__(self, url: str, response: http.client.HTTPResponse, rules: Rules) -> None:
        self.url, self.status = url, response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self._response, self._rules = response, rules
        self._host = addresses.host_of(url)
        self._pieces = self._decoded()
        self._read = 0

    @property
    def media_type(self) -> str:
        """In lower case, without parameters; empty where the server gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def read(self) -> bytes:
        """The rest of the body."""
        return b"".join(self)

    def __next__(self) -> bytes:
        with _named_failures(self._host, self._rules):
            piece = next(self._pieces)
        self._read += len(piece)
        if self._read > self._rules.max_bytes:
            raise _too_large(self._host, self._rules)
        return piece

    def _decoded(self) -> Iterator[bytes]:
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            yield from _gunzip(self._raw())
        elif encoding in ("identity", ""):
            yield from self._raw()
        else:
            detail = f"It answered in the encoding {encoding[:40]!r}, which was not asked for."
            raise OutboundError("encoding", self._host, detail, "Tell whoever runs it.")

    def _raw(self) -> Iterator[bytes]:
        while piece := self._response.read1(PIECE_BYTES):
            yield piece
        if self._response.length:  # http.client leaves a short body unnoticed here
            raise http.client.IncompleteRead(b"", self._response.length)


@contextlib.contextmanager
def fetch(
    url: str,
    rules: Rules,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Answer]:
    """Ask `url` by GET, HEAD or POST; the connection ends with the block.

    Raises OutboundError for everything that the other side, the network or the rules refuse.
    """
    deadline = time.monotonic() + rules.total_s
    sent = {"User-Agent": USER_AGENT, **(headers or {})}
    for hop in range(rules.redirects + 1):
        with contextlib.ExitStack() as opened:
            response = _ask(opened, url, rules, deadline, method, body, sent)
            if response.status not in REDIRECTS:
                yield _checked(Answer(url, response, rules))
                return
            target = _redirected(url, response, rules, hop, method)
        if _origin(target) != _origin(url):
            sent = {name: value for name, value in sent.items() if name.lower() in SAFE_HEADERS}
            sent["User-Agent"] = USER_AGENT
        url = target


def _ask(
    opened: contextlib.ExitStack,
    url: str,
    rules: Rules,
    deadline: float,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    """Connect to a checked address, send the request, and read the head of the response."""
    target = addresses.Target.of(url)
    host = target.host
    with _named_failures(host, rules):
        sock = target.connect(rules.private_hosts, rules.idle_s, deadline)
        opened.callback(sock.close)
        if target.secure:
            sock = _tls().wrap_socket(sock, server_hostname=host)
            opened.callback(sock.close)
        paced = _Paced(sock, deadline, rules.idle_s, rules.max_bytes + WIRE_EXTRA_BYTES)
        connection = http.client.HTTPConnection(host, target.port)
        connection.auto_open = 0  # never connect by itself: it would look the name up again
        connection.sock = paced  # what it uses of a socket
        connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": target.authority, "Accept-Encoding": "gzip", "Connection": "close", **headers}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        opened.callback(response.close)
    return response


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Checks certificates and names; reading the system's authorities takes some milliseconds."""
    return ssl.create_default_context()


class _Paced:
    """The part of a socket that http.client uses, with a deadline on every byte and a count of them."""

    def __init__(self, sock: Any, deadline: float, idle_s: float, max_bytes: int) -> None:
        self._socket, self._deadline, self._idle_s = sock, deadline, idle_s
        self._left = max_bytes

    def _wait_at_most(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(min(left, self._idle_s))

    def sendall(self, data: bytes) -> None:
        self._wait_at_most()
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), PIECE_BYTES)

    def receive(self, buffer: Any) -> int:
        self._wait_at_most()
        size = int(self._socket.recv_into(buffer))
        self._left -= size
        if self._left < 0:
            raise _TooMuchError
        return size

    def close(self) -> None:
        """Nothing: http.client closes it before the body is read, and `fetch` closes the socket."""


class _Incoming(io.RawIOBase):
    """The receiving half of a `_Paced`, as a file."""

    def __init__(self, paced: _Paced) -> None:
        super().__init__()
        self._paced = paced

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._paced.receive(buffer)


class _TooMuchError(Exception):
    """More bytes than allowed came over the wire."""


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress by at most PIECE_BYTES at a time, so that a bomb is counted before it takes memory."""
    decoder = zlib.decompressobj(wbits=31)
    begun = False
    for piece in pieces:
        data = piece
        while data:
            if decoder.eof:  # a further member: https://www.rfc-editor.org/rfc/rfc1952#section-2.2
                decoder = zlib.decompressobj(wbits=31)
            begun = True
            if out := decoder.decompress(data, PIECE_BYTES):
                yield out
            data = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    while begun and not decoder.eof:
        if not (out := decoder.decompress(decoder.unconsumed_tail, PIECE_BYTES)):
            raise http.client.IncompleteRead(b"")
        yield out


# -- refusing ------------------------------------------------------------------------------------------


def _checked(answer: Answer) -> Answer:
    """The answer, if its status and type are what was asked for. Raises OutboundError."""
    host = addresses.host_of(answer.url)
    rules = answer._rules
    if not (200 <= answer.status < 300 or answer.status == 304):
        wait = _retry_after(answer.headers.get("retry-after", ""))
        advice = f"Ask again in {wait} seconds." if wait is not None else "Look at what was asked of it."
        detail = f"It answered with status {answer.status}."
        raise OutboundError(
            "status", host, detail, advice, answer.status, wait, _excerpt(answer), answer.media_type
        )
    if rules.media_types and answer.status not in WITHOUT_BODY and answer.media_type not in rules.media_types:
        detail = f"It answered with {answer.media_type[:100] or 'no media type'}."
        advice = f"Only {', '.join(rules.media_types)} is read; check that the address is the right one."
        raise OutboundError("media-type", host, detail, advice, answer.status)
    return answer


def _excerpt(answer: Answer) -> bytes:
    """The beginning of an error's body; it may say why."""
    found = bytearray()
    with contextlib.suppress(OutboundError):
        for piece in answer:
            found += piece
            if len(found) >= EXCERPT_BYTES:
                break
    return bytes(found[:EXCERPT_BYTES])


def _redirected(url: str, response: http.client.HTTPResponse, rules: Rules, hop: int, method: str) -> str:
    """Where a redirect leads, if the rules let us follow. Raises OutboundError."""
    host = addresses.host_of(url)
    location = response.getheader("Location", "") or ""
    target = urljoin(url, quote(location, safe="%/:=&?~#+!$,;'@()*[]"))
    named = addresses.shown(target)
    if hop >= rules.redirects or method == "POST":
        detail = f"It redirects to {named} (status {response.status})."
        advice = "Ask the address that it redirects to, if you trust that one."
        raise OutboundError("redirect", host, detail, advice, response.status)
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        detail = f"It redirects to {named}, without encryption."
        raise OutboundError("redirect", host, detail, "Tell whoever runs it.", response.status)
    return target


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


@contextlib.contextmanager
def _named_failures(host: str, rules: Rules) -> Iterator[None]:
    """Say every failure of sockets, TLS, HTTP and compression as an OutboundError."""
    try:
        yield
    except TimeoutError as error:
        detail = f"It did not answer in time ({rules.idle_s:g} s without a byte, {rules.total_s:g} s in all)."
        advice = "Ask for less, or ask again later."
        raise OutboundError("timeout", host, detail, advice) from error
    except _TooMuchError as error:
        raise _too_large(host, rules) from error
    except ssl.SSLCertVerificationError as error:
        detail = f"Its certificate was refused: {error.verify_message}."
        raise OutboundError(
            "certificate", host, detail, "Check the address; tell whoever runs it."
        ) from error
    except (http.client.HTTPException, zlib.error) as error:
        detail = f"Its answer broke off or is not HTTP ({type(error).__name__})."
        raise OutboundError("broken", host, detail, "Ask again later.") from error
    except OSError as error:
        detail = f"It cannot be reached ({error.strerror or type(error).__name__})."
        raise OutboundError("unreachable", host, detail, "Check that it runs, or ask again later.") from error


def _too_large(host: str, rules: Rules) -> OutboundError:
    detail = f"Its answer is larger than {rules.max_bytes} bytes."
    return OutboundError("too-large", host, detail, "Ask it for less.")


def _retry_after(value: str) -> int | None:
    """Seconds from a Retry-After header, a number or a date; None for anything else."""
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), 86_400)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0, min(round((when - datetime.now(UTC)).total_seconds()), 86_400))
