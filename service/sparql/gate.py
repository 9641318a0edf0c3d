"""The gate before the engine: refuses queries that are too much for it or that reach out of the release.

Pure functions over the text of a query. The limits keep far below what crashes the engine's parser or
optimiser; they are lexical, so workers are isolated as well. Nothing here decides whether a query is valid
SPARQL.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from service.errors import Limit, Problem, Where
from service.settings import Settings
from service.sparql import services
from service.sparql.tokens import Token, UnclosedStringError, place, tokens
from service.sparql.triples import Shape

FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
OPEN, CLOSE = ("(", "{", "[", "<<", "{|"), (")", "}", "]", ">>", "|}")
PREFIX_OPERATORS = frozenset({"!", "-", "+", "^", "^^"})
OPERATORS = frozenset({"||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "!"})
PARTS = frozenset(
    {
        "UNION",
        "OPTIONAL",
        "MINUS",
        "FILTER",
        "BIND",
        "VALUES",
        "GRAPH",
        "LATERAL",
        "SERVICE",
        "EXISTS",
        "AS",
        "IN",
        "SELECT",
    }
)
VOLATILE = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True)
class Limits:
    """The limits that the gate knows, named like the settings; `services`: endpoints that may be called."""

    max_query_bytes: int
    max_depth: int
    max_triple_patterns: int
    max_path_steps: int
    max_operators: int
    services: tuple[str, ...] = ()
    federation_max_calls: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Without services: who can answer them says so."""
        return cls(
            settings.max_query_bytes,
            settings.max_depth,
            settings.max_triple_patterns,
            settings.max_path_steps,
            settings.max_operators,
        )


@dataclass(frozen=True)
class Report:
    """What the gate learned about a query that it lets through.

    `clauses`: (is FROM NAMED, term as written); `prologue`: the text of BASE and PREFIX declarations;
    `services`: its calls to other endpoints; `volatile`: it may have another answer a moment later.
    """

    form: str
    prologue: str
    prefixes: dict[str, str]
    clauses: tuple[tuple[bool, str], ...]
    volatile: bool
    services: tuple[services.Call, ...] = ()


@dataclass
class _Scan:
    """One pass over the tokens of a query."""

    text: str
    limits: Limits
    form: str = ""
    prologue_end: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    clauses: list[tuple[bool, str]] = field(default_factory=list)
    volatile: bool = False
    open: Counter[str] = field(default_factory=Counter)
    depth: int = 0
    run: int = 0
    operators: int = 0

    def refuse(self, token: Token, name: str, unit: str, what: str, advice: str) -> Problem:
        return Problem(
            status=400,
            code="query-too-complex",
            title="Query too complex",
            detail=f"The query has {what}.",
            where=Where(*place(self.text, token.offset)),
            limit=Limit(name, getattr(self.limits, name), unit),
            advice=advice,
        )

    def brackets(self, token: Token) -> None:
        """Depth over all kinds of brackets, plus a run of prefix operators, which nest without brackets."""
        key = token.key
        if token.kind == "op" and key in OPEN:
            self.open[key] += 1
            self.depth += 1
        elif token.kind == "op" and key in CLOSE:
            partner = OPEN[CLOSE.index(key)]
            if self.open[partner]:
                self.open[partner] -= 1
                self.depth -= 1
        self.run = self.run + len(key) if token.kind == "op" and key in PREFIX_OPERATORS else 0
        if self.depth + self.run > self.limits.max_depth:
            advice = "Write it with less nesting: split it into several queries, or use VALUES and IN."
            raise self.refuse(token, "max_depth", "levels", "too many levels of nesting", advice)

    def operations(self, token: Token) -> None:
        """Chains of operators and group parts: each is a level in the engine's algebra."""
        if (token.kind == "op" and token.key in OPERATORS) or (token.kind == "word" and token.key in PARTS):
            self.operators += 1
            if self.operators > self.limits.max_operators:
                advice = "List the alternatives with VALUES or IN instead of a chain."
                raise self.refuse(
                    token, "max_operators", "operators", "too many operators and group parts", advice
                )


def inspect(text: str, limits: Limits) -> Report:
    """Let a query through with what the service must know of it, or raise the Problem that says why not."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.max_query_bytes:
        raise Problem(
            status=413,
            code="query-too-long",
            title="Query too long",
            detail=f"The query has {size} bytes.",
            limit=Limit("max_query_bytes", limits.max_query_bytes, "bytes"),
            advice="Split it into several queries.",
        )
    return _inspect(text, limits)


@lru_cache(maxsize=256)
def _inspect(text: str, limits: Limits) -> Report:
    try:
        found = list(tokens(text))
    except UnclosedStringError as error:
        where = Where(*place(text, error.offset))
        raise syntax("A string is opened here and never closed.", where) from error
    scan = _Scan(text, limits)
    body = _prologue(scan, found)
    shape = Shape(limits.max_triple_patterns, limits.max_path_steps)
    for index in range(body, len(found)):
        token = found[index]
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        scan.brackets(token)
        scan.operations(token)
        _reaches_out(scan, token, before, after)
        _dataset_clause(scan, token, before, after)
        scan.volatile = scan.volatile or (token.kind == "word" and token.key in VOLATILE)
        if excess := shape.feed(token):
            raise scan.refuse(token, excess, *EXCESS[excess])
    calls: tuple[services.Call, ...] = ()
    if limits.services:
        calls = services.find(text, found[body:], scan.prefixes, limits.services, limits.federation_max_calls)
    volatile = scan.volatile or bool(calls)
    return Report(scan.form, text[: scan.prologue_end], scan.prefixes, tuple(scan.clauses), volatile, calls)


EXCESS = {
    "max_triple_patterns": ("patterns", "too many triple patterns", "Split it into several queries."),
    "max_path_steps": ("steps", "a property path with too many steps", "Use a repeated path such as ex:p+."),
}


def _prologue(scan: _Scan, found: list[Token]) -> int:
    """Read BASE, PREFIX and VERSION; the index of the query form, which is noted. Refuses updates."""
    index = 0
    while (
        index < len(found)
        and found[index].kind == "word"
        and found[index].key in ("BASE", "PREFIX", "VERSION")
    ):
        if found[index].key == "PREFIX":
            declared = found[index + 1 : index + 3]
            if [token.kind for token in declared] == ["pname", "iri"]:
                scan.prefixes[declared[0].text[:-1]] = declared[1].text[1:-1]
            index += 3
        else:
            index += 2
    if index >= len(found):
        raise syntax("There is no query here.", Where(*place(scan.text, len(scan.text))))
    token = found[index]
    if token.kind == "word" and token.key in UPDATES:
        raise update_refused(token.text)
    if token.kind != "word" or token.key not in FORMS:
        detail = "Here must be SELECT, ASK, CONSTRUCT or DESCRIBE, after any PREFIX and BASE lines."
        raise syntax(detail, Where(*place(scan.text, token.offset)))
    scan.form = token.key
    scan.prologue_end = token.offset
    return index


def _reaches_out(scan: _Scan, token: Token, before: Token | None, after: Token | None) -> None:
    """Refuse SERVICE where no endpoint may be called, or where it sticks to its neighbours.

    SPARQL reads `SERVICEex:a` as a prefixed name; the engine's parser reads the keyword and then a name. A
    prefixed name is never followed by `{` inside a group, except after GRAPH.
    """
    calls = token.kind == "word" and "SERVICE" in token.key
    if token.kind == "pname" and "SERVICE" in token.text.upper() and scan.open["{"]:
        calls = after is not None and after.key == "{" and (before is None or before.key != "GRAPH")
    written_plainly = token.kind == "word" and token.text.upper() == "SERVICE"
    if calls and not (written_plainly and scan.limits.services):
        detail = "SERVICE must be a word of its own, with a blank on either side."
        raise services.refused(scan.text, token, detail, scan.limits.services)


def _dataset_clause(scan: _Scan, token: Token, before: Token | None, after: Token | None) -> None:
    """Note FROM and FROM NAMED, which stand before the first group."""
    if scan.depth:
        return
    after_from = before is not None and before.kind == "word" and before.key in ("FROM", "NAMED")
    if token.kind in ("iri", "pname") and after_from:
        assert before is not None
        scan.clauses.append((before.key == "NAMED", token.text))
    elif token.kind in ("word", "pname") and token.text.upper().startswith("FROM") and token.key != "FROM":
        call = after is not None and after.key == "("
        if not call and scan.form != "DESCRIBE":
            raise syntax("FROM must be followed by a blank.", Where(*place(scan.text, token.offset)))


def syntax(detail: str, where: Where) -> Problem:
    return Problem(
        status=400,
        code="query-syntax",
        title="Not a SPARQL query",
        detail=detail,
        where=where,
        advice="See https://www.w3.org/TR/sparql11-query/ for the grammar.",
    )


def update_refused(word: str) -> Problem:
    return Problem(
        status=403,
        code="update-refused",
        title="Updates are refused",
        detail=f"{word[:40]} would change data; this endpoint only answers queries.",
        advice="Send SELECT, ASK, CONSTRUCT or DESCRIBE. Changes come with a new release.",
    )
