"""The picture of a graph: bounded, the same each time, with links, and it says what is not in it."""

from __future__ import annotations

import pyoxigraph as ox

from ontology import namespaces as ns
from service.pages import graph_picture
from tests.service.pages import hostile
from tests.service.pages.html import Page

KNOWS = ox.NamedNode("http://e/knows")
Row = tuple[ox.NamedNode | ox.BlankNode | ox.Literal, ...]


def _thing(name: object) -> ox.NamedNode:
    return ox.NamedNode(f"{ns.ID}thing/{name}")


def _of(rows: list[Row]) -> tuple[Page, str]:
    (view,), why = graph_picture.of(rows, lambda iri: iri, lambda iri: iri)
    assert why == ""
    page = Page.parse(view.svg)
    assert page.faults == []
    return page, view.note


def test_things_are_links_and_connections_have_words() -> None:
    page, note = _of([(_thing("a"), KNOWS, _thing("b")), (_thing("b"), KNOWS, ox.BlankNode("x"))])
    assert set(page.links) == {"/id/thing/a.html", "/id/thing/b.html"}
    assert page.words.count("http://e/knows") == 2
    assert note == ""


def test_kinds_and_texts_are_not_drawn_and_that_is_said() -> None:
    kind = ox.NamedNode(ns.RDF + "type")
    rows: list[Row] = [
        (_thing("a"), KNOWS, _thing("b")),
        (_thing("a"), kind, _thing("Kind")),
        (_thing("a"), KNOWS, ox.Literal("text")),
    ]
    page, note = _of(rows)
    assert len(page.links) == 2
    assert note == "Not drawn: 1 statements with a text or number and 1 that name a kind."


def test_a_large_graph_is_bounded_around_what_is_best_connected() -> None:
    rows: list[Row] = [(_thing("hub"), KNOWS, _thing(n)) for n in range(100)]
    rows += [(_thing(f"far{n}"), KNOWS, _thing(f"off{n}")) for n in range(50)]
    page, note = _of(rows)
    assert len(page.links) == graph_picture.MAX_NODES
    assert "/id/thing/hub.html" in page.links
    assert not any("far" in href for href in page.links)
    assert f"Drawn are the {graph_picture.MAX_NODES} best connected of 201 things." in note
    assert f"{graph_picture.MAX_NODES - 1} of 150 connections are drawn." in note


def test_a_dense_graph_bounds_its_connections() -> None:
    rows: list[Row] = [(_thing(a), KNOWS, _thing(b)) for a in range(12) for b in range(12) if a != b]
    page, note = _of(rows)
    assert sum(tag == "line" for tag, _ in page.tags) == graph_picture.MAX_EDGES
    assert f"{graph_picture.MAX_EDGES} of 132 connections" in note


def test_without_connections_there_is_a_reason() -> None:
    rows = [(_thing("a"), KNOWS, ox.Literal("text"))]
    views, why = graph_picture.of(rows, lambda iri: iri, lambda iri: iri)
    assert views == ()
    assert "no statement joins two things" in why
    assert graph_picture.of([(_thing("a"), KNOWS, _thing("a"))], str, str)[0] == (), "not even with itself"


def test_boxes_stand_apart_on_the_paper_and_the_same_each_time() -> None:
    nodes = tuple(f"n{n}" for n in range(graph_picture.MAX_NODES))
    edges = [(nodes[0], node) for node in nodes[1:]]
    places = graph_picture.layout(nodes, edges)
    assert graph_picture.layout(nodes, edges) == places
    spots = list(places.values())
    covered = [
        (a, b)
        for i, a in enumerate(spots)
        for b in spots[:i]
        if abs(a[0] - b[0]) < 150 and abs(a[1] - b[1]) < 40
    ]
    assert covered == []
    assert all(0 < x < 1060 and 0 < y < 680 for x, y in spots)


def test_hostile_labels_are_only_text() -> None:
    rows: list[Row] = [(_thing("a"), KNOWS, ox.NamedNode(hostile.JAVASCRIPT))]
    (view,), _ = graph_picture.of(rows, lambda iri: hostile.IMAGE, lambda iri: hostile.SCRIPT)
    page = Page.parse(view.svg)
    assert page.faults == []
    assert set(page.links) == {"/id/thing/a.html"}
    assert {tag for tag, _ in page.tags} <= {"svg", "a", "g", "line", "polygon", "text", "title", "rect"}
