"""Which addresses the careful client of `outbound` may connect to, and the connection itself.

The rule follows https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
and IANA's special-purpose registries (https://www.iana.org/assignments/iana-ipv4-special-registry/).
"""

from __future__ import annotations

import contextlib
import ipaddress
import queue
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Found = tuple[int, Any]  # address family, socket address

# Beside what Python's `is_global` knows: Azure's host services answer on a public address; 6to4 and Teredo
# carry an IPv4 address of anybody's choice; some Pythons do not know all of the rest.
NEVER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2002::/16",
        "2001::/23",
        "3fff::/20",
    )
)
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


class OutboundError(Exception):
    """A call to another server that was refused or failed.

    `code`: address (malformed), private-address, unknown-name, unreachable, certificate, timeout, redirect,
    status, media-type, encoding, too-large or broken. `host`: whom it concerns; `detail` and `advice` are
    sentences. For a refusal by the other server: its `status`, `retry_after_s`, the beginning of its body
    (`excerpt`) and that body's `media_type`.
    """

    def __init__(
        self,
        code: str,
        host: str,
        detail: str,
        advice: str,
        status: int | None = None,
        retry_after_s: int | None = None,
        excerpt: bytes = b"",
        media_type: str = "",
    ) -> None:
        super().__init__(f"{host}: {detail} {advice}")
        self.code, self.host, self.detail, self.advice = code, host, detail, advice
        self.status, self.retry_after_s = status, retry_after_s
        self.excerpt, self.media_type = excerpt, media_type


@dataclass(frozen=True)
class Target:
    """Where an http(s) address leads. `host` is in lower case and ASCII, `path` ready for a request line."""

    secure: bool
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Raises OutboundError for what is no http(s) address, or carries a user's name or password."""
        try:
            parts = urlsplit(url)
            host = _ascii(parts.hostname or "")
            port = parts.port or PORTS[parts.scheme.lower()]
        except (ValueError, KeyError) as error:
            raise _malformed(url) from error
        if not host or parts.username is not None or parts.password is not None:
            raise _malformed(url)
        path = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*")
        path += "?" + quote(parts.query, safe="%/:=&?~+!$,;'@()*[]") if parts.query else ""
        return cls(parts.scheme.lower() == "https", host, port, path)

    @property
    def authority(self) -> str:
        """As in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    def connect(self, private_hosts: frozenset[str], idle_s: float, deadline: float) -> socket.socket:
        """A connection to the first address of the name that takes one.

        Raises OutboundError when the name is unknown or one of its addresses is not public, and the host is
        not in `private_hosts`; OSError and TimeoutError when nobody answers.
        """
        found = self._resolve(deadline)
        if self.host not in private_hosts:
            for _, address in found:
                self._refuse_private(address[0])
        failure: OSError = OSError("no address")
        for family, address in found:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection = socket.socket(family, socket.SOCK_STREAM)
            with contextlib.ExitStack() as unless_connected:
                unless_connected.callback(connection.close)
                connection.settimeout(min(left, idle_s))
                try:
                    connection.connect(address)  # a literal address: nothing is looked up again
                except OSError as error:
                    failure = error
                    continue
                unless_connected.pop_all()
            return connection
        raise failure

    def _resolve(self, deadline: float) -> list[Found]:
        """Every address of the host. In a thread: a lookup has no time limit of its own."""
        results: queue.SimpleQueue[list[Found] | OSError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
                results.put([(answer[0], answer[4]) for answer in answers])
            except (OSError, UnicodeError) as error:
                results.put(error if isinstance(error, OSError) else OSError(str(error)))

        threading.Thread(target=look_up, name="name-lookup", daemon=True).start()
        try:
            found = results.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty as error:
            raise TimeoutError from error
        if isinstance(found, OSError) or not found:
            detail = "Its name is not known."
            raise OutboundError("unknown-name", self.host, detail, "Check the address.")
        return found

    def _refuse_private(self, address: str) -> None:
        if not is_public(address):
            detail = "Its name leads to an address that is not public."
            advice = "Private and local addresses are not asked, unless the configuration names the host."
            raise OutboundError("private-address", self.host, detail, advice)


def is_public(text: str) -> bool:
    """Whether an address is one of the open Internet: not private, local, shared, reserved or multicast."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address in NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in GLOBAL_V6:
            return False
    if any(address.version == one.version and address in one for one in NEVER):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def host_of(url: str) -> str:
    """The host of an address that `Target.of` took."""
    return urlsplit(url).hostname or ""


def shown(url: str) -> str:
    """An address for a message: without a user's name, without its query, and not long."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]


def _ascii(host: str) -> str:
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii")


def _malformed(url: str) -> OutboundError:
    detail = "It is no http or https address that can be asked, or it carries a name or a password."
    host = "the address"
    with contextlib.suppress(ValueError):
        host = shown(url)
    return OutboundError("address", host, detail, "Write it as https://host/path.")
