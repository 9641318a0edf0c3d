"""IRIs and local addresses: the data keep their permanent IRIs, the pages link to the host that runs.

A local address is only ever made from an IRI of ours whose name is well formed, so that nothing a client
sends can send anybody elsewhere.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from ontology import namespaces as ns

SUFFIXES = ("html", "ttl", "jsonld", "nt", "rdf")
_NAME = re.compile(r"[a-z][a-z0-9-]*(?:/[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9]))*){0,6}", re.ASCII)
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
MAX_NAME = 300
THEME = "theme-"
_QUERIES = ns.BASE + "query/"


def is_name(name: str) -> bool:
    """Whether `name` (`method/collegial-tutoring`, `release`) can be the local part of a thing's IRI."""
    return len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None


def is_term(name: str) -> bool:
    """Whether `name` (`Method`) can be the local part of a term's IRI."""
    return len(name) <= MAX_NAME and _TERM.fullmatch(name) is not None


def split_suffix(name: str) -> tuple[str, str]:
    """(`document/ihub4schools-d3.2`, `html`) for `document/ihub4schools-d3.2.html`; the suffix is ""
    without one.
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix) if dot and suffix in SUFFIXES else (name, "")


def thing_iri(name: str) -> str:
    return ns.ID + name


def page_of(iri: str) -> str:
    """The address of the page about an IRI on this host, or "" where there is none."""
    local = address_of(iri)
    if local.startswith("/id/query/"):  # a question in the graph: its answer says more than its description
        return local.removeprefix("/id")
    path, _, term = local.partition("#")
    if term:  # themes stand on the ontology's page, terms have a page each
        return f"{path}.html#{term}" if term.startswith(THEME) else f"{path}/term/{term}"
    return f"{path}.html" if path == "/ontology" or path.startswith("/id/") else path


def address_of(iri: str) -> str:
    """The address on this host that stands for an IRI of ours (what the IRI itself redirects to), or ""."""
    if iri.startswith(ns.ID) and is_name(iri.removeprefix(ns.ID)):
        return "/id/" + iri.removeprefix(ns.ID)
    if iri == ns.ONTOLOGY:
        return "/ontology"
    if iri.startswith(ns.SMM) and _TERM.fullmatch(iri.removeprefix(ns.SMM)):
        return "/ontology#" + iri.removeprefix(ns.SMM)
    if iri.startswith(_QUERIES) and is_name(iri.removeprefix(ns.BASE)):
        return "/" + iri.removeprefix(ns.BASE)
    return "/" if iri == ns.BASE else ""


def is_web_address(iri: str) -> bool:
    """Whether an IRI may become a link to elsewhere: http or https with a host, without hidden characters."""
    if not iri.isprintable() or any(c.isspace() or c in '"<>\\^`{|}' for c in iri):
        return False
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def link_to(iri: str) -> str:
    """Where a link for an IRI leads: our page, the web address itself, or "" (then it is shown as text)."""
    return page_of(iri) or (iri if is_web_address(iri) else "")


def kind_of(iri: str) -> str:
    """`method` for `…/id/method/collegial-tutoring`; "" for what is not a thing of ours."""
    return iri.removeprefix(ns.ID).split("/")[0] if iri.startswith(ns.ID) else ""


def local_name(iri: str) -> str:
    """The readable last part of an IRI, for things without a label."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1] or iri


def parameter(name: str, value: str) -> str:
    """`name=value` for an address."""
    return f"{name}={quote(value, safe='')}"


def query_address(text: str) -> str:
    """The address of the query page with a query in its editor; opening it runs nothing."""
    return "/sparql?" + parameter("query", text)
