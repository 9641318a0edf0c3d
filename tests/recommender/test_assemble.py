"""From rows to the catalogue: every fact with its passages, and nothing without one."""

from __future__ import annotations

import random

import pytest

from recommender.assemble import QUERIES, assemble
from recommender.catalogue import Catalogue
from recommender.facts import Citation, Fact, kebab
from tests.recommender.conftest import sample_rows

ID = "https://w3id.org/school-mentoring/id/"


def test_a_fact_carries_its_passage(sample: Catalogue) -> None:
    (aim,) = sample.methods[ID + "method/workshop"].aim
    assert aim.value == "To take stock of digital practice in a workshop."
    assert aim.citations == (
        Citation(
            ID + "passage/sample/L10",
            ID + "document/sample",
            "Sample",
            "3",
            10,
            12,
            "a workshop of three hours",
        ),
    )


def test_what_we_concluded_rests_on_passages_and_says_so(sample: Catalogue) -> None:
    setting = sample.methods[ID + "method/tutoring"].setting[0]
    assert [c.passage.rsplit("/", 1)[1] for c in setting.citations] == ["L13", "L5"]
    assert {c.conclusion for c in setting.citations} == {ID + "conclusion/settings"}
    assert setting.citations[0].reason == "It serves phases of both models."


def test_what_only_we_word_is_no_fact(sample: Catalogue) -> None:
    assert sample.methods[ID + "method/silent"].setting == ()
    with pytest.raises(ValueError, match="no passage states"):
        Fact("x", ())


def test_statements_are_found_in_both_directions(sample: Catalogue) -> None:
    methods = {method.slug: method for method in sample.methods.values()}
    assert [fact.value for fact in methods["company-programme"].requires] == ["IndustryPartner"]
    assert [fact.value for fact in methods["estonian-test"].nations] == [ID + "country/estonia"]
    assert [(use.status, len(use.results)) for use in methods["workshop"].uses] == [("Used", 1)]
    assert [sample.phases[iri].label for iri in sample.models[ID + "process-model/between"].phases] == [
        "Joint meeting",
        "Mapping joint aims",
        "Acting together",
    ]


def test_questions_come_in_their_order(sample: Catalogue) -> None:
    asked = sample.phases[ID + "phase/inside/mapping"].questions
    assert [fact.value for fact in asked] == ["What do you need?", "What can you start?"]


def test_kinds_of_methods(sample: Catalogue) -> None:
    kinds = {method.slug: method.kind for method in sample.methods.values()}
    assert kinds["estonian-test"] == "instrument"
    assert kinds["map-of-practice"] == "framework"
    assert kinds["workshop"] == "method"


def test_only_the_newest_elements_and_general_processes_are_offered(sample: Catalogue) -> None:
    assert [element.slug for element in sample.current_elements] == ["devices", "evidence", "peer-learning"]
    assert [model.slug for model in sample.general_models] == ["between", "inside"]


def test_the_order_of_rows_changes_nothing(sample: Catalogue) -> None:
    rows = sample_rows()
    for found in rows.values():
        random.Random(7).shuffle(found)
    assert assemble("sample", rows) == sample


def test_missing_rows_are_an_error() -> None:
    with pytest.raises(KeyError, match="labels"):
        assemble("x", {name: [] for name in QUERIES if name != "labels"})


def test_an_empty_graph_gives_an_empty_catalogue() -> None:
    empty = assemble("x", {name: [] for name in QUERIES})
    assert not empty.methods
    assert not empty.general_models


def test_kebab() -> None:
    assert [kebab(name) for name in ("Primary", "LowerSecondary", "PrePrimary")] == [
        "primary",
        "lower-secondary",
        "pre-primary",
    ]
