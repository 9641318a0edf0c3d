"""Reads a query's tokens into patterns and groups, as far as telling it in words needs.

No parser: the engine decides what is SPARQL. What follows the grammar
(https://www.w3.org/TR/sparql11-query/#sparqlGrammar) is read; anything else raises `ReadingError`.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.pages.query_parts import Bind, Filter, Group, Kind, Part, Pattern, Query, Union, Values
from service.sparql.tokens import TERMS, Token, tokens

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
GROUPS = ("OPTIONAL", "MINUS", "LATERAL")
PARTS = (*GROUPS, "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES")
MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_PARTNER = {"(": ")", "{": "}", "[": "]"}


class ReadingError(ValueError):
    """The text is not built as the grammar says, or in a way that is not told in words."""


def read(text: str) -> Query:
    """The query in `text`. Raises ReadingError, tokens.UnclosedStringError."""
    return _Reader(list(tokens(text))).whole()


class _Reader:
    """Goes through the tokens once; each method reads one thing of the grammar from where it stands."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def _peek(self, ahead: int = 0) -> Token:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else Token("end", "", -1, "")

    def _next(self) -> Token:
        token = self._peek()
        if token.kind == "end":
            raise ReadingError("the query ends early")
        self._at += 1
        return token

    def _is(self, *keys: str) -> bool:
        token = self._peek()
        return token.kind in ("word", "op") and token.key in keys

    def _take(self, *keys: str) -> bool:
        found = self._is(*keys)
        self._at += found
        return found

    def _expect(self, key: str) -> None:
        if not self._take(key):
            raise ReadingError(f"{key} is missing")

    def whole(self) -> Query:
        prefixes = {}
        while self._is("PREFIX", "BASE", "VERSION"):
            is_prefix = self._next().key == "PREFIX"
            name = self._next()
            if is_prefix:
                prefixes[name.text[:-1]] = self._next().text[1:-1]
        query = self._query()
        query.prefixes = prefixes
        if self._peek().kind != "end":
            raise ReadingError("something follows the query")
        return query

    def _query(self) -> Query:
        query = Query(self._next().key)
        if query.form not in FORMS:
            raise ReadingError("no form of query")
        if query.form == "SELECT":
            query.distinct = self._take("DISTINCT")
            self._take("REDUCED")
            query.projection = list(self._projection())
        elif query.form == "CONSTRUCT" and self._is("{"):
            self._balanced()
        while query.form == "DESCRIBE" and (self._peek().kind in TERMS or self._is("*")):
            self._next()
        while self._take("FROM"):
            self._take("NAMED")
            self._next()
        self._take("WHERE")
        if self._is("{"):
            query.where = self._group()
        self._modifiers(query)
        return query

    def _projection(self) -> Iterator[tuple[str, tuple[Token, ...]]]:
        self._take("*")
        while not self._is("WHERE", "{", "FROM"):
            if self._peek().kind == "var":
                yield self._next().text[1:], ()
            elif self._is("("):
                expression, name = self._named(self._balanced())
                yield name, expression
            else:
                raise ReadingError("no variable")

    @staticmethod
    def _named(bracketed: tuple[Token, ...]) -> tuple[tuple[Token, ...], str]:
        """The expression and the name of `(expression AS ?name)`."""
        inner = bracketed[1:-1]
        if len(inner) < 3 or inner[-1].kind != "var" or inner[-2].key != "AS":
            raise ReadingError("an expression without a name")
        return inner[:-2], inner[-1].text[1:]

    def _modifiers(self, query: Query) -> None:
        while self._is(*MODIFIERS):
            word = self._next().key
            if word in ("GROUP", "ORDER"):
                self._expect("BY")
            if word in ("LIMIT", "OFFSET"):
                setattr(query, word.lower(), self._next().text)
            elif word == "VALUES":
                self._values()
            else:
                name = {"GROUP": "group_by", "HAVING": "having", "ORDER": "order_by"}[word]
                setattr(query, name, self._until_modifier())

    def _until_modifier(self) -> tuple[Token, ...]:
        found: list[Token] = []
        while self._peek().kind != "end" and not self._is(*MODIFIERS, "}"):
            found += self._balanced() if self._is("(") else [self._next()]
        return tuple(found)

    def _balanced(self) -> tuple[Token, ...]:
        """Everything from an opening bracket to its partner."""
        found, depth = [], 0
        while True:
            token = self._next()
            found.append(token)
            if token.kind == "op":
                depth += (token.key in _PARTNER) - (token.key in _PARTNER.values())
            if not depth:
                return tuple(found)

    def _group(self, kind: Kind = "group", name: tuple[Token, ...] = ()) -> Group:
        self._expect("{")
        group = Group(kind, name=name)
        if self._is("SELECT"):
            inner = Group("select", query=self._query())
            group = inner if kind == "group" else Group(kind, [inner], name)
            self._expect("}")
            return group
        while not self._take("}"):
            if not self._take("."):
                group.parts += self._part()
        return group

    def _part(self) -> list[Part]:
        token = self._peek()
        word = token.key if token.kind in ("word", "op") else ""
        if word in GROUPS:
            self._next()
            return [self._group(word.lower())]  # type: ignore[arg-type]
        if word in ("GRAPH", "SERVICE"):
            self._next()
            self._take("SILENT")
            name = (self._next(),)
            return [self._group("graph" if word == "GRAPH" else "service", name)]
        if word == "FILTER":
            self._next()
            return [self._filter()]
        if word == "BIND":
            self._next()
            return [Bind(*self._named(self._balanced()))]
        if word == "VALUES":
            self._next()
            return [self._values()]
        if word == "{":
            branches = [self._group()]
            while self._take("UNION"):
                branches.append(self._group())
            return [Union(branches)] if len(branches) > 1 else list(branches)
        return list(self._triples())

    def _filter(self) -> Filter:
        """A condition: in parentheses, a call, or [NOT] EXISTS."""
        found: list[Token] = []
        exists: list[tuple[bool, Group]] = []
        depth = 0
        while True:
            if self._is("EXISTS") and self._peek(1).key == "{":
                found.append(self._next())
                exists.append((len(found) > 1 and found[-2].key == "NOT", self._group()))
                ended = True
            else:
                token = self._next()
                found.append(token)
                depth += (token.key == "(") - (token.key == ")") if token.kind == "op" else 0
                ended = token.kind == "op" and token.key == ")"
            if not depth and ended:
                return Filter(tuple(found), tuple(exists))

    def _values(self) -> Values:
        if self._take("("):
            names = []
            while not self._take(")"):
                names.append(self._next().text[1:])
        else:
            names = [self._next().text[1:]]
        data = self._balanced()[1:-1]
        rows = sum(token.kind == "op" and token.key == "(" for token in data)
        single = sum(token.kind in TERMS or token.key in ("UNDEF", "TRUE", "FALSE") for token in data)
        typed = sum(token.key == "^^" for token in data)
        return Values(tuple(names), rows or single - typed)

    def _triples(self) -> Iterator[Pattern]:
        """A subject with its properties and objects, and what stands in brackets within them."""
        inner: list[Pattern] = []
        subject = self._term(inner)
        if not (subject[0].key == "[" and self._is(".", "}")):
            yield from self._properties(subject, inner)
        yield from inner

    def _properties(self, subject: tuple[Token, ...], inner: list[Pattern]) -> Iterator[Pattern]:
        while True:
            path = self._path()
            while True:
                yield Pattern(subject, path, self._term(inner))
                if not self._take(","):
                    break
            while self._take(";"):
                pass
            if self._peek().kind == "end" or self._is(".", "}", "]", "{", *PARTS):
                return

    def _path(self) -> tuple[Token, ...]:
        found: list[Token] = []
        wants_step = True
        while True:
            token = self._peek()
            if wants_step:
                if self._is("^", "!"):
                    found.append(self._next())
                    continue
                if self._is("("):
                    found += self._balanced()
                elif token.kind in ("iri", "pname", "var") or token.text == "a":
                    found.append(self._next())
                else:
                    raise ReadingError("no property")
                wants_step = False
            elif self._is("/", "|"):
                found.append(self._next())
                wants_step = True
            elif self._is("*", "?") or (self._is("+") and not self._is_signed_number()):
                found.append(self._next())
            else:
                return tuple(found)

    def _is_signed_number(self) -> bool:
        following = self._peek(1)
        return following.kind == "number" and following.offset == self._peek().offset + 1

    def _term(self, inner: list[Pattern]) -> tuple[Token, ...]:
        """A term; the patterns within a `[ … ]` go to `inner`, about the bracket as their subject."""
        token = self._next()
        if token.kind == "string":
            found = [token]
            if self._peek().kind == "lang":
                found.append(self._next())
            elif self._take("^^"):
                self._next()
            return tuple(found)
        if token.kind in TERMS or (token.kind == "word" and token.key in ("TRUE", "FALSE")):
            return (token,)
        if token.key in ("+", "-") and self._peek().kind == "number":
            return (token, self._next())
        if token.key == "[":
            bracket = (Token("bnode", f"[{token.offset}]", token.offset, "["),)
            if not self._is("]"):
                inner += list(self._properties(bracket, inner))
            self._expect("]")
            return bracket
        if token.key == "(":
            self._at -= 1
            return tuple(t for t in self._balanced() if t.kind in TERMS) or (token,)
        raise ReadingError("no term")
