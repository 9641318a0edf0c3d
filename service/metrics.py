"""Prometheus metrics on a port of their own, on the local machine only; off by default."""

from __future__ import annotations

import time
from wsgiref.simple_server import WSGIServer

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server


def serve(app: Flask, port: int) -> WSGIServer:
    """Count the requests of `app` by route and status, and offer the counts at http://127.0.0.1:<port>/metrics."""
    registry = CollectorRegistry()
    requests = Counter("mentorgraph_requests", "Requests answered", ["route", "status"], registry=registry)
    seconds = Histogram("mentorgraph_request_seconds", "Time to the response", ["route"], registry=registry)

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        requests.labels(route, response.status_code).inc()
        if "started" in g:
            seconds.labels(route).observe(time.monotonic() - g.started)
        return response

    server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
    return server
