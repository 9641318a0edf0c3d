"""Rules of links: their subjects exist, their objects have the published form, their predicates are apt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from kb.links import Link, LinkSet
from kb.rules import Context
from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.terms import ancestors

_TYPE = ns.RDF + "type"
_SAME_AS = ns.OWL + "sameAs"
_EXACT = ns.SKOS + "exactMatch"
_MATCHES = frozenset(ns.SKOS + kind + "Match" for kind in ("exact", "close", "broad", "narrow", "related"))
PREDICATES = _MATCHES | {_SAME_AS, ns.SCHEMA + "sameAs"}
_PROOF = "Proof: "
# SKOS says that whatever has a mapping relation is a skos:Concept, which our other classes are disjoint with.
_MAPPABLE = frozenset({ns.SKOS + "Concept", ns.SMM + "Country"})
# The form in which each target publishes its IRIs: http or https as they do, no trailing slash, no fragment.
_OPENAIRE = "https://explore.openaire.eu/search/project?projectId=corda__h2020::"
_CORDIS = "https://cordis.europa.eu/project/id/"
_DOI = "https://doi.org/"
_FORMS = (
    r"http://publications\.europa\.eu/resource/authority/country/[A-Z]{3}",
    r"http://data\.europa\.eu/nuts/code/[A-Z]{2}",
    r"http://eurovoc\.europa\.eu/(?:[1-9]\d*|c_[0-9a-f]{8})",
    r"http://vocabularies\.unesco\.org/thesaurus/concept[1-9]\d*",
    r"http://data\.europa\.eu/esco/(?:occupation|skill)/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|S[\d.]+\d)",
    r"http://www\.wikidata\.org/entity/Q[1-9]\d*",
    r"https://ror\.org/0[0-9a-hj-km-np-tv-z]{6}\d{2}",
    re.escape(_DOI) + r"10\.\d{4,9}/[^\sA-Z#?]*[^\sA-Z#?.,;>]",
    re.escape(_CORDIS) + r"\d+",
    r"https://cordis\.europa\.eu/project/rcn/\d+_en\.html",
    re.escape(_OPENAIRE) + r"[0-9a-f]{32}",
)
_FORM = re.compile("|".join(f"(?:{form})" for form in _FORMS), re.ASCII)
# What looks like one of our things and is another: object → what it is.
FALSE_FRIENDS = {
    "https://ror.org/052q0wb68": "a technical school in Turin that carries INDIRE's name as a label",
    "https://ror.org/024atcf19": "UCL Australia",
    "https://ror.org/0572v5y16": "University College Lahore",
    "http://data.europa.eu/esco/occupation/3d0f86c1-9bdd-4e84-bc62-93a716128c8d":
        "a learning mentor of pupils who underperform",
    "http://vocabularies.unesco.org/thesaurus/concept8075": "private teaching of one student",
}  # fmt: skip

Rule = Callable[[Context, Sequence[LinkSet]], Iterator[Complaint]]


def check(context: Context, sets: Sequence[LinkSet]) -> list[Complaint]:
    """All complaints of all rules."""
    return [complaint for rule in RULES for complaint in rule(context, sets)]


def _all(sets: Sequence[LinkSet]) -> Iterator[Link]:
    return (link for one in sets for link in one.links)


def subjects_exist(context: Context, sets: Sequence[LinkSet]) -> Iterator[Complaint]:
    """The subject is a thing of ours, and its label is the one that the table repeats."""
    for link in _all(sets):
        labels = _labels(context, link.subject)
        if not labels:
            message = f"{ns.shorten(link.subject)} is described nowhere"
            yield link.complaint("link-subject", message, "correct the IRI, or take the row out")
        elif link.subject_label not in labels:
            message = f"{ns.shorten(link.subject)} is called “{labels[0]}”, not “{link.subject_label}”"
            yield link.complaint("link-label", message, "repeat its English skos:prefLabel")


def _labels(context: Context, iri: str) -> list[str]:
    term = context.ontology.terms.get(iri)
    if term is not None and term.is_ours:
        return [term.label]
    return [
        s.object.value
        for s in context.sources.by_subject.get(iri, [])
        if s.predicate.value == ns.SKOS + "prefLabel"
        and isinstance(s.object, ox.Literal)
        and s.object.language == "en"
    ]


def objects_have_the_published_form(context: Context, sets: Sequence[LinkSet]) -> Iterator[Complaint]:
    """Row 47: the object's IRI has the form in which its publisher writes it, and it is no false friend."""
    for link in _all(sets):
        if not _FORM.fullmatch(link.object):
            advice = "write http or https, capitals and ending as the publisher does"
            yield link.complaint("link-object", f"<{link.object}> has no published form", advice)
        if link.object in FALSE_FRIENDS:
            message = f"<{link.object}> is {FALSE_FRIENDS[link.object]}"
            yield link.complaint("false-friend", message, "take the row out")


def links_stand_once(context: Context, sets: Sequence[LinkSet]) -> Iterator[Complaint]:
    """Two things are linked once, and what is exactly the same is so for one thing of ours only."""
    pairs: dict[tuple[str, str], Link] = {}
    exact: dict[str, Link] = {}
    for link in _all(sets):
        first = pairs.setdefault((link.subject, link.object), link)
        if first is not link:
            message = f"linked in {first.file}:{first.line} already"
            yield link.complaint("link-twice", message, "keep the row with the more exact predicate")
        elif link.predicate in (_SAME_AS, _EXACT, ns.SCHEMA + "sameAs"):
            other = exact.setdefault(link.object, link)
            if other.subject != link.subject:
                message = f"<{link.object}> is also the same as {ns.shorten(other.subject)} ({other.line})"
                yield link.complaint("link-not-one-to-one", message, "find out which of the two it is")


def predicates_are_apt(context: Context, sets: Sequence[LinkSet]) -> Iterator[Complaint]:
    """SKOS relations join concepts and countries; owl:sameAs is proved and never said of concepts."""
    for link in _all(sets):
        kinds = _classes(context, link.subject)
        if link.predicate not in PREDICATES:
            message = f"{ns.shorten(link.predicate)} is no predicate for links"
            yield link.complaint("link-predicate", message, "use a skos:…Match, schema:sameAs or owl:sameAs")
        if link.predicate in _MATCHES and not kinds & _MAPPABLE:
            message = f"{ns.shorten(link.subject)} is no concept, and SKOS would make it one"
            yield link.complaint("link-predicate", message, "use schema:sameAs, or map a concept instead")
        if link.predicate == _SAME_AS and kinds & _MAPPABLE:
            message = "owl:sameAs would make two vocabularies' concepts one"
            yield link.complaint("link-predicate", message, "use skos:exactMatch")
        if link.predicate == _SAME_AS and not link.comment.startswith(_PROOF):
            message = "owl:sameAs without proof by an identifier"
            yield link.complaint(
                "same-as", message, f"begin the comment with “{_PROOF}”, or use schema:sameAs"
            )


def _classes(context: Context, iri: str) -> set[str]:
    """The classes of a thing as stated, and all above them."""
    found = {
        str(s.object.value) for s in context.sources.by_subject.get(iri, []) if s.predicate.value == _TYPE
    }
    found |= set(context.ontology.values(iri, _TYPE))
    parents = {term.iri: term.parents for term in context.ontology.terms.values()}
    return found | {above for one in found for above in ancestors(parents, one)}


def identifiers_agree(context: Context, sets: Sequence[LinkSet]) -> Iterator[Complaint]:
    """What an IRI of the target is made of (grant number, its MD5, DOI) is what our sources state."""
    for link in _all(sets):
        said = context.sources.by_subject.get(link.subject, [])
        grants = {str(s.object.value) for s in said if s.predicate.value == ns.SMM + "grantNumber"}
        dois = {str(s.object.value) for s in said if s.predicate.value == ns.SMM + "doi"}
        hashed = {hashlib.md5(grant.encode(), usedforsecurity=False).hexdigest() for grant in grants}
        for start, known in ((_CORDIS, grants), (_OPENAIRE, hashed), (_DOI, dois)):
            if link.object.startswith(start) and link.object.removeprefix(start) not in known:
                message = f"<{link.object}> does not follow from what our sources state"
                advice = "state the grant number or DOI with its passage first, or correct the row"
                yield link.complaint("link-identifier", message, advice)


RULES: tuple[Rule, ...] = (
    subjects_exist,
    objects_have_the_published_form,
    links_stand_once,
    predicates_are_apt,
    identifiers_agree,
)
