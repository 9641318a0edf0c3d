"""What may go wrong with a store, on a fake one: each failure is a Problem, and nothing cut looks whole."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest

from service.errors import Problem
from service.gateway import Departure
from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import QueryRequest
from service.sparql.remote import RemoteEngine
from service.sparql.remote_graphs import EVERYTHING, MARK, PUBLISHED, WHICH
from tests.outside import Outside, Reply, outside

QUERY = "SELECT ?x { ?x ?y ?z }"
JSON = formats.JSON.media_type
OK = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n".encode()
WHOLE = b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
Serve = Callable[[Reply], None]


def table(*graphs: str) -> bytes:
    rows = [{"g": {"type": "uri", "value": graph}} for graph in graphs]
    return json.dumps({"head": {"vars": ["g"]}, "results": {"bindings": rows}}).encode()


def query_of(reply: Reply) -> str:
    return parse_qs(reply.asked.body.decode())["query"][0]


@contextmanager
def fake(serve: Serve, server: str = "Fake", **chosen: object) -> Iterator[tuple[RemoteEngine, Outside]]:
    """An engine over a store that holds release r1 and otherwise does what `serve` does."""

    def answer(reply: Reply) -> None:
        reply.server_version, reply.sys_version = server, ""  # type: ignore[misc]
        if query_of(reply) == WHICH:
            reply.answer(table(PUBLISHED + "r1", EVERYTHING, MARK[0]), JSON)
        elif "COUNT(*)" in query_of(reply) or "bif:" in query_of(reply):
            reply.answer(b'{"head":{"vars":["n"]},"results":{"bindings":[]}}', JSON)
        else:
            serve(reply)

    with outside(answer) as store:
        settings = Settings(engine=store.url("/sparql"), **chosen)  # type: ignore[arg-type]
        engine = RemoteEngine(settings)
        try:
            yield engine, store
        finally:
            store.over.set()
            engine.close()


def ask(engine: RemoteEngine, text: str = QUERY, accept: str = JSON, **chosen: object) -> bytes:
    return b"".join(engine.run(QueryRequest(text, accept, **chosen)).chunks)  # type: ignore[arg-type]


def refused(engine: RemoteEngine, text: str = QUERY, accept: str = JSON) -> Problem:
    with pytest.raises(Problem) as caught:
        ask(engine, text, accept)
    return caught.value


def with_status(status: int, body: bytes = b"no", **headers: str) -> Serve:
    return lambda reply: reply.answer(body, "text/plain", status, **headers)


def raw(data: bytes) -> Serve:
    """Exactly these bytes, then the end of the connection."""

    def serve(reply: Reply) -> None:
        reply.wfile.write(data)
        reply.close_connection = True

    return serve


def test_a_whole_answer_comes_through() -> None:
    with fake(lambda reply: reply.answer(WHOLE, JSON)) as (engine, store):
        result = engine.run(QueryRequest(QUERY, JSON))
        assert (b"".join(result.chunks), result.length, result.release) == (WHOLE, len(WHOLE), "r1")
    assert store.asked[-1].headers["accept"] == JSON


@pytest.mark.parametrize(
    ("serve", "status", "code"),
    [
        (with_status(502), 502, "store-failed"),
        (with_status(500), 502, "store-failed"),
        (with_status(403), 502, "store-refused"),
        (with_status(401), 502, "store-refused"),
        (with_status(404), 502, "store-refused"),
        (with_status(429, Retry_After="7"), 503, "store-busy"),
        (with_status(503), 503, "store-busy"),
        (with_status(406), 406, "not-acceptable"),
        (with_status(302, Location="http://169.254.169.254/"), 502, "store-redirects"),
        (with_status(400, b"Parse error: line 3, column 9: expected }"), 400, "query-syntax"),
        (with_status(400, b"Division by zero"), 400, "evaluation-failed"),
        (lambda reply: reply.answer(b"<h1>Welcome</h1>", "text/html"), 502, "store-wrong-type"),
        (lambda reply: reply.answer(WHOLE, "text/csv"), 502, "store-wrong-type"),
        (raw(OK + b"Content-Length: 99\r\n\r\n{}"), 502, "store-broke-off"),
        (raw(OK + b"\r\n" + WHOLE), 502, "store-unframed"),
        (raw(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), 502, "store-broke-off"),
        (raw(b"nonsense\r\n\r\n"), 502, "store-broke-off"),
        (raw(b""), 502, "store-broke-off"),
        (lambda reply: reply.answer(WHOLE[:-2], JSON), 502, "store-broke-off"),
        (lambda reply: reply.answer(WHOLE + b"\nERROR: out of memory", JSON), 502, "store-broke-off"),
    ],
)
def test_failures_are_problems(serve: Serve, status: int, code: str) -> None:
    with fake(serve) as (engine, _):
        problem = refused(engine)
    assert (problem.status, problem.code) == (status, code)
    assert problem.advice or status == 400


def test_a_redirect_is_not_followed() -> None:
    with outside(lambda reply: reply.answer(WHOLE, JSON)) as elsewhere:
        serve = with_status(307, Location=elsewhere.url())
        with fake(serve) as (engine, _):
            refused(engine)
        assert elsewhere.asked == []


def test_the_place_of_a_syntax_error_is_told() -> None:
    with fake(with_status(400, b"Parse error: line 3, column 9: expected }")) as (engine, _):
        problem = refused(engine)
    assert problem.where
    assert (problem.where.line, problem.where.column) == (3, 9)


HEAD = OK + b"Content-Length: 60000\r\n\r\n"


@pytest.mark.parametrize(
    "serve",
    [
        lambda reply: reply.wait(),
        lambda reply: reply.drip(HEAD * 100, 0.05),
        lambda reply: (reply.wfile.write(HEAD), reply.drip(b" " * 60_000, 0.05)),
    ],
    ids=["silence", "drip in the head", "drip in the body"],
)
def test_a_slow_store_ends_at_the_deadline(serve: Serve) -> None:
    with fake(serve, query_timeout_ms=600) as (engine, _):
        began = time.monotonic()
        with pytest.raises(Problem) as caught:
            ask(engine)
        assert caught.value.code == "query-timeout"
        assert time.monotonic() - began < 20  # the drips would take minutes


def test_an_answer_that_breaks_off_late_breaks_off_visibly() -> None:
    part = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b" " * (3 << 20)

    def serve(reply: Reply) -> None:
        reply.head(200, Content_Type=JSON, Content_Length=str(len(part) + 100))
        reply.wfile.write(part)
        reply.close_connection = True

    with fake(serve) as (engine, _):
        result = engine.run(QueryRequest(QUERY, JSON))
        assert result.length is None
        with pytest.raises(Problem) as caught:
            b"".join(result.chunks)
    assert caught.value.code == "store-broke-off"


def test_too_large_a_result_is_refused() -> None:
    big = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b" " * (2 << 20) + b"]}}"
    with fake(lambda reply: reply.answer(big, JSON), max_result_mb=1) as (engine, _):
        assert refused(engine).code == "result-too-large"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X_SQL_State": "S1TAT", "X_Exec_Milliseconds": "1200"}, 408, "query-timeout"),
        ({"X_SPARQL_MaxRows": "10000"}, 413, "result-too-large"),
    ],
)
def test_virtuosos_partial_results_are_errors(headers: dict[str, str], status: int, code: str) -> None:
    with fake(lambda reply: reply.answer(WHOLE, JSON, **headers), "Virtuoso/07.20") as (engine, _):
        problem = refused(engine)
    assert (problem.status, problem.code) == (status, code)


def test_a_dead_connection_is_replaced_by_a_new_one() -> None:
    """The store ends each connection after its answer, without saying so."""

    def serve(reply: Reply) -> None:
        reply.protocol_version = "HTTP/1.1"
        reply.answer(WHOLE, JSON)
        reply.close_connection = True

    with fake(serve) as (engine, _):
        assert [ask(engine) for _ in range(5)] == [WHOLE] * 5


def test_connections_are_used_again() -> None:
    ports = set()

    def serve(reply: Reply) -> None:
        ports.add(reply.client_address[1])
        reply.protocol_version = "HTTP/1.1"
        reply.close_connection = False
        reply.answer(WHOLE, JSON)

    with fake(serve) as (engine, _):
        for _ in range(5):
            ask(engine)
    assert len(ports) < 5


def test_when_the_client_leaves_the_store_is_left_too() -> None:
    left, begun, departure = threading.Event(), threading.Event(), Departure()

    def serve(reply: Reply) -> None:
        reply.wfile.write(HEAD)
        begun.set()
        while not reply.server.over.is_set():
            try:
                reply.wfile.write(b" ")
            except OSError:
                left.set()
                return

    with fake(serve) as (engine, _):
        result = engine.run(QueryRequest(QUERY, JSON, departure=departure))
        assert begun.wait(10)
        departure.happened()
        assert left.wait(10)
        with pytest.raises(Problem) as caught:
            list(result.chunks)
        assert caught.value.code == "client-gone"


def test_a_store_that_is_away() -> None:
    with outside(lambda reply: None) as gone:
        address = gone.url("/sparql")
    engine = RemoteEngine(Settings(engine=address))
    try:
        assert engine.release_id == ""
        problem = refused(engine)
    finally:
        engine.close()
    assert (problem.status, problem.code) == (502, "store-unreachable")
    assert "Retry-After" in problem.headers


def test_a_store_without_a_release() -> None:
    with outside(lambda reply: reply.answer(table(MARK[0]), JSON)) as store:
        engine = RemoteEngine(Settings(engine=store.url()))
        try:
            problem = refused(engine)
        finally:
            engine.close()
    assert (problem.status, problem.code) == (503, "no-release")


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        engine="http://127.0.0.1:9/sparql?key=s3", engine_user="u", engine_password="s1", engine_token="s2"
    )
    engine = RemoteEngine(settings)
    engine.close()
    assert not {"s1", "s2", "s3"} & set(
        f"{settings!r}{engine.store}{engine.trouble}".replace("'", " ").split()
    )
    assert "s1" not in repr(settings)
    assert "s2" not in repr(settings)
    assert "s3" not in engine.store


def test_credentials_are_sent() -> None:
    with fake(lambda reply: reply.answer(WHOLE, JSON), engine_token="t0ken") as (engine, store):
        ask(engine)
    assert store.asked[-1].headers["authorization"] == "Bearer t0ken"
    with fake(lambda reply: reply.answer(WHOLE, JSON), engine_user="u", engine_password="p") as (
        engine,
        store,
    ):
        ask(engine)
    assert store.asked[-1].headers["authorization"] == "Basic dTpw"


def test_the_deployments_parameters_go_with_each_query() -> None:
    with fake(lambda reply: reply.answer(WHOLE, JSON), engine_parameters="timeout={s}&infer=false") as (
        engine,
        store,
    ):
        ask(engine, timeout_s=3)
    assert parse_qs(store.asked[-1].body.decode())["timeout"] == ["3"]
    assert parse_qs(store.asked[-1].body.decode())["infer"] == ["false"]


def test_relative_iris_get_a_base() -> None:
    with fake(lambda reply: reply.answer(WHOLE, JSON)) as (engine, store):
        ask(engine, "SELECT ?x { ?x ?y <id/country/estonia> }")
        assert query_of_last(store).startswith("BASE <https://w3id.org/school-mentoring/> SELECT")
        ask(engine, "SELECT ?x { ?x ?y <http://e/x> }")
        assert query_of_last(store).startswith("SELECT")


def query_of_last(store: Outside) -> str:
    return next(
        query
        for asked in reversed(store.asked)
        if (query := parse_qs(asked.body.decode())["query"][0]) != WHICH
    )


def hang(engine: RemoteEngine, text: str) -> None:
    with pytest.raises(Problem):
        ask(engine, text, client="10.0.0.1")


def test_one_client_cannot_take_all_turns() -> None:
    """The first client's queries hang; the second is answered meanwhile."""
    hanging = threading.Semaphore(0)

    def serve(reply: Reply) -> None:
        if "hang" in query_of(reply):
            hanging.release()
            reply.wait()
        else:
            reply.answer(WHOLE, JSON)

    with fake(serve, engine_queries=3, per_client_concurrency=2, slow_queries=0) as (engine, store):
        text = "SELECT ?hang { ?hang ?y ?z }"
        threads = [threading.Thread(target=hang, args=(engine, text)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            assert hanging.acquire(timeout=10)
        assert ask(engine, client="10.0.0.2") == WHOLE
        assert not hanging.acquire(blocking=False)
        store.over.set()
        for thread in threads:
            thread.join(30)
