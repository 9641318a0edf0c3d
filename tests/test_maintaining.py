"""The maintainer's guide works: its walk-through adds a small document, block by block, as written."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.build import build
from kb.local import LocalStore
from kb.queries import parse
from kb.release import Release
from kb.sources import Project
from kb.validation import validate
from ontology import namespaces as ns

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "maintaining.md"
SLUG = "lindenbach-notes"


@dataclass(frozen=True)
class Guide:
    """The blocks of the guide: language → texts, in their order."""

    blocks: dict[str, list[str]]

    def block(self, language: str, number: int = 0) -> str:
        return self.blocks[language][number]


@pytest.fixture(scope="module")
def guide() -> Guide:
    found: dict[str, list[str]] = {}
    for language, text in re.findall(
        r"^```(\w+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        found.setdefault(language, []).append(text)
    return Guide(found)


@pytest.fixture(scope="module")
def texts(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Step 1: the text in a folder."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "whatever.txt").write_text(guide.block("text"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Steps 2 and 3: the project's own sources, and the new document among them."""
    own = Project.default()
    kb = tmp_path_factory.mktemp("project") / "kb"
    shutil.copytree(own.kb / "sources", kb / "sources")
    digest = hashlib.sha256(guide.block("text").encode()).hexdigest()
    documents = (own.kb / "documents.ttl").read_text(encoding="utf-8")
    described = guide.block("turtle").replace("SHA256", digest)
    (kb / "documents.ttl").write_text(f"{documents}\n{described}", encoding="utf-8")
    notes = kb / "sources" / "lindenbach" / "notes.trig"
    notes.parent.mkdir()
    notes.write_text(guide.block("trig"), encoding="utf-8")
    return Project(kb, own.ontology)


@pytest.fixture(scope="module")
def published(project: Project, texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Step 7, for step 5 to ask."""
    report = build(project, tmp_path_factory.mktemp("releases"), texts)
    (row,) = [row for row in report.coverage if row.document == SLUG]
    assert (row.passages, row.statements, row.is_checked) == (3, 6, True)
    assert (row.lines, row.uncited) == (5, (3, 4)), "two lines of five are left to judge"
    return report.release


def test_the_new_document_validates(project: Project, texts: Path) -> None:
    notes = project.kb / "sources" / "lindenbach" / "notes.trig"
    found = validate(project, texts, only=[notes])
    assert [str(complaint) for complaint in found.complaints] == []
    assert SLUG in found.context.texts, "the text was found by its hash"


def test_a_wrong_anchor_is_told_as_the_guide_says(
    guide: Guide, project: Project, texts: Path, tmp_path: Path
) -> None:
    trig = guide.block("trig").replace("p:L5", "p:L4")
    trig = trig.replace("smm:firstLine 5 ; smm:lastLine 5", "smm:firstLine 4 ; smm:lastLine 4")
    notes = tmp_path / "kb" / "sources" / "lindenbach" / "notes.trig"
    shutil.copytree(project.kb, tmp_path / "kb")
    notes.write_text(trig, encoding="utf-8")
    found = validate(Project(tmp_path / "kb", project.ontology), texts, only=[notes], with_shapes=False)
    (complaint,) = found.complaints
    assert complaint.file.endswith("kb/sources/lindenbach/notes.trig")
    assert complaint.line == 1 + trig[: trig.index('"Collegial tutoring is')].count("\n")
    assert guide.block("text", 1).strip() in str(complaint)


def test_the_query_gives_the_answer_that_was_read(guide: Guide, published: Release) -> None:
    query = parse("questions/lindenbach", guide.block("sparql"))
    assert query.question.endswith("?")
    expected = json.loads(guide.block("json"))
    rows = LocalStore(published.path).rows(query.text)
    assert [[row[name].value for name in expected["columns"]] for row in rows] == expected["rows"]  # type: ignore[union-attr]


def test_the_new_statement_joins_what_was_known(published: Release) -> None:
    """The method had its label and other phases before; what the new document says stands beside them."""
    store = LocalStore(published.path)
    method, phase = f"<{ns.ID}method/collegial-tutoring>", f"<{ns.ID}phase/school-mentoring/mapping>"
    rows = store.rows(
        f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ {method} <{ns.SMM}suitableForPhase> ?phase }} }}"
    )
    graphs = [row["g"].value for row in rows]  # type: ignore[union-attr]
    assert f"{ns.PASSAGE}{SLUG}/L5" in graphs
    assert len(graphs) > 1
    follows = f"ASK {{ GRAPH <{ns.GRAPH_INFERRED}> {{ {method} <{ns.SMM}servesPhase> {phase} }} }}"
    assert bool(store.store.query(follows))
