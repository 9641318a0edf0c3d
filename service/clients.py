"""Who a client is, for limits: an IPv4 address, or the /64 network that an IPv6 address lies in.

One subscriber of IPv6 has a whole /64 to change addresses in (https://www.rfc-editor.org/rfc/rfc6177).
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from flask import request

NETWORK_BITS = 64


def client() -> str | None:
    """The client of the current request; None where the server does not say."""
    return client_of(request.remote_addr) if request.remote_addr else None


@lru_cache(maxsize=1024)
def client_of(address: str) -> str:
    """`2001:db8::7` counts as `2001:db8::/64`, `::ffff:192.0.2.1` as `192.0.2.1`, what is none as itself."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))
