"""A passage in its document's text, for deployments that have the texts: its lines, those around it, the
anchor marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.documents import Document, find_texts

CONTEXT_LINES = 3


@dataclass(frozen=True)
class Line:
    """A line of a text. `pieces`: (text, whether it belongs to the anchor); `cited`: whether the passage
    holds it.
    """

    number: int
    cited: bool
    pieces: tuple[tuple[str, bool], ...]


class Texts:
    """The texts in a folder, found by SHA-256 and read once each."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lines = lru_cache(maxsize=64)(self._read)

    @property
    def at_hand(self) -> bool:
        return self._folder is not None

    def lines(self, sha256: str) -> list[str] | None:
        """The lines of the text with this SHA-256, None where it is not at hand."""
        return self._lines(sha256.lower()) if self._folder and sha256 else None

    def _read(self, sha256: str) -> list[str] | None:
        if self._folder is None:
            return None
        return find_texts(self._folder, [Document("text", "", "", sha256)]).get("text")


def surroundings(lines: Sequence[str], first: int, last: int, anchor: str) -> list[Line]:
    """The passage's lines with three before and after; empty for lines that the text does not have."""
    if not 1 <= first <= last <= len(lines):
        return []
    start, end = max(1, first - CONTEXT_LINES), min(len(lines), last + CONTEXT_LINES)
    marked = _spans(lines[first - 1 : last], anchor)
    return [
        Line(number, first <= number <= last, _cut(lines[number - 1], marked.get(number - first)))
        for number in range(start, end + 1)
    ]


def _spans(lines: Sequence[str], anchor: str) -> dict[int, tuple[int, int]]:
    """Where the anchor's first occurrence lies: index of a line → (begin, end) within it."""
    words = [re.escape(word) for word in anchor.split()]
    text = "\n".join(lines)
    match = re.search(r"\s+".join(words), text) if words else None
    if match is None:
        return {}
    found: dict[int, tuple[int, int]] = {}
    offset = 0
    for index, line in enumerate(lines):
        begin, end = max(match.start() - offset, 0), min(match.end() - offset, len(line))
        if begin < end:
            found[index] = (begin, end)
        offset += len(line) + 1
    return found


def _cut(line: str, span: tuple[int, int] | None) -> tuple[tuple[str, bool], ...]:
    if span is None:
        return ((line, False),) if line else ()
    begin, end = span
    parts = ((line[:begin], False), (line[begin:end], True), (line[end:], False))
    return tuple(part for part in parts if part[0])
