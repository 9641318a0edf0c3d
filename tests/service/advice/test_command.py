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
