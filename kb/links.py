"""Links to other knowledge bases: SSSOM tables (https://w3id.org/sssom), read strictly and told as RDF."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kb.sources import display, read_bytes
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError

SUFFIX = ".sssom.tsv"
COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
    "confidence", "author_id", "mapping_date", "comment",
)  # fmt: skip
_HEADER = (
    "sssom_version", "mapping_set_id", "mapping_set_title", "mapping_set_description", "license",
    "creator_id", "mapping_date", "mapping_tool", "subject_source", "object_source", "object_source_version",
)  # fmt: skip
_LISTS = frozenset({"creator_id"})
_CURIE = re.compile(r"([A-Za-z][\w-]*):(\S+)", re.ASCII)
_ANNOTATED = ns.OWL + "annotated"


class Link(NamedTuple):
    """One row of a table, its terms as IRIs, and where it stands. ``confidence``: above 0, up to 1."""

    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    justification: str
    confidence: float
    author: str
    date: str
    comment: str
    file: str
    line: int

    @property
    def triple(self) -> ox.Triple:
        return ox.Triple(ox.NamedNode(self.subject), ox.NamedNode(self.predicate), ox.NamedNode(self.object))

    def complaint(self, rule: str, message: str, advice: str) -> Complaint:
        return Complaint(self.file, self.line, 0, rule, message, advice)


@dataclass(frozen=True)
class LinkSet:
    """A table: its header (key → value, or values) and its rows."""

    path: Path
    header: dict[str, str | list[str]]
    prefixes: dict[str, str]
    links: tuple[Link, ...]

    @property
    def iri(self) -> str:
        """The set, and the graph that holds it."""
        return self.says("mapping_set_id")

    def says(self, key: str) -> str:
        """A single value of the header."""
        return str(self.header[key])

    @property
    def creators(self) -> list[str]:
        return [_expand(one, self.prefixes) or one for one in self.header["creator_id"]]

    @property
    def by_predicate(self) -> dict[str, int]:
        return dict(sorted(Counter(link.predicate for link in self.links).items()))


def read(files: Iterable[Path]) -> tuple[list[LinkSet], list[Complaint]]:
    """Parse every table and go on after a fault: the sets that could be read, and all complaints."""
    sets: list[LinkSet] = []
    complaints: list[Complaint] = []
    for path in files:
        try:
            sets.append(parse(path))
        except SourceError as error:
            complaints += error.complaints
    return sets, complaints


def parse(path: Path) -> LinkSet:
    """One table; raises one `SourceError` with all that is wrong with its form."""
    shown = display(path)
    try:
        lines = read_bytes(path).decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SourceError([_fault(shown, 0, f"not UTF-8: {error.reason}", "save it as UTF-8")]) from None
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header, prefixes, complaints = _header(lines[:start], shown)
    wanted_id = ns.LINKS + path.name.removesuffix(SUFFIX)
    if header.get("mapping_set_id") not in (None, wanted_id):
        complaints.append(_fault(shown, 1, f"mapping_set_id is not {wanted_id}", "name set and file alike"))
    if lines[start : start + 1] != ["\t".join(COLUMNS)]:
        complaints.append(_fault(shown, start + 1, "not the expected columns", f"give {', '.join(COLUMNS)}"))
    if lines[-1] != "":
        complaints.append(_fault(shown, len(lines), "the last line does not end", "end it with a newline"))
    links: list[Link] = []
    for number, line in enumerate(lines[start + 1 : -1], start=start + 2):
        try:
            links.append(_row(line, prefixes, shown, number))
        except SourceError as error:
            complaints += error.complaints
    if complaints:
        raise SourceError(complaints)
    return LinkSet(path, header, prefixes, tuple(links))


def _fault(shown: str, line: int, message: str, advice: str) -> Complaint:
    return Complaint(shown, line, 0, "sssom", message, advice)


def _header(
    lines: list[str], shown: str
) -> tuple[dict[str, str | list[str]], dict[str, str], list[Complaint]]:
    """The header (the part of YAML that SSSOM's files need), the CURIEs' prefixes, and what is wrong."""
    header: dict[str, str | list[str]] = {}
    prefixes: dict[str, str] = {}
    complaints: list[Complaint] = []
    within = ""
    for number, line in enumerate(lines, start=1):
        top = re.fullmatch(r"#(\w+):(?: (.+))?", line)
        inner = re.fullmatch(r"#  (?:(\w+): |- )(\S.*)", line)
        if top and top[1] not in header and top[1] in (*_HEADER, "curie_map"):
            within = top[1] if top[2] is None else ""
            header[top[1]] = [] if top[2] is None else _bare(top[2])
        elif inner and within == "curie_map" and inner[1]:
            prefixes[inner[1]] = _bare(inner[2])
        elif inner and within in _LISTS and not inner[1]:
            header[within] = [*header[within], _bare(inner[2])]
        else:
            advice = f"write #key: value, each key once, of: {', '.join(_HEADER)}, curie_map"
            complaints.append(_fault(shown, number, f"header line not understood: {line}", advice))
    header.pop("curie_map", None)
    for key in _HEADER:
        value = header.get(key)
        if not value or isinstance(value, list) != (key in _LISTS):
            advice = "say it in the header" + (" as a list (#  - …)" if key in _LISTS else "")
            complaints.append(_fault(shown, 1, f"{key} is missing or of the wrong form", advice))
    return header, prefixes, complaints


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _row(line: str, prefixes: dict[str, str], shown: str, number: int) -> Link:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        message = f"{len(cells)} cells, but {len(COLUMNS)} columns"
        raise SourceError([_fault(shown, number, message, "give every column one cell, parted by tabs")])
    row = dict(zip(COLUMNS, cells, strict=True))
    faults = [
        _fault(shown, number, f"{name} is empty or has blanks around it", "give a value without them")
        for name, cell in row.items()
        if not cell or cell != cell.strip() or '"' in cell[:1]
    ]
    for name in ("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id"):
        iri = _expand(row[name], prefixes)
        if iri is None:
            advice = "use a prefix of the curie_map"
            faults.append(_fault(shown, number, f"{name} {row[name]} is no CURIE of this file", advice))
        row[name] = iri or ""
    if not re.fullmatch(r"0\.\d{1,2}|1(?:\.0)?", row["confidence"]) or not float(row["confidence"]):
        faults.append(_fault(shown, number, f"confidence {row['confidence']}", "give 0.01 to 1"))
    try:
        date.fromisoformat(row["mapping_date"])
    except ValueError:
        faults.append(_fault(shown, number, f"mapping_date {row['mapping_date']}", "write it as 2026-11-23"))
    if faults:
        raise SourceError(faults)
    return Link(
        row["subject_id"], row["subject_label"], row["predicate_id"], row["object_id"], row["object_label"],
        row["mapping_justification"], float(row["confidence"]), row["author_id"], row["mapping_date"],
        row["comment"], shown, number,
    )  # fmt: skip


def _expand(curie: str, prefixes: dict[str, str]) -> str | None:
    match = _CURIE.fullmatch(curie)
    return prefixes[match[1]] + match[2] if match and match[1] in prefixes else None


def quads(links: LinkSet) -> list[ox.Quad]:
    """The links, and for each one a ``sssom:Mapping`` with label, confidence, justification and reason."""
    graph = ox.NamedNode(links.iri)
    return [
        ox.Quad(t.subject, t.predicate, t.object, graph) for link in links.links for t in _told(link, links)
    ]


def _told(link: Link, links: LinkSet) -> Iterator[ox.Triple]:
    yield link.triple
    digest = hashlib.sha256(f"{link.subject} {link.predicate} {link.object}".encode()).hexdigest()[:12]
    mapping = ox.NamedNode(f"{links.iri}/{digest}")
    decimal = ox.NamedNode(ns.XSD + "decimal")
    for predicate, value in (
        (ns.RDF + "type", ox.NamedNode(ns.SSSOM + "Mapping")),
        (_ANNOTATED + "Source", ox.NamedNode(link.subject)),
        (_ANNOTATED + "Property", ox.NamedNode(link.predicate)),
        (_ANNOTATED + "Target", ox.NamedNode(link.object)),
        (ns.SSSOM + "object_label", ox.Literal(link.object_label, language="en")),
        (ns.SSSOM + "mapping_justification", ox.NamedNode(link.justification)),
        (ns.SSSOM + "confidence", ox.Literal(str(link.confidence), datatype=decimal)),
        (ns.RDFS + "comment", ox.Literal(link.comment, language="en")),
    ):
        yield ox.Triple(mapping, ox.NamedNode(predicate), value)
