"""The ontology as the pages use it: words for classes and properties, and what a statement implies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.terms import ancestors
from service.pages.iris import local_name

Row = Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
KINDS = {
    ns.OWL + "Class": "class",
    ns.OWL + "ObjectProperty": "property",
    ns.OWL + "DatatypeProperty": "property",
    ns.OWL + "AnnotationProperty": "property",
    ns.OWL + "NamedIndividual": "individual",
}
# Words for what other vocabularies define and our ontology therefore does not name.
WORDS = {
    ns.RDF + "type": "kind",
    ns.RDFS + "label": "name",
    ns.RDFS + "comment": "comment",
    ns.RDFS + "seeAlso": "see also",
    ns.OWL + "sameAs": "the same as",
    ns.SKOS + "prefLabel": "name",
    ns.SKOS + "altLabel": "also called",
    ns.SKOS + "hiddenLabel": "also found as",
    ns.SKOS + "definition": "definition",
    ns.SKOS + "note": "note",
    ns.SKOS + "scopeNote": "use",
    ns.SKOS + "editorialNote": "our note",
    ns.SKOS + "example": "example",
    ns.SKOS + "broader": "part of the wider",
    ns.SKOS + "narrower": "contains the narrower",
    ns.SKOS + "related": "related to",
    ns.SKOS + "inScheme": "in the scheme",
    ns.SKOS + "topConceptOf": "top of the scheme",
    ns.SKOS + "hasTopConcept": "has at the top",
    ns.SKOS + "closeMatch": "close to",
    ns.SKOS + "exactMatch": "matches",
    ns.SKOS + "broadMatch": "narrower than",
    ns.SKOS + "narrowMatch": "wider than",
    ns.SKOS + "relatedMatch": "related to",
    ns.SSSOM + "mapping_tool": "made with",
    ns.SSSOM + "mapping_justification": "kind of justification",
    ns.SSSOM + "object_label": "name there",
    ns.SSSOM + "object_source_version": "edition of the target",
    ns.DCT + "title": "title",
    ns.DCT + "description": "description",
    ns.DCT + "abstract": "abstract",
    ns.DCT + "identifier": "identifier",
    ns.DCT + "issued": "published",
    ns.DCT + "created": "made",
    ns.DCT + "modified": "changed",
    ns.DCT + "date": "date",
    ns.DCT + "isPartOf": "part of",
    ns.DCT + "hasPart": "has part",
    ns.DCT + "creator": "made by",
    ns.DCT + "contributor": "with the help of",
    ns.DCT + "publisher": "published by",
    ns.DCT + "language": "language",
    ns.DCT + "license": "licence",
    ns.DCT + "source": "source",
    ns.DCT + "subject": "subject",
    ns.DCT + "bibliographicCitation": "how to cite",
    ns.DCT + "conformsTo": "follows",
    ns.PROV + "wasDerivedFrom": "derived from",
    ns.PROV + "wasRevisionOf": "revision of",
    ns.FOAF + "name": "name",
    ns.FOAF + "homepage": "home page",
    ns.PREFIXES["pplan"] + "isStepOfPlan": "step of",
    ns.PREFIXES["pplan"] + "isPrecededBy": "preceded by",
    ns.PREFIXES["pplan"] + "Plan": "plan",
    ns.PREFIXES["pplan"] + "Step": "step of a plan",
    ns.SKOS + "Concept": "concept",
    ns.SKOS + "ConceptScheme": "scheme of concepts",
    ns.PROV + "Entity": "entity",
    ns.PROV + "Activity": "activity",
    ns.FOAF + "Agent": "agent",
    ns.FOAF + "Person": "person",
    ns.FOAF + "Group": "group",
    ns.PREFIXES["org"] + "Organization": "organisation",
    ns.PREFIXES["org"] + "Membership": "membership",
    ns.VOID + "Dataset": "data set",
    ns.DCAT + "Dataset": "data set",
    ns.DCAT + "Catalog": "catalogue",
    ns.DCAT + "Distribution": "file to download",
    ns.DCAT + "DataService": "data service",
    ns.SH + "SPARQLExecutable": "example of a query",
    ns.SH + "SPARQLSelectExecutable": "SELECT query",
    ns.SH + "SPARQLAskExecutable": "ASK query",
    ns.SH + "SPARQLConstructExecutable": "CONSTRUCT query",
    ns.SH + "PrefixDeclaration": "declaration of a prefix",
    ns.SH + "declare": "declares the prefix",
    ns.SH + "prefixes": "with the prefixes of",
    ns.SH + "select": "query",
    ns.SH + "ask": "query",
    ns.SH + "construct": "query",
    ns.SCHEMA + "target": "to be asked at",
    ns.SCHEMA + "keywords": "theme",
    ns.SCHEMA + "url": "page",
}


@dataclass(frozen=True)
class Term:
    """A class, property or individual. `chains`: the property follows from each of these paths."""

    iri: str
    kinds: frozenset[str]
    label: str
    definition: str = ""
    example: str = ""
    note: str = ""
    parents: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    inverses: tuple[str, ...] = ()
    disjoint_with: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    editorial: str = ""
    replaced_by: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        return self.iri.removeprefix(ns.SMM)

    @property
    def is_ours(self) -> bool:
        return self.iri.startswith(ns.SMM)

    @property
    def is_symmetric(self) -> bool:
        return ns.OWL + "SymmetricProperty" in self.types


@dataclass(frozen=True)
class Theme:
    """Terms that are kept together in one file of the ontology. `anchor`: `theme-method`."""

    anchor: str
    label: str
    members: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """All terms of the release's ontology; a release without one has none, and names are then made from
    IRIs. `disjoint`: sets of classes, no two of which have a thing in common.
    """

    terms: dict[str, Term] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    disjoint: tuple[frozenset[str], ...] = ()

    def label(self, iri: str) -> str:
        term = self.terms.get(iri)
        return (term.label if term else "") or WORDS.get(iri, "") or _spaced(local_name(iri))

    @cached_property
    def _parents(self) -> dict[str, tuple[str, ...]]:
        return {iri: term.parents for iri, term in self.terms.items()}

    @cached_property
    def _inverses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for iri, term in self.terms.items():
            for other in term.inverses:
                found.setdefault(iri, other)
                found.setdefault(other, iri)
            if term.is_symmetric:
                found[iri] = iri
        return found

    def inverse(self, iri: str) -> str:
        """The property that says the same the other way round, "" where there is none."""
        return self._inverses.get(iri, "")

    def ancestors(self, iri: str) -> list[str]:
        """Super-classes or super-properties, nearest first."""
        return list(ancestors(self._parents, iri))

    def implied(self, iri: str) -> frozenset[tuple[str, bool]]:
        """What `a iri b` implies between the two: (property, whether it is said of b about a); itself
        included.
        """
        found: set[tuple[str, bool]] = set()
        queue = [(iri, False)]
        while queue:
            prop, turned = queue.pop()
            if (prop, turned) in found:
                continue
            found.add((prop, turned))
            queue += [(parent, turned) for parent in self._parents.get(prop, ())]
            if inverse := self.inverse(prop):
                queue.append((inverse, not turned))
        return frozenset(found)

    def most_specific(self, classes: Iterable[str]) -> list[str]:
        """The classes without those that another one of them implies, by label; OWL's own words left out."""
        given = {iri for iri in classes if not iri.startswith(ns.OWL)}
        above = {parent for iri in given for parent in self.ancestors(iri) if parent != iri}
        return sorted(given - above, key=lambda iri: (not iri.startswith(ns.SMM), self.label(iri)))

    def is_a(self, classes: Iterable[str], iri: str) -> bool:
        return any(iri == one or iri in self.ancestors(one) for one in classes)

    def excluded_by(self, iri: str) -> list[str]:
        """Classes stated to have nothing in common with a class or with one above it, by name."""
        found: set[str] = set()
        for one in (iri, *self.ancestors(iri)):
            for group in self.disjoint:
                found |= group - {one} if one in group else set()
            found |= {t.iri for t in self.terms.values() if one in t.disjoint_with}
            found |= set(self.terms[one].disjoint_with) if one in self.terms else set()
        return sorted(found, key=lambda one: self.label(one).lower())

    def narrower(self, iri: str) -> list[str]:
        """The classes or properties right below a term."""
        return [term.iri for term in self.terms.values() if iri in term.parents]

    def of_kind(self, kind: str) -> list[Term]:
        """Our own terms of a kind (`class`, `property`, `individual`), by name."""
        return sorted(
            (t for t in self.terms.values() if kind in t.kinds and t.is_ours), key=lambda t: t.anchor.lower()
        )


def read(terms: Iterable[Row], lists: Iterable[Row], groups: Iterable[Row] = ()) -> Vocabulary:
    """From the rows of the queries `ontology-terms`, `ontology-lists` and `ontology-groups`."""
    facts: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for row in terms:
        value = row["value"]
        if isinstance(value, ox.NamedNode | ox.Literal):
            facts[_iri(row["term"])][_iri(row["property"])].append(value)
    members = _members(lists)
    known = {iri: _term(iri, said, members.get(iri, {})) for iri, said in sorted(facts.items())}
    return Vocabulary(known, *_groups(groups))


def _groups(rows: Iterable[Row]) -> tuple[tuple[Theme, ...], tuple[frozenset[str], ...]]:
    """The themes, by name, and the sets of disjoint classes."""
    members: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, str] = {}
    for row in rows:
        group, label = _iri(row["group"]), row.get("label")
        members[group].add(_iri(row["member"]))
        if isinstance(label, ox.Literal):
            labels[group] = label.value
    themes = [
        Theme(iri.removeprefix(ns.SMM), label, frozenset(members[iri])) for iri, label in labels.items()
    ]
    disjoint = [frozenset(found) for group, found in members.items() if group not in labels]
    return tuple(sorted(themes, key=lambda theme: theme.label)), tuple(disjoint)


def _term(
    iri: str,
    said: Mapping[str, list[ox.NamedNode | ox.Literal]],
    lists: Mapping[str, list[tuple[str, ...]]],
) -> Term:
    def text(*properties: str) -> str:
        texts = [v for p in properties for v in said.get(p, ()) if isinstance(v, ox.Literal)]
        english = [t for t in texts if t.language in (None, "en")]
        return (english or texts or [ox.Literal("")])[0].value

    def iris(name: str) -> tuple[str, ...]:
        plain = (v.value for v in said.get(name, ()) if isinstance(v, ox.NamedNode))
        union = (member for members in lists.get(name, ()) for member in members)
        return tuple(sorted({*plain, *union}))

    types = iris(ns.RDF + "type")
    kinds = frozenset(KINDS[t] for t in types if t in KINDS)
    parent = "subClassOf" if "class" in kinds else "subPropertyOf"
    return Term(
        iri,
        kinds,
        text(ns.RDFS + "label", ns.SKOS + "prefLabel"),
        text(ns.SKOS + "definition"),
        text(ns.VANN + "example"),
        text(ns.SKOS + "scopeNote"),
        parents=iris(ns.RDFS + parent),
        domains=iris(ns.RDFS + "domain"),
        ranges=iris(ns.RDFS + "range"),
        inverses=iris(ns.OWL + "inverseOf"),
        disjoint_with=iris(ns.OWL + "disjointWith"),
        types=types,
        chains=tuple(sorted(lists.get(ns.OWL + "propertyChainAxiom", ()))),
        editorial=text(ns.SKOS + "editorialNote"),
        replaced_by=iris(ns.DCT + "isReplacedBy"),
    )


def _members(rows: Iterable[Row]) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Term → property → the members of each of its lists, in the order of the list."""
    links: dict[tuple[str, str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in rows:
        key = (_iri(row["term"]), _iri(row["property"]), str(row["head"]))
        links[key][str(row["item"])] = (_iri(row["member"]), str(row["next"]))
    found: dict[str, dict[str, list[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(list))
    for (term, prop, head), items in links.items():
        members: list[str] = []
        at = head
        while at in items and len(members) < len(items):
            member, at = items[at]
            members.append(member)
        found[term][prop].append(tuple(members))
    return found


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _spaced(name: str) -> str:
    """`countryIncluded` → `country included`."""
    return "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name)).replace("-", " ")
