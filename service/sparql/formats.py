"""The result formats: names, media types, and which one a request asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from service.errors import Problem


@dataclass(frozen=True)
class Format:
    """A result format. `engine` is pyoxigraph's attribute; `aliases` are other media types for the same."""

    name: str
    media_type: str
    engine: str
    extension: str
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """With the charset where the media type's registration knows one."""
        return self.media_type.removesuffix(";safe") + (
            "; charset=utf-8" if self.media_type.startswith("text/") else ""
        )


JSON = Format("json", "application/sparql-results+json", "JSON", "srj", ("application/json", "text/json"))
XML = Format("xml", "application/sparql-results+xml", "XML", "srx", ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv", "CSV", "csv")
CSV_SAFE = Format("csv-safe", "text/csv;safe", "CSV_SAFE", "csv")  # by `format` only; see `spreadsheet`
TSV = Format("tsv", "text/tab-separated-values", "TSV", "tsv")
TURTLE = Format("turtle", "text/turtle", "TURTLE", "ttl", ("application/x-turtle",))
NTRIPLES = Format("ntriples", "application/n-triples", "N_TRIPLES", "nt", ("text/plain",))
NQUADS = Format("nquads", "application/n-quads", "N_QUADS", "nq")
TRIG = Format("trig", "application/trig", "TRIG", "trig")
RDFXML = Format("rdfxml", "application/rdf+xml", "RDF_XML", "rdf", ("application/xml", "text/xml"))
JSONLD = Format("jsonld", "application/ld+json", "JSON_LD", "jsonld", ("application/json",))

TABLES = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, NTRIPLES, NQUADS, TRIG, RDFXML, JSONLD)


def for_kind(kind: str) -> tuple[Format, ...]:
    """The formats of a query form, the default first."""
    return (*TABLES, CSV_SAFE) if kind in ("SELECT", "ASK") else GRAPHS


@lru_cache(maxsize=256)
def choose(kind: str, accept: str | None, name: str | None = None) -> Format:
    """The format for a query form: `format=` (name, extension or media type) wins over `Accept`.

    Raises Problem 406 listing what can be had.
    """
    offered = for_kind(kind)
    if name:
        found = _by_name(offered, name.strip().lower())
        if found:
            return found
        raise not_acceptable(offered, f"format={name}")
    if not accept or not accept.strip():
        return offered[0]
    found = _by_accept(offered, accept)
    if not found:
        raise not_acceptable(offered, f"Accept: {accept}")
    return found


@lru_cache(maxsize=256)
def prefers_page(accept: str) -> bool:
    """Whether a header would rather have HTML than any form of a result; browsers do, programs do not."""
    wanted = parse_accept(accept)
    page = max(wanted.quality("text/html"), wanted.quality("application/xhtml+xml"))
    return page > max(wanted.quality(one.media_type) for one in (*TABLES, *GRAPHS))


def by_media_type(kind: str, media_type: str) -> Format:
    """The format with exactly this media type. Raises Problem 406."""
    found = _by_name(for_kind(kind), media_type)
    if not found:
        raise not_acceptable(for_kind(kind), media_type)
    return found


def _by_name(offered: Sequence[Format], name: str) -> Format | None:
    for one in offered:
        # a "+" in an unescaped query string arrives as a blank
        if name.replace(" ", "+") in (one.name, one.extension, one.media_type, *one.aliases):
            return one
    return None


def _by_accept(offered: Sequence[Format], header: str) -> Format | None:
    """The format with the highest quality, the first of equals.

    An alias counts only where the client names it; a range such as `*/*` has rated the type itself.
    """
    wanted = parse_accept(header)
    named = {media_type for media_type, quality in wanted if quality > 0}
    rated = [(wanted.quality(one.media_type), one) for one in offered]
    rated += [(wanted.quality(alias), one) for one in offered for alias in one.aliases if alias in named]
    best = max(quality for quality, _ in rated)
    return next(one for quality, one in rated if quality == best) if best > 0 else None


def parse_accept(header: str) -> MIMEAccept:
    """An `Accept` header without the parameters of its media types: a charset there changes nothing here."""
    parsed = parse_accept_header(header, MIMEAccept)
    return MIMEAccept([(media_type.partition(";")[0].strip(), quality) for media_type, quality in parsed])


def not_acceptable(offered: Sequence[Format], asked: str) -> Problem:
    return Problem(
        status=406,
        code="not-acceptable",
        title="No such result format",
        detail=f"The result cannot be written as {asked[:200]}.",
        advice="Ask for one of: "
        + ", ".join(f"{one.media_type} (format={one.name})" for one in offered)
        + ".",
        headers={"Vary": "Accept"},
    )
