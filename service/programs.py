"""What holds for requests of programs: no compressed bodies, and an API open to pages of other origins."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.errors import Problem
from service.sparql import protocol

API = "/api/v1/"


def register(app: Flask) -> None:
    """Set it for `app`."""

    @app.before_request
    def refuse_compressed_body() -> None:
        """Nothing here inflates a body, so what says that it is compressed would be misread."""
        if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
            detail, advice = "A compressed request body is not read.", "Send the body uncompressed."
            headers = {"Accept-Encoding": "identity"}  # RFC 9110, section 12.5.3
            raise Problem(415, "content-encoding-refused", "Compressed body", detail, advice, headers=headers)

    @app.before_request
    def answer_preflight() -> Response | None:
        """Of a path of the API that exists: https://fetch.spec.whatwg.org/#http-cors-protocol."""
        if request.method != "OPTIONS" or not request.path.startswith(API):
            return None
        if isinstance(request.routing_exception, HTTPException):
            return None  # no such path
        assert request.url_rule is not None
        return protocol.preflight(", ".join(sorted(request.url_rule.methods or ())))

    @app.after_request
    def open_the_api(response: Response) -> Response:
        return protocol.open_to_other_origins(response) if request.path.startswith(API) else response
