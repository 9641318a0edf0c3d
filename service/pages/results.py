"""A result as a table for people: names for IRIs, the passages behind a row, and columns that can be sorted.

Only the first rows are kept, whatever the size of a result: the first in the engine's order, or in the order
of a column (then by what its terms are: numbers and dates by value, IRIs by name where all rows are shown).
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Generic, TypeVar

import pyoxigraph as ox

from ontology import namespaces as ns
from service.pages import iris, literals
from service.pages.citations import Citation, Citations
from service.pages.knowledge import Knowledge
from service.pages.names import natural
from service.sparql.engine import Term

SHOWN_ROWS = 500
ASKED_BYTES = 16_000
MAX_IRI = 500
NUMBERS = frozenset(
    {"integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger"}
    | {"positiveInteger", "negativeInteger", "nonPositiveInteger"}
    | {"unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"}
)
DATES = frozenset({"date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"})
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*')
_ISO_CODE = ns.SMM + "isoCode"

T = TypeVar("T")
Key = tuple[int, object]
Facts = Mapping[str, Mapping[str, list[ox.NamedNode | ox.Literal]]]


@dataclass(frozen=True)
class Cell:
    """A term of a result. `note`: its datatype or language; `full`: the IRI as it can be written in a query.

    `kind`: number, date, thing, text, blank or other; `machine`: what to sort by where it is not the text;
    `source`: the passage or conclusion that an IRI names; `country`: the ISO code of a country.
    """

    text: str
    kind: str = "text"
    href: str = ""
    external: bool = False
    note: str = ""
    full: str = ""
    machine: str = ""
    source: Citation | None = None
    country: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    @property
    def number(self) -> float:
        """The value of a number; NaN and the infinities are no cells of this kind."""
        return float(self.machine)


@dataclass(frozen=True)
class Column:
    """`kind`: that of all its cells, or other where they differ; `sorted`: ascending, descending or none."""

    name: str
    kind: str = "other"
    sorted: str = "none"
    has_sources: bool = False

    @property
    def next_sort(self) -> str:
        """What sorting by this column again asks for."""
        return f"-{self.name}" if self.sorted == "ascending" else self.name


@dataclass(frozen=True)
class Table:
    """The first rows of a result. `total` counts all; `terms` are those of the rows, for pictures.

    `name_of` and `word_for` give the label of a thing and of a property by its IRI.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int
    terms: tuple[tuple[Term | None, ...], ...] = ()
    name_of: Callable[[str], str] = ns.shorten
    word_for: Callable[[str], str] = ns.shorten

    @property
    def is_whole(self) -> bool:
        return self.total == len(self.rows)

    @property
    def has_sources(self) -> bool:
        return any(column.has_sources for column in self.columns)

    @property
    def has_names(self) -> bool:
        """Whether names stand for IRIs anywhere, so that these are worth showing too."""
        return any(cell.full for row in self.rows for cell in row if cell)


def of_solutions(found: ox.QuerySolutions, knowledge: Knowledge, sort: str = "") -> Table:
    """The table of a SELECT. `sort`: a column, `-` before it to sort down; an unknown one is ignored."""
    columns = [variable.value for variable in found.variables]
    return _table(columns, found, lambda row: [row[name] for name in columns], knowledge, sort)


def of_triples(found: Iterable[ox.Quad], knowledge: Knowledge, sort: str = "") -> Table:
    """The table of a graph: a row for each statement."""
    columns = ["subject", "predicate", "object"]
    return _table(columns, found, lambda quad: list(quad.triple), knowledge, sort)


def _table(
    columns: Sequence[str],
    found: Iterable[T],
    terms_of: Callable[[T], list[Term | None]],
    knowledge: Knowledge,
    sort: str,
) -> Table:
    down, by = sort.startswith("-"), sort.removeprefix("-")
    place = columns.index(by) if by in columns else -1
    counted = _Counted(found)
    if place >= 0:
        pick = heapq.nlargest if down else heapq.nsmallest
        kept = pick(SHOWN_ROWS, map(terms_of, counted), key=lambda row: _key(row[place]))
    else:
        kept = [terms_of(row) for row in islice(counted, SHOWN_ROWS)]
        counted.exhaust()
    show = Shower(knowledge, (term for row in kept for term in row))
    cells = [tuple(show(term) for term in row) for row in kept]
    if place >= 0 and counted.total == len(cells):  # all are here: names count, as they do in the browser
        order = sorted(range(len(cells)), key=lambda n: _shown_key(cells[n][place]), reverse=down)
        cells, kept = [cells[n] for n in order], [kept[n] for n in order]
    state = "descending" if down else "ascending"
    named = [
        _column(name, [row[n] for row in cells], state if n == place else "none")
        for n, name in enumerate(columns)
    ]
    words = show.names.vocabulary.label
    return Table(tuple(named), tuple(cells), counted.total, tuple(map(tuple, kept)), show.name, words)


class _Counted(Generic[T]):
    """Counts rows as they pass."""

    def __init__(self, rows: Iterable[T]) -> None:
        self._rows = iter(rows)
        self.total = 0

    def __iter__(self) -> Iterator[T]:
        for row in self._rows:
            self.total += 1
            yield row

    def exhaust(self) -> None:
        """Count what is left, without a look at it."""
        self.total += sum(1 for _ in self._rows)


def _column(name: str, cells: Sequence[Cell | None], sort: str) -> Column:
    kinds = {cell.kind for cell in cells if cell}
    kind = kinds.pop() if len(kinds) == 1 else "other"
    return Column(name, kind, sort, any(cell.source for cell in cells if cell))


def _key(term: Term | None) -> Key:
    """Orders terms as SPARQL does: unbound, blank, IRIs, then literals, numbers and dates by value."""
    if term is None:
        return (0, "")
    if isinstance(term, ox.BlankNode):
        return (1, term.value)
    if isinstance(term, ox.NamedNode):
        return (2, natural(term.value))
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.removeprefix(ns.XSD)
        if kind in NUMBERS and (number := _number(term.value)) is not None:
            return (3, number)
        if kind in DATES:
            return (4, term.value)
        return (5, natural(term.value))
    return (6, str(term))


def _shown_key(cell: Cell | None) -> Key:
    if cell is None:
        return (0, "")
    if cell.is_number:
        return (1, cell.number)
    return (2, cell.machine) if cell.kind == "date" else (3, natural(cell.text))


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if math.isfinite(float(value)) else None


def is_iri(text: str) -> bool:
    """Whether a text can stand as an IRI in a query of ours; what another server sends need not."""
    return len(text) <= MAX_IRI and _IRI.fullmatch(text) is not None


class Shower:
    """Makes cells of terms; asks the release once for what the IRIs among them are called."""

    def __init__(self, knowledge: Knowledge, terms: Iterable[object]) -> None:
        found = dict.fromkeys(t.value for t in terms if isinstance(t, ox.NamedNode))
        wanted = [iri for iri in found if is_iri(iri)]
        self.names = knowledge.names()
        rows = [row for part in _parts(wanted) for row in knowledge.rows_about("names-of-things", part)]
        self._facts: Facts = self.names.learn(rows)
        about = [{"graph": row["other"], **row} for row in rows]
        self._citations = Citations(self.names, about)

    def __call__(self, term: object) -> Cell | None:
        """A term as a table shows it; only our own pages and http(s) addresses become links."""
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        if isinstance(term, ox.Literal):
            return _literal(term)
        return Cell(str(term), "blank" if isinstance(term, ox.BlankNode) else "other", note="blank node")

    def name(self, iri: str) -> str:
        """What a thing is called, or its IRI written short."""
        is_known = iri in self.names.known or iri in self.names.vocabulary.terms
        return self.names.of(iri).text if is_known or iri.startswith(ns.PASSAGE) else _written(iri)

    def _iri(self, iri: str) -> Cell:
        href = iris.link_to(iri)
        code = self._facts.get(iri, {}).get(_ISO_CODE, [])
        name, short = self.name(iri), _written(iri)
        return Cell(
            name,
            "thing",
            href,
            external=href.startswith("http"),
            full=short if name != short else "",
            source=self._source(iri),
            country=code[0].value if code else "",
        )

    def _source(self, iri: str) -> Citation | None:
        if not iris.page_of(iri) or not iri.startswith((ns.PASSAGE, ns.CONCLUSION)):
            return None
        return self._citations.graph(iri)


def _written(iri: str) -> str:
    """An IRI as a query has it: with its prefix where that is ours, else in full."""
    short = ns.shorten(iri)
    return short if ":" in short else f"<{iri}>"


def _parts(wanted: Sequence[str]) -> Iterator[Sequence[str]]:
    """A query has a bounded length, so what is asked about goes in parts."""
    part: list[str] = []
    size = 0
    for iri in wanted:
        size += len(iri.encode()) + 3
        if part and size > ASKED_BYTES:
            yield part
            part, size = [], len(iri.encode()) + 3
        part.append(iri)
    if part:
        yield part


def _literal(term: ox.Literal) -> Cell:
    kind = term.datatype.value.removeprefix(ns.XSD)
    if term.language:
        return Cell(term.value, note=term.language)
    if kind == "string":
        return Cell(term.value)
    shown = literals.literal(term)
    if kind in NUMBERS and (number := _number(term.value)) is not None:
        return Cell(term.value, "number", machine=str(number))
    kind_of_cell = "date" if kind in DATES else "text"
    note = ns.shorten(term.datatype.value)
    return Cell(term.value, kind_of_cell, shown.href, shown.external, note, machine=term.value)
