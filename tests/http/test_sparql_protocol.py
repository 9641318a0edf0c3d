"""The SPARQL 1.1 Protocol on a running server: requests, negotiation, validators, errors in one shape."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from service.sparql import formats
from tests.http.server import Answer, Server, running_server
from tests.service.sparql.releases import EX

pytestmark = pytest.mark.http

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def number(answer: Answer) -> int:
    assert answer.status == 200, answer.body
    (row,) = json.loads(answer.body)["results"]["bindings"]
    return int(row["n"]["value"])


def problem(answer: Answer, status: int, code: str) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = json.loads(answer.body)
    assert (answer.status, document["code"], document["status"]) == (status, code, status)
    assert {"type", "title", "detail"} <= set(document)
    return document


def post(server: Server, body: bytes | str, media_type: str, target: str = "/sparql") -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return server.request("POST", target, raw, {"Content-Type": media_type})


def test_the_three_ways_to_ask(sparql_server: Server) -> None:
    assert number(sparql_server.query(COUNT)) == 90
    assert number(post(sparql_server, urlencode({"query": COUNT}), FORM)) == 90
    assert number(post(sparql_server, COUNT, DIRECT)) == 90
    assert number(post(sparql_server, COUNT, DIRECT + "; charset=UTF-8")) == 90


def test_the_dataset_of_the_protocol(sparql_server: Server) -> None:
    graphs = [("default-graph-uri", f"{EX}passage/1"), ("default-graph-uri", f"{EX}passage/2")]
    target = "/sparql?" + urlencode(graphs)
    assert number(post(sparql_server, COUNT, DIRECT, target)) == 30
    assert number(post(sparql_server, urlencode([("query", COUNT), *graphs]), FORM)) == 30
    assert number(sparql_server.request("GET", target + "&query=" + quote(COUNT))) == 30
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(sparql_server.query(named, **{"named-graph-uri": f"{EX}passage/3"})) == 30
    unknown = sparql_server.query(COUNT, **{"default-graph-uri": "http://127.0.0.1:1/x"})
    assert "http://127.0.0.1:1/x" in str(problem(unknown, 400, "graph-unknown")["detail"])


def test_unicode_is_decoded_once(sparql_server: Server) -> None:
    text = "SELECT ('õ%41+%C3' AS ?x) {}"
    expected = [["x"], ["õ%41+%C3"]]
    encoded = urlencode({"query": text})
    answers = [
        sparql_server.request("GET", "/sparql?" + encoded, headers={"Accept": "text/csv"}),
        sparql_server.request(
            "POST", "/sparql", encoded.encode(), {"Content-Type": FORM, "Accept": "text/csv"}
        ),
        sparql_server.request(
            "POST", "/sparql", text.encode(), {"Content-Type": DIRECT, "Accept": "text/csv"}
        ),
    ]
    for answer in answers:
        assert list(csv.reader(io.StringIO(answer.body.decode()))) == expected


def test_what_is_not_a_query_request(sparql_server: Server) -> None:
    server = sparql_server
    twice = urlencode([("query", COUNT), ("query", COUNT)])
    problem(server.request("GET", "/sparql?" + twice), 400, "repeated-parameter")
    problem(post(server, twice, FORM), 400, "repeated-parameter")
    problem(post(server, COUNT, DIRECT, "/sparql?" + urlencode({"query": COUNT})), 400, "repeated-parameter")
    problem(post(server, "", FORM), 400, "missing-query")
    problem(post(server, " ", DIRECT), 400, "missing-query")
    problem(server.request("GET", "/sparql?query=", headers={"Accept": "text/csv"}), 400, "missing-query")
    problem(server.request("GET", "/sparql?query=ASK%7B%7D%FF"), 400, "not-utf-8")
    problem(post(server, b"query=%E4", FORM), 400, "not-utf-8")
    problem(post(server, COUNT.encode("utf-16"), DIRECT), 400, "not-utf-8")
    problem(post(server, COUNT, DIRECT + "; charset=utf-16"), 415, "unsupported-media-type")
    problem(post(server, COUNT, "text/plain"), 415, "unsupported-media-type")
    problem(server.request("POST", "/sparql", COUNT.encode()), 415, "unsupported-media-type")
    gzipped = {"Content-Type": DIRECT, "Content-Encoding": "gzip"}
    problem(server.request("POST", "/sparql", b"\x1f\x8b", gzipped), 415, "content-encoding-refused")
    problem(server.query("SELECT nonsense"), 400, "query-syntax")


def test_updates_are_refused(sparql_server: Server) -> None:
    update = "INSERT DATA { <a:a> <a:b> 1 }"
    for answer in (
        sparql_server.query(update),
        sparql_server.request("GET", "/sparql?" + urlencode({"update": update})),
        post(sparql_server, urlencode({"update": update}), FORM),
        post(sparql_server, update, "application/sparql-update"),
    ):
        problem(answer, 403, "update-refused")
    assert number(sparql_server.query(COUNT)) == 90


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(sparql_server: Server, method: str) -> None:
    answer = sparql_server.request(method, "/sparql")
    problem(answer, 405, "method-not-allowed")
    assert {"GET", "POST"} <= set(answer.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("form", formats.TABLES, ids=lambda form: form.name)
@pytest.mark.parametrize("by", ["accept", "format"])
def test_table_formats(sparql_server: Server, form: formats.Format, by: str) -> None:
    chosen = {"accept": form.media_type} if by == "accept" else {"format": form.name, "accept": "text/html"}
    answer = sparql_server.query("SELECT ?s { ?s ?p ?o } LIMIT 2", **chosen)
    assert answer.status == 200
    assert answer.headers["content-type"] == form.content_type
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.body)
    if form is formats.CSV:
        assert len(list(csv.reader(io.StringIO(answer.body.decode())))) == 3
    else:
        rows = ox.parse_query_results(answer.body, format=getattr(ox.QueryResultsFormat, form.engine))
        assert len(list(rows)) == 2


@pytest.mark.parametrize("form", formats.TABLES[:2], ids=lambda form: form.name)
def test_ask(sparql_server: Server, form: formats.Format) -> None:
    answer = sparql_server.query("ASK { ?s ?p ?o }", form.media_type)
    assert bool(ox.parse_query_results(answer.body, format=getattr(ox.QueryResultsFormat, form.engine)))


@pytest.mark.parametrize("form", formats.GRAPHS, ids=lambda form: form.name)
@pytest.mark.parametrize("by", ["accept", "format"])
def test_graph_formats(sparql_server: Server, form: formats.Format, by: str) -> None:
    chosen = {"accept": form.media_type} if by == "accept" else {"format": form.media_type}
    answer = sparql_server.query(f"DESCRIBE <{EX}method/1>", **chosen)
    assert answer.status == 200
    assert answer.headers["content-type"] == form.content_type
    assert len(set(ox.parse(answer.body, format=getattr(ox.RdfFormat, form.engine)))) == 3


def test_quality_values_and_406(sparql_server: Server) -> None:
    answer = sparql_server.query(COUNT, "text/csv;q=0.3, application/sparql-results+xml;q=0.4")
    assert answer.headers["content-type"] == "application/sparql-results+xml"
    refused = problem(sparql_server.query(COUNT, "image/png"), 406, "not-acceptable")
    assert "text/csv" in str(refused["advice"])
    problem(sparql_server.query(COUNT, format="turtle"), 406, "not-acceptable")


def test_the_time_limit_can_be_lowered(sparql_server: Server) -> None:
    problem(sparql_server.query(COUNT, timeout="soon"), 400, "bad-timeout")
    problem(sparql_server.query(COUNT, timeout="0"), 400, "bad-timeout")
    assert number(sparql_server.query(COUNT, timeout="999999")) == 90


def test_validators(sparql_server: Server) -> None:
    first = sparql_server.query(COUNT)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    target = "/sparql?" + urlencode({"query": COUNT})
    again = sparql_server.request("GET", target, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["vary"] == "Accept, Accept-Encoding"
    as_csv = sparql_server.request("GET", target, headers={"If-None-Match": tag, "Accept": "text/csv"})
    assert as_csv.status == 200
    assert as_csv.headers["etag"] != tag
    other = sparql_server.query(COUNT, **{"default-graph-uri": f"{EX}passage/1"})
    assert other.headers["etag"] != tag


def test_validators_tell_default_graphs_apart(
    sparql_server: Server, small_release: Path, tmp_path: Path
) -> None:
    tag = sparql_server.query(COUNT).headers["etag"]
    with running_server(small_release, tmp_path / "log", default_graph="union") as union:
        target = "/sparql?" + urlencode({"query": COUNT})
        again = union.request("GET", target, headers={"If-None-Match": tag})
        assert again.status == 200
        assert again.headers["etag"] != tag


def test_what_changes_is_not_cached(sparql_server: Server) -> None:
    answer = sparql_server.query("SELECT (NOW() AS ?now) {}")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_head_gives_the_headers_of_get(sparql_server: Server) -> None:
    target = "/sparql?" + urlencode({"query": COUNT})
    got, head = (sparql_server.request(method, target) for method in ("GET", "HEAD"))
    assert head.body == b""
    changing = {"date"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in got.headers.items() if k not in changing
    }


def test_other_origins_may_ask(sparql_server: Server) -> None:
    answers = [sparql_server.query(COUNT), sparql_server.query("nonsense")]
    preflight = sparql_server.request(
        "OPTIONS", "/sparql", headers={"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    for answer in (*answers, preflight):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert answers[0].headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("accept", ["", "*/*", "text/turtle", "application/ld+json"])
def test_the_service_describes_itself(sparql_server: Server, accept: str) -> None:
    answer = sparql_server.request("GET", "/sparql", headers={"Accept": accept} if accept else {})
    assert answer.status == 200
    form = formats.JSONLD if "json" in accept else formats.TURTLE
    assert answer.headers["content-type"] == form.content_type
    triples = list(ox.parse(answer.body, format=getattr(ox.RdfFormat, form.engine)))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    (endpoint,) = [str(t.object.value) for t in triples if t.predicate.value == sd + "endpoint"]
    assert endpoint == f"http://127.0.0.1:{sparql_server.port}/sparql"
    assert len([t for t in triples if t.predicate.value == sd + "resultFormat"]) == 10


def test_every_answer_names_its_release_and_is_guarded(sparql_server: Server) -> None:
    for answer in (sparql_server.query(COUNT), sparql_server.query("nonsense")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert sparql_server.query(COUNT).headers["x-mentorgraph-release"] == "0-small"


def test_problems_in_the_form_asked_for(sparql_server: Server) -> None:
    text = sparql_server.request("GET", "/sparql?query=nonsense&format=csv", headers={"Accept": "text/plain"})
    assert text.headers["content-type"].startswith("text/plain")
    assert text.body.startswith(b"400 Not a SPARQL query")
    problem(sparql_server.query("nonsense", "application/sparql-results+json"), 400, "query-syntax")
    problem(sparql_server.request("GET", "/nowhere"), 404, "not-found")
    problem(sparql_server.request("GET", "/health", headers={"Host": "evil.example"}), 400, "untrusted-host")


def test_health_and_readiness(sparql_server: Server) -> None:
    assert sparql_server.request("GET", "/health").status == 200
    ready = sparql_server.request("GET", "/ready")
    assert json.loads(ready.body) == {"status": "ready", "release": "0-small", "store": "memory"}


def test_the_log_has_neither_queries_nor_addresses(sparql_server: Server) -> None:
    requests = sparql_server.log.read_text().count('"event": "request"')
    sparql_server.query("SELECT (41 AS ?secretvariable) {}", client="127.0.0.77")
    log = sparql_server.log_with('"event": "request"', times=requests + 1)
    entry = [json.loads(line) for line in log.splitlines() if line.startswith("{")][-1]
    assert entry["route"] == "/sparql"
    assert entry["status"] == 200
    assert entry["ms"] >= 0
    assert "secretvariable" not in log
    assert "127.0.0.77" not in log


def test_a_client_may_ask_for_smaller_results_only(sparql_server: Server) -> None:
    everything = "SELECT * { ?s ?p ?o }"
    whole = sparql_server.query(everything)
    assert sparql_server.query(everything, **{"max-bytes": len(whole.body)}).body == whole.body
    document = problem(sparql_server.query(everything, **{"max-bytes": 1000}), 413, "result-too-large")
    assert document["limit"] == {"name": "max-bytes", "value": 1000, "unit": "bytes"}
    assert sparql_server.query(everything, **{"max-bytes": 10**12}).status == 200
    problem(sparql_server.query(everything, **{"max-bytes": "many"}), 400, "bad-max-bytes")


def test_compressed_answers_have_validators_of_their_own(sparql_server: Server) -> None:
    target = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }"})
    plain = sparql_server.request("GET", target)
    packed = sparql_server.request("GET", target, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert "content-encoding" not in plain.headers
    for answer in (plain, packed):
        assert "accept-encoding" in answer.headers["vary"].lower()
    validator = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    unchanged = sparql_server.request("GET", target, headers=validator)
    assert (unchanged.status, unchanged.headers["etag"]) == (304, packed.headers["etag"])
    weak = {"If-None-Match": f"W/{plain.headers['etag']}"}  # what a compressing proxy makes of it
    assert sparql_server.request("GET", target, headers=weak).status == 304
    head = sparql_server.request("HEAD", target, headers={"Accept-Encoding": "gzip"})
    assert head.headers["etag"] == packed.headers["etag"]


def test_a_streamed_answer_is_compressed_as_it_comes(sparql_server: Server) -> None:
    target = "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 8000"})
    plain = sparql_server.request("GET", target)
    packed = sparql_server.request("GET", target, headers={"Accept-Encoding": "gzip"})
    assert len(plain.body) > 1 << 20
    assert packed.headers["etag"] == f'W/{plain.headers["etag"][:-1]}-gzip"'
    assert len(packed.body) < len(plain.body) / 4
    rows = [json.loads(body)["results"]["bindings"] for body in (plain.body, gzip.decompress(packed.body))]
    assert len(rows[0]) == len(rows[1]) == 8000


def test_the_advisers_api_has_the_same_manners(sparql_server: Server) -> None:
    options = sparql_server.request("OPTIONS", "/api/v1/advice", headers={"Origin": "https://example.org"})
    assert (options.status, options.headers["access-control-allow-origin"]) == (204, "*")
    assert "POST" in options.headers["access-control-allow-methods"]
    gzipped = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = sparql_server.request("POST", "/api/v1/advice", gzip.compress(b"{}"), gzipped)
    problem(answer, 415, "content-encoding-refused")
