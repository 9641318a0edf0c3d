"""The reading half of the SPARQL 1.1 Graph Store Protocol: `/rdf-graph-store?graph=…` and `?default`.

Standard: https://www.w3.org/TR/sparql11-http-rdf-update/ (indirect identification, GET and HEAD). A release
never changes, so every other method is 405.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response

from service.errors import Problem
from service.sparql import protocol
from service.sparql.engine import Engine

METHODS = "GET, HEAD, OPTIONS"
WHOLE_GRAPH = "CONSTRUCT WHERE { ?s ?p ?o }"


def blueprint(engine: Engine) -> Blueprint:
    """The graph store over an engine."""
    store = Blueprint("graph_store", __name__)

    @store.route("/rdf-graph-store", methods=["GET"], provide_automatic_options=False)
    def graph_store() -> Response:
        graph, form = _asked()
        graphs = (graph,) if graph else ()
        asked = protocol.Parameters(WHOLE_GRAPH, graphs, (), form, None)
        try:
            return protocol.answer(engine, asked, WHOLE_GRAPH)
        except Problem as problem:
            if problem.code != "graph-unknown":
                raise
            # here the graph is what the address means
            raise Problem(404, problem.code, problem.title, problem.detail, problem.advice) from problem

    @store.route("/rdf-graph-store", methods=["OPTIONS"])
    def options() -> Response:
        return protocol.preflight(METHODS)

    store.after_request(protocol.open_to_other_origins)
    return store


def _asked() -> tuple[str | None, str | None]:
    """The graph's IRI, None for the default graph, and the format asked for. Raises Problem 400."""
    pairs = protocol.address_pairs()
    graph = protocol.single(pairs, "graph")
    if (graph is None) != any(name == "default" for name, _ in pairs):
        advice = "Send ?graph= and the graph's IRI, percent-encoded, or ?default."
        raise protocol.bad_request("which-graph", "The request must name one graph.", advice)
    if graph is not None and not urlsplit(graph).scheme:
        raise protocol.bad_request("which-graph", "The IRI of the graph is not absolute.", "Send it whole.")
    return graph, protocol.single(pairs, "format")
