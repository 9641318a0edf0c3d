"""The figures of link discovery are computed rightly, and stay above what the simpler ways reach."""

from __future__ import annotations

import csv
import os
from importlib.resources import files
from pathlib import Path

import pytest

from kb.linking.evaluation import Figures, Outcome, evaluate, figures
from kb.linking.loading import load
from kb.linking.records import Kind

GOLD = Path(str(files("kb.linking"))) / "gold"


def gold(name: str) -> list[dict[str, str]]:
    text = (GOLD / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def targets() -> Path:
    folder = os.environ.get("MENTORGRAPH_TARGETS")
    if not folder:
        pytest.skip("MENTORGRAPH_TARGETS does not name the folder with the targets' label lists")
    return Path(folder)


def test_figures_count_what_was_right_proposed_wanted_and_refused() -> None:
    right, wrong, missed = Outcome(True, True, True), Outcome(True, True, False), Outcome(True, False, False)
    invented, refused = Outcome(False, True, False), Outcome(False, False, False)
    found = figures("a task", "a way", [right, right, wrong, missed, invented, refused, refused, refused])
    assert (found.asked, found.linkable, found.proposed) == (8, 4, 4)
    assert (found.precision, found.recall, found.f1, found.refused) == (0.5, 0.5, 0.5, 0.75)
    assert found.f1_low is not None
    assert found.f1_high is not None
    assert found.f1_low < 0.5 < found.f1_high


def test_nothing_proposed_has_no_precision() -> None:
    found = figures("a task", "a way", [Outcome(True, False, False)])
    assert (found.precision, found.recall, found.f1, found.refused) == (None, 0.0, 0.0, None)


@pytest.fixture(scope="module")
def of_classes() -> dict[tuple[str, str], Figures]:
    return {(one.task, one.way): one for one in evaluate(None)}


def test_classes_are_matched_better_than_by_simpler_ways(
    of_classes: dict[tuple[str, str], Figures],
) -> None:
    for task in {task for task, _ in of_classes}:
        ours = of_classes[task, "discovery"]
        assert ours.f1 is not None
        assert ours.precision is not None
        assert ours.f1 >= 0.6
        assert ours.precision >= 0.9
        for way in ("same name", "same words", "letters"):
            assert ours.f1 > (of_classes[task, way].f1 or 0)


def test_what_is_left_out_shows_in_the_figures(of_classes: dict[tuple[str, str], Figures]) -> None:
    task = "classes and properties (test)"
    for feature in ("synonyms", "heads", "surroundings"):
        assert of_classes[task, f"without {feature}"].f1 != of_classes[task, "discovery"].f1


def test_every_reference_names_terms_of_its_ontologies() -> None:
    terms = {
        record.iri for path in (GOLD / "ontologies").glob("*.ttl") for record in load(path, Kind.CLASSES)
    }
    rows = gold("ontologies/reference.tsv")
    assert len(rows) > 300
    assert {row[side] for row in rows for side in ("source", "target")} <= terms


def test_gold_pairs_are_enough_stand_once_and_have_some_without_counterpart() -> None:
    concepts = [(row["label"], row["scheme"]) for row in gold("concepts.tsv")]
    organisations = [(row["name"], row["country"]) for row in gold("organisations.tsv")]
    for rows, keys in ((gold("concepts.tsv"), concepts), (gold("organisations.tsv"), organisations)):
        assert len(rows) >= 100
        assert len(set(keys)) == len(keys)
        assert sum(row["answer"] == "none" for row in rows) >= 30


def test_gold_answers_are_in_the_label_lists(targets: Path) -> None:
    known = {
        name: {record.iri for record in load(targets / f"{name}.tsv", Kind.CONCEPTS)}
        for name in ("eurovoc", "unesco", "esco", "ror")
    }
    for row in gold("concepts.tsv"):
        assert row["answer"] in known[row["scheme"]] | {"none"}
    for row in gold("organisations.tsv"):
        assert row["answer"] in known["ror"] | {"none"}
