"""What the pages read from the release: query files through the engine, and a small memory for each release.

Only what every page needs is remembered (the ontology's terms, the documents' names, counts by class); it is
forgotten when the engine serves another release.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pyoxigraph as ox

from kb import queries
from ontology import namespaces as ns
from service.pages import thing, vocabulary
from service.pages.citations import Citations
from service.pages.names import Names
from service.pages.thing import Material
from service.pages.vocabulary import Vocabulary
from service.sparql.engine import Engine, QueryRequest, Term

T = TypeVar("T")
Rows = list[dict[str, Term]]


@dataclass(frozen=True)
class Document:
    """A document as pages name it. `short` is what citations call it, `issued` as the data say it.

    `is_primary`: one of the projects' own documents, read completely; not a public page about them.
    """

    iri: str
    label: str
    short: str
    title: str
    issued: str
    address: str
    passages: int
    is_primary: bool


@dataclass
class _Memory:
    """What is remembered of one release."""

    release: str
    things: dict[str, object] = field(default_factory=dict)


class Knowledge:
    """Reads through an engine. Safe to share between threads: what is remembered never changes once made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._memory = _Memory("")
        self._lock = threading.Lock()

    @property
    def release_id(self) -> str:
        return self.engine.release_id

    def rows(self, query: str, **iris: str) -> Rows:
        """The solutions of `kb/queries/service/<query>.rq` with its parameters, all IRIs. Raises Problem."""
        text = queries.load(f"service/{query}").bind(**{k: ox.NamedNode(v) for k, v in iris.items()})
        return self.engine.rows(text)

    def rows_about(self, query: str, iris: Sequence[str]) -> Rows:
        """The same for a query whose one parameter, `things`, takes any number of IRIs. Raises Problem."""
        text = queries.load(f"service/{query}").bind(things=[ox.NamedNode(iri) for iri in iris])
        return self.engine.rows(text)

    def data(self, query: str, media_type: str, **iris: str) -> bytes:
        """The graph of a CONSTRUCT query file in a media type. Raises Problem."""
        text = queries.load(f"service/{query}").bind(**{k: ox.NamedNode(v) for k, v in iris.items()})
        return b"".join(self.engine.run(QueryRequest(text, media_type)).chunks)

    def remember(self, key: str, make: Callable[[], T]) -> T:
        """What `make` gives, made once for a release; should two threads both make it, both are right."""
        release = self.release_id
        with self._lock:
            if self._memory.release != release:
                self._memory = _Memory(release)
            memory = self._memory
        if key not in memory.things:
            memory.things[key] = make()
        return memory.things[key]  # type: ignore[return-value]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.remember(
            "vocabulary",
            lambda: vocabulary.read(
                self.rows("ontology-terms"), self.rows("ontology-lists"), self.rows("ontology-groups")
            ),
        )

    @property
    def documents(self) -> dict[str, Document]:
        """Every document, by IRI; those with passages first, by name."""
        return self.remember("documents", self._read_documents)

    def _read_documents(self) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for row in self.rows("documents"):
            iri = value(row, "document")
            passages = int(value(row, "passages") or 0)
            if iri not in found:  # a document with two titles has two rows; the first in order counts
                found[iri] = Document(
                    iri,
                    label=value(row, "label") or value(row, "title") or iri.removeprefix(ns.DOCUMENT),
                    short=value(row, "short") or value(row, "identifier") or value(row, "label"),
                    title=value(row, "title"),
                    issued=value(row, "issued"),
                    address=value(row, "address"),
                    passages=passages,
                    is_primary=value(row, "primary") == "true",
                )
        ordered = sorted(found.values(), key=lambda d: (not d.is_primary, not d.passages, d.label))
        return {document.iri: document for document in ordered}

    @property
    def class_counts(self) -> dict[str, int]:
        return self.remember(
            "classes", lambda: {value(r, "class"): int(value(r, "count")) for r in self.rows("class-counts")}
        )

    @property
    def property_counts(self) -> dict[str, int]:
        return self.remember(
            "properties",
            lambda: {value(r, "property"): int(value(r, "count")) for r in self.rows("property-counts")},
        )

    @property
    def description(self) -> dict[str, list[str]]:
        """What the release says about itself: property → values."""
        return self.remember("description", lambda: _by_property(self.rows("release-description")))

    @property
    def ontology_header(self) -> dict[str, list[str]]:
        return self.remember("ontology", lambda: _by_property(self.rows("ontology-header")))

    def names(self) -> Names:
        """A fresh book of names that knows the documents."""
        names = Names(self.vocabulary, {d.iri: d.short for d in self.documents.values() if d.short})
        for document in self.documents.values():
            names.known[document.iri] = names.make(
                document.iri, {ns.SKOS + "prefLabel": [ox.Literal(document.label, language="en")]}
            )
        return names

    def exists(self, iri: str) -> bool:
        """Whether the release says anything about a thing, or holds a graph of this name."""
        return bool(self.rows("thing-exists", thing=iri))

    def graph_size(self, iri: str) -> int:
        """How many statements the graph of this name holds."""
        return int(value(self.rows("graph-size", thing=iri)[0], "count"))

    def material(self, iri: str) -> Material | None:
        """All that a thing's page is made of; None when the release says nothing about it."""
        statements = self.rows("thing-statements", thing=iri)
        mentions = self.rows("thing-mentions", thing=iri)
        if not statements and not mentions:
            return None
        names = self.names()
        names.learn(self.rows("names-around-thing", thing=iri))
        own: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        for row in statements:
            term = row["value"]
            if isinstance(term, ox.NamedNode | ox.Literal):
                own.setdefault(value(row, "property"), []).append(term)
        names.known[iri] = names.make(iri, own)
        counts = {
            value(r, "property"): int(value(r, "count")) for r in self.rows("thing-mention-counts", thing=iri)
        }
        citations = Citations(names, self.rows("sources-of-thing", thing=iri))
        told = thing.told(self.rows("statements-around-thing", thing=iri))
        return Material(iri, statements, mentions, counts, names, citations, told)


def value(row: Mapping[str, Term], name: str) -> str:
    """The text of a variable, "" where it is unbound."""
    term = row.get(name)
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _by_property(rows: Rows) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(value(row, "property"), []).append(value(row, "value"))
    return found
