"""A thing's page: what is said about it and what points at it, grouped, named, sorted, each with its
sources.

Pure: from rows of queries to what the template shows. What only follows from a statement between the same
two things is left out, since the statement itself is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kb import queries
from ontology import namespaces as ns
from service.pages import iris, literals
from service.pages.citations import Citation, Citations
from service.pages.literals import Shown
from service.pages.names import MAX_TEXT, Name, Names, natural, shorten
from service.pages.sections import RECORD, SPLIT, Layout, forwards, key_of, layouts_for
from service.pages.vocabulary import Row, Vocabulary
from service.pages.words import capital, plural

Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
SHOWN_AT_ONCE = 8
SHOWN_AT_MOST = 150
_NAMES = frozenset({ns.SKOS + "prefLabel", ns.RDFS + "label"})
_LEAD = (ns.SKOS + "definition", ns.SMM + "text", ns.DCT + "description", ns.DCT + "abstract")
_TYPE = ns.RDF + "type"
_NUMBERED = ("Phase", "Step")
_KINDS_FIRST = ("Conflict", "Gap", "Pilot", "Initiative", "MethodUse", "Event", "PlannedAction", "Result")


@dataclass(frozen=True)
class Told:
    """What a statement says: its text in our words, who makes it, and the passages."""

    text: str
    by: tuple[str, ...]
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """One value of a property and its sources.

    `kind`: what sort of thing it is, or the larger thing that it belongs to; `number`: its place in an order;
    `text`, `by`: for a statement, what it says and who says it; `quote`: the words of a passage.
    """

    shown: Shown
    citations: tuple[Citation, ...] = ()
    kind: str = ""
    number: str = ""
    text: str = ""
    by: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Group:
    """All values of one property. `total` counts also those beyond `values`; `all_href` leads to all of them.

    `citations`: the sources of all values, where they are the same for each.
    """

    key: str
    heading: str
    about: str
    values: tuple[Value, ...]
    total: int
    all_href: str = ""
    citations: tuple[Citation, ...] = ()

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
    part_of: str
    lead: tuple[Value, ...]
    sections: tuple[Section, ...]

    @property
    def path(self) -> str:
        return iris.address_of(self.iri)

    @property
    def title(self) -> str:
        """The name, short enough for a heading and a window's title."""
        return shorten(self.name, MAX_TEXT)


@dataclass(frozen=True)
class Material:
    """The rows that a page is made of: `thing-statements`, `thing-mentions`, `thing-mention-counts`.

    `told`: what the statements around the thing say, by IRI.
    """

    iri: str
    statements: Sequence[Row]
    mentions: Sequence[Row]
    counts: Mapping[str, int]
    names: Names
    citations: Citations
    told: Mapping[str, Told] = field(default_factory=dict)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.names.vocabulary


Others = dict[Object, set[str]]  # the other side of a statement → the graphs that make it
Edges = dict[tuple[str, bool], Others]  # by property and whether the statement points at the page's thing


def build(material: Material, hidden: frozenset[str] = frozenset()) -> Thing:
    """The page of a thing; `hidden` are keys of groups that the page shows in a way of its own."""
    edges = without_redundant(_collect(material), material.vocabulary)
    name = material.names.of(material.iri)
    lead = [value for p in _LEAD for value in _values(material, p, edges.pop((p, False), {}))]
    groups: dict[str, list[Group]] = {}
    for (prop, incoming), others in edges.items():
        key = key_of(prop, incoming)
        if key not in hidden:
            groups[key] = list(_groups(material, prop, incoming, others))
    return Thing(
        iri=material.iri,
        name=name.text,
        language=name.language,
        kinds=tuple((material.vocabulary.label(c), c) for c in name.classes),
        part_of=name.group,
        lead=tuple(value for value in lead if value.shown.text != name.text or value.citations),
        sections=tuple(_arrange(groups, layouts_for(name.classes, material.vocabulary))),
    )


def told(rows: Iterable[Row]) -> dict[str, Told]:
    """What each statement says, from the rows of `statements-around-thing`."""
    found: dict[str, Told] = {}
    for row in rows:
        iri, graph = _text(row["other"]), _text(row["graph"])
        known = found.get(iri) or Told(_text(row["text"]), (), ())
        by = (_text(row["by"]),) if "by" in row else ()
        found[iri] = Told(
            known.text,
            tuple(dict.fromkeys((*known.by, *by))),
            tuple(dict.fromkeys((*known.graphs, graph))),
        )
    return found


def _collect(material: Material) -> Edges:
    """All statements; an incoming one that our vocabulary can say the other way round is turned.

    What only the description of the release says (which class has how many things) is no knowledge about a
    thing; links to other knowledge bases are shown apart.
    """
    name = material.names.of(material.iri).text
    about_link = material.iri.startswith(ns.LINKS)
    edges: Edges = defaultdict(lambda: defaultdict(set))
    for row in material.statements:
        prop, is_name = _text(row["property"]), _text(row["value"]) == name
        graph = _text(row["graph"])
        is_link = graph.startswith(ns.LINKS) and not about_link
        if (
            prop not in _NAMES
            and prop != _TYPE
            and not (prop == ns.SKOS + "note" and is_name)
            and not is_link
        ):
            edges[prop, False][row["value"]].add(graph)
    about_release = material.iri.startswith(ns.GRAPH_RELEASE)
    for row in material.mentions:
        prop, graph = _text(row["property"]), _text(row["graph"])
        inverse = material.vocabulary.inverse(prop)
        is_description = graph.startswith((ns.GRAPH_RELEASE, ns.LINKS))
        if prop != _TYPE and (not is_description or about_release):
            edges[inverse or prop, not inverse][row["subject"]].add(graph)
    return edges


def without_redundant(edges: Edges, vocabulary: Vocabulary) -> Edges:
    """Without what is only inferred and follows from a stated relation of the same two things."""
    implied: dict[Object, set[tuple[str, bool]]] = defaultdict(set)
    for (prop, incoming), others in edges.items():
        for other, graphs in others.items():
            if graphs != {ns.GRAPH_INFERRED}:
                implied[other] |= {
                    (p, turned != incoming) for p, turned in vocabulary.implied(prop) if p != prop or turned
                }
    kept: Edges = {}
    for edge, others in edges.items():
        left = {o: g for o, g in others.items() if g != {ns.GRAPH_INFERRED} or edge not in implied[o]}
        if left:
            kept[edge] = left
    return kept


def _groups(material: Material, prop: str, incoming: bool, others: Others) -> Iterator[Group]:
    """The group of a property; one for each kind of thing where a property joins things of many kinds."""
    vocabulary = material.vocabulary
    key = key_of(prop, incoming)
    label = vocabulary.label(prop)
    heading = f"Named as “{label}” by" if incoming else capital(label)
    split = {forwards(one, vocabulary) for one in SPLIT}
    if key not in split:
        yield _group(material, prop, incoming, others, heading)
        return
    by_kind: dict[str, Others] = defaultdict(dict)
    for other, graphs in others.items():
        by_kind[_kind(material, other)][other] = graphs
    for kind, found in sorted(by_kind.items(), key=lambda item: _kind_key(material, item)):
        yield _group(material, prop, incoming, found, capital(plural(kind)) if kind else heading)


def _kind_key(material: Material, item: tuple[str, Others]) -> tuple[int, str]:
    """What readers look for first comes first."""
    kind, others = item
    one = next(iter(others))
    classes = material.names.of(one.value).classes if isinstance(one, ox.NamedNode) else ()
    known = [_KINDS_FIRST.index(name) for c in classes if (name := c.removeprefix(ns.SMM)) in _KINDS_FIRST]
    return min(known, default=len(_KINDS_FIRST)), kind


def _group(material: Material, prop: str, incoming: bool, others: Others, heading: str) -> Group:
    term = material.vocabulary.terms.get(prop)
    values = _values(material, prop, others, always_kind=incoming)
    # Counts are by the property as it is stated: a turned group is counted by its inverse.
    stated = prop if incoming else material.vocabulary.inverse(prop)
    is_cut = len(others) > len(values)
    shared = _shared(values)
    return Group(
        key=key_of(prop, incoming),
        heading=heading,
        about=term.definition if term else "",
        values=tuple(replace(value, citations=()) for value in values) if shared else values,
        total=max(len(others), material.counts.get(stated, 0)) if is_cut else len(others),
        all_href=_all_href(material.iri, prop, incoming) if is_cut else "",
        citations=shared,
    )


def _shared(values: Sequence[Value]) -> tuple[Citation, ...]:
    """The sources of all values where they are the same for each of several."""
    if len(values) > 1 and len({value.citations for value in values}) == 1:
        return values[0].citations
    return ()


def _all_href(iri: str, prop: str, incoming: bool) -> str:
    name = "service/thing-mentions-by-property" if incoming else "service/thing-values-of-property"
    query = queries.load(name).bind(thing=ox.NamedNode(iri), property=ox.NamedNode(prop))
    return iris.query_address(query)


def _values(material: Material, prop: str, others: Others, always_kind: bool = False) -> tuple[Value, ...]:
    """The values in order. Their kind is told where it tells them apart, or where `always_kind` asks for
    it.
    """
    ordered = sorted(others, key=lambda other: _sort_key(material.names, other))[:SHOWN_AT_MOST]
    values = [_value(material, other, others[other]) for other in ordered]
    if not always_kind and len({value.kind for value in values}) == 1 and not _belongs(material, ordered[0]):
        values = [replace(value, kind="") for value in values]
    return tuple(values)


def _value(material: Material, other: Object, graphs: Iterable[str]) -> Value:
    names, shown = material.names, show(other, material.names)
    if not isinstance(other, ox.NamedNode):
        return Value(shown, material.citations.of(graphs))
    name = names.of(other.value)
    citations = material.citations.of(graphs, between_things=True)
    said = material.told.get(other.value)
    if said is not None:
        own = material.citations.of(said.graphs)
        if any(c.kind == "editorial" for c in own):  # the words are ours, and so is where we put them
            citations = tuple(c for c in citations if c.kind != "editorial")
        citations = tuple(dict.fromkeys((*own, *citations)))
    return Value(
        shown,
        citations,
        kind=_belongs(material, other) or _kind(material, other),
        number=_number(name),
        text=said.text if said and shorten(said.text) != name.text else "",
        by=", ".join(said.by) if said else "",
        quote=material.citations.passage(other.value).anchor if other.value.startswith(ns.PASSAGE) else "",
    )


def _kind(material: Material, other: Object) -> str:
    classes = material.names.of(other.value).classes if isinstance(other, ox.NamedNode) else ()
    return ", ".join(dict.fromkeys(material.vocabulary.label(c) for c in classes[:2]))


def _belongs(material: Material, other: Object) -> str:
    """The larger thing that tells a thing from its namesakes, unless the page is about it."""
    group = material.names.of(other.value).group if isinstance(other, ox.NamedNode) else ""
    own = material.names.of(material.iri)
    return "" if group in ("", own.group, own.text) else group


def _number(name: Name) -> str:
    """The place of a phase or step in its order."""
    is_numbered = any(c.removeprefix(ns.SMM) in _NUMBERED for c in name.classes)
    return str(int(name.order[0])) if is_numbered and name.order and name.order[0].is_integer() else ""


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


def _arrange(groups: dict[str, list[Group]], layouts: tuple[Layout, ...]) -> Iterator[Section]:
    """The sections of the layout, then everything else: what is said, what points here, what is for the
    record.
    """
    rest = dict(groups)
    last = _section(RECORD, {key: rest.pop(key) for key in RECORD.keys if key in rest})
    for layout in layouts:
        if section := _section(layout, {key: rest.pop(key) for key in layout.keys if key in rest}):
            yield section
    left = sorted((g for found in rest.values() for g in found), key=lambda g: g.heading.lower())
    said = tuple(group for group in left if not group.key.startswith("<"))
    pointing = tuple(group for group in left if group.key.startswith("<"))
    if said:
        yield Section("What else is said about it" if layouts else "What is said about it", "", said)
    if pointing:
        yield Section("Where it is named", "", pointing)
    if last:
        yield last


def _section(layout: Layout, found: dict[str, list[Group]]) -> Section | None:
    chosen: list[Group] = []
    for key, groups in found.items():
        heading = layout.headings.get(key)
        chosen += [replace(g, heading=heading) if heading and len(groups) == 1 else g for g in groups]
    return Section(layout.title, layout.intro, tuple(chosen)) if chosen else None


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
