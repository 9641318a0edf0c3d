"""Finds the SERVICE clauses of a query in its tokens, and says which may be answered.

https://www.w3.org/TR/sparql11-federated-query/. Pure functions. Only `SERVICE [SILENT] <iri> { … }` with an
IRI that the settings list goes through; the endpoint itself is asked by `federation`.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.errors import Limit, Problem, Where
from service.sparql.tokens import Token, decoded, place


@dataclass(frozen=True)
class Call:
    """A SERVICE clause. `start` and `end` are characters of the query, `pattern_start` that of its pattern.

    `pattern` is the text between its braces, `variables` the names in it. `before`: what stands before it in
    the query's outermost group, up to the first FILTER or SERVICE; what comes later only adds conditions, so
    solutions of `before` are all that the clause can join with. Empty where it stands deeper.
    """

    endpoint: str
    silent: bool
    start: int
    end: int
    pattern_start: int
    pattern: str
    variables: frozenset[str]
    before: str


def find(
    text: str,
    found: list[Token],
    prefixes: dict[str, str],
    allowed: tuple[str, ...],
    max_calls: int,
) -> tuple[Call, ...]:
    """The clauses of a query whose tokens, from its form on, are `found`. Raises Problem 400 or 403."""
    groups = _outermost(found)
    calls: list[Call] = []
    index = 0
    while index < len(found):
        token = found[index]
        if token.kind != "word" or token.key != "SERVICE":
            index += 1
            continue
        silent = index + 1 < len(found) and found[index + 1].key == "SILENT"
        name = index + 1 + silent
        endpoint = _endpoint(text, token, found[name] if name < len(found) else None, prefixes, allowed)
        opening = name + 1
        closing = _closing(found, opening)
        if closing is None:
            raise _malformed(text, token)
        inside = found[opening + 1 : closing]
        for one in inside:
            if one.kind == "word" and one.key == "SERVICE":
                raise refused(text, one, "A SERVICE clause stands inside another.", allowed)
        start = found[opening].offset + 1
        calls.append(
            Call(
                endpoint=endpoint,
                silent=silent,
                start=token.offset,
                end=found[closing].offset + 1,
                pattern_start=start,
                pattern=text[start : found[closing].offset],
                variables=frozenset(one.text[1:] for one in inside if one.kind == "var"),
                before=next((text[begin:cut] for begin, cut, own in groups if index in own), ""),
            )
        )
        if len(calls) > max_calls:
            raise _too_many(text, token, max_calls)
        index = closing + 1
    return tuple(calls)


def _endpoint(
    text: str, call: Token, name: Token | None, prefixes: dict[str, str], allowed: tuple[str, ...]
) -> str:
    """The IRI that is called. Raises Problem unless it is written out and allowed."""
    if name is None or name.kind not in ("iri", "pname", "var"):
        raise _malformed(text, call)
    if name.kind == "var":
        detail = "The endpoint of a SERVICE clause is a variable."
        raise refused(text, name, detail, allowed)
    if name.kind == "iri":
        iri = decoded(name.text[1:-1])
    else:
        prefix, _, local = name.text.partition(":")
        iri = prefixes.get(prefix, "") + local.replace("\\", "")
    if iri not in allowed:
        raise refused(text, name, f"{iri[:200]} is not among the endpoints that may be called.", allowed)
    return iri


def _closing(found: list[Token], opening: int) -> int | None:
    """The index of the brace that closes the one at `opening`."""
    if opening >= len(found) or found[opening].key != "{":
        return None
    depth = 0
    for index in range(opening, len(found)):
        depth += (found[index].key == "{") - (found[index].key == "}")
        if depth == 0:
            return index
    return None


def _outermost(found: list[Token]) -> list[tuple[int, int, frozenset[int]]]:
    """Of each group that stands in no other: where its text begins, where its first FILTER or SERVICE does,
    and the indices of its own words. (A template of CONSTRUCT looks like one, and can have neither.)"""
    groups: list[tuple[int, int, frozenset[int]]] = []
    depth, begin = 0, 0
    cut: int | None = None
    own: set[int] = set()
    for index, token in enumerate(found):
        if token.key in ("{", "(", "[") and token.kind == "op":
            if depth == 0:
                begin, cut, own = token.offset + 1, None, set()
            depth += 1
        elif token.key in ("}", ")", "]") and token.kind == "op":
            depth -= 1
            if depth == 0 and cut is not None and token.key == "}":
                groups.append((begin, cut, frozenset(own)))
        elif depth == 1 and token.kind == "word" and token.key in ("FILTER", "SERVICE"):
            cut = token.offset if cut is None else cut
            own.add(index)
    return groups


def refused(text: str, token: Token, detail: str, allowed: tuple[str, ...]) -> Problem:
    """403: this SERVICE clause is not answered."""
    if allowed:
        advice = f"SERVICE, a blank, and one of these may be written: {', '.join(f'<{a}>' for a in allowed)}."
    else:
        detail = "This endpoint does not call other endpoints for a query."
        advice = "Query the other endpoint yourself and join the results."
    where = Where(*place(text, token.offset))
    return Problem(403, "service-refused", "SERVICE is refused", detail, advice, where)


def _malformed(text: str, token: Token) -> Problem:
    return Problem(
        status=400,
        code="query-syntax",
        title="Not a SPARQL query",
        detail="After SERVICE, or SERVICE SILENT, must stand the IRI of an endpoint and a group in braces.",
        where=Where(*place(text, token.offset)),
        advice="See https://www.w3.org/TR/sparql11-federated-query/ for examples.",
    )


def _too_many(text: str, token: Token, max_calls: int) -> Problem:
    return Problem(
        status=400,
        code="query-too-complex",
        title="Query too complex",
        detail="The query has too many SERVICE clauses.",
        where=Where(*place(text, token.offset)),
        limit=Limit("federation_max_calls", max_calls, "clauses"),
        advice="Ask several patterns of one endpoint in one clause, or split the query.",
    )
