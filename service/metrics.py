"""Prometheus metrics on a port of their own, on the local machine only; off by default."""

from __future__ import annotations

from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server

from service.repeats import Observer


def serve(observers: list[Observer], port: int) -> WSGIServer:
    """Join the `observers` of requests, and offer counts by route and status at
    http://127.0.0.1:<port>/metrics.
    """
    registry = CollectorRegistry()
    requests = Counter("mentorgraph_requests", "Requests answered", ["route", "status"], registry=registry)
    times = Histogram("mentorgraph_request_seconds", "Time to the response", ["route"], registry=registry)

    def count(_method: str, route: str | None, status: int, seconds: float) -> None:
        requests.labels(route or "none", status).inc()
        times.labels(route or "none").observe(seconds)

    observers.append(count)
    server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
    return server
