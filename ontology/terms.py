"""Load the ontology: its triples, its terms with labels and definitions, and where each term stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError
from ontology.turtle import layout

TYPE = ox.NamedNode(ns.RDF + "type")
_KINDS = {
    ns.OWL + "Class": "class",
    ns.OWL + "ObjectProperty": "object property",
    ns.OWL + "DatatypeProperty": "datatype property",
    ns.OWL + "AnnotationProperty": "annotation property",
    ns.OWL + "NamedIndividual": "individual",
    ns.RDFS + "Datatype": "datatype",
}
# The file that says how terms of the other files stand to other vocabularies: it is no term's own place.
_ALIGNMENTS = "alignments.ttl"
PROPERTY_KINDS = frozenset({"object property", "datatype property", "annotation property"})

Triple = ox.Triple
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Term:
    """A declared class, property, individual or datatype. Texts are English, or "" where there is none."""

    iri: str
    kinds: frozenset[str]
    label: str
    definition: str
    parents: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    deprecated: bool

    @property
    def is_property(self) -> bool:
        return bool(self.kinds & PROPERTY_KINDS)

    @property
    def is_ours(self) -> bool:
        return self.iri.startswith(ns.SMM)


@dataclass
class Ontology:
    """``triples`` and ``shapes`` have canonical blank node labels (RDFC-1.0), none in common, and are sorted.

    ``lines``: IRI → where it is described. ``titles``: file → the comment in its first line.
    """

    triples: list[Triple]
    shapes: list[Triple]
    lines: dict[str, Place] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    @cached_property
    def store(self) -> ox.Store:
        store = ox.Store()
        store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in self.triples)
        return store

    @cached_property
    def terms(self) -> dict[str, Term]:
        """IRI → term, for everything that the ontology declares, its own and other vocabularies' terms."""
        kinds: dict[str, set[str]] = {}
        for triple in self.triples:
            if triple.predicate == TYPE and isinstance(triple.subject, ox.NamedNode):
                kind = _KINDS.get(getattr(triple.object, "value", ""))
                if kind:
                    kinds.setdefault(triple.subject.value, set()).add(kind)
        return {iri: self._term(iri, frozenset(found)) for iri, found in sorted(kinds.items())}

    def _term(self, iri: str, kinds: frozenset[str]) -> Term:
        parent = "subClassOf" if "class" in kinds else "subPropertyOf"
        return Term(
            iri=iri,
            kinds=kinds,
            label=self._text(iri, ns.RDFS + "label") or self._text(iri, ns.SKOS + "prefLabel"),
            definition=self._text(iri, ns.SKOS + "definition"),
            parents=self._iris(iri, ns.RDFS + parent),
            domains=self._iris(iri, ns.RDFS + "domain"),
            ranges=self._iris(iri, ns.RDFS + "range"),
            deprecated=bool(self.objects(iri, ns.OWL + "deprecated")),
        )

    def subjects(self, predicate: str, value: str) -> list[str]:
        """IRIs of the named subjects of statements with this predicate and object, sorted."""
        found = self.store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(value))
        return sorted(quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))

    def pairs(self, predicate: str) -> list[tuple[str, str]]:
        """(subject, object) of statements with a named object; a blank subject counts as the ontology."""
        found = self.store.quads_for_pattern(None, ox.NamedNode(predicate), None)
        return sorted(
            (quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ns.ONTOLOGY, quad.object.value)
            for quad in found
            if isinstance(quad.object, ox.NamedNode)
        )

    def values(self, iri: str, predicate: str) -> list[str]:
        """The objects that are IRIs or literals, as text, sorted."""
        found = self.objects(iri, predicate)
        return sorted(o.value for o in found if isinstance(o, (ox.NamedNode, ox.Literal)))

    def has(self, iri: str, predicate: str) -> int:
        """How many objects a term has, class expressions included."""
        return len(self.objects(iri, predicate))

    def languages(self, iri: str, predicate: str) -> set[str]:
        return {o.language or "" for o in self.objects(iri, predicate) if isinstance(o, ox.Literal)}

    def datatypes(self, iri: str, predicate: str) -> set[str]:
        return {o.datatype.value for o in self.objects(iri, predicate) if isinstance(o, ox.Literal)}

    def objects(self, iri: str, predicate: str) -> list[Node]:
        """The objects of a term's statements with a predicate, class expressions included, sorted."""
        found = self.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(predicate), None)
        return sorted((quad.object for quad in found), key=str)

    def _iris(self, iri: str, predicate: str) -> tuple[str, ...]:
        return tuple(o.value for o in self.objects(iri, predicate) if isinstance(o, ox.NamedNode))

    def _text(self, iri: str, predicate: str) -> str:
        texts = [o for o in self.objects(iri, predicate) if isinstance(o, ox.Literal)]
        return next((o.value for o in texts if o.language == "en"), "")

    @cached_property
    def version(self) -> str:
        """``owl:versionInfo``, which names a release; raises `SourceError` where there is not exactly one."""
        found = self.objects(ns.ONTOLOGY, ns.OWL + "versionInfo")
        value = found[0].value if len(found) == 1 and isinstance(found[0], ox.Literal) else ""
        if not re.fullmatch(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?", value):
            raise SourceError(
                [
                    self.complaint(
                        ns.ONTOLOGY, "version", "no single owl:versionInfo of the form 1.2.3",
                        "state the version of this release in ontology.ttl",
                    )
                ]
            )  # fmt: skip
        return value

    def complaint(self, iri: str, rule: str, message: str, advice: str) -> Complaint:
        file, line = self.lines.get(iri, ("ontology", 0))
        return Complaint(file, line, 0, rule, message, advice)


def load(files: Iterable[Path]) -> Ontology:
    """Parse the ontology's files; those in a folder ``shapes`` are its SHACL shapes.

    Raises `SourceError` with the faults of all files.
    """
    complaints: list[Complaint] = []
    parsed: dict[bool, list[Triple]] = {False: [], True: []}
    lines: dict[str, Place] = {}
    titles: dict[str, str] = {}
    for path in sorted(files, key=lambda path: path.name == _ALIGNMENTS):
        shown = path.name if path.parent.name != "shapes" else f"shapes/{path.name}"
        try:
            data = path.read_bytes()
            text = data.decode("utf-8")
            quads = list(ox.parse(input=data, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        except SyntaxError as error:
            where = (error.lineno or 1, error.offset or 0)
            complaints.append(Complaint(str(path), *where, "syntax", error.msg, "correct the syntax here"))
            continue
        except (UnicodeDecodeError, OSError) as error:
            complaints.append(Complaint(str(path), 0, 0, "file", str(error), "save it as readable UTF-8"))
            continue
        parsed[path.parent.name == "shapes"] += [quad.triple for quad in quads]
        for iri, line in layout(text).subject_lines().items():
            lines.setdefault(iri, (f"ontology/{shown}", line))
        if text.startswith("# "):
            titles[f"ontology/{shown}"] = text.splitlines()[0].removeprefix("# ").strip(" .")
    if complaints:
        raise SourceError(complaints)
    return Ontology(canonical(parsed[False]), _apart(canonical(parsed[True])), lines, titles)


def canonical(triples: Iterable[Triple]) -> list[Triple]:
    """The same triples with canonical blank node labels, each once, sorted by their N-Triples text."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def _apart(triples: Iterable[Triple]) -> list[Triple]:
    """The same triples with other blank node labels, so that they can stand in one file with others."""

    def other(node: ox.BlankNode) -> ox.BlankNode:
        return ox.BlankNode(f"shape-{node.value}")

    apart = []
    for t in triples:
        subject = other(t.subject) if isinstance(t.subject, ox.BlankNode) else t.subject
        value = other(t.object) if isinstance(t.object, ox.BlankNode) else t.object
        apart.append(Triple(subject, t.predicate, value))
    return sorted(apart, key=str)


def ancestors(parents: dict[str, tuple[str, ...]], iri: str) -> Iterator[str]:
    """All that ``iri`` reaches over ``parents``, nearest first, each once; a cycle does no harm."""
    seen = {iri}
    queue = list(parents.get(iri, ()))
    while queue:
        current = queue.pop(0)
        if current not in seen:
            seen.add(current)
            yield current
            queue += parents.get(current, ())
