"""What the home page and the page about the graph say, read from the release."""

from __future__ import annotations

from dataclasses import dataclass

from ontology import namespaces as ns
from service.pages import catalogue, iris, literals
from service.pages.citations import Citation, Citations
from service.pages.knowledge import Document, Knowledge, value
from service.pages.literals import Shown

_FIGURES = (
    "Document", "Passage", "Method", "Phase", "Pilot", "Initiative", "SuccessFactor", "Barrier", "Country",
    "Conflict", "Gap",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One statement as a sentence, with the passage that makes it."""

    subject: Shown
    verb: str
    object: Shown
    citations: tuple[Citation, ...]


def home(knowledge: Knowledge) -> dict[str, object]:
    known = catalogue.kinds(knowledge)
    shown = [known[slug] for name in _FIGURES if (slug := catalogue.slug_of(name)) in known]
    return {
        "figures": [(kind.count, kind.plural[:1].lower() + kind.plural[1:], kind.href) for kind in shown],
        "example": example(knowledge),
    }


def example(knowledge: Knowledge) -> Example | None:
    """A statement that a method is suitable for a phase, None in a release that has none."""
    rows = knowledge.rows("stated-example")
    if not rows:
        return None
    first = rows[0]
    citations = Citations(knowledge.names(), rows)
    return Example(
        subject=Shown(value(first, "subjectLabel"), iris.page_of(value(first, "subject"))),
        verb="is said to be suitable for the phase",
        object=Shown(value(first, "objectLabel"), iris.page_of(value(first, "object"))),
        citations=citations.of([value(first, "graph")]),
    )


def about(knowledge: Knowledge) -> dict[str, object]:
    said = knowledge.description

    def number(prop: str) -> int:
        return int((said.get(prop) or ["0"])[0])

    documents = [d for d in knowledge.documents.values() if d.passages]
    return {
        "documents": [(d, _date(d)) for d in documents if d.is_primary],
        "further": [d for d in knowledge.documents.values() if not d.is_primary],
        "version": (said.get(ns.DCAT + "version") or [""])[0],
        "figures": [
            ("Statements, each counted once", number(ns.VOID + "triples")),
            ("Things", number(ns.VOID + "entities")),
            ("Kinds of things", number(ns.VOID + "classes")),
            ("Kinds of statements", number(ns.VOID + "properties")),
            ("Passages cited", sum(d.passages for d in documents)),
        ],
    }


def _date(document: Document) -> str:
    """When it was published, in words, unless its name says so."""
    date = literals.date(document.issued) if document.issued else ""
    return "" if date in document.label else date
