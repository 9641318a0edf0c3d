"""The SPARQL 1.1 Graph Store Protocol, reading half, and the service description, on a running server."""

from __future__ import annotations

import json
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from service.sparql import formats
from tests.http.server import Server
from tests.service.sparql.releases import EX

pytestmark = pytest.mark.http

GRAPH = "/rdf-graph-store?graph=" + quote(f"{EX}passage/1", safe="")
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.mark.parametrize("form", formats.GRAPHS, ids=lambda form: form.name)
def test_a_graph_in_every_format(sparql_server: Server, form: formats.Format) -> None:
    answer = sparql_server.request("GET", GRAPH, headers={"Accept": form.media_type})
    assert answer.status == 200
    assert answer.headers["content-type"] == form.content_type
    assert len(set(ox.parse(answer.body, format=getattr(ox.RdfFormat, form.engine)))) == 30


def test_the_default_graph(sparql_server: Server) -> None:
    answer = sparql_server.request("GET", "/rdf-graph-store?default&format=nt")
    assert len(answer.body.splitlines()) == 90


def test_head_and_validators(sparql_server: Server) -> None:
    got, head = (sparql_server.request(method, GRAPH) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == str(len(got.body))
    assert got.headers["vary"] == "Accept, Accept-Encoding"
    again = sparql_server.request("GET", GRAPH, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    other = sparql_server.request("GET", GRAPH, headers={"Accept": "application/n-triples"})
    assert other.headers["etag"] != got.headers["etag"]


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/rdf-graph-store?graph=http%3A%2F%2Fexample.org%2Fnowhere", 404, "graph-unknown"),
        ("/rdf-graph-store", 400, "which-graph"),
        ("/rdf-graph-store?default&graph=urn:x:y", 400, "which-graph"),
        ("/rdf-graph-store?graph=relative", 400, "which-graph"),
        (GRAPH + "&graph=urn:x:y", 400, "repeated-parameter"),
        (GRAPH + "&format=csv", 406, "not-acceptable"),
    ],
)
def test_what_is_not_there(sparql_server: Server, target: str, status: int, code: str) -> None:
    answer = sparql_server.request("GET", target)
    document = json.loads(answer.body)
    assert (answer.status, document["code"]) == (status, code)
    assert document["advice"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nothing_is_written(sparql_server: Server, method: str) -> None:
    answer = sparql_server.request(method, GRAPH, b"<a:a> <a:b> 1 .", {"Content-Type": "text/turtle"})
    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].replace(" ", "").split(","))
    assert sparql_server.request("OPTIONS", GRAPH).status == 204


def test_the_description_is_complete(sparql_server: Server) -> None:
    answer = sparql_server.request("GET", "/sparql", headers={"Accept": "application/n-triples"})
    store = ox.Store()
    store.load(answer.body, format=ox.RdfFormat.N_TRIPLES)
    query = f"""PREFIX sd: <{SD}> PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?language ?limits ?default ?name ?n {{
          ?service a sd:Service ; sd:supportedLanguage ?language ; sd:defaultDataset ?dataset ;
            sd:feature sd:UnionDefaultGraph ; <http://purl.org/dc/terms/description> ?limits .
          ?dataset a sd:Dataset ; sd:defaultGraph [ a sd:Graph ; void:triples ?default ] ;
            sd:namedGraph [ a sd:NamedGraph ; sd:name ?name ; sd:graph [ void:triples ?n ] ] }}"""
    rows = list(store.query(query))
    assert {(row["name"].value, row["n"].value) for row in rows} == {
        (f"{EX}passage/{number}", "30") for number in (1, 2, 3)
    }
    assert {row["default"].value for row in rows} == {"90"}
    assert rows[0]["language"].value == SD + "SPARQL11Query"
    assert "1500 ms" in rows[0]["limits"].value


def test_csv_for_spreadsheets(sparql_server: Server) -> None:
    text = "SELECT ?a { VALUES ?a { '=1+1' -2 'x' } }"
    answer = sparql_server.query(text, format="csv-safe")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.body == b"a\r\n'=1+1\r\n-2\r\nx\r\n"
    assert sparql_server.query(text, format="csv").body == b"a\r\n=1+1\r\n-2\r\nx\r\n"
