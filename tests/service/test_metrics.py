"""The metrics on their own port."""

from __future__ import annotations

import urllib.request

from service.metrics import serve
from service.repeats import Observer
from tests.http.server import free_port


def test_requests_are_counted_by_route() -> None:
    observers: list[Observer] = []
    port = free_port()
    server = serve(observers, port)
    try:
        for route, status in (("/thing/<name>", 200), ("/thing/<name>", 200), (None, 404)):
            for observe in observers:
                observe("GET", route, status, 0.01)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
    assert 'mentorgraph_requests_total{route="/thing/<name>",status="200"} 2.0' in text
    assert 'mentorgraph_requests_total{route="none",status="404"} 1.0' in text
