"""A thing's page: what is said about it and what points at it, grouped, named, sorted, each with its
sources.

Pure: from rows of queries to what the template shows. What only follows from a statement between the same
two things is left out, since the statement itself is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kb import queries
from ontology import namespaces as ns
from service.pages import iris, literals
from service.pages.citations import Citation, Citations
from service.pages.literals import Shown
from service.pages.names import MAX_TEXT, Names, natural, shorten
from service.pages.sections import Layout, key_of, layouts_for
from service.pages.vocabulary import Row, Vocabulary

Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
SHOWN_AT_ONCE = 8
SHOWN_AT_MOST = 150
_NAMES = frozenset({ns.SKOS + "prefLabel", ns.RDFS + "label"})
_LEAD = (ns.SKOS + "definition", ns.SMM + "text", ns.DCT + "description", ns.DCT + "abstract")
_TYPE = ns.RDF + "type"


@dataclass(frozen=True)
class Value:
    """One value of a property, its sources, and the kind of thing that it is where that tells something."""

    shown: Shown
    citations: tuple[Citation, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Group:
    """All values of one property. `total` counts also those beyond `values`; `all_href` leads to all of
    them.
    """

    key: str
    heading: str
    about: str
    values: tuple[Value, ...]
    total: int
    all_href: str = ""

    @property
    def first(self) -> tuple[Value, ...]:
        return self.values if len(self.values) <= SHOWN_AT_ONCE + 2 else self.values[:SHOWN_AT_ONCE]

    @property
    def folded(self) -> tuple[Value, ...]:
        return self.values[len(self.first) :]


@dataclass(frozen=True)
class Section:
    title: str
    intro: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Thing:
    """Everything that a thing's page shows. `kinds`: (words, class IRI)."""

    iri: str
    name: str
    language: str
    kinds: tuple[tuple[str, str], ...]
    lead: tuple[Value, ...]
    sections: tuple[Section, ...]

    @property
    def path(self) -> str:
        return iris.address_of(self.iri)

    def group(self, key: str) -> Group | None:
        return next((g for s in self.sections for g in s.groups if g.key == key), None)


@dataclass
class _Edges:
    """Statements by (property, incoming?) and the other side, with the graphs that make them."""

    found: dict[tuple[str, bool], dict[Object, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def add(self, prop: str, incoming: bool, other: Object, graph: str) -> None:
        self.found[prop, incoming][other].add(graph)


@dataclass(frozen=True)
class Material:
    """The rows that a page is made of: `thing-statements`, `thing-mentions`, `thing-mention-counts`."""

    iri: str
    statements: Sequence[Row]
    mentions: Sequence[Row]
    counts: Mapping[str, int]
    names: Names
    citations: Citations

    @property
    def vocabulary(self) -> Vocabulary:
        return self.names.vocabulary


def build(material: Material, hidden: frozenset[str] = frozenset()) -> Thing:
    """The page of a thing; `hidden` are keys of groups that the page shows in a way of its own."""
    edges = _without_redundant(_collect(material), material.vocabulary)
    name = material.names.of(material.iri)
    lead_edges = {p: edges.found.pop((p, False), {}) for p in _LEAD}
    groups = {}
    for (prop, incoming), others in edges.found.items():
        key = key_of(prop, incoming)
        if key not in hidden:
            groups[key] = _group(material, prop, incoming, others)
    lead = [_value(material, other, graphs) for p in _LEAD for other, graphs in lead_edges[p].items()]
    return Thing(
        iri=material.iri,
        name=name.text,
        language=name.language,
        kinds=tuple((material.vocabulary.label(c), c) for c in name.classes),
        lead=tuple(value for value in lead if value.shown.text != name.text or value.citations),
        sections=tuple(_arrange(groups, layouts_for(name.classes, material.vocabulary), material)),
    )


def _collect(material: Material) -> _Edges:
    """All statements; an incoming one that our vocabulary can say the other way round is turned."""
    edges = _Edges()
    for row in material.statements:
        prop, other, graph = _text(row["property"]), row["value"], _text(row["graph"])
        if prop not in _NAMES and prop != _TYPE:
            edges.add(prop, False, other, graph)
    for row in material.mentions:
        prop, other, graph = _text(row["property"]), row["subject"], _text(row["graph"])
        inverse = material.vocabulary.inverse(prop)
        if prop != _TYPE:
            edges.add(inverse or prop, not inverse, other, graph)
    return edges


def _without_redundant(edges: _Edges, vocabulary: Vocabulary) -> _Edges:
    """Without what is only inferred and follows from a stated relation of the same two things."""
    implied: dict[Object, set[tuple[str, bool]]] = defaultdict(set)
    for (prop, incoming), others in edges.found.items():
        for other, graphs in others.items():
            if graphs != {ns.GRAPH_INFERRED}:
                implied[other] |= {
                    (p, turned != incoming) for p, turned in vocabulary.implied(prop) if p != prop or turned
                }
    kept = _Edges()
    for (prop, incoming), others in edges.found.items():
        for other, graphs in others.items():
            if graphs != {ns.GRAPH_INFERRED} or (prop, incoming) not in implied[other]:
                kept.found[prop, incoming][other] = graphs
    return kept


def _group(material: Material, prop: str, incoming: bool, others: Mapping[Object, set[str]]) -> Group:
    vocabulary = material.vocabulary
    label = vocabulary.label(prop)
    term = vocabulary.terms.get(prop)
    ordered = sorted(others.items(), key=lambda item: _sort_key(material.names, item[0]))
    values = tuple(_value(material, other, graphs) for other, graphs in ordered[:SHOWN_AT_MOST])
    # The count is of things, by the property as it is stated; a turned group has its statements' property.
    stated = prop if incoming else vocabulary.inverse(prop)
    total = max(len(others), material.counts.get(stated, 0) if stated and len(others) >= SHOWN_AT_MOST else 0)
    return Group(
        key=key_of(prop, incoming),
        heading=f"Named as “{label}” by" if incoming else label[:1].upper() + label[1:],
        about=term.definition if term else "",
        values=values,
        total=total,
        all_href=_all_href(material.iri, prop, incoming) if total > len(values) else "",
    )


def _all_href(iri: str, prop: str, incoming: bool) -> str:
    name = "service/thing-mentions-by-property" if incoming else "service/thing-values-of-property"
    query = queries.load(name).bind(thing=ox.NamedNode(iri), property=ox.NamedNode(prop))
    return iris.query_address(query)


def _value(material: Material, other: Object, graphs: Iterable[str]) -> Value:
    shown = show(other, material.names)
    citations = material.citations.of(graphs)
    kind = ""
    if isinstance(other, ox.NamedNode):
        classes = material.names.of(other.value).classes
        kind = ", ".join(material.vocabulary.label(c) for c in classes[:2])
    return Value(shown, citations, kind)


def show(term: Object, names: Names) -> Shown:
    """A term as a value: a literal, a thing with its name, or an address elsewhere."""
    if isinstance(term, ox.Literal):
        return literals.literal(term)
    if isinstance(term, ox.NamedNode):
        href = iris.page_of(term.value)
        known = term.value in names.known or term.value in names.vocabulary.terms
        if not href and not known:
            return literals.address(term.value)
        name = names.of(term.value)
        link = href or iris.link_to(term.value)
        return Shown(name.text, link, name.language, external=bool(link) and not href)
    return Shown("something without a name")


def _sort_key(names: Names, term: Object) -> tuple[object, ...]:
    if isinstance(term, ox.NamedNode):
        return (0, *names.of(term.value).sort_key)
    text = term.value if isinstance(term, ox.Literal) else str(term)
    language = (term.language or "") if isinstance(term, ox.Literal) else ""
    return (1, "" if language == "en" else language, (), natural(text))


def _arrange(groups: dict[str, Group], layouts: tuple[Layout, ...], material: Material) -> Iterable[Section]:
    """The sections of the layout, then everything else: what is said first, then what points here."""
    rest = dict(groups)
    for layout in layouts:
        chosen = []
        for key in layout.keys:
            group = rest.pop(key, None)
            if group:
                heading = layout.headings.get(key, group.heading)
                chosen.append(Group(key, heading, group.about, group.values, group.total, group.all_href))
        if chosen:
            yield Section(layout.title, layout.intro, tuple(chosen))
    said = sorted((g for g in rest.values() if not g.key.startswith("<")), key=lambda g: g.heading.lower())
    pointing = sorted((g for g in rest.values() if g.key.startswith("<")), key=lambda g: g.heading.lower())
    if said:
        yield Section("What else is said about it" if layouts else "What is said about it", "", tuple(said))
    if pointing:
        yield Section("Where it is named", "", tuple(pointing))


def title_of(thing: Thing) -> str:
    """The name, short enough for a heading and a window's title."""
    return shorten(thing.name, MAX_TEXT)


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
