"""Compresses answers with gzip for clients that ask for it: WSGI middleware between server and application.

A compressed answer is another representation, so it has another validator (`ETag` with `-gzip` at its end):
https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8.3.3. It is a weak one where the answer is compressed
as it comes, since its bytes then depend on the pieces. Small answers and what is compressed already stay as
they are; `Vary` says in any case that it depends.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

LEAST_BYTES = 1000  # below, a packet is saved nothing
WHOLE_BYTES = 1 << 20  # a longer answer is compressed piece by piece
LEVEL, STREAM_LEVEL = 5, 1
TYPES = re.compile(
    r"text/.*|.*\+(json|xml)|application/(json|xml|javascript|n-triples|n-quads|trig|sparql-query|x-ndjson)"
)
SUFFIX = "-gzip"

Application = Callable[..., Iterable[bytes]]


class Compression:
    """The application with compressed answers."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        wanted = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        validators = environ.get("HTTP_IF_NONE_MATCH", "")
        if wanted and SUFFIX in validators:
            environ["HTTP_IF_NONE_MATCH"] = validators.replace(f'{SUFFIX}"', '"')
        started: list[tuple[str, Headers]] = []

        def note(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            started.append((status, Headers(headers)))

        pieces = self._application(environ, note)
        status, headers = started[-1]
        code = status[:3]
        if code == "304":
            _as_asked(headers, validators)
        if code in ("200", "304"):
            _vary(headers)
        if wanted and code == "200" and compressible(headers):
            pieces = _compressed(headers, pieces, environ["REQUEST_METHOD"] == "HEAD")
        start_response(status, headers.to_wsgi_list())
        return pieces


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether the header allows gzip, and would not rather have the answer as it is."""
    wanted = parse_accept_header(accept_encoding)
    return wanted.quality("gzip") > 0 and wanted.quality("gzip") >= (
        wanted.quality("identity") if "identity" in wanted.values() else 0
    )


def compressible(headers: Headers) -> bool:
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    length = headers.get("Content-Length", type=int)
    return (
        TYPES.fullmatch(media_type) is not None
        and (length is None or length >= LEAST_BYTES)
        and "Content-Encoding" not in headers
        and "Set-Cookie" not in headers  # nothing secret beside what a stranger may have put there
        and "no-transform" not in headers.get("Cache-Control", "")
    )


def _compressed(headers: Headers, pieces: Iterable[bytes], head: bool) -> Iterable[bytes]:
    """The answer compressed, with headers that fit: at once if its length is known and small."""
    length = headers.get("Content-Length", type=int)
    whole = length is not None and length <= WHOLE_BYTES
    headers["Content-Encoding"] = "gzip"
    if tag := headers.get("ETag", ""):
        tag = tag[:-1] + SUFFIX + '"'
        headers["ETag"] = tag if whole or tag.startswith("W/") else f"W/{tag}"
    headers.remove("Content-Length")
    if head:
        return pieces
    if not whole:
        return _Pieces(pieces)
    try:
        body = _gzip(LEVEL, b"".join(pieces))
    finally:
        getattr(pieces, "close", lambda: None)()
    headers["Content-Length"] = str(len(body))
    return [body]


def _gzip(level: int, data: bytes) -> bytes:
    packer = zlib.compressobj(level, wbits=31)
    return packer.compress(data) + packer.flush()


class _Pieces(Iterator[bytes]):
    """The pieces of a long answer, each sent on at once. If reading them fails, they have no proper end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._source, self._pieces = pieces, iter(pieces)
        self._packer = zlib.compressobj(STREAM_LEVEL, wbits=31)
        self._over = False

    def __next__(self) -> bytes:
        if self._over:
            raise StopIteration
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._over = True
            return self._packer.flush()
        return self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def close(self) -> None:
        getattr(self._source, "close", lambda: None)()


def _as_asked(headers: Headers, validators: str) -> None:
    """Answer "not modified" with the validator of the representation that the client has."""
    tag = headers.get("ETag", "").removeprefix("W/")[:-1] + f'{SUFFIX}"'
    if tag in validators:
        headers["ETag"] = f"W/{tag}" if f"W/{tag}" in validators else tag


def _vary(headers: Headers) -> None:
    named = headers.get("Vary", "")
    if "accept-encoding" not in named.lower() and named != "*":
        headers["Vary"] = f"{named}, Accept-Encoding" if named else "Accept-Encoding"
