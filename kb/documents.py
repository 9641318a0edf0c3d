"""The documents and passages as the sources describe them, and a document's text, found by its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kb.passages import Passage, split_lines
from kb.sources import Sources, Statement
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError

_MAX_TEXT_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A described document; ``sha256`` is "" where no line-numbered text exists (a public page)."""

    slug: str
    title: str
    identifier: str
    sha256: str


def documents(sources: Sources) -> dict[str, Document]:
    """Slug → document, for every thing of kind ``…/id/document/`` that the graph of documents describes."""
    found: dict[str, Document] = {}
    for iri, statements in sources.by_subject.items():
        if not iri.startswith(ns.DOCUMENT) or all(s.graph != ns.GRAPH_DOCUMENTS for s in statements):
            continue
        slug = iri.removeprefix(ns.DOCUMENT)
        found[slug] = Document(
            slug,
            title=_text(statements, ns.DCT + "title"),
            identifier=_text(statements, ns.DCT + "identifier"),
            sha256=_text(statements, ns.SMM + "textSha256").lower(),
        )
    return dict(sorted(found.items()))


def described_passages(sources: Sources) -> dict[str, Passage]:
    """IRI → passage, for every typed subject of a ``…/id/passages/<document>`` graph."""
    found: dict[str, Passage] = {}
    for graph, statements in sources.by_graph.items():
        if graph.startswith(ns.PASSAGES):
            for iri in dict.fromkeys(s.subject.value for s in statements):
                own = [s for s in sources.by_subject[iri] if s.graph == graph]
                found[iri] = _passage(iri, own)
    return found


def _passage(iri: str, statements: list[Statement]) -> Passage:
    parts = [s.object.value for s in statements if s.predicate.value == ns.DCT + "isPartOf"]
    part_of = [part for part in parts if part.startswith(ns.DOCUMENT)]
    return Passage(
        iri=iri,
        document=part_of[0].removeprefix(ns.DOCUMENT) if part_of else "",
        first=_number(statements, ns.SMM + "firstLine"),
        last=_number(statements, ns.SMM + "lastLine"),
        anchor=_text(statements, ns.SMM + "anchor"),
        section=_text(statements, ns.SMM + "section"),
        page=_text(statements, ns.SMM + "page"),
    )


def find_texts(folder: Path, wanted: Iterable[Document]) -> dict[str, list[str]]:
    """Slug → lines, for each document whose text is a file in ``folder``; file names do not matter.

    Raises `SourceError` where the folder cannot be read.
    """
    if not folder.is_dir():
        fault = Complaint(
            str(folder), 0, 0, "documents", "no such folder", "give the folder with the documents' texts"
        )
        raise SourceError([fault])
    by_digest: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= _MAX_TEXT_BYTES:
            by_digest.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return {
        document.slug: split_lines(by_digest[document.sha256].read_bytes().decode("utf-8"))
        for document in wanted
        if document.sha256 in by_digest
    }


def _text(statements: list[Statement], predicate: str) -> str:
    values = [s.object for s in statements if s.predicate.value == predicate]
    english = [v for v in values if isinstance(v, ox.Literal) and v.language in (None, "en")]
    return (english or values or [ox.Literal("")])[0].value


def _number(statements: list[Statement], predicate: str) -> int:
    text = _text(statements, predicate)
    return int(text) if text.isascii() and text.isdigit() else 0
