"""Pages of passages and documents: the words in their surroundings, what a passage states, a document's
sections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kb.passages import lines_of_iri
from ontology import namespaces as ns
from service.pages import iris, thing
from service.pages.knowledge import Knowledge, value
from service.pages.literals import Shown
from service.pages.names import Names, natural
from service.pages.sections import key_of
from service.pages.texts import Line, Texts, surroundings
from service.pages.thing import Material
from service.pages.words import capital

SHOWN_APART = frozenset(
    {
        key_of(ns.DCT + "isPartOf", incoming=False),
        *(
            key_of(ns.SMM + name, incoming=False)
            for name in ("section", "page", "firstLine", "lastLine", "anchor")
        ),
    }
)
SHOWN_ON_DOCUMENTS = frozenset({key_of(ns.DCT + "isPartOf", incoming=True)})
_NO_SECTION = "Without a section"
Stated = tuple[Shown, str, list[tuple[str, list[Shown]]]]


@dataclass(frozen=True)
class PassageLine:
    """A passage in the list of a document's section."""

    href: str
    place: str
    anchor: str
    statements: int


@dataclass(frozen=True)
class Part:
    """A section of a document. `lines`: its cited range; `open`: whether its passages are listed on the
    page.
    """

    title: str
    href: str
    lines: str
    passages: tuple[PassageLine, ...]
    statements: int
    open: bool


def passage(material: Material, knowledge: Knowledge, texts: Texts) -> dict[str, object]:
    """What the template `passage.html` shows besides the thing itself."""
    iri = material.iri
    cited = material.citations.passage(iri) if iri.startswith(ns.PASSAGE) else None
    return {
        "passage": cited,
        "surroundings": _surroundings(iri, cited.anchor, knowledge, texts) if cited else [],
        "stated": stated(knowledge.rows("graph-statements", thing=iri), material.names),
    }


def _surroundings(iri: str, anchor: str, knowledge: Knowledge, texts: Texts) -> list[Line]:
    span = lines_of_iri(iri)
    if span is None or not texts.at_hand:
        return []
    rows = knowledge.rows("text-of-passage", thing=iri)
    lines = texts.lines(value(rows[0], "sha256")) if rows else None
    return surroundings(lines, *span, anchor) if lines else []


def stated(rows: list[dict[str, thing.Object]], names: Names) -> list[Stated]:
    """The statements of a graph: (subject, its kind, [(property in words, values)]), in a readable order."""
    found: dict[str, dict[str, list[thing.Object]]] = {}
    for row in rows:
        found.setdefault(value(row, "subject"), {}).setdefault(value(row, "property"), []).append(
            row["value"]
        )
    result = []
    for subject, said in sorted(found.items(), key=lambda item: names.of(item[0]).sort_key):
        kinds = [v.value for v in said.pop(ns.RDF + "type", []) if isinstance(v, ox.NamedNode)]
        kind = ", ".join(names.vocabulary.label(k) for k in names.vocabulary.most_specific(kinds))
        statements = [
            (
                _words(prop, names),
                sorted((thing.show(v, names) for v in values), key=lambda s: natural(s.text)),
            )
            for prop, values in sorted(said.items(), key=lambda item: _words(item[0], names))
        ]
        result.append((thing.show(ox.NamedNode(subject), names), kind, statements))
    return result


def _words(prop: str, names: Names) -> str:
    label = names.vocabulary.label(prop)
    return capital(label)


def document(iri: str, knowledge: Knowledge, section: str | None) -> dict[str, object]:
    """What the template `document.html` shows besides the thing itself; `section` is the one to open."""
    names = knowledge.names()
    by_section: dict[str, list[Mapping[str, thing.Object]]] = {}
    rows = knowledge.rows("passages-of-document", document=iri)
    for row in rows:
        by_section.setdefault(value(row, "section") or _NO_SECTION, []).append(row)
    parts = [_part(iri, title, found, title == section, names) for title, found in by_section.items()]
    return {"parts": parts, "passage_count": len(rows)}


def _part(iri: str, title: str, rows: list[Mapping[str, thing.Object]], is_open: bool, names: Names) -> Part:
    lines = [span for row in rows if (span := lines_of_iri(value(row, "passage")))]
    listed = tuple(
        PassageLine(
            iris.page_of(value(row, "passage")),
            names.place(value(row, "passage")),
            value(row, "anchor"),
            int(value(row, "statements") or 0),
        )
        for row in rows
    )
    return Part(
        title=title,
        href=f"{iris.page_of(iri)}?{iris.parameter('section', title)}#section",
        lines=f"{min(first for first, _ in lines)}–{max(last for _, last in lines)}" if lines else "",
        passages=listed,
        statements=sum(one.statements for one in listed),
        open=is_open,
    )
