"""Reading sources: strictness, and the line of every statement."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources import Project, load, parse_file, read
from ontology import namespaces as ns
from ontology.complaints import SourceError
from ontology.turtle import layout
from tests.kb.conftest import TRIG, Tiny

A = f"<{ns.ID}method/a>"
GRAPH = f"<{ns.PASSAGE}d/L1>"


def complaints(tmp_path: Path, text: str, name: str = "a.trig") -> list[str]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    _, found = read([tmp_path / name])
    return [str(complaint).removeprefix(f"{tmp_path}/") for complaint in found]


def test_every_statement_knows_its_line(tiny: Tiny) -> None:
    lines = TRIG.split("\n")
    statements = parse_file(tiny.trig)
    assert len(statements) == 23
    for statement in statements:
        local = statement.object.value.rsplit("#")[-1].rsplit("/")[-1]
        assert local in lines[statement.line - 1], statement


STRINGS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\\\r\n'), max_size=8)
# Pieces that a scan without a tokenizer would take for structure.
PIECES = st.one_of(
    STRINGS.map(lambda text: f'"{text}"'),
    st.sampled_from(
        [
            '"""a . ; , { } [ ( # \n "quoted" \\""""', "'''it''s\n<http://e/x> '''", '"x"@en-GB', "'#'",
            '"a\\"b"', "true", "437", "<http://e/a#b>", "e:a.b", "e:x\\,y", "e:", "e:1",
            '"1"^^e:dt', "-1.5e3",
            "1.5", "e:a-b",
        ]
    ),
)  # fmt: skip
GAPS = st.sampled_from([" ", "\n", ' # a comment ; . , { "\n', "\t", "\n\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(GAPS, PIECES, GAPS), min_size=1, max_size=12), st.booleans())
def test_lines_are_right_whatever_stands_between(parts: list[tuple[str, str, str]], semicolons: bool) -> None:
    text = f"PREFIX e: <http://e/> \n GRAPH{parts[0][0]}e:g{parts[0][2]}{{ e:s e:p "
    expected = []
    for position, (before, piece, after) in enumerate(parts):
        text += before
        expected.append(text.count("\n") + 1)
        is_last = position == len(parts) - 1
        text += piece + after + ("" if is_last else "; e:q " if semicolons else ", ")
    found = layout(text + " . }")
    assert found.objects == expected
    assert [written for written, _ in found.subjects] == ["e:s"]
    assert found.forbidden == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (f"{GRAPH} {{\n {A} <http://e/p> [] }}", "blank-node", 2),
        (f"{GRAPH} {{\n {A} <http://e/p> ( <http://e/b> ) }}", "blank-node", 2),
        (f"{GRAPH} {{\n\n _:x <http://e/p> 1 }}", "blank-node", 3),
        (f"{GRAPH} {{\n {A} <http://e/p> <<( {A} <http://e/p> 1 )>> }}", "blank-node", 2),
        (f"\n<http://e/g> {{ {A} <http://e/p> 1 }}", "graph-name", 2),
        (f"<{ns.ID}passages> {{ {A} <http://e/p> 1 }}", "graph-name", 1),
        (f"<{ns.GRAPH_INFERRED}> {{ {A} <http://e/p> 1 }}", "graph-name", 1),
        (f"{GRAPH} {{ {A} <http://e/p> 1 }}\n{A} <http://e/p> 1 .", "outside-graph", 2),
        (f"{GRAPH} {{\n<{ns.ID}method/a.ttl> <http://e/p> 1 }}", "file-extension", 2),
        (f"{GRAPH} {{\n{A} <http://e/p> <{ns.ID}method/a%20b> }}", "iri-characters", 2),
        (f"{GRAPH} {{\n{A} <http://e/p> <rel> }}", "syntax", 2),
        (f"{GRAPH} {{\n{A} e:p 1 }}", "syntax", 2),
        (f"{GRAPH} {{\n<http://e/a> <http://e/p> 1 }}", "foreign-subject", 2),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, rule: str, line: int) -> None:
    (found,) = complaints(tmp_path, text)
    assert found.startswith(f"a.trig:{line}")
    assert f"[{rule}]" in found


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_bytes(b"# caf\n# caf\xe9\n")
    _, (found,) = read([tmp_path / "a.trig"])
    assert (found.line, found.rule) == (2, "syntax")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.trig: \[file\] No such file"):
        load([tmp_path / "none.trig"])


def test_a_passages_graph_stands_in_one_file_and_shared_graphs_in_many(tiny: Tiny) -> None:
    other = tiny.trig.with_name("other.trig")
    other.write_text(
        f"PREFIX smm: <{ns.SMM}>\n<{ns.GRAPH_EDITORIAL}> {{ {A} smm:b 1 }}\n"
        f"<{ns.PASSAGE}d1/L7> {{ {A} smm:b 1 }}",
        encoding="utf-8",
    )
    _, (found,) = read(tiny.project.source_files())
    assert (found.rule, found.line, found.file.endswith("other.trig")) == ("graph-in-two-files", 3, True)
    assert f"d1.trig:{tiny.line_of('GRAPH d1:L7') + 1}" in found.message


def test_files_have_the_same_name_wherever_the_project_stands(tiny: Tiny) -> None:
    names = [tiny.project.name(path) for path in tiny.project.source_files()]
    assert names == ["kb/documents.ttl", "kb/sources/p/d1.trig"]
    assert Project.default().name(tiny.trig) == "d1.trig"
