"""The socket below a request, which granian's interface hides: to feel back-pressure, and to break off.

granian takes whatever it is sent into memory, however slowly the client reads, and ends a chunked answer
properly even when the application fails half way. Both need the socket, found among this process's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import Any


class Connection:
    """One HTTP connection of this process, by its two ends, each `address:port`.

    Where it is not found (the client has gone, or the system has no /dev/fd) nothing is done.
    """

    def __init__(self, client: str, server: str) -> None:
        self._socket = _find(_plain(client), _plain(server))

    async def writable(self, seconds: float) -> None:
        """Wait until the system takes more for the client. Raises TimeoutError after `seconds`."""
        if self._socket is None:
            return
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(self._socket, ready.set)
        try:
            await asyncio.wait_for(ready.wait(), seconds)
        finally:
            loop.remove_writer(self._socket)

    def abort(self) -> None:
        """Break it off, so that the client sees that the answer is not whole."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the client was quicker
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it; the connection itself goes on."""
        if self._socket is not None:
            self._socket.close()


def _find(client: str, server: str) -> socket.socket | None:
    """A second handle on the socket with these ends."""
    for entry in Path("/dev/fd").iterdir() if Path("/dev/fd").exists() else ():
        with contextlib.suppress(OSError):  # closed meanwhile, or not a connected socket
            number = os.dup(int(entry.name))
            try:
                own = socket.socket(fileno=number)
            except OSError:
                os.close(number)
                continue
            with contextlib.ExitStack() as unless_found:
                unless_found.callback(own.close)
                if (_end(own.getpeername()), _end(own.getsockname())) == (client, server):
                    unless_found.pop_all()
                    return own
    return None


def _plain(end: str) -> str:
    return end.replace("[", "").replace("]", "")


def _end(address: Any) -> str:
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""
