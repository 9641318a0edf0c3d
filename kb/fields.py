"""The fields of a named query: what its `# param:` lines declare, and how a value becomes a term.

A line reads ``# param: name | kind | label | default``; the default may be left out. Kinds:

- a class such as ``smm:Country``: one of its things in the release,
- a property such as ``smm:statedBy``: one of its values in the release,
- ``thing``: any thing of the release,
- ``text`` and ``number``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kb.queries import QueryError, QueryFile
from ontology import namespaces as ns

MAX_TEXT = 1000
RESERVED = ("format", "timeout", "sort")
_KINDS = ("text", "number", "thing")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)


class ValueProblem(ValueError):  # noqa: N818  (the caller's word for it)
    """A value that does not fit its field. `allowed`: the values that do, where they can be listed."""

    def __init__(self, detail: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(detail)
        self.allowed = tuple(allowed)


@dataclass(frozen=True)
class Field:
    """A declared parameter. `kind`: ``text``, ``number``, ``thing``, or the IRI of a class or property.

    `default` is written as a person would send it, "" without one.
    """

    name: str
    kind: str
    label: str
    default: str = ""

    @property
    def is_choice(self) -> bool:
        return self.kind not in _KINDS

    @property
    def is_property(self) -> bool:
        """Whether the choices are the values of a property (its name begins with a small letter)."""
        return self.is_choice and re.split("[#/]", self.kind)[-1][:1].islower()


def fields(query: QueryFile) -> tuple[Field, ...]:
    """The fields of a query file, in the order of its header. Raises `QueryError`."""
    return tuple(_field(query.name, name, text) for name, text in query.params.items())


def _field(query: str, name: str, text: str) -> Field:
    parts = [part.strip() for part in text.split("|")]
    if not 2 <= len(parts) <= 3 or not all(parts[:2]):
        raise QueryError(f"query {query}: write “# param: {name} | kind | label | default?”")
    if name in RESERVED:
        raise QueryError(f"query {query}: {name} is a parameter of the protocol; choose another name")
    kind, label, *default = parts
    if kind not in _KINDS:
        prefix, _, local = kind.partition(":")
        if prefix not in ns.PREFIXES or not local:
            raise QueryError(
                f"query {query}: {kind} is neither a class or property nor one of {', '.join(_KINDS)}"
            )
        kind = ns.PREFIXES[prefix] + local
    return Field(name, kind, label, *default)


def keys(things: Iterable[str]) -> dict[str, str]:
    """IRI → the shortest end of it, in whole parts, that no other thing's IRI ends in."""
    paths = {iri: iri.removeprefix(ns.ID) for iri in things}
    counts = Counter(end for path in paths.values() for end in _ends(path))
    return {iri: next((end for end in _ends(path) if counts[end] == 1), path) for iri, path in paths.items()}


def _ends(path: str) -> Iterator[str]:
    """`c`, `b/c`, `a/b/c` for `a/b/c`."""
    parts = path.split("/")
    return ("/".join(parts[-n:]) for n in range(1, len(parts) + 1))


def choice(field: Field, text: str, things: Mapping[str, str]) -> ox.NamedNode:
    """One of the things in `things` (IRI → key), named by its IRI or by an end of it that is its alone.

    Raises `ValueProblem`.
    """
    if text in things:
        return ox.NamedNode(text)
    named = [iri for iri in things if text in _ends(iri.removeprefix(ns.ID))]
    if len(named) == 1:
        return ox.NamedNode(named[0])
    meant = "could mean several things" if named else "is none of the values that it can have"
    raise ValueProblem(f"{field.name} {meant}.", things.values())


def literal(field: Field, text: str) -> ox.Literal:
    """The value of a field of kind text or number. Raises `ValueProblem`."""
    if field.kind == "text":
        if len(text) > MAX_TEXT:
            raise ValueProblem(f"{field.name} is longer than {MAX_TEXT} characters.")
        return ox.Literal(text)
    if not _NUMBER.fullmatch(text):
        raise ValueProblem(f"{field.name} is not a number.")
    return ox.Literal(text, datatype=ox.NamedNode(ns.XSD + ("decimal" if "." in text else "integer")))
