"""Facts with the passages that state them, read from rows of SPARQL results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

_ID = "https://w3id.org/school-mentoring/id/"
_PASSAGE = _ID + "passage/"
_CONCLUSION = _ID + "conclusion/"

T = TypeVar("T")


class Term(Protocol):
    """An RDF term of a result row: an IRI, or a literal's text."""

    @property
    def value(self) -> str: ...


Row = Mapping[str, Term]
Rows = Iterable[Row]


@dataclass(frozen=True, order=True)
class Citation:
    """Where a fact stands. Lines count from 1 in the document's text, 0 if unknown; `anchor` is verbatim.

    Where no passage says the fact in so many words, `conclusion` is the IRI of the conclusion that rests on
    the passage, and `reason` says why; both are empty for what the passage itself states.
    """

    passage: str
    document: str
    document_label: str
    section: str
    first_line: int
    last_line: int
    anchor: str
    conclusion: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A value and every passage that states it; never without a passage."""

    value: T
    citations: tuple[Citation, ...]

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"no passage states {self.value!r}")


@dataclass(frozen=True)
class Evidence:
    """What graph IRIs mean: passages by IRI, and for each conclusion the passages that it rests on."""

    passages: Mapping[str, Citation]
    conclusions: Mapping[str, tuple[Citation, ...]]

    @classmethod
    def from_rows(cls, passages: Rows, conclusions: Rows) -> Evidence:
        """Rows of `catalogue/passages` and `catalogue/conclusions`."""
        known = {row["passage"].value: _citation(row) for row in passages}
        resting: dict[str, list[Citation]] = {}
        for row in conclusions:
            ground = known.get(row["passage"].value)
            if ground:
                conclusion = Citation(
                    ground.passage,
                    ground.document,
                    ground.document_label,
                    ground.section,
                    ground.first_line,
                    ground.last_line,
                    ground.anchor,
                    row["conclusion"].value,
                    _text(row, "reason"),
                )
                resting.setdefault(row["conclusion"].value, []).append(conclusion)
        return cls(known, {iri: tuple(sorted(set(found))) for iri, found in resting.items()})

    def of(self, graph: str) -> tuple[Citation, ...]:
        """The passages behind a named graph; none for graphs of our own wording or of the reasoner."""
        if graph.startswith(_PASSAGE):
            return (self.passages[graph],) if graph in self.passages else ()
        if graph.startswith(_CONCLUSION):
            return self.conclusions.get(graph, ())
        return ()

    def within(self, document: str, first_line: int, last_line: int) -> tuple[Citation, ...]:
        """Passages of a document (its slug) that touch these lines, in order."""
        return tuple(
            sorted(
                citation
                for citation in self.passages.values()
                if slug(citation.document) == document
                and citation.first_line <= last_line
                and citation.last_line >= first_line
            )
        )


class Statements:
    """Statements by subject and property, each value once with all the passages that state it."""

    def __init__(self, rows: Rows, evidence: Evidence) -> None:
        """`rows` have thing, property, value and graph; the property's local name is the key."""
        self._index: dict[str, dict[str, dict[str, set[Citation]]]] = {}
        self._subjects: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            thing, name, value = row["thing"].value, slug(row["property"].value), row["value"].value
            values = self._index.setdefault(thing, {}).setdefault(name, {})
            values.setdefault(value, set()).update(evidence.of(row["graph"].value))
            self._subjects.setdefault((name, value), set()).add(thing)

    def things(self) -> list[str]:
        return sorted(self._index)

    def subjects(self, name: str, value: str) -> list[str]:
        """Things of which this value is stated, whoever states it, in order."""
        return sorted(self._subjects.get((name, value), ()))

    def facts(self, thing: str, name: str) -> tuple[Fact[str], ...]:
        """Values with their passages, in the order of the values; what no passage states is left out."""
        values = self._index.get(thing, {}).get(name, {})
        return tuple(Fact(value, tuple(sorted(cited))) for value, cited in sorted(values.items()) if cited)

    def values(self, thing: str, name: str) -> tuple[str, ...]:
        """Values whoever states them, our own wording included, in order."""
        return tuple(sorted(self._index.get(thing, {}).get(name, {})))

    def value(self, thing: str, name: str) -> str:
        """The first value, or "" where there is none."""
        return next(iter(self.values(thing, name)), "")


def slug(iri: str) -> str:
    """The last part of an IRI: after `#` or the last `/`."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def kebab(name: str) -> str:
    """`lower-secondary` for `LowerSecondary`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def cited(facts: Iterable[Fact[T]]) -> tuple[Citation, ...]:
    """All passages of several facts, each once, in order."""
    return tuple(sorted({citation for fact in facts for citation in fact.citations}))


def _citation(row: Row) -> Citation:
    return Citation(
        passage=row["passage"].value,
        document=row["document"].value,
        document_label=_text(row, "documentLabel") or slug(row["document"].value),
        section=_text(row, "section"),
        first_line=int(_text(row, "firstLine") or 0),
        last_line=int(_text(row, "lastLine") or 0),
        anchor=_text(row, "anchor"),
    )


def _text(row: Row, name: str) -> str:
    term = row.get(name)
    return term.value if term else ""
