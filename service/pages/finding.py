"""Search: what a person meant, grouped by kind, and the same for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kb import search
from kb.search import Hit, SearchIndex
from ontology import namespaces as ns
from service.pages import catalogue, iris
from service.pages.catalogue import Kind
from service.pages.knowledge import Knowledge
from service.pages.names import Names, shorten

LIMIT = 60
BEST = 8
_WORTH = 0.6  # of the best hit's score; what is less like the query is noise
_TERMS = "Terms of the ontology"


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
    """What was found. `best`: the first hits. `groups`: (shelf, hits), the best hit's shelf first.

    `kinds`: the kinds of the hits with their number, to narrow the search by.
    """

    query: str
    total: int
    best: tuple[Found, ...] = ()
    groups: tuple[tuple[str, tuple[Found, ...]], ...] = ()
    kinds: tuple[tuple[Kind, int], ...] = ()
    more: bool = False


def find(knowledge: Knowledge, index: SearchIndex, query: str, kind: Kind | None = None) -> Results:
    """The best hits for a query, of one kind if given. An empty query finds nothing."""
    hits = index.search(query, limit=LIMIT + 1, kinds=[kind.iri] if kind else ())
    hits = [hit for hit in hits if hit.score >= hits[0].score * _WORTH and iris.page_of(hit.entry.iri)]
    names = knowledge.names()
    known = catalogue.kinds(knowledge)
    groups: dict[str, list[Found]] = {}
    counts: Counter[str] = Counter()
    for hit in hits[:LIMIT]:
        shelved = _kind(hit, names, known)
        shelf = _TERMS if hit.entry.iri.startswith(ns.SMM) else catalogue.shelf_of(shelved)
        groups.setdefault(shelf, []).append(_found(hit, names))
        if shelved:
            counts[shelved.slug] += 1
    return Results(
        query=query,
        total=min(len(hits), LIMIT),
        best=tuple(_found(hit, names) for hit in hits[:BEST]),
        groups=tuple((shelf, tuple(found)) for shelf, found in groups.items()),
        kinds=tuple((known[slug], count) for slug, count in counts.most_common()),
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


def _kind(hit: Hit, names: Names, known: dict[str, Kind]) -> Kind | None:
    """The nearest kind of a hit that stands on a shelf; else its own kind, if it has a listing."""
    specific = names.vocabulary.most_specific(hit.entry.kinds)
    above = [one for iri in specific for one in (iri, *names.vocabulary.ancestors(iri))]
    found = [kind for iri in above if (kind := known.get(catalogue.slug_of(iri))) and kind.iri == iri]
    return next((kind for kind in found if catalogue.is_on_shelves(kind)), found[0] if found else None)


def document(results: Results) -> dict[str, object]:
    """The results for programs, best first; `page` is an address on this host."""
    return {
        "query": results.query,
        "more": results.more,
        "results": [
            {
                "iri": found.iri,
                "label": found.name,
                "kind": found.kind,
                "definition": found.text,
                "page": found.href,
                "score": found.score,
            }
            for found in sorted(
                (one for _, group in results.groups for one in group),
                key=lambda one: (-one.score, one.iri),
            )
        ],
    }
