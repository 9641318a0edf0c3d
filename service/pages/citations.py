"""Who says so: the graph that holds a statement, as a source that a reader can follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kb.passages import lines_of_iri
from ontology import namespaces as ns
from service.pages import iris
from service.pages.names import Names, best_text
from service.pages.vocabulary import Row


@dataclass(frozen=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True)
class Citation:
    """A source of a statement, as the macro `citation` shows it.

    `kind`: passage, conclusion, editorial, inferred, or other (then `label` says which graph).
    """

    kind: str
    label: str
    href: str = ""
    document: str = ""
    document_href: str = ""
    section: str = ""
    page: str = ""
    lines: str = ""
    anchor: str = ""
    reason: str = ""
    rests_on: tuple[Link, ...] = ()
    order: tuple[int, str, int] = (9, "", 0)


class Citations:
    """Citations by graph, made from the rows of `sources-of-thing` and kept for one page."""

    def __init__(self, names: Names, rows: Iterable[Row]) -> None:
        self._names = names
        self._said: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        self._made: dict[str, Citation | None] = {}
        for row in rows:
            graph, prop, value = row["graph"], row["property"], row["value"]
            if isinstance(graph, ox.NamedNode) and isinstance(prop, ox.NamedNode):
                values = self._said.setdefault(graph.value, {}).setdefault(prop.value, [])
                if isinstance(value, ox.NamedNode | ox.Literal) and value not in values:
                    values.append(value)

    def of(self, graphs: Iterable[str], between_things: bool = False) -> tuple[Citation, ...]:
        """The sources of a statement, passages first. What only follows is marked so where nobody says it.

        `between_things`: the statement joins two things, so that what we say ourselves is a grouping, no
        wording.
        """
        made = {self.graph(graph) for graph in graphs} - {None}
        found = sorted((one for one in made if one), key=lambda one: one.order)
        if between_things:
            found = [replace(one, label="our grouping") if one.kind == "editorial" else one for one in found]
        stated = [one for one in found if one.kind != "inferred"]
        return tuple(stated or found)

    def graph(self, graph: str) -> Citation | None:
        """The citation for a graph; None for mere descriptions (of documents, passages, the release)."""
        if graph not in self._made:
            self._made[graph] = self._make(graph)
        return self._made[graph]

    def described(self, graph: str) -> Mapping[str, list[ox.NamedNode | ox.Literal]]:
        return self._said.get(graph, {})

    def _make(self, graph: str) -> Citation | None:
        if graph.startswith(ns.PASSAGE):
            return self.passage(graph)
        if graph.startswith(ns.CONCLUSION):
            return self._conclusion(graph)
        if graph.startswith(ns.GRAPH_EDITORIAL):
            return Citation("editorial", "our wording", order=(3, "", 0))
        if graph == ns.GRAPH_INFERRED:
            return Citation("inferred", "inferred", order=(4, "", 0))
        if graph == ns.ONTOLOGY:
            return Citation("other", "the ontology", order=(5, "", 0))
        if graph.startswith((ns.PASSAGES, ns.GRAPH_CONCLUSIONS, ns.GRAPH_DOCUMENTS, ns.GRAPH_RELEASE)):
            return None
        return Citation("other", self._names.of(graph).text, order=(6, graph, 0))

    def passage(self, graph: str) -> Citation:
        said = self.described(graph)
        document = self._names.document_of(graph)
        section, _ = best_text(said, (ns.SMM + "section",))
        place = self._names.place(graph)
        short = self._names.short_names.get(document) or iris.local_name(document)
        return Citation(
            kind="passage",
            label=f"{short}, {'section ' + section + ', ' if 0 < len(section) <= 12 else ''}{place}",
            href=iris.page_of(graph),
            document=self._names.of(document).text if document in self._names.known else short,
            document_href=iris.page_of(document),
            section=section,
            page=best_text(said, (ns.SMM + "page",))[0],
            lines=place.removeprefix("lines ").removeprefix("line "),
            anchor=best_text(said, (ns.SMM + "anchor",))[0],
            order=(0, document, (lines_of_iri(graph) or (0, 0))[0]),
        )

    def _conclusion(self, graph: str) -> Citation:
        said = self.described(graph)
        passages = sorted(v.value for v in said.get(ns.PROV + "wasDerivedFrom", ()))
        return Citation(
            kind="conclusion",
            label="our conclusion",
            href=iris.page_of(graph),
            reason=best_text(said, (ns.SKOS + "note",))[0],
            rests_on=tuple(Link(self._names.of(iri).text, iris.page_of(iri)) for iri in passages),
            order=(1, graph, 0),
        )
