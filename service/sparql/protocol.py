"""The SPARQL 1.1 Protocol over HTTP: `/sparql` by GET, POST with a form, POST with the query itself.

Standards: https://www.w3.org/TR/sparql11-protocol/ (query operation), https://www.rfc-editor.org/rfc/rfc9110
(negotiation, validators). Every answer is complete, a Problem, or broken off; none is cut and looks whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes

from flask import Blueprint, Response, request

from service import clients
from service.errors import Limit, Problem, Where
from service.settings import Settings
from service.sparql import formats
from service.sparql.description import Description
from service.sparql.engine import Engine, QueryRequest
from service.sparql.gate import update_refused

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"
METHODS = "GET, HEAD, POST, OPTIONS"
MAX_PARAMETERS = 1000
SILENCED = "X-Mentorgraph-Silenced"
EXPOSED = f"ETag, Retry-After, X-Mentorgraph-Release, {SILENCED}"


@dataclass(frozen=True)
class Parameters:
    """What a request asks, decoded once, strictly.

    Of a page: `run` to show the result of its query, sorted by the column `sort`; `explain` to tell the query
    in words.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None
    timeout_s: float | None
    run: bool = False
    max_bytes: int | None = None
    sort: str = ""
    explain: bool = False


PageMaker = Callable[[Parameters], tuple[str, int]]


def blueprint(engine: Engine, settings: Settings, query_page: PageMaker | None = None) -> Blueprint:
    """The endpoint over an engine. `query_page` gives HTML and status to who would rather have a page."""
    endpoint = Blueprint("sparql", __name__)
    description = Description(engine, settings)

    @endpoint.route("/sparql", methods=["GET", "POST"], provide_automatic_options=False)
    def sparql() -> Response:
        asked = read_parameters()
        if query_page and asked.format is None and formats.prefers_page(request.headers.get("Accept", "")):
            return _page(query_page, asked)
        if asked.query is None:
            return _without_query(description, settings.public_url)
        return answer(engine, asked, asked.query)

    @endpoint.route("/sparql", methods=["OPTIONS"])
    def options() -> Response:
        return preflight(METHODS)

    endpoint.after_request(open_to_other_origins)
    return endpoint


def preflight(methods: str) -> Response:
    """What a browser wants to know before a page of another origin may ask."""
    response = Response(status=204)
    response.headers["Allow"] = methods
    response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def open_to_other_origins(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def answer(engine: Engine, asked: Parameters, query: str) -> Response:
    """The result of `query` in the format that the request asks for, or 304. Raises Problem."""
    report = engine.inspect(query)
    chosen = formats.choose(report.form, request.headers.get("Accept"), asked.format)
    reading = request.method in ("GET", "HEAD")
    if reading and not report.volatile:
        tag = _tag(engine, engine.release_id, asked, chosen)
        if request.if_none_match.contains_weak(tag):
            return _headers(Response(status=304), engine.release_id, tag)
    wanted = QueryRequest(
        text=query,
        accept=chosen.media_type,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        timeout_s=asked.timeout_s,
        client=clients.client(),
        departure=request.environ.get("mentorgraph.gone"),
        max_bytes=asked.max_bytes,
    )
    try:
        result = engine.run(wanted)
    except Problem as problem:
        if problem.code == "result-too-large" and asked.max_bytes:
            raise replace(problem, limit=Limit("max-bytes", asked.max_bytes, "bytes")) from problem
        raise
    response = Response(result.chunks, content_type=chosen.content_type)
    if result.length is not None:
        response.content_length = result.length
    for endpoint in dict.fromkeys(result.silenced):
        response.headers.add(SILENCED, quote(endpoint, safe="%/:=&?~#+!$,;'@()*[]"))
    if chosen in (
        formats.CSV,
        formats.CSV_SAFE,
        formats.TSV,
    ):  # a browser should save it, not run it in a spreadsheet unasked
        response.headers["Content-Disposition"] = f'attachment; filename="result.{chosen.extension}"'
    tag = "" if report.volatile else _tag(engine, result.release, asked, chosen)
    return _headers(response, result.release, tag)


def _tag(engine: Engine, release: str, asked: Parameters, chosen: formats.Format) -> str:
    """The strong validator: a release never changes, so neither does a result."""
    parts = (release, engine.reading, asked.query, asked.default_graphs, asked.named_graphs, chosen.name)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _headers(response: Response, release: str, tag: str) -> Response:
    response.vary.add("Accept")
    response.headers["X-Mentorgraph-Release"] = release
    if tag:
        response.set_etag(tag)
        response.headers["Cache-Control"] = "public, no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _page(query_page: PageMaker, asked: Parameters) -> Response:
    body, status = query_page(asked)
    response = Response(body, status=status, mimetype="text/html")
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store" if asked.query else "no-cache"
    return response


def _without_query(description: Description, public_url: str) -> Response:
    """A program gets the service description; anything else lacks its query."""
    if request.method == "POST":
        raise missing_query()
    try:
        chosen = formats.choose("CONSTRUCT", request.headers.get("Accept"))
    except Problem as problem:
        raise missing_query() from problem
    address = public_url.rstrip("/") + request.path if public_url else request.base_url
    body, release = description.serialise(address, chosen)
    response = _headers(Response(body, content_type=chosen.content_type), release, "")
    response.headers["Cache-Control"] = "no-cache"
    return response


# -- reading the request -------------------------------------------------------------------------------


def read_parameters() -> Parameters:
    """The parameters of the current request. Raises Problem 400, 403 or 415."""
    pairs = address_pairs()
    if request.method == "POST":
        pairs += _body()
    if any(name == "update" for name, _ in pairs):
        raise update_refused("The parameter update")
    return Parameters(
        query=single(pairs, "query"),
        default_graphs=_graphs(pairs, "default-graph-uri"),
        named_graphs=_graphs(pairs, "named-graph-uri"),
        format=single(pairs, "format"),
        timeout_s=timeout(single(pairs, "timeout")),
        run=single(pairs, "run") is not None,
        max_bytes=max_bytes(single(pairs, "max-bytes")),
        sort=single(pairs, "sort") or "",
        explain=single(pairs, "explain") is not None,
    )


def address_pairs() -> list[tuple[str, str]]:
    """The names and values in the address of the current request. Raises Problem 400."""
    raw = request.environ.get("QUERY_STRING", "").encode("latin-1", "surrogateescape")
    return _decode(raw, "the address")


def _body() -> list[tuple[str, str]]:
    """The pairs of a form, or the body itself as the query."""
    media_type = request.mimetype
    if media_type == UPDATE_TYPE:
        raise update_refused("An update")
    charset = request.mimetype_params.get("charset", "utf-8").lower().strip("\"'")
    if media_type not in (QUERY_TYPE, FORM_TYPE) or charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(
            status=415,
            code="unsupported-media-type",
            title="Unsupported kind of request body",
            detail=f"A query cannot be read from {(request.content_type or 'a body without a type')[:100]}.",
            advice=f"Send {QUERY_TYPE} or {FORM_TYPE}, both in UTF-8.",
            headers={"Accept-Post": f"{QUERY_TYPE}, {FORM_TYPE}"},
        )
    body = request.get_data(cache=False, parse_form_data=False)
    if media_type == QUERY_TYPE:
        return [("query", _utf8(body, "the body"))]
    return _decode(body, "the form")


def _decode(raw: bytes, where: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form. (urllib's `parse_qsl` replaces what is not UTF-8 unasked.)"""
    parts = [part for part in raw.split(b"&", MAX_PARAMETERS) if part]
    if len(parts) > MAX_PARAMETERS:
        raise bad_request("too-many-parameters", f"There are more than {MAX_PARAMETERS} parameters.")
    pairs = []
    for part in parts:
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        pairs.append((_utf8(unquote_to_bytes(name), where), _utf8(unquote_to_bytes(value), where)))
    return pairs


def _utf8(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        advice = "Encode the request in UTF-8, percent-encoded once where it is in the address or a form."
        detail = f"Byte {error.start} of a value in {where} is not UTF-8."
        raise bad_request("not-utf-8", detail, advice) from error


def single(pairs: list[tuple[str, str]], name: str) -> str | None:
    """The one value of a parameter; an empty one counts as absent. Raises Problem 400 for several."""
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        detail = f"The request has {len(values)} parameters {name}."
        raise bad_request("repeated-parameter", detail, f"Send exactly one {name}.")
    return values[0] if values and values[0].strip() else None


def _graphs(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def timeout(text: str | None) -> float | None:
    """Milliseconds as sent, in seconds. Raises Problem 400."""
    milliseconds = _lowered(text, "timeout", "milliseconds", 2000)
    return None if milliseconds is None else milliseconds / 1000


def max_bytes(text: str | None) -> int | None:
    """Raises Problem 400."""
    return _lowered(text, "max-bytes", "bytes", 1_000_000)


def _lowered(text: str | None, name: str, unit: str, example: int) -> int | None:
    """The value of a parameter that lowers a limit. Raises Problem 400."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:12]) > 0):
        detail = f"The parameter {name} is not a whole number of {unit} above 0."
        raise bad_request(f"bad-{name}", detail, f"Send for example {name}={example}.")
    return int(text[:12])


def bad_request(code: str, detail: str, advice: str = "", where: Where | None = None) -> Problem:
    return Problem(400, code, "Bad request", detail, advice, where)


def missing_query() -> Problem:
    advice = "Send it as ?query=…, as a form field query, or as a body of type application/sparql-query."
    return bad_request("missing-query", "The request has no query.", advice)
