"""SERVICE with an outside store as the engine: answered before it, as before the embedded one."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from service.settings import Settings
from service.sparql import formats
from service.sparql.engine import QueryRequest
from service.sparql.federation import Federation
from service.sparql.remote import RemoteEngine
from tests.outside import Reply, outside

JSON = formats.JSON.media_type
COUNTRY = "https://w3id.org/school-mentoring/id/country/"
NOTE = 'said "so"\n\\u0041 é'
QUERIES = {
    "joined": "?c a smm:Country . SERVICE <X> { ?c smm:note ?n }",
    "first": "SERVICE <X> { ?c smm:note ?n } ?c a smm:Country",
    "optional": "VALUES ?c { <finland> <estonia> } OPTIONAL { SERVICE <X> { ?c smm:note ?n } }",
    "silent": "VALUES ?c { <finland> <estonia> } SERVICE SILENT <X/away> { ?c smm:note ?n }",
}
ANSWERS = {
    "joined": {(f"{COUNTRY}finland", NOTE)},
    "first": {(f"{COUNTRY}finland", NOTE)},
    "optional": {(f"{COUNTRY}finland", NOTE), (f"{COUNTRY}estonia", None)},
    "silent": {(f"{COUNTRY}finland", None), (f"{COUNTRY}estonia", None)},
}


def serve(reply: Reply) -> None:
    if reply.path.endswith("/away"):
        reply.answer(b"away", status=503)
        return
    row = {
        "c": {"type": "uri", "value": f"{COUNTRY}finland"},
        "n": {"type": "literal", "value": NOTE, "xml:lang": "en"},
    }
    reply.answer(json.dumps({"head": {"vars": ["c", "n"]}, "results": {"bindings": [row]}}).encode(), JSON)


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("store", ["on_oxigraph", "on_virtuoso"])
def test_service_over_a_store(
    name: str, store: str, request: pytest.FixtureRequest, engine_over: Callable[..., RemoteEngine]
) -> None:
    engine = engine_over(request.getfixturevalue(store).endpoint)
    with outside(serve) as server:
        settings = Settings(federation=f"{server.url('/x')} {server.url('/x/away')}", base_iri=COUNTRY)
        text = (
            f"BASE <{COUNTRY}> PREFIX smm: <https://w3id.org/school-mentoring/ontology#> "
            f"SELECT ?c ?n {{ {QUERIES[name].replace('<X', '<' + server.url('/x'))} }}"
        )
        result = Federation(engine, settings).run(QueryRequest(text, JSON, client="a"))
        rows = json.loads(b"".join(result.chunks))["results"]["bindings"]
    found = {(row["c"]["value"], row["n"]["value"] if "n" in row else None) for row in rows}
    assert found == ANSWERS[name]
    assert len(rows) == len(found)
    assert bool(result.silenced) == (name == "silent")
