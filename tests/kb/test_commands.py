"""The command line of the build: what a person sees, and the exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.sources import Project
from ontology import checks
from service.cli import main
from tests.kb.conftest import Tiny

Run = Callable[..., Result]


@pytest.fixture
def run(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(Project, "default", classmethod(lambda cls: tiny.project))
    monkeypatch.delenv("MENTORGRAPH_DOCUMENTS", raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return command


def test_build_says_what_it_built(run: Run, tiny: Tiny) -> None:
    done = run("build", "--documents", str(tiny.documents), "--timings")
    assert done.exit_code == 0
    assert "check shapes\n" in done.output
    assert "built 1.2.3-" in done.output
    assert "2 passages, 1 documents" in done.output
    assert "50% of 6" in done.output
    assert "things of each class (5), as stated:" in done.output
    assert "2 smm:Passage" in done.output
    assert "0 violations; 0 anchors not found (2 found, 0 not checked)" in done.output
    assert "the lines that are not cited: mentorgraph validate --uncited" in done.output
    assert " s  reason" in done.output
    again = run("build")
    assert "nothing new: the same sources gave 1.2.3-" in again.output
    assert "not checked" in again.output


def test_a_broken_source_is_told_in_one_line_without_a_traceback(run: Run, tiny: Tiny) -> None:
    tiny.change("smm:minutes 45", "smm:minuts 45")
    done = run("build")
    assert done.exit_code == 1
    line = tiny.line_of("minuts")
    assert f"kb/sources/p/d1.trig:{line}: [unknown-term] smm:minuts is not declared" in done.output
    assert " – did you mean smm:minutes?" in done.output
    assert "1 complaint; nothing was published." in done.output
    assert not Path("releases").exists()


def test_validate_tells_faults_and_shows_statements(run: Run, tiny: Tiny) -> None:
    documents = ("--documents", str(tiny.documents))
    file = str(tiny.trig)
    done = run("validate", file, *documents, "--random", "2", "--uncited")
    assert done.exit_code == 0
    assert "2 passages (2 anchors found, 0 not checked): no complaint" in done.output
    assert "d1: 50% of 6 lines cited" in done.output
    assert "      1  Tutoring among colleagues" in done.output
    same = run("validate", file, *documents, "--random", "2", "--uncited")
    assert same.output == done.output
    all_five = run("validate", file, *documents, "--random", "9").output
    assert "Collegial tutoring — smm:setting — between schools" in all_five
    assert "      7 | The method is suitable to be used in Phase 6." in all_five
    tiny.change("smm:lastLine 5", "smm:lastLine 6")
    done = run("validate", file)
    assert done.exit_code == 1
    assert "[passage-iri]" in done.output


def test_the_ontologys_checklist_names_every_check(run: Run, tiny: Tiny) -> None:
    done = run("validate", "--ontology")
    assert done.exit_code == 1, "the tiny ontology is not documented"
    listed = [line for line in done.output.splitlines() if ": " in line and "[" not in line]
    assert len(listed) == len(checks.ALL)
    assert any(line.startswith("      ok  cycles: P06") for line in listed)
    assert any("wrong  terms are documented: Rows 19 to 22" in line for line in listed)
    assert "ontology/core.ttl:" in done.output


def test_releases_and_rollback(run: Run, tiny: Tiny) -> None:
    assert "no release in releases" in run("releases").output
    run("build")
    first = Path("releases/current").readlink().name
    tiny.change("45", "50")
    run("build")
    listed = run("releases").output.splitlines()
    assert [line[0] for line in listed] == ["*", " "]
    assert first in listed[1]
    assert run("rollback").output == f"current is {first}\n"
    refused = run("rollback")
    assert (refused.exit_code, "no release before" in refused.output) == (1, True)


def test_data_of_others_are_built_as_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<http://e/a> <http://e/p> _:b .\n", encoding="utf-8")
    done = run("build", "--data", "a.nt")
    assert (done.exit_code, "1 triples, 0 quads" in done.output) == (0, True)
    done = run("build", "--data", "missing.nt")
    assert done.exit_code == 1
    assert "missing.nt: [file] No such file" in done.output
