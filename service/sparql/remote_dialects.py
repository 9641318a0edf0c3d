"""How a query is put to an outside store, and how its answer becomes ours: as the standards say."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from service.errors import Problem
from service.settings import Settings
from service.sparql import formats
from service.sparql.formats import Format
from service.sparql.gate import Report
from service.sparql.spreadsheet import SafeCsvWriter, Sink

# A reference without a scheme; what only looks like one costs a needless BASE, no more.
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\x00-\x20]*>")
# What else a store may call a format, beside the aliases that a client may use.
SPELLINGS = {"ntriples": ("text/ntriples", "text/plain"), "turtle": ("application/turtle",)}
# A graph that is a query's result has no name, so its N-Triples are N-Quads, and its Turtle is TriG.
SAME = {"nquads": formats.NTRIPLES, "trig": formats.TURTLE, "csv-safe": formats.CSV}


@dataclass(frozen=True)
class Dataset:
    """The graphs that a query names, all of the release: `default` to merge, and `named`."""

    default: tuple[str, ...]
    named: tuple[str, ...]


Pump = Callable[[Iterator[bytes], Sink], None]


@dataclass(frozen=True)
class Phrased:
    """A query in a store's words: form fields, media types to accept, and what brings the answer over."""

    fields: tuple[tuple[str, str], ...]
    accept: tuple[Format, ...]
    pump: Pump

    @property
    def header(self) -> str:
        types = [one.media_type for one in self.accept]
        return ", ".join(f"{one};q={1 - rank / 10:.1f}" if rank else one for rank, one in enumerate(types))

    def takes(self, media_type: str) -> bool:
        return any(media_type in spellings(one) for one in self.accept)


class Dialect(Protocol):
    """One kind of store."""

    name: str

    def refuse(self, text: str, report: Report) -> None:
        """Raises Problem for what the standard does not know and this kind of store would obey."""
        ...

    def phrase(
        self, text: str, report: Report, chosen: Format, dataset: Dataset | None, timeout_s: float
    ) -> Phrased: ...

    def fault(self, answer: http.client.HTTPResponse, body: bytes) -> Problem | None:
        """The Problem that only this kind of store would say so. `body`: its beginning, of another status."""
        ...


class Standard:
    """A store that keeps to SPARQL 1.1, with a default graph of its own."""

    name = "standard"

    def __init__(self, settings: Settings) -> None:
        self._base, self._parameters = settings.base_iri, settings.engine_parameters

    def refuse(self, text: str, report: Report) -> None:
        """Nothing: the gate has refused what calls others, and the protocol has no updates."""

    def phrase(
        self, text: str, report: Report, chosen: Format, dataset: Dataset | None, timeout_s: float
    ) -> Phrased:
        fields = [("query", with_base(text, report, self._base))]
        if dataset:
            fields += [("default-graph-uri", iri) for iri in dataset.default]
            fields += [("named-graph-uri", iri) for iri in dataset.named]
        fields += parameters(self._parameters, timeout_s)
        accept = (chosen, SAME[chosen.name]) if chosen.name in SAME else (chosen,)
        if chosen is formats.CSV_SAFE:
            accept = (formats.CSV,)
        return Phrased(tuple(fields), accept, safely if chosen is formats.CSV_SAFE else copy)

    def fault(self, answer: http.client.HTTPResponse, body: bytes) -> Problem | None:
        return None


def with_base(text: str, report: Report, base: str) -> str:
    """The query with a base for its relative IRIs. On its first line, so that errors keep their lines."""
    declared = re.search(r"\bBASE\b", report.prologue, re.IGNORECASE)
    return f"BASE <{base}> {text}" if base and not declared and _RELATIVE.search(text) else text


def parameters(template: str, timeout_s: float) -> list[tuple[str, str]]:
    """The deployment's own parameters, with the time limit filled in."""
    found = parse_qsl(template, keep_blank_values=True)
    limits = {"{ms}": str(round(timeout_s * 1000)), "{s}": str(max(1, round(timeout_s)))}
    filled = []
    for name, value in found:
        for mark, limit in limits.items():
            value = value.replace(mark, limit)
        filled.append((name, value))
    return filled


def spellings(one: Format) -> tuple[str, ...]:
    return (one.media_type, *one.aliases, *SPELLINGS.get(one.name, ()))


def copy(pieces: Iterator[bytes], sink: Sink) -> None:
    """Bytes through as they are."""
    for piece in pieces:
        sink.write(piece)


def safely(pieces: Iterator[bytes], sink: Sink) -> None:
    """CSV made safe for spreadsheets."""
    writer = SafeCsvWriter(sink)
    for piece in pieces:
        writer.write(piece)
    writer.finish()
