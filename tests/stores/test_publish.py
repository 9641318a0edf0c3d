"""`mentorgraph publish`: what a store holds afterwards, what is never touched, and what a failure leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kb.release import Release, open_release
from ontology import namespaces as ns
from service import publish as publishing
from service.cli import main
from service.errors import Problem
from service.publish_ways import Content, Tell, Update, send
from service.sparql.remote import RemoteEngine
from service.sparql.remote_graphs import MARK, PUBLISHED
from service.sparql.remote_http import Credentials, Store
from tests.service.sparql.releases import write_release
from tests.stores.conftest import Outside, empty_virtuoso, oxigraph

PATIENCE_SECONDS = 20.0
OTHER = "urn:others"
MARKED = f"<{MARK[0]}> <{MARK[1]}> <{MARK[2]}>"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
IN_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


def release(folder: Path, name: str, things: int) -> Release:
    """A release like ours: passage graphs below our base IRI, everything in the default graph once."""
    lines = [f"{MARKED} .", f"{MARKED} <{MARK[0]}> ."]
    for number in range(things):
        said = f'<{ns.ID}thing/{number}> <{ns.SMM}text> "thing {number}"@en'
        lines += [f"{said} .", f"{said} <{ns.ID}passage/d/L{number}> ."]
    blank = f'_:b <{ns.SMM}text> "blank"'
    return open_release(
        write_release(folder / name, name, [*lines, f"{blank} .", f"{blank} <{ns.ONTOLOGY}> ."])
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Outside]:
    """An Oxigraph server with a graph of others in it."""
    with oxigraph(tmp_path / "oxigraph") as running:
        insert = f"INSERT DATA {{ GRAPH <{OTHER}> {{ <urn:a> <urn:b> <urn:c> }} }}"
        send(Store(running.writer), "POST", insert.encode(), {"Content-Type": "application/sparql-update"})
        yield running


@pytest.fixture
def graph_store(store: Outside) -> Outside:
    """The same, to be written to graph by graph."""
    return replace(store, writer=store.writer.removesuffix("update") + "store")


def graphs(store: Outside) -> dict[str, int]:
    return {row["g"]: int(row["n"]) for row in store.query.rows(IN_GRAPHS)}


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("way", ["store", "graph_store"])
def test_a_new_release_takes_the_place_of_the_old_one(
    way: str, tmp_path: Path, engine_over: Callable[..., RemoteEngine], request: pytest.FixtureRequest
) -> None:
    target: Outside = request.getfixturevalue(way)
    old, new = release(tmp_path, "r-old", 3), release(tmp_path, "r-new", 2)
    target.publish(old)
    engine = engine_over(target.endpoint)
    assert engine.release_id == "r-old"
    target.publish(new)
    after = graphs(target)
    assert after == {
        OTHER: 1,
        MARK[0]: 1,
        PUBLISHED + "r-new": 1,
        ns.ONTOLOGY: 1,
        **{f"{ns.ID}passage/d/L{number}": 1 for number in range(2)},
    }
    assert target.query.rows(COUNT) == [{"n": "4"}]
    target.publish(new)
    assert graphs(target) == after
    assert until(lambda: engine.release_id == "r-new")
    assert engine.rows(COUNT)[0]["n"] == ox.Literal(4)


def test_a_failed_update_changes_nothing(store: Outside, tmp_path: Path) -> None:
    store.publish(release(tmp_path, "r-old", 3))
    before = graphs(store)
    content = publishing.read(release(tmp_path, "r-new", 2), "loaded")
    content.default.append("this is no triple .\n")
    plan = publishing.plan(content, "loaded", store.query)
    with pytest.raises(publishing.PublishError, match="nothing was changed"):
        publishing.publish(plan, store.way, store.query, 0, str)
    assert graphs(store) == before


def test_a_failure_between_graphs_leaves_no_mark(
    graph_store: Outside, tmp_path: Path, engine_over: Callable[..., RemoteEngine]
) -> None:
    graph_store.publish(release(tmp_path, "r-old", 3))
    engine = engine_over(graph_store.endpoint)
    content = publishing.read(release(tmp_path, "r-new", 2), "loaded")
    content.named[f"{ns.ID}passage/d/L1"].append("this is no triple .\n")
    plan = publishing.plan(content, "loaded", graph_store.query)
    with pytest.raises(publishing.PublishError, match="no whole release"):
        publishing.publish(plan, graph_store.way, graph_store.query, 0, str)
    assert until(lambda: not engine.release_id)
    with pytest.raises(Problem) as caught:
        engine.rows(COUNT)
    assert (caught.value.status, caught.value.code) == (503, "no-release")


def test_other_numbers_than_the_releases_are_not_published(store: Outside, tmp_path: Path) -> None:
    """The store loses a statement without saying so."""

    class Loses(Update):
        def load(self, content: Content, gone: tuple[str, ...], clear_default: bool, tell: Tell) -> None:
            super().load(replace(content, default=content.default[1:]), gone, clear_default, tell)

    plan = publishing.plan(publishing.read(release(tmp_path, "r", 2), "loaded"), "loaded", store.query)
    with pytest.raises(publishing.PublishError, match="the default graph: 3 instead of 4"):
        publishing.publish(plan, Loses(Store(store.writer)), store.query, 0, str)
    assert PUBLISHED + "r" not in graphs(store)


@pytest.mark.parametrize(("layout", "found"), [("union", 5), ("loaded", 9)])
def test_a_default_graph_that_counts_twice_is_not_published(layout: str, found: int, tmp_path: Path) -> None:
    """Oxigraph's union of all graphs is their sum: the release's statement about itself is in two."""
    twice = release(tmp_path, "r", 2)
    with oxigraph(tmp_path / "oxigraph", "--union-default-graph") as store:
        plan = publishing.plan(publishing.read(twice, layout), layout, store.query)
        with pytest.raises(publishing.PublishError, match=f"the default graph: {found} instead of 4"):
            publishing.publish(plan, store.way, store.query, 0, str)


def command(store: Outside, release: Release, *options: str, answer: str = "") -> Result:
    writer = "--update" if store.writer.endswith("update") else "--graph-store"
    words = ["publish", "--to", store.endpoint, writer, store.writer, "--release", str(release.path)]
    environment = {"MENTORGRAPH_PUBLISH_PASSWORD": store.password, "MENTORGRAPH_RELEASE": None}
    user = ["--user", store.user] if store.user else []
    return CliRunner().invoke(main, [*words, *user, *options], input=answer, env=environment)


def test_nothing_is_replaced_without_a_yes(store: Outside, tmp_path: Path) -> None:
    old, new = release(tmp_path, "r-old", 3), release(tmp_path, "r-new", 2)
    first = command(store, old)
    assert first.exit_code == 0, first.output
    assert "Go on?" not in first.output  # there was nothing of ours
    refused = command(store, new, answer="n\n")
    assert refused.exit_code == 1
    assert "The store holds r-old." in refused.output
    assert PUBLISHED + "r-old" in graphs(store)
    taken = command(store, new, answer="y\n")
    assert taken.exit_code == 0, taken.output
    assert PUBLISHED + "r-new" in graphs(store)


def test_exactly_one_way_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["publish", "--to", "http://127.0.0.1:9/q"])
    assert done.exit_code == 2
    assert "--graph-store or --update" in done.output


def test_a_store_that_is_away_is_named(tmp_path: Path) -> None:
    away = Outside("away", "http://127.0.0.1:9/q", "http://127.0.0.1:9/update", "loaded")
    done = command(away, release(tmp_path, "r", 1))
    assert done.exit_code == 1
    assert "Error: No connection" in done.output


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ('"1"^^xsd:integer', '"1.0"^^xsd:decimal', True),
        ('"true"^^xsd:boolean', '"1"^^xsd:integer', True),
        ('"2021-01"^^xsd:gYearMonth', '"2021-01-01"^^xsd:date', True),
        ('"2021"^^xsd:gYear', '"2021-01-01"^^xsd:date', True),
        ('"1"^^xsd:integer', '"2"^^xsd:integer', False),
        ('"2021-01"^^xsd:gYearMonth', '"2021-02-01"^^xsd:date', False),
    ],
)
def test_values_that_a_store_may_take_for_one(one: str, other: str, are_equal: bool) -> None:
    def value(text: str) -> object:
        line = f"<urn:s> <urn:p> {text.replace('xsd:', '<' + ns.XSD)}> ."
        return publishing.value_of(next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object)

    assert (value(one) == value(other)) is are_equal


def test_texts_are_no_values() -> None:
    assert publishing.value_of(ox.Literal("1")) is None
    assert publishing.value_of(ox.Literal("1", language="en")) is None
    assert publishing.value_of(ox.NamedNode("urn:x")) is None


def test_virtuoso_takes_a_release_twice(tmp_path: Path, engine_over: Callable[..., RemoteEngine]) -> None:
    small = release(tmp_path, "r-old", 3)
    with empty_virtuoso(tmp_path / "virtuoso") as store:
        writer = Store(store.writer, Credentials(store.user, store.password))
        line, kind = b"<urn:a> <urn:b> <urn:c> .", {"Content-Type": "application/n-triples"}
        send(writer, "PUT", line, kind, f"graph={OTHER}")
        for _ in range(2):
            done = command(store, small, "--yes", "--wait", "0")
            assert done.exit_code == 0, done.output
            assert "dba" not in done.output
            engine = engine_over(store.endpoint)
            assert engine.rows(COUNT)[0]["n"] == ox.Literal(5)
            assert {OTHER, PUBLISHED + "r-old"} <= graphs(store).keys()
