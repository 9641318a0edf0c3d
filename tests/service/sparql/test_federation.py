"""SERVICE to allowed endpoints: the same answers as the standard's, limits, and endpoints that fail."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import EmbeddedEngine, QueryRequest, QueryResult
from service.sparql.federation import Federation, private_hosts
from tests.outside import Outside, Reply, outside
from tests.service.sparql.releases import EX, LABEL, small_quads, write_release

JSON = formats.JSON.media_type
PREFIXES = f"PREFIX ex: <{EX}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"


def elsewhere() -> ox.Store:
    """What the other endpoint knows: costs of methods, not of all; two of method 3; names of some phases."""
    lines = [
        f'<{EX}method/{n}> <{EX}cost> "{n * 10}"^^<http://www.w3.org/2001/XMLSchema#integer> .'
        for n in range(5)
    ]
    lines.append(f'<{EX}method/3> <{EX}cost> "cheap"@en .')
    lines += [f'<{EX}phase/{n}> {LABEL} "Phase \\"{n}\\"\\n" .' for n in range(3)]
    lines.append(f"_:someone <{EX}uses> <{EX}method/1> .")
    lines.append(f"_:someone <{EX}likes> <{EX}method/2> .")
    store = ox.Store()
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


@pytest.fixture(scope="module")
def other() -> Iterator[Outside]:
    """A SPARQL endpoint over `elsewhere`, by another hand."""
    store = elsewhere()

    def serve(reply: Reply) -> None:
        query = reply.asked.body.decode()
        if "form" in reply.asked.headers["content-type"]:  # ours; the engine's own SERVICE sends it bare
            (query,) = parse_qs(query)["query"]
        try:
            found = store.query(query)
        except SyntaxError as error:
            reply.answer(str(error).encode(), status=400)
            return
        assert isinstance(found, ox.QuerySolutions)
        reply.answer(found.serialize(format=ox.QueryResultsFormat.JSON), JSON)

    with outside(serve) as server:
        yield server


def federation(engine: EmbeddedEngine, *endpoints: str, **chosen: Any) -> Federation:
    return Federation(engine, Settings(federation=" ".join(endpoints), **chosen))


def answer(engine: Federation, text: str, form: formats.Format = formats.JSON, **more: Any) -> QueryResult:
    return engine.run(QueryRequest(text, form.media_type, **more))


def table(body: bytes) -> tuple[set[str], Counter[str]]:
    """Variables and the multiset of rows of a JSON result."""
    document = json.loads(body)
    rows = document["results"]["bindings"]
    return set(document["head"]["vars"]), Counter(json.dumps(row, sort_keys=True) for row in rows)


def asked(engine: Federation, text: str, **more: Any) -> tuple[set[str], Counter[str]]:
    return table(b"".join(answer(engine, text, **more).chunks))


def refused(engine: Federation, text: str, **more: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        answer(engine, text, **more)
    assert caught.value.advice
    return caught.value


SAME = {
    "join": "?m ex:phase ?p . SERVICE <X> { ?m ex:cost ?c }",
    "service first": "SERVICE <X> { ?m ex:cost ?c } ?m ex:phase ?p",
    "nothing shared": "?m ex:order 7 . SERVICE <X> { ?a rdfs:label ?b }",
    "optional": "?m ex:phase ?p OPTIONAL { SERVICE <X> { ?m ex:cost ?c } }",
    "optional inside": "?m ex:order 3 SERVICE <X> { ?m ex:cost ?c OPTIONAL { ?m ex:cost ?d FILTER(?d > 9) }}",
    "union": "{ SERVICE <X> { ?m ex:cost ?c } } UNION { ?m ex:order ?c }",
    "minus": "?m ex:order ?o MINUS { SERVICE <X> { ?m ex:cost ?c } }",
    "exists": "?m ex:order ?o FILTER EXISTS { SERVICE <X> { ?m ex:cost ?c } }",
    "subselect here": "?m ex:order 3 { SELECT (COUNT(*) AS ?n) { SERVICE <X> { ?m ex:cost ?c } } }",
    "subselect there": "?m ex:phase ?p SERVICE <X> { SELECT (MAX(?c) AS ?d) { ?m ex:cost ?c } GROUP BY ?m }",
    "hidden there": "SERVICE <X> { SELECT ?m { ?m ex:cost ?hidden } }",
    "filter after": "SERVICE <X> { ?m ex:cost ?c } FILTER(?c > 10) ?m ex:phase ?p",
    "filter between": "?m ex:phase ?p FILTER(?c > 10) ?m ex:order ?o SERVICE <X> { ?m ex:cost ?c }",
    "filter inside": "SERVICE <X> { ?m ex:cost ?c FILTER(?c > 10) }",
    "values before": "VALUES ?m { ex:method\\/1 ex:method\\/1 ex:method\\/3 } SERVICE <X> { ?m ex:cost ?c }",
    "values unbound": "VALUES (?m ?c) { (ex:method\\/1 UNDEF) (UNDEF 30) } SERVICE <X> { ?m ex:cost ?c }",
    "bind": "BIND(ex:method\\/3 AS ?m) SERVICE <X> { ?m ex:cost ?c }",
    "optional before": "?p ex:none ?x . OPTIONAL { ?m ex:order ?p } SERVICE <X> { ?m ex:cost ?c }",
    "maybe bound": "?m ex:phase ?p OPTIONAL { ?m ex:order ?c FILTER(?c < 2) } SERVICE <X> { ?m ex:cost ?c }",
    "nothing before": "?m ex:none ?p SERVICE <X> { ?m ex:cost ?c }",
    "two clauses": "SERVICE <X> { ?m ex:cost ?c } ?m ex:phase ?p SERVICE <X> { ?p rdfs:label ?l }",
    "strings": "?m ex:phase ?p SERVICE <X> { ?p rdfs:label ?l } FILTER(CONTAINS(?l, '\"1\"\\n'))",
    "path": "?m ex:phase ?p SERVICE <X> { ?m (ex:cost|ex:none)+ ?c }",
    "no variables": "?m ex:order 1 SERVICE <X> { ex:method\\/1 ex:cost 10 }",
    "no variables, no": "?m ex:order 1 SERVICE <X> { ex:method\\/1 ex:cost 11 }",
    "empty": "?m ex:order 1 SERVICE <X> { }",
    "no solution": "?m ex:order 1 SERVICE <X> { ?m ex:none ?c }",
    "prefixed": "SERVICE other:sparql { ?m ex:cost ?c }",
    "lower case": "service silent<X>{?m ex:cost ?c}",
    "comment": "SERVICE <X> { ?m ex:cost ?c # }\n }",
    "brace in string": "?m ex:order ?o SERVICE <X> { ?p rdfs:label ?l FILTER(?l != '}') }",
    "silent": "SERVICE SILENT <X> { ?m ex:cost ?c } ?m ex:phase ?p",
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_answers_are_those_of_the_standard(name: str, engine: EmbeddedEngine, other: Outside) -> None:
    """The engine's own SERVICE, which workers cannot use, is the judge: it may reach the loopback here."""
    prefixes = f"{PREFIXES}PREFIX other: <{other.url()}>\n"
    text = f"{prefixes}SELECT * WHERE {{ {SAME[name]} }}".replace("<X>", f"<{other.url('/sparql')}>")
    here = ox.Store()
    here.load("\n".join(small_quads()).encode(), format=ox.RdfFormat.N_QUADS)
    expected = here.query(text)
    assert isinstance(expected, ox.QuerySolutions)
    wanted = table(expected.serialize(format=ox.QueryResultsFormat.JSON))
    assert asked(federation(engine, other.url("/sparql")), text) == wanted


def test_a_graph_around_it_does_not_go_along(engine: EmbeddedEngine, other: Outside) -> None:
    """The other endpoint's default graph is asked. (The engine's own SERVICE would send the GRAPH.)"""
    clause = f"SERVICE <{other.url('/sparql')}> {{ ?m ex:cost ?c }}"
    text = f"{PREFIXES}SELECT * {{ GRAPH ?g {{ ?m rdfs:label ?l {clause} }} }}"
    assert asked(federation(engine, other.url("/sparql")), text)[1].total() == 6 * 2


def test_other_forms_and_datasets(engine: EmbeddedEngine, other: Outside) -> None:
    both = federation(engine, other.url("/sparql"))
    clause = f"SERVICE <{other.url('/sparql')}> {{ ?m ex:cost ?c }}"
    graph = b"".join(
        answer(both, f"{PREFIXES}CONSTRUCT {{ ?m ex:price ?c }} {{ {clause} }}", formats.NTRIPLES).chunks
    )
    assert graph.count(b"/price>") == 6
    ask = b"".join(answer(both, f"{PREFIXES}ASK {{ ?m ex:order 4 {clause} FILTER(?c = 40) }}").chunks)
    assert json.loads(ask)["boolean"] is True
    describe = f"{PREFIXES}DESCRIBE ?m {{ {clause} FILTER(?c = 40) }}"
    assert b"method 4" in b"".join(answer(both, describe, formats.NTRIPLES).chunks)
    counted = f"{PREFIXES}SELECT (COUNT(*) AS ?n) FROM <{EX}passage/3> {{ ?m ?any ?p {clause} }}"
    assert '"6"' in str(asked(both, counted)[1])
    named = f"{PREFIXES}SELECT ?m {{ ?m ex:order ?o {clause} }}"
    assert asked(both, named, default_graphs=(f"{EX}passage/1",))[1].total() == 0


def test_bindings_go_along(engine: EmbeddedEngine, other: Outside) -> None:
    both = federation(engine, other.url("/sparql"), federation_max_rows=2)
    clause = f"SERVICE <{other.url('/sparql')}> {{ ?m ex:cost ?c }}"
    assert asked(both, f"{PREFIXES}SELECT * {{ ?m ex:order 3 {clause} }}")[1].total() == 2
    sent = parse_qs(other.asked[-1].body.decode())["query"][0]
    assert f"VALUES (?m) {{ (<{EX}method/3>) }}" in sent
    assert other.asked[-1].headers["accept"] == JSON
    problem = refused(both, f"{PREFIXES}SELECT * {{ {clause} ?m ex:order 3 }}")
    assert problem.limit
    assert (problem.status, problem.code, problem.limit.name) == (
        413,
        "service-too-large",
        "federation_max_rows",
    )


def test_what_is_another_each_time_does_not_go_along(engine: EmbeddedEngine, other: Outside) -> None:
    clause = f"SERVICE <{other.url('/sparql')}> {{ ?m ex:cost ?c }}"
    text = f"{PREFIXES}SELECT * {{ ?m ex:order 3 BIND(FLOOR(RAND() * 3) * 10 AS ?c) {clause} }}"
    asked(federation(engine, other.url("/sparql")), text)
    assert "VALUES" not in parse_qs(other.asked[-1].body.decode())["query"][0]


def test_nothing_is_asked_when_nothing_can_join(engine: EmbeddedEngine, other: Outside) -> None:
    before = len(other.asked)
    text = f"{PREFIXES}SELECT * {{ ?m ex:none ?x SERVICE <{other.url('/sparql')}> {{ ?m ex:cost ?c }} }}"
    assert asked(federation(engine, other.url("/sparql")), text)[1].total() == 0
    assert len(other.asked) == before


def test_blank_nodes_become_iris_that_nothing_else_has(engine: EmbeddedEngine, other: Outside) -> None:
    text = f"{PREFIXES}SELECT * {{ SERVICE <{other.url('/sparql')}> {{ ?who ex:uses ?m ; ex:likes ?n }} }}"
    both = federation(engine, other.url("/sparql"))
    (row,) = asked(both, text)[1]
    who = json.loads(row)["who"]
    assert who["type"] == "uri"
    assert who["value"].startswith("urn:uuid:")
    assert asked(both, text)[1] != Counter([row]), "another answer's blank node is another one"
    twice = (
        f"{PREFIXES}SELECT * {{ SERVICE <{other.url('/sparql')}> {{ ?who ?verb ?m FILTER(isBlank(?who)) }} }}"
    )
    assert len({json.loads(row)["who"]["value"] for row in asked(both, twice)[1]}) == 1


def test_relative_iris_have_our_base_there_too(engine: EmbeddedEngine, other: Outside) -> None:
    both = federation(engine, other.url("/sparql"), base_iri=EX)
    text = f"SELECT * {{ SERVICE <{other.url('/sparql')}> {{ <method/4> <cost> ?c }} }}"
    assert "40" in str(asked(both, text)[1])


# -- what is refused -----------------------------------------------------------------------------------


def test_only_listed_endpoints_are_called(engine: EmbeddedEngine, other: Outside) -> None:
    both = federation(engine, other.url("/sparql"))
    before = len(other.asked)
    for clause in (
        f"SERVICE <{other.url('/sparql/')}> {{ ?s ?p ?o }}",
        f"SERVICE <{other.url('/other')}> {{ ?s ?p ?o }}",
        f"SERVICE SILENT <{other.url('/other')}> {{ ?s ?p ?o }}",
        "SERVICE ?where { ?s ?p ?o }",
        "SERVICE <sparql> { ?s ?p ?o }",
        f"SERVICE <{other.url('/sparql')}> {{ SERVICE <{other.url('/sparql')}> {{ ?s ?p ?o }} }}",
        f"SERVICE <{other.url('/sparql')}> {{ {{ SERVICE SILENT ?x {{ ?s ?p ?o }} }} }}",
        f"SERVICEex:a {{ ?s ?p ?o }} SERVICE <{other.url('/sparql')}> {{ ?s ?p ?o }}",
        f"\\u0053ERVICE <{other.url('/sparql')}> {{ ?s ?p ?o }}",
    ):
        problem = refused(both, f"{PREFIXES}SELECT * {{ {clause} }}")
        assert (problem.status, problem.code) == (403, "service-refused"), clause
        assert f"<{other.url('/sparql')}>" in problem.advice
        assert problem.where
    assert len(other.asked) == before


def test_without_a_list_service_is_refused(engine: EmbeddedEngine) -> None:
    with pytest.raises(Problem) as caught:
        engine.run(QueryRequest("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", JSON))
    assert caught.value.code == "service-refused"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * {\n  SERVICE <X> { ?s ?p }\n}", 2, None),
        ("SELECT * {\n  SERVICE <X>\n}", 2, 3),
        ("SELECT * {\n  SERVICE <X> { ?s ?p ?o\n", 2, 3),
        ("SELECT * { SERVICE <X> { ?m <https://example.org/cost> ?o }\n\n  FILTER(?o ++) }", 3, None),
        ("SELECT * { SERVICE <X> { ?s ?p ?o } UNION { ?s ?p ?o } }", 1, None),
    ],
)
def test_syntax_errors_are_told_at_their_place(
    text: str, line: int, column: int | None, engine: EmbeddedEngine, other: Outside
) -> None:
    both = federation(engine, other.url("/sparql"))
    problem = refused(both, text.replace("<X>", f"<{other.url('/sparql')}>"))
    assert problem.code == "query-syntax"
    assert problem.where
    assert problem.where.line == line
    assert column in (None, problem.where.column)


def test_too_many_clauses(engine: EmbeddedEngine, other: Outside) -> None:
    clause = f"SERVICE <{other.url('/sparql')}> {{ ?s ?p ?o }} "
    problem = refused(
        federation(engine, other.url("/sparql"), federation_max_calls=2), f"ASK {{ {clause * 3} }}"
    )
    assert problem.limit
    assert (problem.limit.name, problem.limit.value) == ("federation_max_calls", 2)


# -- endpoints that fail -------------------------------------------------------------------------------


def solutions(rows: str, names: str = '"m", "c"') -> bytes:
    return f'{{"head": {{"vars": [{names}]}}, "results": {{"bindings": [{rows}]}}}}'.encode()


def endless(reply: Reply) -> None:
    reply.head(Content_Type=JSON)
    while not reply.server.over.is_set():
        reply.wfile.write(b" " * 65_536)


BOMB = gzip.compress(b" " * (4 << 20), 1)


def bomb(reply: Reply) -> None:
    reply.answer(BOMB, JSON, Content_Encoding="gzip")


def drip(reply: Reply) -> None:
    reply.head(Content_Type=JSON)
    reply.drip(b" " * 100_000, 0.05)


HUNDRED = ", ".join('{"m": {"type": "uri", "value": "http://x/"}}' for _ in range(100))
NESTED = '{"m": ' + "[" * 100_000
FAILURES: dict[str, tuple[Callable[[Reply], None], int, str]] = {
    "html": (lambda r: r.answer(b"<html>", "text/html"), 502, "text/html"),
    "redirect": (lambda r: r.head(302, Location="http://169.254.169.254/"), 502, "redirects to http://169.254"),
    "silence": (lambda r: r.wait(), 504, "did not answer within"),
    "drip": (drip, 504, "did not answer within"),
    "endless": (endless, 413, "larger than 1048576 bytes"),
    "bomb": (bomb, 413, "larger than 1048576 bytes"),
    "rows": (lambda r: r.answer(solutions(HUNDRED), JSON), 413, "more than 50 solutions"),
    "500": (lambda r: r.answer(b"Out of luck\nmore", status=500), 502, "status 500. It says: Out of luck"),
    "problem": (
        lambda r: r.answer(b'{"detail": "No."}', "application/problem+json", 403), 502, "403. It says: No."
    ),
    "429": (lambda r: r.answer(b"", status=429, Retry_After="9"), 503, "status 429"),
    "no JSON": (lambda r: r.answer(b"{", JSON), 502, "no SPARQL result"),
    "no result": (lambda r: r.answer(b'{"results": []}', JSON), 502, "no SPARQL result"),
    "no rows": (lambda r: r.answer(b'{"results": {"bindings": [1]}}', JSON), 502, "no SPARQL result"),
    "nested": (lambda r: r.answer(solutions(NESTED), JSON), 502, "no SPARQL result"),
    "bad IRI": (
        lambda r: r.answer(solutions('{"m": {"type": "uri", "value": "x> } INSERT"}}'), JSON), 502, "a term"
    ),
    "bad literal": (
        lambda r: r.answer(solutions('{"m": {"type": "literal", "value": "x", "datatype": "a b"}}'), JSON),
        502, "a term that is none",
    ),
    "bad language": (
        lambda r: r.answer(solutions('{"m": {"type": "literal", "value": "x", "xml:lang": "e n"}}'), JSON),
        502, "a term that is none",
    ),
    "half a character": (
        lambda r: r.answer(solutions('{"m": {"type": "literal", "value": "\\ud800"}}'), JSON), 502, "a term"
    ),
    "triple term": (
        lambda r: r.answer(solutions('{"m": {"type": "triple", "value": {}}}'), JSON), 502, "cannot be used"
    ),
    "cut": (lambda r: r.answer(solutions("{}"), JSON, X_SPARQL_MaxRows="1"), 502, "cut short"),
    "half": (lambda r: r.head(Content_Type=JSON, Content_Length="100"), 502, "broke off"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_an_endpoint_that_fails_is_named_with_its_reason(name: str, engine: EmbeddedEngine) -> None:
    serve, status, reason = FAILURES[name]
    wait_ms = 700 if name in ("silence", "drip") else 9000
    with outside(serve) as server:
        both = federation(
            engine,
            server.url("/sparql"),
            federation_timeout_ms=wait_ms,
            federation_max_mb=1,
            federation_max_rows=50,
        )
        text = f"SELECT * {{ SERVICE <{server.url('/sparql')}> {{ ?m <{EX}cost> ?c }} }}"
        problem = refused(both, text)
        assert problem.status == status
        assert problem.detail.startswith(f"{server.url('/sparql')}: ")
        assert reason in problem.detail
        assert dict(problem.headers) == ({"Retry-After": "9"} if name == "429" else {})
        silent = answer(both, text.replace("SERVICE", "SERVICE SILENT"))
        assert silent.silenced == (server.url("/sparql"),)
        assert table(b"".join(silent.chunks)) == ({"m", "c"}, Counter(["{}"]))


def test_an_endpoint_that_is_away(engine: EmbeddedEngine) -> None:
    with outside(lambda reply: reply.wait()) as server:
        url = server.url("/sparql")
    problem = refused(federation(engine, url), f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
    assert (problem.status, problem.code) == (502, "service-failed")
    assert "cannot be reached" in problem.detail


def test_a_name_in_a_private_network_needs_to_be_listed(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with outside(lambda reply: reply.answer(solutions("{}"), JSON)) as server:
        found = [(socket.AF_INET, 1, 6, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        url = server.url("/sparql", "store.test")
        text = f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
        problem = refused(federation(engine, url), text)
        assert "not public" in problem.detail
        assert b"true" in b"".join(
            answer(federation(engine, url, federation_private_hosts="Store.test"), text).chunks
        )
    settings = Settings(federation="http://10.0.0.1/a http://[::1]:1/b http://localhost/c http://name.test/d")
    assert private_hosts(settings) == {"10.0.0.1", "::1", "localhost"}


def test_the_querys_own_deadline_holds(engine: EmbeddedEngine) -> None:
    with outside(lambda reply: reply.wait()) as server:
        text = f"ASK {{ SERVICE <{server.url('/sparql')}> {{ ?s ?p ?o }} }}"
        problem = refused(federation(engine, server.url("/sparql")), text, timeout_s=0.5)
        assert problem.code in ("service-failed", "query-timeout")  # whichever the time was up in
    heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . SERVICE <X> { ?a ?p ?o } }"
    with outside(lambda reply: reply.answer(solutions("{}"), JSON)) as server:
        text = heavy.replace("<X>", f"<{server.url('/sparql')}>")
        problem = refused(federation(engine, server.url("/sparql")), text, timeout_s=2.0)
        assert problem.limit
        assert (problem.code, problem.limit.value) == ("query-timeout", 2000)
        assert len(server.asked) == 1, "what stands before it could not be found in time, and it was asked"


def test_endpoints_are_asked_at_the_same_time(engine: EmbeddedEngine) -> None:
    """Each answers only when both are asked."""
    together = threading.Barrier(2, timeout=20)

    def serve(reply: Reply) -> None:
        together.wait()
        reply.answer(solutions("{}"), JSON)

    with outside(serve) as one, outside(serve) as two:
        both = federation(engine, one.url(), two.url(), query_timeout_ms=30_000, federation_timeout_ms=25_000)
        text = f"ASK {{ SERVICE <{one.url()}> {{ ?a ?b ?c }} SERVICE <{two.url()}> {{ ?d ?e ?f }} }}"
        assert b"true" in b"".join(answer(both, text).chunks)


def test_places_for_such_queries_are_limited(engine: EmbeddedEngine) -> None:
    asked_now, go_on = threading.Semaphore(0), threading.Event()

    def serve(reply: Reply) -> None:
        asked_now.release()
        go_on.wait(20)
        reply.answer(solutions("{}"), JSON)

    with outside(serve) as server:
        both = federation(
            engine,
            server.url(),
            federation_concurrency=2,
            query_timeout_ms=30_000,
            federation_timeout_ms=25_000,
        )
        text = f"ASK {{ SERVICE <{server.url()}> {{ ?a ?b ?c }} }}"
        first, second = (
            threading.Thread(target=lambda client=client: b"".join(answer(both, text, client=client).chunks))
            for client in ("a", "b")
        )
        first.start()
        assert asked_now.acquire(timeout=20)
        problem = refused(both, text, client="a")
        assert (problem.status, problem.code) == (429, "too-many-service-queries")
        second.start()
        assert asked_now.acquire(timeout=20)
        problem = refused(both, text, client="c")
        assert problem.status == 503
        assert "Retry-After" in problem.headers
        go_on.set()
        first.join(20)
        second.join(20)
        assert b"true" in b"".join(answer(both, text, client="a").chunks)


def test_time_spent_elsewhere_counts(small_release: Path) -> None:
    engine = EmbeddedEngine(Settings(release=small_release, query_workers=1, per_client_compute_s=1))
    try:
        with outside(lambda reply: reply.wait()) as server:
            both = federation(engine, server.url(), federation_timeout_ms=1200)
            text = f"ASK {{ SERVICE <{server.url()}> {{ ?a ?b ?c }} }}"
            assert refused(both, text, client="a").status == 504
            assert refused(both, text, client="a").code == "compute-budget"
    finally:
        engine.close()


def test_a_large_answer_takes_its_place(tmp_path: Path) -> None:
    """Longer than a query may be."""
    rows = ", ".join(f'{{"m": {{"type": "uri", "value": "{EX}method/{n}"}}}}' for n in range(5000))
    engine = EmbeddedEngine(Settings(release=write_release(tmp_path / "r", "0-r"), query_workers=1))
    try:
        with outside(lambda reply: reply.answer(solutions(rows), JSON)) as server:
            text = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{server.url()}> {{ ?m ?b ?c }} ?m <{EX}order> ?o }}"
            assert '"30"' in str(asked(federation(engine, server.url()), text)[1])
    finally:
        engine.close()
