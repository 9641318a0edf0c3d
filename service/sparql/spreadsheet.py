"""CSV that a spreadsheet cannot take for formulas: cells that look like one get an apostrophe before them.

See https://owasp.org/www-community/attacks/CSV_Injection. Plain numbers such as -3.5 stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Protocol

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full width counts too
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
ROW_END = b"\r\n"


class Sink(Protocol):
    def write(self, data: bytes) -> int: ...


class SafeCsvWriter:
    """A file-like object that passes CSV on row by row, made safe; `finish` passes on the last row."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        end = self._waiting.rfind(ROW_END)
        while end >= 0 and self._waiting.count(b'"', 0, end) % 2:  # this line ends within a quoted cell
            end = self._waiting.rfind(ROW_END, 0, end)
        if end >= 0:
            self._pass_on(end + len(ROW_END))
        return len(data)

    def flush(self) -> None:
        """Whole rows have gone already."""

    def finish(self) -> None:
        self._pass_on(len(self._waiting))

    def _pass_on(self, size: int) -> None:
        rows = csv.reader(io.StringIO(self._waiting[:size].decode(), newline=""))
        del self._waiting[:size]
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
        self._sink.write(text.getvalue().encode())


def safe(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would read a formula."""
    return "'" + cell if cell.startswith(RISKY) and not NUMBER.fullmatch(cell) else cell
