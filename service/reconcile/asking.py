"""What a client of the reconciliation protocol asks, read strictly and within limits.

Protocol: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ontology import namespaces as ns
from service.errors import Limit, Problem
from service.reconcile.names import SCHEMA, whole

MAX_QUERIES = 50  # of one request
MAX_CANDIDATES = 25
DEFAULT_CANDIDATES = 5
MAX_NAME = 500  # characters; a longer cell is no name and has no candidates
MAX_CONSTRAINTS = 10
MAX_VALUES = 20
MAX_IDS = 500  # of a data extension
MAX_PROPERTIES = 25
DOCS = "See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/."


@dataclass(frozen=True)
class Constraint:
    """A property that a candidate should have, with one of these values (texts or identifiers)."""

    identifier: str
    property: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One name to find. `types`: IRIs of classes, any of which will do."""

    name: str
    types: tuple[str, ...] = ()
    limit: int = DEFAULT_CANDIDATES
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True)
class Extension:
    """Properties of things that a client wants, by identifiers as sent; at most `limits[property]` values."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]
    limits: Mapping[str, int]


def read_json(text: str, name: str) -> Any:
    """The JSON in a parameter. Raises Problem."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        refuse(f"The parameter {name} is not JSON: {str(error)[:200]}.")


def queries(document: object) -> dict[str, Query]:
    """The queries of a batch, by the key that the client gave each. Raises Problem."""
    if not isinstance(document, dict):
        refuse("queries is not an object of queries, each under a key.")
    if len(document) > MAX_QUERIES:
        limit = Limit("queries", MAX_QUERIES, "queries")
        refuse(f"There are {len(document)} queries in one request.", limit, "Send them in several requests.")
    return {key: _query(key, one) for key, one in document.items()}


def _query(key: str, document: object) -> Query:
    where = f"queries.{key[:40]}"
    if isinstance(document, str):  # a query of earlier versions: the name alone
        document = {"query": document}
    if not isinstance(document, dict):
        refuse(f"{where} is not an object.")
    name = document.get("query", "")
    if not isinstance(name, str):
        refuse(f"{where}.query is not text.")
    types = document.get("type") or []
    types = [types] if isinstance(types, str | dict) else types
    types = [one.get("id") if isinstance(one, dict) else one for one in _list(types, f"{where}.type")]
    if not all(isinstance(one, str) for one in types):
        refuse(f"{where}.type is not a type or a list of types.")
    limit = document.get("limit", DEFAULT_CANDIDATES)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit <= 10**9:
        refuse(f"{where}.limit is not a number of at least 1.")
    properties = _list(document.get("properties") or [], f"{where}.properties")
    if len(types) + len(properties) > MAX_CONSTRAINTS:
        refuse(
            f"{where} has more types and properties than a query may.",
            Limit("constraints", MAX_CONSTRAINTS, "types and properties"),
        )
    return Query(
        " ".join(name.split()),
        tuple(type_iri(one) for one in types if one.strip()),
        min(int(limit), MAX_CANDIDATES),
        tuple(_constraint(one, f"{where}.properties") for one in properties),
    )


def type_iri(identifier: str) -> str:
    """A type as sent; those of terms have no place in our own space."""
    words = {"Class": ns.OWL + "Class", "Property": ns.RDF + "Property"}
    return words.get(identifier.strip()) or whole(identifier, SCHEMA)


def type_id(iri: str) -> str:
    """The same the other way."""
    words = {ns.OWL + "Class": "Class", ns.RDF + "Property": "Property"}
    return words.get(iri) or iri.removeprefix(SCHEMA)


def _constraint(document: object, where: str) -> Constraint:
    if not isinstance(document, dict) or not isinstance(document.get("pid"), str) or "v" not in document:
        refuse(f"{where}: each property has a pid and a v.")
    values = document["v"] if isinstance(document["v"], list) else [document["v"]]
    if len(values) > MAX_VALUES:
        refuse(f"{where}: too many values.", Limit("values", MAX_VALUES, "values"))
    told = [one.get("id") if isinstance(one, dict) else one for one in values]
    if not all(isinstance(one, str | int | float | bool) for one in told):
        refuse(f"{where}: a value is text, a number, true, false, or an object with an id.")
    pid = document["pid"]
    return Constraint(pid, whole(pid, SCHEMA), tuple(_text(one) for one in told))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:MAX_NAME]


def extension(document: object) -> Extension:
    """A data extension. Raises Problem."""
    if not isinstance(document, dict):
        refuse("extend is not an object with ids and properties.")
    ids = _list(document.get("ids"), "extend.ids")
    properties = _list(document.get("properties"), "extend.properties")
    if len(ids) > MAX_IDS:
        limit = Limit("ids", MAX_IDS, "ids")
        refuse(f"There are {len(ids)} ids in one request.", limit, "Send them in several requests.")
    if len(properties) > MAX_PROPERTIES:
        refuse("Too many properties in one request.", Limit("properties", MAX_PROPERTIES, "properties"))
    if not all(isinstance(one, str) for one in ids):
        refuse("extend.ids is not a list of identifiers.")
    named: dict[str, int] = {}
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            refuse("extend.properties: each one has an id.")
        settings = one.get("settings")
        named[one["id"]] = _limit(settings.get("limit") if isinstance(settings, dict) else None)
    return Extension(tuple(dict.fromkeys(ids)), tuple(named), named)


def _limit(given: object) -> int:
    """OpenRefine sends a number as it was typed; 0 and nothing mean all values."""
    if isinstance(given, str) and given.strip().isascii() and given.strip().isdigit():
        given = int(given.strip()[:9])
    return int(given) if isinstance(given, int | float) and 0 < given < 10**9 else 0


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(f"{where} is not a list.")
    return value


def refuse(detail: str, limit: Limit | None = None, advice: str = "") -> NoReturn:
    """Raise the Problem of a request that the protocol does not allow."""
    status = 413 if limit else 400
    raise Problem(
        status,
        "reconciliation-limit" if limit else "reconciliation-invalid",
        "Too much at once" if limit else "Not a request of the reconciliation protocol",
        detail,
        advice or DOCS,
        limit=limit,
    )
