"""What is wrong with a source file: one shape, naming file, line, rule and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Complaint:
    """One fault. ``line`` and ``column`` count from 1; 0 means that the fault has no single place."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    advice: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: [{self.rule}] {self.message} – {self.advice}"


class SourceError(Exception):
    """Sources that cannot be built. ``complaints`` is never empty and is sorted by place."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = sorted(set(complaints))
        if not self.complaints:
            raise ValueError("a SourceError needs at least one complaint")
        super().__init__("\n".join(map(str, self.complaints)))
