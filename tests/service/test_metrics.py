"""The metrics on their own port."""

from __future__ import annotations

import urllib.request

from flask import Flask

from service.metrics import serve
from tests.http.server import free_port


def test_requests_are_counted_by_route() -> None:
    app = Flask(__name__)
    app.add_url_rule("/thing/<name>", "thing", lambda name: name)
    port = free_port()
    server = serve(app, port)
    try:
        for name in ("a", "b"):
            app.test_client().get(f"/thing/{name}")
        app.test_client().get("/nowhere")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
    assert 'mentorgraph_requests_total{route="/thing/<name>",status="200"} 2.0' in text
    assert 'mentorgraph_requests_total{route="none",status="404"} 1.0' in text
