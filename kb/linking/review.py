"""A person's judgement of candidates: decisions in SSSOM that are never asked again, samples, and precision.

A rejection is a row too: SSSOM says with `predicate_modifier` “Not” that a mapping does not hold.
"""

from __future__ import annotations

import csv
import math
import random
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kb.sources import display, read_bytes
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError

COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "confidence", "reviewer_label", "mapping_date", "comment",
)  # fmt: skip
JUDGED = "judged"  # the column of a sample: yes, no, or empty for not yet
EXACT, CLOSE = "skos:exactMatch", "skos:closeMatch"
_WEAKER = {EXACT: CLOSE, "owl:sameAs": CLOSE, "schema:sameAs": CLOSE}
_MANUAL = "semapv:ManualMappingCuration"
_NEEDED = ("subject_id", "predicate_id", "object_id")
_PREFIX = re.compile(r'#  ([A-Za-z][\w-]*): "?([^"\s]+)"?\s*', re.ASCII)


@dataclass(frozen=True)
class Table:
    """A table of mappings as it stands: the prefixes of its CURIEs, its columns, its rows."""

    prefixes: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def pair(self, row: dict[str, str]) -> tuple[str, str]:
        """What a decision is about: the IRIs of subject and object."""
        return self.iri(row["subject_id"]), self.iri(row["object_id"])

    def iri(self, curie: str) -> str:
        prefix, colon, rest = curie.partition(":")
        return self.prefixes[prefix] + rest if colon and prefix in self.prefixes else curie

    def beside(self, row: dict[str, str]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Other rows of the same subject, and of the same object."""
        subject, object_ = self.pair(row)
        others = [one for one in self.rows if one is not row]
        return (
            [one for one in others if self.iri(one["subject_id"]) == subject],
            [one for one in others if self.iri(one["object_id"]) == object_],
        )


def read_table(path: Path) -> Table:
    """Any SSSOM table. Raises SourceError naming file and line."""
    shown = display(path)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(shown, 0, f"not UTF-8: {error.reason}", "save it as UTF-8") from None
    lines = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    prefixes = {m[1]: m[2] for line in lines[:start] if (m := _PREFIX.fullmatch(line))}
    rows = csv.reader(lines[start:], delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = tuple(next(rows, []))
    if missing := [name for name in _NEEDED if name not in columns]:
        raise _fault(shown, start + 1, f"no column {', '.join(missing)}", "give a table in SSSOM's TSV")
    found = []
    for number, cells in enumerate(rows, start=start + 2):
        if len(cells) != len(columns):
            message = f"{len(cells)} cells, but {len(columns)} columns"
            raise _fault(shown, number, message, "give every column one cell, parted by tabs")
        found.append(dict(zip(columns, cells, strict=True)))
    return Table(prefixes, columns, tuple(found))


def _fault(shown: str, line: int, message: str, advice: str) -> SourceError:
    return SourceError([Complaint(shown, line, 0, "sssom", message, advice)])


@dataclass
class Decisions:
    """The file of decisions; every decision is on disk before the next is asked for."""

    path: Path
    reviewer: str
    today: date
    prefixes: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, reviewer: str, today: date) -> Decisions:
        """With what was decided before, if the file is there. Raises SourceError."""
        found = cls(path, reviewer, today)
        if path.exists():
            table = read_table(path)
            found.prefixes = dict(table.prefixes)
            found.rows = [{name: row.get(name, "") for name in COLUMNS} for row in table.rows]
        return found

    @property
    def decided(self) -> set[tuple[str, str]]:
        table = Table(self.prefixes, COLUMNS, ())
        return {table.pair(row) for row in self.rows}

    def waiting(self, table: Table) -> list[dict[str, str]]:
        """The rows that nobody has decided on, the surest first."""
        decided = self.decided
        rows = [row for row in table.rows if table.pair(row) not in decided]
        return sorted(rows, key=lambda row: -_number(row.get("confidence", "")))

    def accept(self, table: Table, row: dict[str, str], comment: str = "") -> None:
        self._add(table, row, row["predicate_id"], "", comment)

    def weaken(self, table: Table, row: dict[str, str], comment: str = "") -> None:
        """Close, not exact."""
        self._add(table, row, _WEAKER.get(row["predicate_id"], CLOSE), "", comment)

    def reject(self, table: Table, row: dict[str, str], comment: str = "") -> None:
        self._add(table, row, row["predicate_id"], "Not", comment)

    def undo(self) -> dict[str, str] | None:
        """Take the last decision back; gives its row."""
        if not self.rows:
            return None
        last = self.rows.pop()
        self._save()
        return last

    def _add(self, table: Table, row: dict[str, str], predicate: str, modifier: str, comment: str) -> None:
        for prefix, start in {
            **table.prefixes,
            "skos": ns.SKOS,
            "semapv": "https://w3id.org/semapv/vocab/",
        }.items():
            known = self.prefixes.setdefault(prefix, start)
            if known != start:
                message = f"the prefix {prefix} is {known} in the decisions and {start} in the candidates"
                raise _fault(
                    display(self.path), 1, message, "keep the decisions on this table in another file"
                )
        self.rows.append(
            {
                **{name: row.get(name, "") for name in COLUMNS},
                "predicate_id": predicate,
                "predicate_modifier": modifier,
                "mapping_justification": _MANUAL,
                "reviewer_label": self.reviewer,
                "mapping_date": self.today.isoformat(),
                "comment": " ".join((comment or row.get("comment", "")).split()),
            }
        )
        self._save()

    def _save(self) -> None:
        head = [
            '#sssom_version: "1.1"', '#mapping_set_title: "Decisions on candidates"',
            '#license: "https://creativecommons.org/licenses/by/4.0/"', "#curie_map:",
            *(f'#  {prefix}: "{start}"' for prefix, start in sorted(self.prefixes.items())),
        ]  # fmt: skip
        lines = [*head, "\t".join(COLUMNS), *("\t".join(row[c] for c in COLUMNS) for row in self.rows)]
        with tempfile.NamedTemporaryFile("w", dir=self.path.parent, delete=False, encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        Path(file.name).chmod(0o644)
        Path(file.name).replace(self.path)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def sample(table: Table, number: int, seed: int) -> Table:
    """`number` rows by chance (all, if there are fewer), with an empty column to judge in; no reasons."""
    chosen = random.Random(seed).sample(range(len(table.rows)), min(number, len(table.rows)))  # noqa: S311
    columns = (JUDGED, *(name for name in table.columns if name not in (JUDGED, "comment", "confidence")))
    rows = tuple({**table.rows[n], JUDGED: ""} for n in sorted(chosen))
    return replace(table, columns=columns, rows=rows)


def written(table: Table) -> str:
    """The table as text."""
    head = ["#curie_map:", *(f'#  {p}: "{start}"' for p, start in sorted(table.prefixes.items()))]
    lines = [*head, "\t".join(table.columns), *("\t".join(r[c] for c in table.columns) for r in table.rows)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Precision:
    """How many of the judged rows are right; `low` and `high`: Wilson's interval of 95 %."""

    right: int
    judged: int
    waiting: int
    low: float
    high: float


def precision(rows: Iterable[dict[str, str]], shown: str) -> Precision:
    """Of a sample whose column `judged` says yes or no. Raises SourceError for another word, or none."""
    answers: Sequence[str] = [row.get(JUDGED, "").strip().lower() for row in rows]
    strange = next((a for a in answers if a not in ("yes", "no", "")), None)
    if strange is not None:
        raise _fault(shown, 0, f"“{strange}” in the column {JUDGED}", "write yes, no, or nothing")
    right, judged = answers.count("yes"), answers.count("yes") + answers.count("no")
    if not judged:
        raise _fault(shown, 0, "nothing is judged in it", f"write yes or no in the column {JUDGED}")
    low, high = wilson(right, judged)
    return Precision(right, judged, len(answers) - judged, low, high)


def wilson(right: int, number: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a share (E. B. Wilson, 1927); `number` is at least 1."""
    share = right / number
    middle = share + z * z / (2 * number)
    spread = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    whole = 1 + z * z / number
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
