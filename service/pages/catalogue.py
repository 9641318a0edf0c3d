"""Browsing by kind: shelves of kinds with counts, and all things of a kind, grouped and sorted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ontology import namespaces as ns
from service.pages import iris
from service.pages.knowledge import Knowledge
from service.pages.names import Names, best_text, natural, shorten
from service.pages.vocabulary import Vocabulary
from service.pages.words import capital, plural

PAGE_SIZE = 100
SHELVES: tuple[tuple[str, str, str], ...] = (
    (
        "How to go about it",
        "Process models, their phases, and what can be done in each.",
        "ProcessModel Phase Method GuidingQuestion Recommendation Requirement Step",
    ),
    (
        "What it is about",
        "What a digitally innovative school is made of, what schools need, what helps and what hinders.",
        "Element Need SuccessFactor Barrier Principle Role Theme Model",
    ),
    (
        "Who did what",
        "Pilots, initiatives and the people and organisations behind them.",
        "Pilot MethodUse Event Result PlannedAction Initiative Project Organisation Person Country Place "
        "Platform",
    ),
    (
        "What was asked and answered",
        "Surveys, findings, incentives and single statements with who makes them.",
        "Survey SurveyQuestion SurveyAnswer Finding SuccessFactorStatement BarrierStatement KeyMessage "
        "Incentive IncentiveAssessment EvidenceStatement Definition Feedback Motivation Quantity",
    ),
    (
        "Sources, and where they fall short",
        "The documents, what they cite, where they disagree, and what they do not say.",
        "Document Publication Passage Conflict Gap PrintedForm Figure ModelChange Conclusion",
    ),
)
# By which of its properties a listing is put under headings.
_GROUPED_BY: dict[str, str] = {
    "Phase": "phaseOf",
    "Element": "elementOf",
    "Initiative": "inCountry",
    "Conflict": "conflictKind",
    "Gap": "gapKind",
    "MethodUse": "inPilot",
    "PilotFocus": "inPilot",
    "SuccessFactorStatement": "expresses",
    "BarrierStatement": "expresses",
}
_TEXT_OF = (ns.SKOS + "definition", ns.DCT + "description", ns.SMM + "text")


@dataclass(frozen=True)
class Kind:
    """A class as a reader meets it."""

    iri: str
    slug: str
    plural: str
    definition: str
    count: int

    @property
    def href(self) -> str:
        return f"/browse/{self.slug}"


@dataclass(frozen=True)
class Entry:
    href: str
    name: str
    language: str
    text: str
    kind: str


@dataclass(frozen=True)
class Listing:
    """One page of the things of a kind."""

    kind: Kind
    narrower: tuple[Kind, ...]
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    page: int
    pages: int


def slug_of(iri: str) -> str:
    """`method-use` for smm:MethodUse."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", iris.local_name(iri)).lower()


def kinds(knowledge: Knowledge) -> dict[str, Kind]:
    """Every class of ours that has things, by slug."""
    counts = knowledge.class_counts
    found = {}
    for term in knowledge.vocabulary.of_kind("class"):
        if counts.get(term.iri):
            slug = slug_of(term.iri)
            found[slug] = Kind(term.iri, slug, plural(term.label), term.definition, counts[term.iri])
    return found


def browse_href(iri: str, known: Mapping[str, Kind]) -> str:
    """The listing of a class, or its definition in the ontology, or wherever its IRI leads."""
    slug = slug_of(iri)
    if slug in known and known[slug].iri == iri:
        return known[slug].href
    return iris.link_to(iri)


def shelves(knowledge: Knowledge) -> list[tuple[str, str, list[Kind]]]:
    """(title, intro, kinds) with everything that has things; the rest on a shelf of its own."""
    left = kinds(knowledge)
    found = []
    for title, intro, names in SHELVES:
        chosen = [left.pop(slug_of(name)) for name in names.split() if slug_of(name) in left]
        if chosen:
            found.append((title, intro, chosen))
    inside = {k.iri for k in left.values()}
    rest = [k for k in left.values() if not _is_covered(k.iri, knowledge.vocabulary, inside)]
    if rest:
        found.append((_REST, "", sorted(rest, key=lambda k: k.plural)))
    return found


def _is_covered(iri: str, vocabulary: Vocabulary, others: set[str]) -> bool:
    """Whether a wider kind is listed, so that this one is found there."""
    return any(parent in others or slug_of(parent) in _SHELF_OF for parent in vocabulary.ancestors(iri))


def is_on_shelves(kind: Kind) -> bool:
    return kind.slug in _SHELF_OF


def shelf_of(kind: Kind | None) -> str:
    """The title of the shelf on which a kind stands."""
    return _SHELF_OF.get(kind.slug, _REST) if kind else _REST


_REST = "Everything else"
_SHELF_OF = {slug_of(name): title for title, _, names in SHELVES for name in names.split()}


def listing(knowledge: Knowledge, kind: Kind, page: int) -> Listing:
    """A page of the things of a kind; `page` counts from 1 and is brought into range."""
    ordered = knowledge.remember(f"listing of {kind.slug}", lambda: entries(knowledge, kind))
    pages = max(1, -(-len(ordered) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    groups: dict[str, list[Entry]] = {}
    for heading, entry in ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
        groups.setdefault(heading, []).append(entry)
    narrower = [
        other
        for other in kinds(knowledge).values()
        if kind.iri in knowledge.vocabulary.terms[other.iri].parents
    ]
    return Listing(
        kind,
        tuple(sorted(narrower, key=lambda k: -k.count)),
        tuple((heading, tuple(found)) for heading, found in groups.items()),
        page,
        pages,
    )


def entries(knowledge: Knowledge, kind: Kind) -> list[tuple[str, Entry]]:
    """All things of a kind in order, each with the heading that it stands under ("" for none)."""
    names = knowledge.names()
    facts = names.learn(knowledge.rows("things-of-class", **{"class": kind.iri}))
    group_by = ns.SMM + _GROUPED_BY.get(iris.local_name(kind.iri), "")
    ordered = sorted(
        ((best_text(said, (group_by,))[0], iri) for iri, said in facts.items() if iris.page_of(iri)),
        key=lambda item: (item[0] == "", natural(item[0]), names.of(item[1]).sort_key),
    )
    return [
        (_heading(heading, group_by), _entry(iri, names, best_text(facts[iri], _TEXT_OF)[0], kind.iri))
        for heading, iri in ordered
    ]


def _heading(text: str, group_by: str) -> str:
    if not text:
        return "" if group_by == ns.SMM else "Without one"
    return capital(text)


def _entry(iri: str, names: Names, text: str, listed: str) -> Entry:
    name = names.of(iri)
    classes = [c for c in name.classes if c != listed]
    kind = ", ".join(names.vocabulary.label(c) for c in classes[:2])
    shown = "" if text == name.text or text.startswith(name.text.rstrip(" …")) else shorten(text)
    return Entry(iris.page_of(iri), name.text, name.language, shown, kind)
