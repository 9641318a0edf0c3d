"""A thing's page as data: what is grouped, merged, marked as ours or left out. On hand-written rows."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kb.queries import load
from ontology import namespaces as ns
from service.pages import thing
from service.pages.citations import Citations
from service.pages.names import Names
from service.pages.thing import Group, Material, Thing
from service.pages.vocabulary import Term, Vocabulary

METHOD, PHASE, MODEL = ns.ID + "method/m", ns.ID + "phase/p", ns.ID + "process-model/pm"
PASSAGE, OTHER = ns.PASSAGE + "d1/L4-5", ns.PASSAGE + "d1/L7"
PROPERTY = frozenset({"property"})


def _property(name: str, parents: tuple[str, ...] = (), inverse: str = "", *types: str) -> Term:
    return Term(
        ns.SMM + name,
        PROPERTY,
        name.lower(),
        parents=tuple(ns.SMM + p for p in parents),
        inverses=(ns.SMM + inverse,) if inverse else (),
        types=tuple(ns.OWL + t for t in types),
    )


VOCABULARY = Vocabulary(
    {
        term.iri: term
        for term in (
            _property("suitableForPhase", ("servesPhase",)),
            _property("servesPhase", (), "servedBy"),
            _property("servedBy"),
            _property("phaseOf", (), "hasPhase"),
            _property("hasPhase"),
            _property("correspondsTo", (), "", "SymmetricProperty"),
            Term(ns.SMM + "Phase", frozenset({"class"}), "phase"),
            Term(ns.SMM + "Special", frozenset({"class"}), "special", parents=(ns.SMM + "Phase",)),
        )
    }
)


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _said(prop: str, value: str | ox.Literal, graph: str) -> dict[str, ox.NamedNode | ox.Literal]:
    term = value if isinstance(value, ox.Literal) else _node(value)
    return {"property": _node(ns.SMM + prop), "value": term, "graph": _node(graph)}


def _mention(prop: str, subject: str, graph: str) -> dict[str, ox.NamedNode | ox.Literal]:
    return {"property": _node(ns.SMM + prop), "subject": _node(subject), "graph": _node(graph)}


def _build(
    iri: str,
    statements: list[dict[str, ox.NamedNode | ox.Literal]],
    mentions: list[dict[str, ox.NamedNode | ox.Literal]],
    described: tuple[tuple[str, str, ox.NamedNode | ox.Literal], ...] = (),
    counts: dict[str, int] | None = None,
) -> Thing:
    names = Names(VOCABULARY, {ns.DOCUMENT + "d1": "D1"})
    rows = [{"graph": _node(g), "property": _node(p), "value": v} for g, p, v in described]
    return thing.build(Material(iri, statements, mentions, counts or {}, names, Citations(names, rows)))


def _groups(built: Thing) -> dict[str, Group]:
    return {group.key: group for section in built.sections for group in section.groups}


def test_an_inverse_that_only_follows_is_shown_once_with_the_passage_of_what_is_said() -> None:
    built = _build(
        MODEL,
        [_said("hasPhase", PHASE, ns.GRAPH_INFERRED)],
        [_mention("phaseOf", PHASE, PASSAGE)],
    )
    groups = _groups(built)
    assert list(groups) == ["hasPhase"]
    (value,) = groups["hasPhase"].values
    assert value.shown.href == "/id/phase/p.html"
    assert [c.label for c in value.citations] == ["D1, lines 4–5"]


def test_what_follows_from_a_narrower_property_is_left_out() -> None:
    built = _build(
        METHOD,
        [_said("suitableForPhase", PHASE, PASSAGE), _said("servesPhase", PHASE, ns.GRAPH_INFERRED)],
        [_mention("servedBy", PHASE, ns.GRAPH_INFERRED)],
    )
    assert list(_groups(built)) == ["suitableForPhase"]
    other_side = _build(
        PHASE,
        [_said("servedBy", METHOD, ns.GRAPH_INFERRED)],
        [_mention("suitableForPhase", METHOD, PASSAGE), _mention("servesPhase", METHOD, ns.GRAPH_INFERRED)],
    )
    assert list(_groups(other_side)) == ["<suitableForPhase"]


def test_what_only_follows_is_shown_and_marked_where_nobody_says_it() -> None:
    built = _build(METHOD, [_said("servesPhase", PHASE, ns.GRAPH_INFERRED)], [])
    (value,) = _groups(built)["servesPhase"].values
    assert [c.kind for c in value.citations] == ["inferred"]


def test_a_wider_statement_that_somebody_makes_stays() -> None:
    built = _build(
        METHOD, [_said("suitableForPhase", PHASE, PASSAGE), _said("servesPhase", PHASE, OTHER)], []
    )
    assert set(_groups(built)) == {"suitableForPhase", "servesPhase"}


def test_a_symmetric_property_is_one_group() -> None:
    built = _build(
        PHASE,
        [_said("correspondsTo", METHOD, PASSAGE)],
        [_mention("correspondsTo", METHOD, ns.GRAPH_INFERRED), _mention("correspondsTo", MODEL, OTHER)],
    )
    groups = _groups(built)
    assert list(groups) == ["correspondsTo"]
    assert len(groups["correspondsTo"].values) == 2


def test_our_own_statements_are_marked_with_their_reason() -> None:
    conclusion = ns.CONCLUSION + "c"
    built = _build(
        METHOD,
        [
            *(_said("aim", ox.Literal("To learn.", language="en"), conclusion),),
            *(_said("setting", ns.SMM + "BetweenSchools", ns.GRAPH_EDITORIAL),),
            *(_said("purpose", ox.Literal("To learn.", language="en"), ns.GRAPH_EDITORIAL),),
        ],
        [],
        (
            (conclusion, ns.SKOS + "note", ox.Literal("It fits a lesson.", language="en")),
            (conclusion, ns.PROV + "wasDerivedFrom", _node(OTHER)),
        ),
    )
    groups = _groups(built)
    (cited,) = groups["aim"].values[0].citations
    assert (cited.kind, cited.reason) == ("conclusion", "It fits a lesson.")
    assert [(link.label, link.href) for link in cited.rests_on] == [("D1, line 7", "/id/passage/d1/L7.html")]
    assert groups["setting"].values[0].citations[0].label == "our grouping"
    assert groups["purpose"].values[0].citations[0].label == "our wording"


def test_sources_that_all_values_share_are_told_once() -> None:
    same = [_said("aim", ox.Literal(text, language="en"), PASSAGE) for text in ("one", "two")]
    group = _groups(_build(METHOD, same, []))["aim"]
    assert [c.label for c in group.citations] == ["D1, lines 4–5"]
    assert all(not value.citations for value in group.values)
    different = [*same, _said("aim", ox.Literal("three", language="en"), OTHER)]
    group = _groups(_build(METHOD, different, []))["aim"]
    assert group.citations == ()
    assert all(value.citations for value in group.values)


def test_a_long_group_is_cut_visibly_and_leads_to_all_of_it() -> None:
    many = [_mention("unknown", f"{ns.ID}method/m{n}", PASSAGE) for n in range(thing.SHOWN_AT_MOST + 50)]
    built = _build(PHASE, [], many, counts={ns.SMM + "unknown": 900})
    group = _groups(built)["<unknown"]
    assert len(group.values) == thing.SHOWN_AT_MOST
    assert group.total == 900
    assert len(group.first) == thing.SHOWN_AT_ONCE
    assert len(group.first) + len(group.folded) == len(group.values)
    assert group.all_href.startswith("/sparql?query=")
    assert load("service/thing-mentions-by-property").title


def test_values_are_sorted_as_people_count() -> None:
    texts = [_said("aim", ox.Literal(f"step {n}", language="en"), PASSAGE) for n in (10, 2, 1)]
    group = _groups(_build(METHOD, texts, []))["aim"]
    assert [value.shown.text for value in group.values] == ["step 1", "step 2", "step 10"]


def test_the_description_of_the_release_is_no_knowledge_about_a_thing() -> None:
    built = _build(MODEL, [], [_mention("class", ns.GRAPH_RELEASE + "/x", ns.GRAPH_RELEASE)])
    assert built.sections == ()


@pytest.mark.parametrize("turned", [False, True])
def test_implication_goes_through_inverses_both_ways(turned: bool) -> None:
    implied = VOCABULARY.implied(ns.SMM + ("servedBy" if turned else "suitableForPhase"))
    assert (ns.SMM + "servesPhase", turned) in implied
    assert (ns.SMM + "servedBy", not turned) in implied


def test_only_the_most_specific_classes_are_told() -> None:
    given = [ns.SMM + "Phase", ns.SMM + "Special", ns.OWL + "NamedIndividual"]
    assert VOCABULARY.most_specific(given) == [ns.SMM + "Special"]
