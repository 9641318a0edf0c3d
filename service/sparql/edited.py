"""A query put together from pieces of another, so that an error in it can be told at its place there."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.errors import Where
from service.sparql.tokens import place


@dataclass
class Edited:
    """Append with `keep` (characters of `source`) and `put` (text that stands for its character `at`)."""

    source: str
    text: str = ""
    _pieces: list[tuple[int, int, bool]] = field(default_factory=list)  # (start here, start there, kept)

    def keep(self, start: int, end: int) -> None:
        self._pieces.append((len(self.text), start, True))
        self.text += self.source[start:end]

    def put(self, text: str, at: int) -> None:
        self._pieces.append((len(self.text), at, False))
        self.text += text

    def original(self, where: Where) -> Where:
        """The place in `source` for a place in `text`."""
        lines = self.text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: where.line - 1]) + where.column - 1
        begin, there, kept = max(piece for piece in self._pieces if piece[0] <= offset)
        return Where(*place(self.source, there + (offset - begin if kept else 0)))
