"""An application whose answers break off half way, served through the gateway."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from service.gateway import Gateway

PIECE = b"x" * 65_536
PIECES = 40
READING_SECONDS = 3.0


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterator[bytes]:
    """`/whole` and `/half` with their length; `/streamed/…` and `/streamed/long` without."""
    headers = [("Content-Type", "text/plain")]
    if not environ["PATH_INFO"].startswith("/streamed"):
        headers.append(("Content-Length", str(PIECES * len(PIECE))))
    start_response("200 OK", headers)
    if environ["PATH_INFO"] == "/streamed/long":
        return pieces(100 * PIECES)
    return pieces(PIECES if environ["PATH_INFO"].endswith("/whole") else PIECES // 2)


def pieces(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield PIECE
    if number < PIECES:
        raise OSError("the result broke off")


def gateway() -> Gateway:
    return Gateway(application, threads=2, max_body_bytes=1000, reading_s=READING_SECONDS)


if __name__ == "__main__":
    Granian(
        "tests.http.breaking:gateway",
        factory=True,
        port=int(sys.argv[1]),
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
    ).serve()
