"""Passages and their anchors: pure functions over a document's lines; no file is opened here.

Lines are counted from 1 by newline characters alone. An anchor is found when its words stand in the passage's
lines verbatim; runs of white space (a line break too) count as one space, and nothing else is normalised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ontology import namespaces as ns

MIN_WORDS = 5
MAX_WORDS = 15
_NEAR = 80.0  # rapidfuzz partial ratio from which a place is worth showing as "did you mean"
_LINES = re.compile(r"L([1-9]\d*)(?:-([1-9]\d*))?(?:\.[1-9]\d*)?")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as its document's graph describes it. ``document`` is a slug; lines are inclusive, from 1.

    A passage of a source without a line-numbered text (a public page) has ``first == last == 0``.
    """

    iri: str
    document: str
    first: int
    last: int
    anchor: str
    section: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a passage: a rule's name, the fault, and what to do."""

    rule: str
    message: str
    advice: str


def split_lines(text: str) -> list[str]:
    """A document's lines: only a newline character ends one (not form feeds or other separators)."""
    return text.split("\n")


def words(text: str) -> int:
    """How many words a text has: runs without white space that hold a letter or a digit."""
    return sum(any(character.isalnum() for character in run) for run in text.split())


def collapse(text: str) -> str:
    return " ".join(text.split())


def lines_of_iri(iri: str) -> tuple[int, int] | None:
    """(12, 14) for ``…/L12-14``, (12, 12) for ``…/L12``, None where the last segment names no lines.

    A suffix tells passages of the same lines apart: ``…/L72.2`` is the second that is cited from a long line.
    """
    match = _LINES.fullmatch(iri.rsplit("/", 1)[-1])
    if match is None:
        return None
    first = int(match[1])
    return first, int(match[2] or first)


def _without_suffix(iri: str) -> str:
    """``L72`` for ``…/L72.2``."""
    return iri.rsplit("/", 1)[-1].split(".")[0]


def local_name(first: int, last: int) -> str:
    return f"L{first}" if first == last else f"L{first}-{last}"


def find_anchor(lines: Sequence[str], passage: Passage) -> bool:
    """Whether the anchor stands within the passage's lines."""
    return collapse(passage.anchor) in collapse("\n".join(lines[passage.first - 1 : passage.last]))


def surroundings(lines: Sequence[str], passage: Passage, context: int = 3) -> list[tuple[int, str]]:
    """(line number, text) of the passage with ``context`` lines before and after it."""
    start = max(1, passage.first - context)
    return [
        (number, lines[number - 1]) for number in range(start, min(len(lines), passage.last + context) + 1)
    ]


def check_description(passage: Passage) -> list[Fault]:
    """Faults that show without the text: the IRI's lines, their order, the anchor's length."""
    faults: list[Fault] = []
    named = lines_of_iri(passage.iri)
    if passage.first or passage.last or named:
        expected = local_name(passage.first, passage.last)
        if passage.first < 1 or passage.last < passage.first:
            faults.append(
                Fault("passage-lines", f"lines {passage.first} to {passage.last} are no range",
                      "count from 1; smm:firstLine must not be after smm:lastLine")
            )  # fmt: skip
        elif named != (passage.first, passage.last) or _without_suffix(passage.iri) != expected:
            faults.append(
                Fault("passage-iri", f"the IRI does not say lines {passage.first} to {passage.last}",
                      f"name it <{ns.PASSAGE}{passage.document}/{expected}>, or correct the lines")
            )  # fmt: skip
        faults += _check_anchor_length(passage)
    if not passage.iri.startswith(f"{ns.PASSAGE}{passage.document}/"):
        faults.append(
            Fault("passage-document", f"the IRI is not under {ns.PASSAGE}{passage.document}/",
                  "dct:isPartOf and the IRI must name the same document")
        )  # fmt: skip
    return faults


def _check_anchor_length(passage: Passage) -> list[Fault]:
    count = words(passage.anchor)
    if MIN_WORDS <= count <= MAX_WORDS:
        return []
    return [
        Fault("anchor-length", f"the anchor has {count} words: “{passage.anchor}”",
              f"take {MIN_WORDS} to {MAX_WORDS} words of the passage, verbatim")
    ]  # fmt: skip


def check_anchor(lines: Sequence[str], passage: Passage) -> list[Fault]:
    """Faults that show against the document's lines: a range beyond its end, an anchor that is not there."""
    if passage.last > len(lines):
        return [
            Fault("passage-lines", f"line {passage.last} is beyond the document's end (line {len(lines)})",
                  "correct the lines")
        ]  # fmt: skip
    if find_anchor(lines, passage):
        return []
    where = local_name(passage.first, passage.last)
    return [Fault("anchor", f"the anchor is not in {where}: “{passage.anchor}”", _advise(lines, passage))]


def _advise(lines: Sequence[str], passage: Passage) -> str:
    """Where the anchor stands instead, or what stands there that is most like it."""
    exact = places(lines, passage.anchor)
    if exact:
        nearest = min(exact, key=lambda span: abs(span[0] - passage.first))
        others = f" (and {len(exact) - 1} more)" if len(exact) > 1 else ""
        return f"it stands in {local_name(*nearest)}{others}: correct the lines, or take another anchor"
    text, starts = _flatten(lines)
    match = fuzz.partial_ratio_alignment(collapse(passage.anchor), text, score_cutoff=_NEAR)
    if match is None:
        return "nothing like it stands in the document: take words of the text verbatim"
    found = text[match.dest_start : match.dest_end].strip()
    span = _span(starts, match.dest_start, match.dest_end)
    return f"most like it is “{found}” in {local_name(*span)}: take the words verbatim"


def places(lines: Sequence[str], anchor: str) -> list[tuple[int, int]]:
    """Every (first, last) line span at which the anchor stands in the document; spans may overlap."""
    text, starts = _flatten(lines)
    wanted = collapse(anchor)
    found = re.finditer(f"(?={re.escape(wanted)})", text) if wanted else ()
    return [_span(starts, match.start(), match.start() + len(wanted)) for match in found]


def _flatten(lines: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The document in one line, and (offset, line number) for each line that has text."""
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    offset = 0
    for number, line in enumerate(lines, start=1):
        part = collapse(line)
        if part:
            starts.append((offset, number))
            parts.append(part)
            offset += len(part) + 1
    return " ".join(parts), starts


def _span(starts: list[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    first = max(number for offset, number in starts if offset <= begin)
    last = max(number for offset, number in starts if offset < end)
    return first, last
