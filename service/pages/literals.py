"""Values for people: a literal or an IRI as text, with a link, a language and a machine-readable form."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from ontology import namespaces as ns
from service.pages import iris

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d:\d\d).*|Z|[+-]\d\d:\d\d)?")
_YES = frozenset({"true", "1"})


@dataclass(frozen=True)
class Shown:
    """A value as a page shows it. `machine` is the form for <time>; `external` marks links that leave this
    host.
    """

    text: str
    href: str = ""
    language: str = ""
    machine: str = ""
    external: bool = False


def literal(term: ox.Literal) -> Shown:
    kind = term.datatype.value.removeprefix(ns.XSD)
    if term.language:
        return Shown(term.value, language="" if term.language == "en" else term.language)
    if kind == "boolean":
        return Shown("yes" if term.value in _YES else "no")
    if kind in ("date", "dateTime", "gYear", "gYearMonth"):
        return Shown(date(term.value), machine=term.value)
    if kind == "decimal":
        return Shown(re.sub(r"\.0+$", "", term.value))
    if kind == "anyURI" and iris.is_web_address(term.value):
        return Shown(term.value, href=term.value, external=True)
    return Shown(term.value)


def date(text: str) -> str:
    """`2022-03` → `March 2022`; what is no date stays as it is."""
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day, time = match.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    name = f"{_MONTHS[int(month) - 1]} {year}"
    named = f"{int(day)} {name}" if day else name
    return f"{named}, {time}" if time else named


def address(iri: str) -> Shown:
    """An IRI that has no name of ours: a link when it is a web address, else plain text."""
    if iris.is_web_address(iri):
        return Shown(iri, href=iri, external=True)
    return Shown(iri)
