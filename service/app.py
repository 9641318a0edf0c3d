"""The web application: builds the engine, joins the blueprints, and sets what holds for every response."""

from __future__ import annotations

import logging
import sys
import time
from urllib.parse import urlsplit

import structlog
from apiflask import APIFlask
from flask import Flask, Response, g, jsonify, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service import advice, errors, pages, programs
from service.pages import link_to_us
from service.reconcile import routes as reconcile
from service.repeats import Observer
from service.settings import MAX_BODY_BYTES, Settings
from service.sparql import formats, graph_store, protocol
from service.sparql.engine import EmbeddedEngine, Engine, QueryRequest
from service.sparql.federation import Federation
from service.sparql.remote import RemoteEngine

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
READY_SECONDS = 1.0

log = structlog.get_logger("mentorgraph")


def create_app(settings: Settings, engine: Engine | None = None) -> APIFlask:
    """The application over `engine`, by default the one that the settings name.

    Raises service.sparql.process.ReleaseError when there is no release to serve.
    """
    configure_log()
    engine = engine or start_engine(settings)
    if settings.services:
        engine = Federation(engine, settings)
    app = APIFlask(
        __name__,
        title="MentorGraph",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,  # no documentation pages from third parties
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # the pages bring their own
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["TRUSTED_HOSTS"] = trusted_hosts(settings)
    observers: list[Observer] = [log_request]
    app.extensions["mentorgraph"] = {"settings": settings, "engine": engine, "observers": observers}
    site = pages.register(app, engine, settings)
    errors.register(app, site.problem)
    _every_response(app, observers)
    programs.register(app)
    _status_routes(app, engine)
    app.register_blueprint(protocol.blueprint(engine, settings, site.query))
    app.register_blueprint(graph_store.blueprint(engine))
    advice.register(app, engine, settings.advice_concurrency)
    app.register_blueprint(reconcile.blueprint(engine, site.knowledge, settings))
    app.register_blueprint(link_to_us.blueprint(engine, site.knowledge, site.manners, settings))
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.metrics_port:
        from service import metrics

        metrics.serve(observers, settings.metrics_port)
    return app


def announced_app(settings: Settings) -> APIFlask:
    """The application that `mentorgraph serve` runs; says on standard error what is up."""
    configure_log()
    engine = start_engine(settings)
    app = create_app(settings, engine)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"MentorGraph: open {address}/  (SPARQL endpoint: {address}/sparql)", file=sys.stderr)
    _announce(engine)
    if settings.services:
        print(f"SERVICE may call: {' '.join(settings.services)}", file=sys.stderr)
    return app


def start_engine(settings: Settings) -> Engine:
    """The engine that the settings name. Raises ReleaseError, or ValueError for a bad address of a store."""
    return RemoteEngine(settings) if settings.is_remote else EmbeddedEngine(settings)


def _announce(engine: Engine) -> None:
    """Say on standard error what answers queries."""
    if isinstance(engine, RemoteEngine):
        state = engine.trouble or f"release {engine.release_id}"
        print(f"Engine: remote, {engine.store}: {state}", file=sys.stderr)
        return
    if not isinstance(engine, EmbeddedEngine):
        return
    where = "on disk" if engine.storage == "disk" else "in memory"
    print(f"Engine: embedded, release {engine.release_id}, {engine.quads} quads {where}", file=sys.stderr)
    if engine.no_network_ban:
        print(f"Warning: query workers can reach the network ({engine.no_network_ban}).", file=sys.stderr)
        print("         The gate alone refuses queries that call other servers.", file=sys.stderr)
    else:
        print("Query workers are cut off from the network (tested).", file=sys.stderr)


def trusted_hosts(settings: Settings) -> list[str]:
    """The names that this service answers to; others get 400, so that no answer repeats a forged name."""
    hosts = {"localhost", "127.0.0.1", "[::1]"}
    if settings.host not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        hosts.add(f"[{settings.host}]" if ":" in settings.host else settings.host)
    if name := urlsplit(settings.public_url).hostname:
        hosts.add(name)
    hosts.update(name.strip() for name in settings.trusted_hosts.split(",") if name.strip())
    return sorted(hosts)


def configure_log() -> None:
    """One JSON line for each event, on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def log_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """The line of one request; `repeats.Observer`."""
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _every_response(app: Flask, observers: list[Observer]) -> None:
    @app.before_request
    def start_clock() -> None:
        g.started = time.monotonic()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        page = response.mimetype == "text/html"
        headers["Cross-Origin-Resource-Policy"] = "same-origin" if page else "cross-origin"
        if page:
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        route = request.url_rule.rule if request.url_rule else None
        request.environ["mentorgraph.route"] = route
        seconds = time.monotonic() - g.started if "started" in g else 0.0
        for observe in observers:
            observe(request.method, route, response.status_code, seconds)
        return response


def _status_routes(app: Flask, engine: Engine) -> None:
    @app.get("/health")
    def health() -> Response:
        """The process is up."""
        return jsonify(status="ok")

    @app.get("/ready")
    def ready() -> Response:
        """A worker answers within a second."""
        request_for_life = QueryRequest("ASK {}", formats.JSON.media_type, timeout_s=READY_SECONDS)
        began = time.monotonic()
        try:
            result = engine.run(request_for_life)
            b"".join(result.chunks)  # read, so that it is freed
        except errors.Problem as problem:
            raise not_ready(problem.detail) from problem
        if time.monotonic() - began > READY_SECONDS:
            raise not_ready("A worker answered, but it took more than a second.")
        return jsonify(status="ready", release=result.release, store=engine.storage)


def not_ready(reason: str) -> errors.Problem:
    advice = "Wait a moment; if it lasts, look at the log."
    return errors.Problem(503, "not-ready", "Not ready", reason, advice, headers={"Retry-After": "2"})
