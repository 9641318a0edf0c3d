"""Compares query results as the test suites mean it: blank nodes by their role, numbers by their value."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from tests.conformance.suite import parse

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RESULTS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON}

Row = dict[str, object]


def same_graphs(one: list[ox.Triple], other: list[ox.Triple]) -> bool:
    return _canonical(one) == _canonical(other)


def _canonical(triples: list[ox.Triple]) -> set[str]:
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def read(file: Path) -> bool | list[Row]:
    """An expected result in XML, JSON or as a graph of the result set vocabulary."""
    if file.suffix in RESULTS:
        return read_bytes(file.read_bytes(), RESULTS[file.suffix])
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in parse(file))
    answers = list(store.quads_for_pattern(None, ox.NamedNode(RS + "boolean"), None))
    if answers:
        return answers[0].object.value == "true"
    query = f"PREFIX rs: <{RS}> SELECT ?row ?name ?value {{ ?set rs:solution ?row "
    query += "OPTIONAL { ?row rs:binding ?b . ?b rs:variable ?name ; rs:value ?value } }"
    rows: dict[object, Row] = {}
    for found in store.query(query):
        row = rows.setdefault(found["row"], {})
        if found["name"] is not None:
            row[found["name"].value] = found["value"]
    return list(rows.values())


def read_bytes(body: bytes, form: ox.QueryResultsFormat) -> bool | list[Row]:
    found = ox.parse_query_results(body, format=form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found]


def same_rows(one: list[Row], other: list[Row], lax: bool) -> bool:
    """Equal as bags (`lax`: as sets), in any order."""
    if lax:
        one, other = _distinct(one), _distinct(other)
    if len(one) != len(other):
        return False
    plain = [
        Counter(frozenset((n, _value(v)) for n, v in row.items()) for row in rows) for rows in (one, other)
    ]
    if plain[0] == plain[1]:
        return True
    return same_graphs(_as_graph(one), _as_graph(other))


def _distinct(rows: list[Row]) -> list[Row]:
    return list({frozenset(row.items()): row for row in rows}.values())


def _as_graph(rows: list[Row]) -> list[ox.Triple]:
    triples = []
    for row in rows:
        node = ox.BlankNode()
        for name, value in row.items():
            term = value if isinstance(value, ox.BlankNode) else ox.Literal(repr(_value(value)))
            triples.append(ox.Triple(node, ox.NamedNode(f"urn:variable:{name}"), term))
    return triples


def _value(term: object) -> object:
    """Numbers of one datatype are the same if their values are."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(XSD):
        kind = term.datatype.value.removeprefix(XSD)
        try:
            if kind in ("integer", "decimal"):
                return kind, Decimal(term.value).normalize()
            if kind in ("double", "float"):
                return kind, float(term.value)
        except (ValueError, ArithmeticError):
            return term
    return term


def same_csv(one: str, other: str) -> bool:
    """Equal columns, by name, and rows in any order; names of blank nodes do not count."""
    tables = []
    for text in (one, other):
        rows = [tuple(sorted(row.items())) for row in csv.DictReader(io.StringIO(text))]
        tables.append(Counter(tuple((k, _nameless(v)) for k, v in row) for row in rows))
    return tables[0] == tables[1]


def _nameless(cell: str) -> str:
    return "_:" if cell.startswith("_:") else cell
