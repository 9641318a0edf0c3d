"""Reviewing candidates in a page that only this computer reaches, behind an address that is used once.

Bound to 127.0.0.1 on a free port; the address holds a secret, other names of the host are refused, and so is
every form that another page sends.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import StrictUndefined
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.linking.review import Decisions, Table
from service.app import CONTENT_SECURITY_POLICY
from service.link_review_commands import KEYS, act
from service.pages.assets import Assets
from service.pages.iris import is_web_address

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """Writes no log: its lines would hold the secret."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


def application(table: Table, decisions: Decisions, secret: str, stop: Callable[[], None]) -> Flask:
    """The page at `/<secret>/`; `stop` is called when the reviewer ends."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets = Assets()
    skipped: set[tuple[str, str]] = set()

    @app.before_request
    def only_here() -> None:
        host = request.host.partition(":")[0]
        if host not in (HOST, "localhost") or request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(403)
        if request.path.startswith("/assets/"):
            return
        if not secrets.compare_digest(request.path.split("/")[1].encode(), secret.encode()):
            abort(404)

    @app.after_request
    def closed(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def waiting() -> list[dict[str, str]]:
        return [row for row in decisions.waiting(table) if table.pair(row) not in skipped]

    @app.get("/<secret>/")
    def page(secret: str) -> str:
        rows = waiting()
        row = rows[0] if rows else None
        of_subject, of_object = table.beside(row) if row else ([], [])
        return render_template(
            "reconcile/review.html",
            row=row, left=len(rows), done=len(decisions.rows), keys=KEYS, table=table,
            of_subject=of_subject, of_object=of_object, asset=assets.address, is_web_address=is_web_address,
        )  # fmt: skip

    @app.post("/<secret>/")
    def decide(secret: str) -> Response:
        key, rows = request.form.get("key", ""), waiting()
        if key not in KEYS:
            abort(400)
        if key == "q":
            stop()
            return Response("Stopped. You may close this page.\n", mimetype="text/plain")
        shown = request.form.get("subject", ""), request.form.get("object", "")
        row = next((one for one in rows if table.pair(one) == shown), None)
        if key == "s" and row:
            skipped.add(shown)
        elif key == "u" or row:  # a form sent twice decides once
            act(key, table, row or {}, decisions)
        answer = redirect(f"/{secret}/", 303)
        assert isinstance(answer, Response)
        return answer

    @app.get("/assets/<name>")
    def asset(name: str) -> Response:
        return assets.serve(name)

    return app


def serve(table: Table, decisions: Decisions, tell: Callable[[str], None]) -> None:
    """Serve the page until the reviewer ends it there, or with Ctrl-C."""
    secret = secrets.token_urlsafe(24)
    ended = threading.Event()
    app = application(table, decisions, secret, ended.set)
    server = make_server(HOST, 0, app, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        tell(f"Open http://{HOST}:{server.port}/{secret}/ on this computer; [q] or Ctrl-C ends it.")
        ended.wait()
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
