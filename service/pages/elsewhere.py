"""What a thing is linked to in other knowledge bases: the relation in plain words, how sure, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ontology import namespaces as ns
from service.pages import iris
from service.pages.knowledge import value
from service.pages.vocabulary import Row

_IN_WORDS = {
    ns.OWL + "sameAs": "the same",
    ns.SCHEMA + "sameAs": "about the same",
    ns.SKOS + "exactMatch": "the same",
    ns.SKOS + "closeMatch": "almost the same",
    ns.SKOS + "broadMatch": "wider",
    ns.SKOS + "narrowMatch": "narrower",
    ns.SKOS + "relatedMatch": "has to do with it",
}


@dataclass(frozen=True)
class Elsewhere:
    """A link. `href` is "" where the target is no web address; `confidence`: per cent, where it is stated."""

    relation: str
    label: str
    target: str
    href: str
    confidence: int | None
    reason: str
    links: str
    links_href: str


def read(rows: Iterable[Row]) -> tuple[Elsewhere, ...]:
    """The links of a thing, from the rows of `links-of-thing`."""
    return tuple(
        Elsewhere(
            relation=_IN_WORDS.get(value(row, "relation"), "linked"),
            label=value(row, "label"),
            target=value(row, "target"),
            href=value(row, "target") if iris.is_web_address(value(row, "target")) else "",
            confidence=_per_cent(value(row, "confidence")),
            reason=value(row, "reason"),
            links=value(row, "title"),
            links_href=iris.page_of(value(row, "set")),
        )
        for row in rows
    )


def _per_cent(share: str) -> int | None:
    """A share from 0 to 1 in per cent; None for what is none, as other people's data may have."""
    return round(100 * float(share)) if re.fullmatch(r"0(?:\.\d+)?|1(?:\.0+)?", share, re.ASCII) else None
