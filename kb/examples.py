"""The query files as examples in the graph, and the prefixes declared, so that other editors find both there.

Each question is a `sh:SPARQLExecutable` (https://www.w3.org/TR/shacl-af/) as SIB's collection of examples
describes them: comment, text, target and keywords. A query with fields stands with their defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from kb import fields
from kb.fields import Field
from kb.queries import QueryError, QueryFile, Term
from ontology import namespaces as ns
from ontology.terms import TYPE

FOLDER = "questions/"
QUERIES = ns.ID + "query/"
PREFIX = ns.GRAPH_RELEASE + "/prefix/"
_PAGES = ns.BASE + "query/"
_FORMS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct"}
_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT)\b")
_PROLOGUE = re.compile(r"\A(?:\s*(?:#[^\n]*\n|(?:PREFIX|BASE)[^\n]*\n))*\s*", re.IGNORECASE)

Said = tuple[str, str, ox.NamedNode | ox.Literal]


def statements(found: Iterable[QueryFile], triples: Iterable[ox.Triple], endpoint: str) -> Iterator[Said]:
    """(subject, property, value) of every example and of the prefixes.

    ``triples`` are what the defaults of fields are looked up in. Raises `QueryError` for a query without a
    form that can be asked, or a field without a default that the data know.
    """
    yield from _prefixes()
    known = _Known(triples)
    for query in found:
        yield from _example(query, known, endpoint)


def _prefixes() -> Iterator[Said]:
    for prefix, namespace in ns.PREFIXES.items():
        declaration = PREFIX + prefix
        yield ns.ONTOLOGY, ns.SH + "declare", ox.NamedNode(declaration)
        yield declaration, TYPE.value, ox.NamedNode(ns.SH + "PrefixDeclaration")
        yield declaration, ns.SH + "prefix", ox.Literal(prefix)
        yield (
            declaration,
            ns.SH + "namespace",
            ox.Literal(namespace, datatype=ox.NamedNode(ns.XSD + "anyURI")),
        )


def _example(query: QueryFile, known: _Known, endpoint: str) -> Iterator[Said]:
    name = query.name.removeprefix(FOLDER)
    example = QUERIES + name
    text = query.bind(**{field.name: known.default(query, field) for field in fields.fields(query)})
    form = form_of(query.name, text)
    yield example, TYPE.value, ox.NamedNode(ns.SH + "SPARQLExecutable")
    yield example, TYPE.value, ox.NamedNode(f"{ns.SH}SPARQL{_FORMS[form]}Executable")
    yield example, ns.RDFS + "label", ox.Literal(query.title, language="en")
    yield example, ns.RDFS + "comment", ox.Literal(query.question, language="en")
    yield example, ns.SH + form.lower(), ox.Literal(without_header(text))
    yield example, ns.SH + "prefixes", ox.NamedNode(ns.ONTOLOGY)
    yield example, ns.SCHEMA + "target", ox.NamedNode(endpoint)
    yield example, ns.SCHEMA + "keywords", ox.Literal(query.theme, language="en")
    yield example, ns.SCHEMA + "url", ox.NamedNode(_PAGES + name)


def form_of(name: str, text: str) -> str:
    """SELECT, ASK or CONSTRUCT. Raises `QueryError`."""
    match = _FORM.match(text, _PROLOGUE.match(text).end())  # type: ignore[union-attr]
    if match is None:
        raise QueryError(f"query {name} is no SELECT, ASK or CONSTRUCT; others cannot be an example")
    return match[1]


def without_header(text: str) -> str:
    """A query file's text without the comments that it starts with."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if line and not line.startswith("#"))
    return "\n".join(lines[first:])


class _Known:
    """The things that the default of a field can be."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._triples: Sequence[ox.Triple] = tuple(triples)

    def default(self, query: QueryFile, field: Field) -> Term:
        try:
            if field.is_choice:
                return fields.choice(field, field.default, self._choices(field))
            if field.kind == "thing":
                return ox.NamedNode(ns.ID + field.default)
            return fields.literal(field, field.default)
        except fields.ValueProblem as problem:
            raise QueryError(f"query {query.name}: the default {field.default!r} of {problem}") from problem

    def _choices(self, field: Field) -> Mapping[str, str]:
        """IRI → IRI of the things of a class, or the values of a property."""
        kind = ox.NamedNode(field.kind)
        if field.is_property:
            found = {t.object for t in self._triples if t.predicate == kind}
        else:
            found = {t.subject for t in self._triples if t.predicate == TYPE and t.object == kind}
        return {thing.value: thing.value for thing in found if isinstance(thing, ox.NamedNode)}
