"""The command `advise`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from click.testing import CliRunner, Result

from kb.release import Release
from service.advice import schema
from service.cli import main


def run(release: Release, profile: object, *options: str) -> Result:
    return CliRunner().invoke(
        main, ["advise", "-", "--release", str(release.path), *options], input=json.dumps(profile)
    )


def test_advice_for_people(release: Release) -> None:
    done = run(release, schema.EXAMPLES["one-school"][1])
    assert done.exit_code == 0, done.output
    assert "Digipeda workshop  (fit 0." in done.output
    assert "[D3.2, section 2.3.1, lines 398–399]" in done.output
    assert "Made for schools in Estonia, not for yours." in done.output


def test_advice_for_programs(release: Release) -> None:
    done = run(release, {}, "--json")
    jsonschema.validate(json.loads(done.output), schema.ADVICE)


def test_a_wrong_profile_says_what_is_wrong(release: Release) -> None:
    done = run(release, {"gaol": 1})
    assert done.exit_code == 1
    assert "Did you mean goal?" in done.output


def test_without_a_release_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["advise", "-", "--release", str(tmp_path / "none")], input="{}")
    assert done.exit_code == 1
    assert "Traceback" not in done.output


def evaluated(release: Release, situations: object, tmp_path: Path, *options: str) -> Result:
    file = tmp_path / "situations.json"
    file.write_text(json.dumps(situations), encoding="utf-8")
    return CliRunner().invoke(
        main, ["evaluate", "--release", str(release.path), "--situations", str(file), *options]
    )


ONE = {
    "situations": [
        {
            "name": "where we stand",
            "source": "D3.2, 396–399",
            "reason": "The workshop is a beginning.",
            "profile": {"needs": ["map-where-we-stand"], "schools": "one"},
            "expected": ["digipeda-workshop"],
        }
    ],
    "pilots": {},
}


def test_an_evaluation_compares_and_counts(release: Release, tmp_path: Path) -> None:
    done = evaluated(release, ONE, tmp_path, "--seed", "4")
    assert done.exit_code == 0, done.output
    assert "seed 4" in done.output
    assert "(1 cases; so few that they tell little)" in done.output
    assert "Forbidden recommendations in 1 situations: 0 (must be 0)" in done.output
    for name in ("MentorGraph", "most-used", "random", "text-only", "constraints-only"):
        assert f"\n  {name}" in done.output


def test_an_evaluation_as_json(release: Release, tmp_path: Path) -> None:
    figures = json.loads(evaluated(release, ONE, tmp_path, "--json").output)
    assert figures["forbidden"] == 0
    assert figures["tables"][2]["rows"][0]["measures"]["hit@3"]["mean"] == 1


def test_situations_that_can_not_be_read_are_named(release: Release, tmp_path: Path) -> None:
    done = evaluated(release, {"situations": [{"name": "x"}]}, tmp_path)
    assert done.exit_code == 1
    assert "situations.json" in done.output
