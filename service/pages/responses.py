"""HTTP manners of the pages: validators, negotiation headers, and data open to other origins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Response, request, send_file

from service.pages.negotiation import DATA, Representation

EXPOSED = "ETag, Link, Location, X-Mentorgraph-Release"
TEMPLATES = Path(__file__).parent.parent / "templates"


class Manners:
    """Makes responses that can be validated: a release never changes, and neither do pages made from it.

    `reading` is the engine's, `look` stands for what else makes a page: templates, styles, whether the
    documents' texts are at hand.
    """

    def __init__(self, release_id: Callable[[], str], reading: str, look: Iterable[str]) -> None:
        self._release_id, self._reading = release_id, reading
        templates = sorted(TEMPLATES.rglob("*.html"))
        parts = [*look, *(path.read_text(encoding="utf-8") for path in templates)]
        self._look = hashlib.sha256(repr(parts).encode()).hexdigest()

    def page(self, make: Callable[[], str]) -> Response:
        """An HTML page made by `make`, or 304."""
        return self._validated(self._look, lambda: Response(make(), mimetype="text/html"))

    def drawing(self, make: Callable[[], str]) -> Response:
        """A drawing (SVG) made from the release, or 304."""
        return open_to_all(
            self._validated("svg", lambda: Response(make(), content_type="image/svg+xml; charset=utf-8"))
        )

    def data(self, one: Representation, iri: str, make: Callable[[], bytes]) -> Response:
        """A thing as data, or 304; readable from every origin, with a link to what it describes."""

        def response() -> Response:
            return Response(make(), content_type=one.content_type)

        answer = open_to_all(self._validated(one.media_type, response))
        answer.headers["Link"] = f'<{iri}>; rel="describes"'
        return answer

    def json(self, make: Callable[[], str]) -> Response:
        return open_to_all(self._validated("json", lambda: Response(make(), mimetype="application/json")))

    def file(self, path: Path, content_type: str) -> Response:
        """A file of the release, or 304; readable from every origin."""

        def response() -> Response:
            answer = send_file(path, etag=False, conditional=False)
            answer.headers["Content-Type"] = content_type
            return answer

        return open_to_all(self._validated(content_type, response))

    def _validated(self, form: str, make: Callable[[], Response]) -> Response:
        release = self._release_id()
        parts = (release, self._reading, form, request.path, sorted(request.args.items(multi=True)))
        tag = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if request.method in ("GET", "HEAD") and request.if_none_match.contains(tag):
            response = Response(status=304)
        else:
            response = make()
        response.set_etag(tag)
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["X-Mentorgraph-Release"] = release
        return response


def see_other(path: str, one: Representation) -> Response:
    """303 from a thing to the representation that suits the request. `path` is ours, made from a checked
    name.
    """
    response = Response(f"{path}.{one.suffix}\n", status=303, mimetype="text/plain")
    response.headers["Location"] = f"{path}.{one.suffix}"
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Link"] = alternates(path)
    return open_to_all(response)


def alternates(path: str) -> str:
    """The `Link` header that names the data about a thing."""
    forms = [f'<{path}.{one.suffix}>; rel="alternate"; type="{one.media_type}"' for one in DATA]
    return ", ".join([*forms, f'<{path}.{DATA[0].suffix}>; rel="describedby"; type="{DATA[0].media_type}"'])


def open_to_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response
