"""Clients that mean harm, for the soak: each does one thing over and over until told to stop."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from bench.running import Running

TABLE = "application/sparql-results+json"
ANSWER_SECONDS = 40.0
SLOW_READERS = 8
ANY = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"


class Tally:
    """What came back, by kind; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def add(self, kind: str) -> None:
        with self._lock:
            self.counts[kind] += 1


def products() -> Iterator[str]:
    """Cartesian products: counted, sorted, grouped, and as rows without end."""
    for number in itertools.count():
        yield f"SELECT (COUNT(*) AS ?n) {{ {ANY} }} # {number}"
        yield f"SELECT * {{ {ANY} }} ORDER BY ?c ?f # {number}"
        yield f"SELECT ?a ?e (GROUP_CONCAT(?i) AS ?all) {{ {ANY} }} GROUP BY ?a ?e # {number}"
        yield f"SELECT * {{ {ANY} }} # {number}"


def nesting_bombs() -> Iterator[str]:
    """Queries as deep or long as fits into a request, and just below the limits."""
    for number in itertools.count():
        for depth in (20_000, 5_000, 95):
            yield f"SELECT * {{ FILTER({'(' * depth}1{')' * depth}) }} # {number}"
            yield f"SELECT * {'{' * depth} ?s ?p ?o {'}' * depth} # {number}"
        yield f"SELECT * {{ {'OPTIONAL { ?s ?p ?o ' * 45} {'}' * 45} }} # {number}"
        yield f"SELECT * {{ ?s ?p ?o FILTER({' || '.join(['?o = 1'] * 490)}) }} # {number}"
        yield f"SELECT * {{ ?s {'!' * 3_000}a ?o }} # {number}"


def path_explosions() -> Iterator[str]:
    """Paths over any property, both ways, between any two things."""
    for number in itertools.count():
        yield f"SELECT (COUNT(*) AS ?n) {{ ?s (<urn:x>|!<urn:x>)+ ?o }} # {number}"
        yield f"SELECT * {{ ?s ((!<urn:x>|!<urn:y>)/(^!<urn:x>)*)* ?o }} ORDER BY ?s # {number}"
        yield f"SELECT DISTINCT ?o {{ ?s {'/'.join(['!<urn:x>'] * 45)} ?o }} # {number}"


def asker(queries: Callable[[], Iterator[str]]) -> Callable[[Running, int, threading.Event, Tally], None]:
    """A client that asks one query after another and reads what it gets, without a pause."""

    def run(server: Running, client: int, stop: threading.Event, tally: Tally) -> None:
        connection = server.connect(client, ANSWER_SECONDS)
        for query in queries():
            if stop.is_set():
                break
            try:
                tally.add(outcome(server, connection, query))
            except TimeoutError:
                tally.add(f"no answer within {ANSWER_SECONDS:g} s")
            except (OSError, http.client.HTTPException):
                tally.add("broken off")
            else:
                stop.wait(0.05)
                continue
            connection.close()
            connection = server.connect(client, ANSWER_SECONDS)
        connection.close()

    return run


def outcome(server: Running, connection: http.client.HTTPConnection, query: str) -> str:
    """Status and error code of an answer, which is read to its end."""
    body = urlencode({"query": query})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": TABLE}
    connection.request("POST", server.path, body, kind)
    answer = connection.getresponse()
    size, last = 0, b""
    while piece := answer.read(1 << 16):
        size, last = size + len(piece), piece
    if answer.status == 200:
        return "200"
    return f"{answer.status} {json.loads(last)['code']}" if size == len(last) else str(answer.status)


def slow_readers(server: Running, client: int, stop: threading.Event, tally: Tally) -> None:
    """Ask for everything on several connections at once and read a few bytes a second of each."""
    readers: list[socket.socket] = []
    target = f"{server.path}?{urlencode({'query': 'SELECT * { ?s ?p ?o . ?s ?q ?r }'})}"
    while not stop.is_set():
        while len(readers) < SLOW_READERS:
            with contextlib.suppress(OSError):
                readers.append(request(server, client, f"GET {target}"))
        for one in list(readers):
            try:
                data = one.recv(64)
            except TimeoutError:
                continue
            except OSError:
                data = b""
            if not data or data.startswith(b"HTTP/1.1 4") or random.random() < 0.02:
                tally.add("closed by the server" if not data else "read slowly and left")
                one.close()
                readers.remove(one)
        stop.wait(0.5)
    for one in readers:
        one.close()


def leavers(server: Running, client: int, stop: threading.Event, tally: Tally) -> None:
    """Half a request, a body that never comes, a costly query and then gone: closed or reset at once."""
    costly = f"{server.path}?{urlencode({'query': f'SELECT (COUNT(*) AS ?n) {{ {ANY} }}'})}"
    starts = (f"GET {costly}", f"POST {server.path}", "GET /sparql?quer")
    for number in itertools.count():
        if stop.is_set():
            return
        with contextlib.suppress(OSError):
            one = request(server, client, starts[number % 3], whole=number % 3 == 0)
            stop.wait(random.uniform(0.02, 0.3))
            if number % 2:  # reset instead of an orderly end
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
            tally.add("left")


def request(server: Running, client: int, start: str, whole: bool = True) -> socket.socket:
    """A connection with a request, or with the head of one whose body never comes."""
    address, source = ("127.0.0.1", server.port), (f"127.0.0.{client}", 0)
    one = socket.create_connection(address, timeout=1.0, source_address=source)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    more = "" if whole else "Content-Length: 1000\r\n"
    one.sendall(f"{start} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {TABLE}\r\n{more}\r\n".encode())
    return one


HOSTILE: dict[str, Callable[[Running, int, threading.Event, Tally], None]] = {
    "products": asker(products),
    "nesting bombs": asker(nesting_bombs),
    "path explosions": asker(path_explosions),
    "slow readers": slow_readers,
    "aborted connections": leavers,
}
