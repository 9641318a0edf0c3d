"""A lean HTTP client for measuring: so little work of its own that the server's is what is seen."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.running import Running

PIECE_BYTES = 1 << 18
END_OF_CHUNKS = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Timed:
    """An answer, read and not kept: milliseconds to its first byte and its last, bytes with the head."""

    status: int
    first_ms: float
    total_ms: float
    size: int


class Client:
    """One connection, from the address 127.0.0.<number>; opened again when it broke."""

    def __init__(self, server: Running, number: int = 1, timeout_s: float = 10.0) -> None:
        self._server, self._number, self._timeout_s = server, number, timeout_s
        self._socket: socket.socket | None = None

    def _open(self) -> socket.socket:
        if self._socket is None:
            address, source = ("127.0.0.1", self._server.port), (f"127.0.0.{self._number}", 0)
            self._socket = socket.create_connection(address, self._timeout_s, source_address=source)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def prepare(self, query: str, accept: str) -> bytes:
        """A request, to be sent any number of times."""
        pairs = [("query", query), *self._server.parameters]
        target = f"{self._server.path}?{urlencode(pairs)}"
        return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n".encode()

    def send(self, request: bytes) -> Timed:
        """Send a request and read the answer. Raises OSError for one that breaks off or does not come."""
        try:
            try:
                return self._exchange(self._open(), request)
            except (BrokenPipeError, ConnectionResetError):  # the server closed it after the last answer
                self.close()
                return self._exchange(self._open(), request)
        except BaseException:
            self.close()
            raise

    def _exchange(self, one: socket.socket, request: bytes) -> Timed:
        began = time.perf_counter()
        one.sendall(request)
        data = receive(one)
        first = time.perf_counter()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += receive(one)
        head = data[:end].lower()
        size = rest(one, head, data, end + 4)
        last = time.perf_counter()
        return Timed(int(head[9:12]), (first - began) * 1000, (last - began) * 1000, size)

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None


def rest(one: socket.socket, head: bytes, data: bytes, start: int) -> int:
    """Read the rest of a body that begins at `start` of `data`; bytes in all."""
    size, place = len(data), head.find(b"content-length:")
    if place >= 0:
        whole = start + int(head[place + 15 :].split(b"\r\n", 1)[0])
        while size < whole:
            size += len(receive(one))
        return size
    tail = data[-len(END_OF_CHUNKS) :]
    while not tail.endswith(END_OF_CHUNKS):
        data = receive(one)
        size += len(data)
        tail = (tail + data)[-len(END_OF_CHUNKS) :]
    return size


def receive(one: socket.socket) -> bytes:
    data = one.recv(PIECE_BYTES)
    if not data:
        raise ConnectionResetError("the connection broke off")
    return data
