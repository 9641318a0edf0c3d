"""What a well-kept ontology has, checked offline: IRIs, metadata, documented terms, shapes; then pitfalls.

The rules are those of FOOPS! (https://w3id.org/foops), MIRO and the W3C's best practices, as far as they can
be decided without the Web; each is a function named after what holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology import pitfalls, profile
from ontology.complaints import Complaint
from ontology.terms import TYPE, Ontology, Term, ancestors

Check = Callable[[Ontology], Iterator[Complaint]]

# The version with which the ontology began: the one that nothing came before.
FIRST_VERSION = "0.1.0"
_STATUS = "http://purl.org/ontology/bibo/status"
_FILE_EXTENSION = re.compile(r"\.(?:ttl|owl|rdf|n3|nt|nq|trig|jsonld|json|xml|html?)(?:$|#)", re.IGNORECASE)
_TEXTS = frozenset(
    {
        ns.RDFS + "label", ns.RDFS + "comment", ns.SKOS + "prefLabel", ns.SKOS + "altLabel",
        ns.SKOS + "definition", ns.SKOS + "scopeNote", ns.SKOS + "note", ns.VANN + "example",
        ns.DCT + "title", ns.DCT + "description", ns.DCT + "abstract", ns.SH + "message",
    }
)  # fmt: skip
# Foreign terms may be declared and pointed to, never redefined.
_DECLARING = frozenset({TYPE.value, ns.RDFS + "isDefinedBy", ns.RDFS + "label", ns.RDFS + "seeAlso"})


def check(ontology: Ontology) -> list[Complaint]:
    """All complaints of all checks, sorted by place."""
    return sorted({complaint for rule in ALL for complaint in rule(ontology)})


def summary(rule: Check) -> str:
    """What a check looks for, in its first line: its rows and numbers, then what holds or is wrong."""
    return (rule.__doc__ or "").strip().splitlines()[0]


def iris_are_persistent(ontology: Ontology) -> Iterator[Complaint]:
    """Rows 1 and 2, P36: what we mint stands under our w3id base and names no file."""
    for iri in sorted(ontology.lines):
        foreign = iri in ontology.terms and not ontology.terms[iri].is_ours
        if not iri.startswith(ns.BASE) and not foreign and not iri.startswith("_:"):
            yield ontology.complaint(
                iri, "persistent-iri", f"<{iri}> is not under {ns.BASE}", "mint it there"
            )
        if iri.startswith(ns.BASE) and _FILE_EXTENSION.search(iri):
            advice = "name the thing, not a file about it"
            yield ontology.complaint(iri, "P36", f"<{iri}> ends in a file extension", advice)


def foreign_terms_are_left_alone(ontology: Ontology) -> Iterator[Complaint]:
    """Row 3, P40: terms of other vocabularies are declared, not redefined."""
    for triple in ontology.triples:
        if not isinstance(triple.subject, ox.NamedNode) or triple.subject.value.startswith(ns.BASE):
            continue
        if triple.predicate.value not in _DECLARING:
            subject, predicate = ns.shorten(triple.subject.value), ns.shorten(triple.predicate.value)
            message = f"{subject} {predicate} redefines a foreign term"
            advice = "say it about a term of ours, or mint a narrower one"
            yield ontology.complaint(triple.subject.value, "P40", message, advice)


def there_is_one_ontology(ontology: Ontology) -> Iterator[Complaint]:
    """Row 4, P38, P39: exactly one owl:Ontology, and its IRI is the namespace's."""
    found = ontology.subjects(TYPE.value, ns.OWL + "Ontology")
    if found != [ns.ONTOLOGY]:
        message = f"owl:Ontology is {', '.join(found) or 'nothing'}, not {ns.ONTOLOGY}"
        yield ontology.complaint(ns.ONTOLOGY, "P38", message, "declare exactly that one")


def version_is_stated(ontology: Ontology) -> Iterator[Complaint]:
    """Rows 5 and 6: a version IRI that contains the version and is not the ontology's own IRI."""
    found = ontology.values(ns.ONTOLOGY, ns.OWL + "versionIRI")
    if len(found) != 1 or ontology.version not in found[0] or found[0] == ns.ONTOLOGY:
        message = f"owl:versionIRI is {found or 'missing'}"
        advice = f"give <{ns.ONTOLOGY}/{ontology.version}>"
        yield ontology.complaint(ns.ONTOLOGY, "version-iri", message, advice)


def earlier_versions_are_named(ontology: Ontology) -> Iterator[Complaint]:
    """Row 7: from the second version on, which one came before and whether people's queries still work."""
    if ontology.version == FIRST_VERSION:
        return
    compatible = [ns.OWL + name for name in ("backwardCompatibleWith", "incompatibleWith")]
    if not ontology.values(ns.ONTOLOGY, ns.OWL + "priorVersion"):
        message = f"version {ontology.version} names no owl:priorVersion"
        yield ontology.complaint(ns.ONTOLOGY, "prior-version", message, "give the IRI of the version before")
    if not any(ontology.values(ns.ONTOLOGY, predicate) for predicate in compatible):
        message = f"version {ontology.version} does not say whether it is compatible"
        advice = "say owl:backwardCompatibleWith or owl:incompatibleWith with the version before"
        yield ontology.complaint(ns.ONTOLOGY, "prior-version", message, advice)


def responsibility_is_linked(ontology: Ontology) -> Iterator[Complaint]:
    """Rows 10, 12 and 13: creator, publisher, source, licence and status are IRIs, not names."""
    for predicate in (*(ns.DCT + name for name in ("creator", "publisher", "source", "license")), _STATUS):
        for value in ontology.objects(ns.ONTOLOGY, predicate):
            if not isinstance(value, ox.NamedNode):
                message = f"{ns.shorten(predicate)} of the ontology is {value}, not an IRI"
                yield ontology.complaint(ns.ONTOLOGY, "metadata", message, "give the IRI of what it names")


def deprecated_terms_lead_on(ontology: Ontology) -> Iterator[Complaint]:
    """Row 31: a deprecated term says what to use instead (what `mentorgraph changes` asks for)."""
    for term in own_terms(ontology):
        if term.deprecated and not ontology.values(term.iri, ns.DCT + "isReplacedBy"):
            message = f"{ns.shorten(term.iri)} is deprecated, and nothing says what replaces it"
            advice = "add dct:isReplacedBy with the term to use, or with the nearest one"
            yield ontology.complaint(term.iri, "deprecated", message, advice)


def themes_build_on_others(ontology: Ontology) -> Iterator[Complaint]:
    """Row 33: each file that declares classes uses a term of another vocabulary; nothing is imported."""
    for iri in ontology.values(ns.ONTOLOGY, ns.OWL + "imports"):
        message = f"the ontology imports <{iri}>, which a build cannot read"
        yield ontology.complaint(ns.ONTOLOGY, "imports", message, "declare the terms it needs instead")
    reusing: dict[str, bool] = {}
    for term in own_terms(ontology):
        file = ontology.lines.get(term.iri, ("", 0))[0]
        used = (*term.parents, *term.domains, *term.ranges)
        foreign = any(not iri.startswith((ns.BASE, ns.XSD, ns.RDF, ns.RDFS, ns.OWL)) for iri in used)
        if "class" in term.kinds or foreign:
            reusing[file] = reusing.get(file, False) or foreign
    for file in sorted(file for file, reuses in reusing.items() if not reuses):
        advice = "see whether PROV-O, SKOS, P-Plan, ORG, FOAF or schema.org has a wider class"
        yield Complaint(file, 1, 0, "reuse", "no term here builds on another vocabulary", advice)


def metadata_is_complete(ontology: Ontology) -> Iterator[Complaint]:
    """Rows 9 to 14, 16 and 17, P41: what a catalogue, a citation and a licence need."""
    for predicate, what in _METADATA.items():
        if not ontology.values(ns.ONTOLOGY, predicate):
            message = f"the ontology has no {ns.shorten(predicate)}"
            rule = "P41" if predicate == ns.DCT + "license" else "metadata"
            yield ontology.complaint(ns.ONTOLOGY, rule, message, f"state {what}")
    for name in ("title", "description", "abstract"):
        languages = ontology.languages(ns.ONTOLOGY, ns.DCT + name)
        if "en" not in languages or len(languages) < 2:
            message = f"dct:{name} is given in {', '.join(sorted(languages)) or 'no language'}"
            yield ontology.complaint(ns.ONTOLOGY, "languages", message, "give English and one more")
    for name in ("created", "issued", "modified"):
        if ontology.datatypes(ns.ONTOLOGY, ns.DCT + name) != {ns.XSD + "date"}:
            message = f"dct:{name} is not one xsd:date"
            yield ontology.complaint(ns.ONTOLOGY, "dates", message, 'write "2026-01-31"^^xsd:date')
    if ontology.values(ns.ONTOLOGY, ns.VANN + "preferredNamespaceUri") not in ([], [ns.SMM]):
        message = "vann:preferredNamespaceUri is not the namespace"
        yield ontology.complaint(ns.ONTOLOGY, "metadata", message, f'write "{ns.SMM}"')


_METADATA = {
    ns.DCT + "abstract": "in a paragraph what it is for",
    ns.DCT + "creator": "who made it, by IRI",
    ns.DCT + "publisher": "who publishes it, by IRI",
    ns.DCT + "source": "which documents it was made from",
    ns.DCT + "license": "the licence, by IRI",
    ns.DCT + "bibliographicCitation": "how to cite it",
    _STATUS: "how far it is, as a bibo:status",
    ns.VANN + "preferredNamespacePrefix": "the prefix",
    ns.VANN + "preferredNamespaceUri": "the namespace",
    ns.SCHEMA + "includedInDataCatalog": "the catalogue that lists it",
}


def profile_is_stated(ontology: Ontology) -> Iterator[Complaint]:
    """Row 29: which OWL profile the axioms stay within."""
    comments = ontology.values(ns.ONTOLOGY, ns.RDFS + "comment")
    if not any(comment.startswith("Profile:") for comment in comments):
        message = "no rdfs:comment states the OWL profile"
        yield ontology.complaint(ns.ONTOLOGY, "profile", message, 'begin one with "Profile: OWL 2 …"')


def terms_are_documented(ontology: Ontology) -> Iterator[Complaint]:
    """Rows 19 to 22, P08: English label and definition, rdfs:isDefinedBy, an example but for individuals."""
    for term in own_terms(ontology):
        has_example = "individual" in term.kinds or ontology.has(term.iri, ns.VANN + "example")
        missing = {
            "English label": not term.label,
            "English definition": not term.definition,
            "rdfs:isDefinedBy": ontology.values(term.iri, ns.RDFS + "isDefinedBy") != [ns.ONTOLOGY],
            "vann:example": not has_example,
        }
        for what, is_missing in missing.items():
            if is_missing:
                yield ontology.complaint(term.iri, "P08", f"{ns.shorten(term.iri)} has no {what}", "add it")


def texts_have_a_language(ontology: Ontology) -> Iterator[Complaint]:
    """Row 23: text for people carries a language tag."""
    for t in (*ontology.triples, *ontology.shapes):
        if t.predicate.value in _TEXTS and isinstance(t.object, ox.Literal) and not t.object.language:
            message = f"{ns.shorten(t.predicate.value)} “{t.object.value[:60]}” has no language tag"
            yield ontology.complaint(_named(t.subject), "language-tag", message, 'write "…"@en')


def labels_are_single(ontology: Ontology) -> Iterator[Complaint]:
    """Row 23: a term has one label per language."""
    for term in own_terms(ontology):
        for predicate in (ns.RDFS + "label", ns.SKOS + "prefLabel"):
            if ontology.has(term.iri, predicate) > len(ontology.languages(term.iri, predicate)):
                message = f"{ns.shorten(term.iri)} has two labels in one language"
                yield ontology.complaint(term.iri, "two-labels", message, "keep one")


def every_class_has_a_shape(ontology: Ontology) -> Iterator[Complaint]:
    """Row 34: a SHACL shape targets each class of ours, one above it, or all the classes below it."""
    targets = set(_objects_in_shapes(ontology, "targetClass"))
    parents = {term.iri: term.parents for term in ontology.terms.values()}
    covered = {iri for iri in parents if targets & {iri, *ancestors(parents, iri)}}

    for term in own_terms(ontology):
        below = {iri for iri in parents if term.iri in ancestors(parents, iri)}
        bottom = {iri for iri in below if not any(iri in parents[other] for other in below)}
        if "class" in term.kinds and term.iri not in covered and not (bottom and bottom <= covered):
            message = f"no shape targets {ns.shorten(term.iri)}"
            yield ontology.complaint(term.iri, "shape-missing", message, "write one in ontology/shapes")


def shapes_speak_of_declared_terms(ontology: Ontology) -> Iterator[Complaint]:
    """What a shape names in our namespace is declared, so that no shape is silently idle."""
    for role in ("targetClass", "class", "path"):
        for iri in _objects_in_shapes(ontology, role):
            if iri.startswith(ns.SMM) and iri not in ontology.terms:
                message = f"a shape has sh:{role} {ns.shorten(iri)}, which is not declared"
                yield ontology.complaint(ns.ONTOLOGY, "shape-term", message, "correct the name")


def _objects_in_shapes(ontology: Ontology, role: str) -> list[str]:
    predicate = ns.SH + role
    objects = [t.object for t in ontology.shapes if t.predicate.value == predicate]
    return [o.value for o in objects if isinstance(o, ox.NamedNode)]


def own_terms(ontology: Ontology) -> list[Term]:
    """The terms that this ontology mints, by IRI."""
    return [term for term in ontology.terms.values() if term.is_ours]


def _named(subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return subject.value if isinstance(subject, ox.NamedNode) else ns.ONTOLOGY


CHECKS: tuple[Check, ...] = (
    iris_are_persistent,
    foreign_terms_are_left_alone,
    there_is_one_ontology,
    version_is_stated,
    earlier_versions_are_named,
    metadata_is_complete,
    responsibility_is_linked,
    profile_is_stated,
    terms_are_documented,
    texts_have_a_language,
    labels_are_single,
    deprecated_terms_lead_on,
    themes_build_on_others,
    every_class_has_a_shape,
    shapes_speak_of_declared_terms,
)
ALL: tuple[Check, ...] = (*CHECKS, profile.stays_within_its_profile, *pitfalls.PITFALLS)
