"""The parts of a query as it is told in words: patterns, conditions, groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from service.sparql.tokens import Token


@dataclass(frozen=True)
class Pattern:
    """A triple pattern. Each part is the tokens that it is written with; `path` has several for a path."""

    subject: tuple[Token, ...]
    path: tuple[Token, ...]
    object: tuple[Token, ...]

    @property
    def variables(self) -> frozenset[str]:
        return _variables((*self.subject, *self.path, *self.object))


@dataclass(frozen=True)
class Filter:
    """A condition; `exists` are the patterns within it: (whether NOT stands before, group)."""

    tokens: tuple[Token, ...]
    exists: tuple[tuple[bool, Group], ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """The functions and keywords that it uses, in capitals."""
        return frozenset(token.key for token in self.tokens if token.kind == "word")


@dataclass(frozen=True)
class Bind:
    """A value that is worked out and called something."""

    tokens: tuple[Token, ...]
    name: str


@dataclass(frozen=True)
class Values:
    """Values that are given; `count` of them."""

    names: tuple[str, ...]
    count: int


Kind = Literal["group", "optional", "minus", "lateral", "graph", "service", "select"]


@dataclass
class Group:
    """What stands within braces. `name`: the tokens after GRAPH or SERVICE; `query`: that of a sub-SELECT."""

    kind: Kind = "group"
    parts: list[Part] = field(default_factory=list)
    name: tuple[Token, ...] = ()
    query: Query | None = None

    @property
    def variables(self) -> frozenset[str]:
        """Those that it can give a value to, or that its GRAPH names."""
        if self.query:
            return self.query.gives
        found = _variables(self.name)
        for part in self.parts:
            if isinstance(part, Bind):
                found |= {part.name}
            elif isinstance(part, Values):
                found |= set(part.names)
            elif isinstance(part, Pattern | Union) or (isinstance(part, Group) and part.kind != "minus"):
                found |= part.variables
        return frozenset(found)


@dataclass
class Union:
    branches: list[Group]

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(name for branch in self.branches for name in branch.variables)


Part = Pattern | Filter | Bind | Values | Group | Union


@dataclass
class Query:
    """`projection`: (variable, tokens of its expression, none for a plain one); an empty one means all."""

    form: str
    distinct: bool = False
    projection: list[tuple[str, tuple[Token, ...]]] = field(default_factory=list)
    where: Group | None = None
    group_by: tuple[Token, ...] = ()
    having: tuple[Token, ...] = ()
    order_by: tuple[Token, ...] = ()
    limit: str = ""
    offset: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)

    @property
    def gives(self) -> frozenset[str]:
        if self.projection:
            return frozenset(name for name, _ in self.projection)
        return self.where.variables if self.where else frozenset()


def _variables(found: tuple[Token, ...]) -> frozenset[str]:
    """The names of variables, and blank nodes as they are written: both join what they stand in."""
    return frozenset(
        token.text[1:] if token.kind == "var" else token.text
        for token in found
        if token.kind in ("var", "bnode")
    )
