"""What changed from one release to another, by comparing them: terms of the ontology, counts, passages."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import pyoxigraph as ox

from kb.release import Release, ReleaseError
from ontology import namespaces as ns
from ontology.reasoning import rdf_list
from ontology.terms import TYPE, Node, Ontology

# What of a term is compared, and what notes call it. A union counts as the list of its classes.
_COMPARED = {
    ns.RDFS + "label": "label",
    ns.SKOS + "prefLabel": "label",
    ns.SKOS + "definition": "definition",
    ns.SKOS + "scopeNote": "scope note",
    ns.RDFS + "subClassOf": "wider class",
    ns.RDFS + "subPropertyOf": "wider property",
    ns.RDFS + "domain": "domain",
    ns.RDFS + "range": "range",
    ns.OWL + "inverseOf": "inverse",
    ns.OWL + "deprecated": "deprecated",
}
_UNION = ox.NamedNode(ns.OWL + "unionOf")


@dataclass(frozen=True)
class Snapshot:
    """What is compared of a release. ``terms``: IRI → facet → values in words.

    ``classes``: class → number of things; ``documents``: slug → statements of its passages.
    """

    name: str
    version: str = ""
    terms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, int] = field(default_factory=dict)
    passages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TermChange:
    """One facet (label, definition, domain, …) of a term that says something else now."""

    term: str
    facet: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """The difference of two snapshots. Counts are (before, after), of what differs only."""

    old: str
    new: str
    terms_added: tuple[str, ...] = ()
    terms_removed: tuple[str, ...] = ()
    terms_changed: tuple[TermChange, ...] = ()
    classes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    documents: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    passages_added: tuple[str, ...] = ()
    passages_removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def are_none(self) -> bool:
        return not any(value for name, value in asdict(self).items() if name not in ("old", "new"))


def compare(old: Snapshot, new: Snapshot) -> Changes:
    """What is different in ``new``. Pure."""
    both = sorted(old.terms.keys() & new.terms.keys())
    return Changes(
        old.name,
        new.name,
        terms_added=tuple(sorted(new.terms.keys() - old.terms.keys())),
        terms_removed=tuple(sorted(old.terms.keys() - new.terms.keys())),
        terms_changed=tuple(change for iri in both for change in _facets(iri, old, new)),
        classes=_counts(old.classes, new.classes),
        documents=_counts(old.documents, new.documents),
        passages_added=tuple(sorted(new.passages - old.passages)),
        passages_removed=tuple(sorted(old.passages - new.passages)),
        warnings=tuple(_warnings(old, new)),
    )


def _facets(iri: str, old: Snapshot, new: Snapshot) -> Iterator[TermChange]:
    before, after = old.terms[iri], new.terms[iri]
    for facet in sorted(before.keys() | after.keys()):
        if before.get(facet, ()) != after.get(facet, ()):
            yield TermChange(iri, facet, before.get(facet, ()), after.get(facet, ()))


def _counts(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    names = sorted(old.keys() | new.keys())
    pairs = {name: (old.get(name, 0), new.get(name, 0)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _warnings(old: Snapshot, new: Snapshot) -> Iterator[str]:
    """What a release between major versions must not do: people's queries would fall silent."""
    is_major = old.version.split(".")[0] != new.version.split(".")[0]
    for iri in sorted(old.terms.keys() - new.terms.keys()):
        if "deprecated" not in old.terms[iri] and not is_major:
            advice = "keep its IRI, with owl:deprecated true and dct:isReplacedBy"
            yield f"{ns.shorten(iri)} is gone without having been deprecated: {advice}"
    if old.version and old.version == new.version and old.terms != new.terms:
        yield f"the ontology changed, but its version is still {new.version}"


def of_ontology(ontology: Ontology, name: str) -> Snapshot:
    """A snapshot of an ontology alone: its own terms, without data."""
    terms = {term.iri: dict(_said(ontology, term.iri)) for term in ontology.terms.values() if term.is_ours}
    return Snapshot(name, " ".join(ontology.values(ns.ONTOLOGY, ns.OWL + "versionInfo")), terms)


def _said(ontology: Ontology, iri: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    said: dict[str, list[str]] = {}
    for predicate, facet in _COMPARED.items():
        for node in ontology.objects(iri, predicate):
            said.setdefault(facet, []).extend(_in_words(ontology, node))
    yield from ((facet, tuple(sorted(values))) for facet, values in said.items())


def _in_words(ontology: Ontology, node: Node) -> Iterator[str]:
    if isinstance(node, ox.Literal):
        yield node.value
    elif isinstance(node, ox.NamedNode):
        yield ns.shorten(node.value)
    elif isinstance(node, ox.BlankNode):
        for quad in ontology.store.quads_for_pattern(node, _UNION, None):
            try:
                members = rdf_list(ontology, quad.object)
            except ValueError:  # the first releases mixed up the blank nodes of ontology and shapes
                yield "a union that cannot be read"
                continue
            for member in members:
                yield from _in_words(ontology, member)


def read_ontology(release: Release) -> Ontology:
    """The ontology of a release with its shapes among its triples; raises `ReleaseError`."""
    try:
        text = (release.path / "ontology.ttl").read_bytes()
        triples = [quad.triple for quad in ox.parse(input=text, format=ox.RdfFormat.TURTLE)]
    except (OSError, SyntaxError) as error:
        raise ReleaseError(f"release {release.id} has no readable ontology.ttl ({error})") from None
    return Ontology(triples, [])


def of_release(release: Release) -> Snapshot:
    """A snapshot of a release as a whole; reads its data set once. Raises `ReleaseError`."""
    ontology = of_ontology(read_ontology(release), release.id)
    classes: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    passages: set[str] = set()
    try:
        data = gzip.decompress(release.dataset.read_bytes())
        quads = list(ox.parse(input=data, format=ox.RdfFormat.N_QUADS))
    except (OSError, SyntaxError) as error:
        raise ReleaseError(f"release {release.id} has no readable data set ({error})") from None
    for quad in quads:
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        is_thing = isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ns.ID)
        if graph.startswith(ns.PASSAGE):
            statements[graph.removeprefix(ns.PASSAGE).split("/")[0]] += 1
        elif graph.startswith(ns.PASSAGES):
            passages.add(str(getattr(quad.subject, "value", "")))
        elif not graph and is_thing and quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
            classes[quad.object.value] += 1
    return replace(
        ontology,
        version=str(release.manifest["version"]),
        classes=dict(classes),
        documents=dict(statements),
        passages=frozenset(passages),
    )


def notes(changes: Changes) -> Iterator[str]:
    """The changes for people, as lines of Markdown."""
    yield f"# From {changes.old} to {changes.new}"
    if changes.are_none:
        yield "\nNothing has changed."
    for title, iris in (("New terms", changes.terms_added), ("Terms that are gone", changes.terms_removed)):
        yield from _section(title, [ns.shorten(iri) for iri in iris])
    yield from _section("Terms that say something else", [in_words(c) for c in changes.terms_changed])
    for title, counts in (
        ("Things of a class", changes.classes),
        ("Statements of a document", changes.documents),
    ):
        lines = [
            f"{ns.shorten(name) if ':' in name else name}: {before:,} → {after:,} ({after - before:+,})"
            for name, (before, after) in counts.items()
        ]
        yield from _section(title, lines)
    for title, iris in (
        ("New passages", changes.passages_added),
        ("Passages that are gone", changes.passages_removed),
    ):
        yield from _section(title, [iri.removeprefix(ns.PASSAGE) for iri in iris])
    yield from _section("To look at before publishing", list(changes.warnings))


def in_words(change: TermChange) -> str:
    """One changed facet in a line."""
    before, after = ("; ".join(values) or "none" for values in (change.before, change.after))
    return f"{ns.shorten(change.term)}, {change.facet}: {before} → {after}"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n## {title} ({len(lines):,})\n"
        yield from (f"- {line}" for line in lines)
