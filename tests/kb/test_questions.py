"""The competency questions: each query file gives the answer that was worked out by reading the documents.

``<name>.expected.json`` holds ``columns`` with either all ``rows`` (``ordered`` or not) or some that the
answer ``contains``, or says how many rows there are: ``count`` or ``atLeast``. A query with fields is asked
with the ``parameters`` given: the end of an IRI (``country/estonia``), a text or a number.
"""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from kb import fields, queries
from kb.local import LocalStore
from kb.queries import QueryFile, Term
from kb.release import Release
from ontology import namespaces as ns

QUESTIONS = [query for query in queries.all_queries() if query.name.startswith("questions/")]


@pytest.fixture(scope="module")
def store(release: Release) -> LocalStore:
    return LocalStore(release.path)


def expected(query: QueryFile) -> dict[str, Any]:
    path = queries.FOLDER / f"{query.name}.expected.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def bound(query: QueryFile, parameters: dict[str, str]) -> str:
    terms: dict[str, Term] = {}
    for field in fields.fields(query):
        value = parameters[field.name]
        is_thing = field.is_choice or field.kind == "thing"
        terms[field.name] = ox.NamedNode(ns.ID + value) if is_thing else fields.literal(field, value)
    return query.bind(**terms)


def answer(store: LocalStore, text: str, columns: list[str]) -> list[list[str | None]]:
    rows = store.rows(text)
    return [[row[name].value if name in row else None for name in columns] for row in rows]  # type: ignore[union-attr]


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)
def test_the_answer_is_the_one_read_in_the_documents(store: LocalStore, query: QueryFile) -> None:
    wanted = expected(query)
    found = answer(store, bound(query, wanted.get("parameters", {})), wanted.get("columns", []))
    assert wanted["readFrom"], "say where the answer was read"
    assert wanted.keys() & {"rows", "contains", "count", "atLeast"}
    assert wanted.keys() <= {
        *("readFrom", "parameters", "columns", "ordered", "rows", "contains", "count", "atLeast")
    }
    assert wanted.get("parameters", {}).keys() == query.params.keys()
    if "rows" in wanted:
        order = (lambda row: 0) if wanted.get("ordered") else str
        assert sorted(found, key=order) == sorted(wanted["rows"], key=order)
    if "count" in wanted:
        assert len(found) == wanted["count"]
    for row in wanted.get("contains", []):
        assert row in found
    assert len(found) >= wanted.get("atLeast", 0)


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)
def test_a_question_has_a_title_a_question_and_a_theme(query: QueryFile) -> None:
    assert query.title
    assert query.question.endswith("?")
    assert query.theme
