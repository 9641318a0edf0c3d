"""Reviewing candidates: by keys, in the page, never twice; samples and their precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kb.linking.review import Decisions, Table, precision, read_table, sample, wilson, written
from ontology.complaints import SourceError
from service.cli import main
from service.link_review_commands import decide, told
from service.link_review_page import application
from tests.service.pages.html import Page

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 23)
CANDIDATES = """#curie_map:
#  a: "https://example.org/a/"
#  b: "https://example.org/b/"
#  skos: "http://www.w3.org/2004/02/skos/core#"
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tconfidence\tcomment
a:1\tTrust\tskos:exactMatch\tb:1\ttrust\tsemapv:CompositeMatching\t0.7\tsame name
a:2\tTime\tskos:exactMatch\tb:2\ttimes\tsemapv:CompositeMatching\t0.9\tnear name
a:2\tTime\tskos:exactMatch\tb:3\ttime <script>\tsemapv:CompositeMatching\t0.8\tnear name
"""


@pytest.fixture
def candidates(tmp_path: Path) -> Path:
    path = tmp_path / "candidates.sssom.tsv"
    path.write_text(CANDIDATES, encoding="utf-8")
    return path


def keys(*pressed: str) -> Iterator[str]:
    yield from pressed


def opened(path: Path) -> Decisions:
    return Decisions.open(path.with_name("decisions.tsv"), "A. Reader", DAY)


def test_keys_decide_and_nothing_is_asked_twice(candidates: Path) -> None:
    table, decisions = read_table(candidates), opened(candidates)
    pressed = keys("x", "a", "s", "c")
    decide(table, decisions, lambda: next(pressed))
    assert [(r["object_id"], r["predicate_id"]) for r in decisions.rows] == [
        ("b:2", "skos:exactMatch"),
        ("b:1", "skos:closeMatch"),
    ]
    again = opened(candidates)
    assert [row["object_id"] for row in again.waiting(table)] == ["b:3"], "only what was skipped"
    pressed = keys("r")
    decide(table, again, lambda: next(pressed))
    last = read_table(candidates.with_name("decisions.tsv")).rows[-1]
    assert (last["predicate_modifier"], last["reviewer_label"], last["mapping_date"]) == (
        "Not",
        "A. Reader",
        "2026-11-23",
    )
    assert opened(candidates).waiting(table) == []


def test_undo_takes_the_last_decision_back(candidates: Path) -> None:
    table, decisions = read_table(candidates), opened(candidates)
    pressed = keys("u", "a", "u", "r", "q")
    decide(table, decisions, lambda: next(pressed))
    assert [row["predicate_modifier"] for row in opened(candidates).rows] == ["Not"]


def test_a_candidate_is_shown_with_what_is_around_it(candidates: Path) -> None:
    table = read_table(candidates)
    text = "\n".join(told(table, table.rows[1], 3))
    assert "<https://example.org/a/2>" in text
    assert "because: near name" in text
    assert "also proposed: time <script> (0.8)" in text
    hostile = {**table.rows[0], "subject_label": "\x1b[2Jgone"}
    assert "\x1b" not in "\n".join(told(table, hostile, 1))


def test_other_prefixes_are_refused(candidates: Path) -> None:
    table, decisions = read_table(candidates), opened(candidates)
    decisions.accept(table, table.rows[0])
    other = Table({**table.prefixes, "b": "https://elsewhere.org/"}, table.columns, table.rows)
    with pytest.raises(SourceError, match="the prefix b"):
        decisions.accept(other, other.rows[1])


@pytest.mark.parametrize("text", ["", "a\tb\n1\t2\n", CANDIDATES + "a:1\tx\n"])
def test_a_broken_table_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.tsv"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["link", "review", str(path), "--reviewer", "A"])
    assert result.exit_code == 1
    assert "broken.tsv" in result.output


def test_the_command(candidates: Path) -> None:
    arguments = ["link", "review", str(candidates), "--reviewer", "A. Reader"]
    result = CliRunner().invoke(main, arguments, input="aaa")
    assert result.exit_code == 0, result.output
    assert "3 decisions in" in result.output
    assert "0 candidates left" in result.output
    assert (candidates.parent / "candidates-decisions.sssom.tsv").is_file()


@pytest.fixture
def page(candidates: Path) -> FlaskClient:
    app = application(read_table(candidates), opened(candidates), "secret", lambda: None)
    return app.test_client()


def test_the_page_decides(page: FlaskClient, candidates: Path) -> None:
    shown = Page.parse(page.get("/secret/").text)
    assert shown.faults == []
    assert "3 left, 0 decided." in shown.words
    pair = {attrs["name"]: attrs["value"] for tag, attrs in shown.tags if attrs.get("type") == "hidden"}
    for _ in range(2):  # sent twice, it decides once
        assert page.post("/secret/", data={"key": "a", **pair}).status_code == 303
    assert [row["object_id"] for row in opened(candidates).rows] == ["b:2"]
    second = page.get("/secret/").text
    assert "<script>" not in second
    assert "time &lt;script&gt;" in second
    page.post("/secret/", data={"key": "u"})
    assert opened(candidates).rows == []


def test_the_page_is_for_its_reviewer_only(page: FlaskClient) -> None:
    assert page.get("/").status_code == 404
    assert page.get("/guess/").status_code == 404
    assert page.post("/guess/", data={"key": "a"}).status_code == 404
    assert page.get("/secret/", headers={"Host": "evil.example"}).status_code == 403
    assert (
        page.post("/secret/", data={"key": "a"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    assert page.post("/secret/", data={"key": "x"}).status_code == 400
    answer = page.get("/secret/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_sample_is_judged(candidates: Path, tmp_path: Path) -> None:
    table = read_table(ROOT / "kb" / "links" / "concepts-esco.sssom.tsv")
    drawn = sample(table, 10, 1)
    assert len(drawn.rows) == 10
    assert written(drawn) == written(sample(table, 10, 1))
    assert written(drawn) != written(sample(table, 10, 2))
    assert "comment" not in drawn.columns
    judged = tmp_path / "judged.tsv"
    runner = CliRunner()
    text = runner.invoke(main, ["link", "sample", str(candidates), "--number", "9"]).output
    judged.write_text(re.sub(r"^\ta:", "yes\ta:", text, flags=re.MULTILINE), encoding="utf-8")
    result = runner.invoke(main, ["link", "sample", str(judged), "--judged"])
    assert "precision 1.000 (3 of 3 right), 95 % interval 0.439 to 1.000 (Wilson)" in result.output
    unjudged = runner.invoke(main, ["link", "sample", str(candidates), "--judged"])
    assert unjudged.exit_code == 1
    assert "nothing is judged" in unjudged.output


def test_wilsons_interval() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20.
    for right, number, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ):
        assert wilson(right, number) == pytest.approx((low, high), abs=5e-5)
    with pytest.raises(SourceError, match="maybe"):
        precision([{"judged": "maybe"}], "x")
