"""Which parts of a group have to do with each other: by a variable that they share, or by way of others."""

from __future__ import annotations

from dataclasses import dataclass

from service.pages.query_parts import Bind, Filter, Group, Part, Values


@dataclass(frozen=True)
class Island:
    """Parts that are connected, with all their variables; `known` if one is given from outside the group."""

    names: frozenset[str]
    parts: tuple[Part, ...]
    known: bool = False


def islands(group: Group, outer: frozenset[str]) -> list[Island]:
    """The connected parts of a group, in the order of the text; `outer` are variables given from outside.

    Two or more are a product. Conditions connect nothing: they are checked once the product is there.
    """
    found: list[Island] = []
    for part in group.parts:
        names = variables_of(part)
        if not names or isinstance(part, Bind):
            continue
        known = bool(names & outer)
        touching = [one for one in found if one.names & names or (known and one.known)]
        parts = (*(p for one in touching for p in one.parts), part)
        joined = Island(
            names.union(*(one.names for one in touching)), parts, known or any(one.known for one in touching)
        )
        found = [*(one for one in found if one not in touching), joined]
    return found


def variables_of(part: Part) -> frozenset[str]:
    """The variables that a part can give a value to."""
    if isinstance(part, Filter) or (isinstance(part, Group) and part.kind == "minus"):
        return frozenset()
    if isinstance(part, Bind):
        return frozenset({part.name})
    return frozenset(part.names) if isinstance(part, Values) else part.variables
