"""Which representation of a thing a request gets: by the address's suffix, or else by `Accept` (RFC 9110,
12.5.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from service.errors import Problem
from service.sparql import formats


@dataclass(frozen=True)
class Representation:
    """A form in which a thing can be had. `aliases` are media types that clients ask for and that mean it
    too.
    """

    suffix: str
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")


def _data(suffix: str, title: str, one: formats.Format, *aliases: str) -> Representation:
    return Representation(suffix, one.media_type, title, aliases)


# In the order of preference between equals: "*/*" gets the page.
REPRESENTATIONS = (
    Representation("html", "text/html", "page", ("application/xhtml+xml",)),
    _data("ttl", "Turtle", formats.TURTLE, "application/x-turtle", "text/n3"),
    _data("jsonld", "JSON-LD", formats.JSONLD, "application/json"),
    _data("nt", "N-Triples", formats.NTRIPLES),
    _data("rdf", "RDF/XML", formats.RDFXML, "application/xml", "text/xml"),
)
BY_SUFFIX = {one.suffix: one for one in REPRESENTATIONS}
DATA = REPRESENTATIONS[1:]


def choose(accept: str | None) -> Representation:
    """The representation with the highest quality; the most specific range of a type gives its quality.

    No header, or an empty one, means that anything will do. Raises Problem 406 listing what can be had.
    """
    if not accept or not accept.strip():
        return REPRESENTATIONS[0]
    wanted = parse_accept_header(accept, MIMEAccept)
    rated = [(wanted.quality(one.media_type), one) for one in REPRESENTATIONS]
    # An alias counts only where the client names it; "*/*" has already rated the type itself.
    named = {media_type for media_type, quality in wanted if quality > 0}
    rated += [
        (wanted.quality(alias), one) for one in REPRESENTATIONS for alias in one.aliases if alias in named
    ]
    best = max(quality for quality, _ in rated)
    if best <= 0:
        raise not_acceptable(accept)
    return next(one for quality, one in rated if quality == best)


def not_acceptable(accept: str) -> Problem:
    offers = ", ".join(f"{one.media_type} (.{one.suffix})" for one in REPRESENTATIONS)
    return Problem(
        status=406,
        code="not-acceptable",
        title="No such form of this thing",
        detail=f"It cannot be given as {accept[:200]}.",
        advice=f"Ask for one of: {offers}.",
        headers={"Vary": "Accept"},
    )
