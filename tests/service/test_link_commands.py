"""`mentorgraph link discover` and `evaluate`, as people run them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.release import Release
from service.cli import main

GOLD = Path(str(files("kb.linking"))) / "gold" / "ontologies"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["link", *words])


def rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if not line.startswith("#")][1:]


def test_two_ontologies_of_other_people_give_a_table_with_reasons(tmp_path: Path) -> None:
    out = tmp_path / "found.sssom.tsv"
    sides = ["--source", str(GOLD / "library-a.ttl"), "--target", str(GOLD / "library-b.ttl")]
    done = run("discover", *sides, "--kind", "classes", "--out", str(out))
    assert done.exit_code == 0, done.output
    found = rows(out.read_text(encoding="utf-8"))
    assert ["Person", "Human"] in [[row[1], row[4]] for row in found]
    assert all(row[-1].startswith("names ") for row in found)
    assert f"{len(found)} candidates" in " ".join(done.output.split())
    again = run("discover", *sides, "--kind", "classes")
    assert rows(again.stdout) == found


def test_things_of_the_release_are_linked_to_a_table(release: Release, tmp_path: Path) -> None:
    target = tmp_path / "target.tsv"
    target.write_text(
        "iri\tprefLabel@en\naltogether:1\tBullying at school\naltogether:2\tdistance learning\n"
        + "".join(f"altogether:{n}\tstone number {n}\n" for n in range(3, 40)),
        encoding="utf-8",
    )
    chosen = ["--source", "ours", "--target", str(target), "--kind", "concepts"]
    done = run("discover", *chosen, "--release", str(release.path))
    assert done.exit_code == 0, done.output
    found = {row[0]: (row[2], row[4]) for row in rows(done.stdout)}
    assert found["id:theme/distance-learning"] == ("skos:exactMatch", "distance learning")
    assert not any("stone" in label for _, label in found.values())


def test_a_higher_threshold_gives_fewer_candidates() -> None:
    sides = ["--source", str(GOLD / "library-a.ttl"), "--target", str(GOLD / "library-b.ttl")]
    few, many = (
        run("discover", *sides, "--kind", "classes", "--threshold", least) for least in ("0.95", "0.5")
    )
    assert 0 < len(rows(few.stdout)) < len(rows(many.stdout))
    assert all(float(row[6]) >= 0.95 for row in rows(few.stdout))


def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(tmp_path: Path) -> None:
    empty = tmp_path / "empty.ttl"
    empty.write_text("", encoding="utf-8")
    right = str(GOLD / "library-a.ttl")
    nothing = run("discover", "--source", right, "--target", str(empty), "--kind", "classes")
    assert nothing.exit_code == 1
    assert "no classes in it" in nothing.output
    missing = run("discover", "--source", right, "--target", str(tmp_path / "no.ttl"), "--kind", "classes")
    assert missing.exit_code == 1
    assert "no.ttl" in missing.output


def test_figures_come_as_tables_and_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MENTORGRAPH_TARGETS", raising=False)
    told = run("evaluate")
    assert told.exit_code == 0, told.output
    assert "| discovery |" in told.stdout
    assert "MENTORGRAPH_TARGETS" in told.stderr
    figures = json.loads(run("evaluate", "--json").stdout)
    assert {one["way"] for one in figures} >= {"discovery", "same name", "without heads"}
