"""Identifiers as the reconciliation protocol writes them: short within our spaces, whole IRIs elsewhere."""

from __future__ import annotations

from ontology import namespaces as ns

IDENTIFIERS = ns.BASE  # `id/method/collegial-tutoring`, `ontology#Method`
SCHEMA = ns.SMM  # `Method`, `inCountry`


def short(iri: str, space: str) -> str:
    """An IRI without the space that it lies in; others whole."""
    return iri.removeprefix(space)


def whole(identifier: str, space: str) -> str:
    """The IRI of an identifier that a client sent, short or whole."""
    identifier = identifier.strip()
    return identifier if "://" in identifier else space + identifier
