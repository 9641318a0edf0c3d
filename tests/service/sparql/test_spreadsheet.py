"""CSV made safe for spreadsheets, however its bytes are cut."""

from __future__ import annotations

import csv
import io

import pytest

from service.sparql.spreadsheet import SafeCsvWriter, safe

ROWS = [
    ["name", "text"],
    ["=1+1", "plain"],
    ["+cmd", "-2.5e3"],
    ["@SUM(A1)", "a,=b"],
    ["\t=1", 'say ""="" and, \r\n=new line'],
    ["", "õ=1"],
    ["-1+2", "\r=1"],
    ["\n=1", "\uff1d1"],
]


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_cells_that_look_like_formulas_are_marked(size: int) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(ROWS)
    data, out = text.getvalue().encode(), io.BytesIO()
    writer = SafeCsvWriter(out)
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
    writer.finish()
    found = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
    assert found == [[safe(cell) for cell in row] for row in ROWS]
    assert [row[0] for row in found] == ["name", "'=1+1", "'+cmd", "'@SUM(A1)", "'\t=1", "", "'-1+2", "'\n=1"]
    assert found[2][1] == "-2.5e3"
    assert found[6][1] == "'\r=1"
    assert found[7][1] == "'\uff1d1"
