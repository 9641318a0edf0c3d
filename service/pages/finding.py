"""Search: what a person meant, grouped by kind, and the same for programs."""

from __future__ import annotations

from dataclasses import dataclass

from kb import search
from kb.search import Hit, SearchIndex
from ontology import namespaces as ns
from service.pages import catalogue, iris
from service.pages.catalogue import Kind
from service.pages.knowledge import Knowledge
from service.pages.names import Names, shorten

LIMIT = 60
BEST = 5
_WORTH = 0.6  # of the best hit's score; what is less like the query is noise
_TERMS = "Terms of the ontology"
_OTHER = "Other things"


@dataclass(frozen=True)
class Found:
    """A hit as a page shows it. `because`: the text that matched, where it is not the name."""

    href: str
    iri: str
    name: str
    language: str
    kind: str
    text: str
    because: str
    score: float


@dataclass(frozen=True)
class Results:
    """What was found. `best` are the first hits of all kinds.

    `groups`: (heading, kind for a filter or None, hits), the best group first; all hits are in one.
    """

    query: str
    total: int
    best: tuple[Found, ...]
    groups: tuple[tuple[str, Kind | None, tuple[Found, ...]], ...]
    more: bool


def find(knowledge: Knowledge, index: SearchIndex, query: str, kind: Kind | None = None) -> Results:
    """The best hits for a query, of one kind if given. An empty query finds nothing."""
    hits = index.search(query, limit=LIMIT + 1, kinds=[kind.iri] if kind else ())
    hits = [hit for hit in hits if hit.score >= hits[0].score * _WORTH]
    names = knowledge.names()
    known = catalogue.kinds(knowledge)
    groups: dict[str, tuple[Kind | None, list[Found]]] = {}
    shown: list[Found] = []
    for hit in hits[:LIMIT]:
        found = _found(hit, names)
        if found.href:
            heading, group_kind = _group(hit, names, known)
            groups.setdefault(heading, (group_kind, []))[1].append(found)
            shown.append(found)
    return Results(
        query=query,
        total=len(shown),
        best=tuple(shown[:BEST]),
        groups=tuple((heading, group_kind, tuple(found)) for heading, (group_kind, found) in groups.items()),
        more=len(hits) > LIMIT,
    )


def index(knowledge: Knowledge) -> SearchIndex:
    """The index of the release, made at the first search."""
    return knowledge.remember("search", lambda: SearchIndex(search.entries(knowledge.rows("search-entries"))))


def _found(hit: Hit, names: Names) -> Found:
    entry = hit.entry
    label = entry.label
    kinds = names.vocabulary.most_specific(entry.kinds)
    definition = next(
        (t.value for t in entry.texts if t.field == "definition" and t.language in ("", "en")), ""
    )
    name = names.passage(entry.iri) if entry.iri.startswith(ns.PASSAGE) else shorten(label.value)
    alternative = hit.matched.field == "alternative" and hit.matched.value != label.value
    return Found(
        href=iris.page_of(entry.iri),
        iri=entry.iri,
        name=name,
        language="" if label.language == "en" else label.language,
        kind=", ".join(names.vocabulary.label(k) for k in kinds[:2]),
        text=shorten(definition) if definition != label.value else "",
        because=hit.matched.value if alternative else "",
        score=round(hit.score, 3),
    )


def _group(hit: Hit, names: Names, known: dict[str, Kind]) -> tuple[str, Kind | None]:
    """The most specific kind that has a listing on the shelves, else the most specific one."""
    if hit.entry.iri.startswith(ns.ONTOLOGY):
        return _TERMS, None
    for iri in names.vocabulary.most_specific(hit.entry.kinds):
        for one in (iri, *names.vocabulary.ancestors(iri)):
            kind = known.get(catalogue.slug_of(one))
            if kind and catalogue.is_on_shelves(kind):
                return kind.plural, kind
    for iri in names.vocabulary.most_specific(hit.entry.kinds):
        kind = known.get(catalogue.slug_of(iri))
        if kind:
            return kind.plural, kind
    return _OTHER, None


def document(results: Results, base: str = "") -> dict[str, object]:
    """The results for programs. `base` is the address of this host, for the pages' addresses."""
    return {
        "query": results.query,
        "more": results.more,
        "results": [
            {
                "iri": found.iri,
                "label": found.name,
                "kind": found.kind,
                "definition": found.text,
                "page": base + found.href,
                "score": found.score,
            }
            for found in sorted(
                (one for _, _, group in results.groups for one in group),
                key=lambda one: (-one.score, one.iri),
            )
        ],
    }
