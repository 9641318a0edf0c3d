"""Turns the answer of another endpoint into a VALUES clause.

Reads https://www.w3.org/TR/sparql11-results-json/ without trust: every name and term is checked before it
becomes part of a query. A blank node has no name that VALUES could bear, so each gets a fresh IRI (a UUID) in
its place, the same for all rows of one answer: https://www.w3.org/TR/rdf11-concepts/#section-skolemization.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")
Row = dict[str, Any]  # variable → {"type", "value", …}


class UnusableAnswerError(Exception):
    """An answer that is no SPARQL result, or that VALUES cannot hold; the sentence says why."""


def rows_of(body: bytes) -> list[Row]:
    """The solutions of a result in JSON. Raises UnusableAnswerError."""
    try:
        rows = json.loads(body)["results"]["bindings"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableAnswerError("Its answer is no SPARQL result in JSON.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableAnswerError("Its answer is no SPARQL result in JSON.")
    return rows


def values(variables: Sequence[str], rows: Sequence[Row]) -> str:
    """`VALUES (?a ?b) { … }` for these solutions; what a row does not bind is UNDEF.

    Bindings of other variables are left out. Raises UnusableAnswerError.
    """
    answer = uuid.uuid4()
    head = " ".join(f"?{name}" for name in variables)
    lines = (" ".join(_term(row.get(name), answer) for name in variables) for row in rows)
    return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"


def _term(term: Any, answer: uuid.UUID) -> str:
    """One term in SPARQL's syntax."""
    if term is None:
        return "UNDEF"
    try:
        kind, value = term["type"], term["value"]
        if kind == "uri" and IRI.fullmatch(value):
            return f"<{value}>"
        if kind == "bnode" and isinstance(value, str):
            return f"<{uuid.uuid5(answer, value).urn}>"
        if kind in ("literal", "typed-literal"):
            return _literal(term)
    except (KeyError, TypeError, ValueError) as error:
        raise UnusableAnswerError(f"Its answer has a term that is none: {str(term)[:100]}.") from error
    raise UnusableAnswerError(f"Its answer has a term that cannot be used here: {str(term)[:100]}.")


def _literal(term: Any) -> str:
    """Raises KeyError, TypeError or ValueError for what is no literal."""
    if "xml:lang" in term:
        return str(ox.Literal(term["value"], language=term["xml:lang"]))
    if "datatype" in term:
        if not IRI.fullmatch(term["datatype"]):
            raise ValueError(term["datatype"])
        return str(ox.Literal(term["value"], datatype=ox.NamedNode(term["datatype"])))
    return str(ox.Literal(term["value"]))
