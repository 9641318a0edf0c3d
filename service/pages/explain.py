"""Tells a query in plain words: its patterns, how they join, and what in it may be slow.

Made from the text alone, without running it. Numbers are the release's own (its VoID partitions where it has
them): how many matches a pattern has by itself. What the engine makes of it, and in which order, is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup

from ontology import namespaces as ns
from service.pages import iris
from service.pages.completions import Usage, usage
from service.pages.knowledge import Knowledge
from service.pages.query_joins import islands, variables_of
from service.pages.query_parts import Bind, Filter, Group, Part, Pattern, Query, Union, Values
from service.pages.query_reading import ReadingError, read
from service.pages.results import Shower, is_iri
from service.sparql.tokens import Token

_TYPE = ns.RDF + "type"
_STEPS = {
    "/": ", then ", "|": " or ", "^": "backwards ", "!": "anything but ",
    "*": " (any number of times, or not at all)", "+": " (once or more often)", "?": " (once or not at all)",
    "(": "(", ")": ")",
}  # fmt: skip
_COUNTS = {
    "COUNT": "counts", "SUM": "adds up", "AVG": "averages", "MIN": "takes the least",
    "MAX": "takes the greatest", "SAMPLE": "takes any one", "GROUP_CONCAT": "joins the texts",
}  # fmt: skip
_TEXT_TESTS = frozenset({"REGEX", "CONTAINS", "STRSTARTS", "STRENDS", "LCASE", "UCASE"})


@dataclass(frozen=True)
class Slow:
    """Something that may be slow. `hint`: the name of a hint on the page of hints, or ""."""

    text: str
    hint: str = ""


@dataclass(frozen=True)
class Item:
    """A sentence about a part of the query, with those about what is in it. `count`: matches by itself."""

    text: Markup
    count: str = ""
    inner: tuple[Item, ...] = ()
    warnings: tuple[Slow, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The query in words, in the order of its text. `note`: why there are none."""

    items: tuple[Item, ...]
    note: str = ""

    @property
    def warnings(self) -> tuple[Slow, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(_all_warnings(self.items)))


def _all_warnings(items: Iterable[Item]) -> Iterator[Slow]:
    for item in items:
        yield from item.warnings
        yield from _all_warnings(item.inner)


def explain(text: str, knowledge: Knowledge) -> Explanation:
    """Tell a query that has passed the gate. Raises Problem when the release cannot be asked."""
    try:
        query = read(text)
    except ReadingError as error:
        return Explanation(
            (), f"This query cannot be told in words ({error}). Run it to see whether it is SPARQL."
        )
    return Explanation(tuple(_Teller(query, usage(knowledge), knowledge).query(query)))


class _Teller:
    """Finds the words for each part of one query."""

    def __init__(self, query: Query, used: Usage, knowledge: Knowledge) -> None:
        self._prefixes = query.prefixes
        self._used = used
        found = (self._iri(token) for token in _tokens(query.where))
        self._show = Shower(knowledge, (ox.NamedNode(iri) for iri in found if is_iri(iri)))

    # -- terms ---------------------------------------------------------------------------------------------

    def _iri(self, token: Token) -> str:
        """The IRI that a token stands for, "" for other tokens and prefixes that are not declared."""
        if token.kind == "iri":
            return token.text[1:-1]
        if token.kind == "pname":
            prefix, _, local = token.text.partition(":")
            namespace = self._prefixes.get(prefix)
            return namespace + local.replace("\\", "") if namespace is not None else ""
        return _TYPE if token.kind == "word" and token.text == "a" else ""

    def _word(self, token: Token) -> Markup:
        """A property or class in words, linked to its page; the token itself where it has none."""
        iri = self._iri(token)
        if not iri:
            return Markup("<code>{}</code>").format(token.text)
        label = self._show.names.vocabulary.label(iri) if iri in self._show.names.vocabulary.terms else ""
        return _link(label or self._show.name(iri), iris.link_to(iri))

    def _term(self, found: Sequence[Token]) -> Markup:
        if len(found) == 1 and (iri := self._iri(found[0])):
            return _link(self._show.name(iri), iris.link_to(iri))
        if found[0].kind == "bnode":
            return Markup("something")
        if len(found) > 1 and found[0].kind not in ("string",) and found[0].key not in ("+", "-"):
            return Markup("a list")
        return Markup("<code>{}</code>").format("".join(token.text for token in found))

    def _path(self, path: Sequence[Token]) -> Markup:
        said = Markup("")
        for token in path:
            is_step = token.kind == "op" and token.key in _STEPS
            said += _STEPS[token.key] if is_step else self._word(token)
        return said

    # -- the query -----------------------------------------------------------------------------------------

    def query(self, query: Query, outer: frozenset[str] = frozenset()) -> Iterator[Item]:
        """The query as a list of steps, in the order of the text: what it looks for, then what it gives."""
        if query.where:
            yield from self._group(query.where, outer)
        if query.group_by:
            yield Item(Markup("Puts together the rows with the same {}.").format(_code(query.group_by)))
        for name, expression in query.projection:
            if expression:
                yield self._worked_out(name, expression)
        if query.having:
            yield Item(Markup("Keeps of these what fits {}.").format(_code(query.having)))
        if query.order_by:
            yield self._sorted(query)
        yield Item(self._gives(query))

    def _worked_out(self, name: str, expression: Sequence[Token]) -> Item:
        found = [_COUNTS[token.key] for token in expression if token.kind == "word" and token.key in _COUNTS]
        verb = f" ({found[0]})" if found else ""
        return Item(Markup("Works out <code>?{}</code> as {}{}.").format(name, _code(expression), verb))

    def _sorted(self, query: Query) -> Item:
        warnings: tuple[Slow, ...] = ()
        if not query.limit:
            warnings = (Slow("Without LIMIT all rows are sorted before the first one is sent."),)
        return Item(Markup("Sorts by {}.").format(_code(query.order_by)), warnings=warnings)

    def _gives(self, query: Query) -> Markup:
        if query.form == "ASK":
            return Markup("Says whether there is such a thing.")
        most = f", at most {query.limit}" if query.limit else ""
        most += f", without the first {query.offset}" if query.offset else ""
        if query.form != "SELECT":
            what = (
                "the statements of the template" if query.form == "CONSTRUCT" else "all that is said of them"
            )
            return Markup("Gives {} for each match{}.").format(what, most)
        names = ", ".join(f"?{name}" for name, _ in query.projection) or "all variables"
        once = ", each row once" if query.distinct else ""
        return Markup("Gives <code>{}</code>{}{}.").format(names, once, most)

    # -- groups --------------------------------------------------------------------------------------------

    def _group(self, group: Group, outer: frozenset[str]) -> Iterator[Item]:
        if group.query:
            yield from self.query(group.query, outer)
            return
        known = outer
        for part in group.parts:
            yield self._part(part, known)
            known |= variables_of(part)
        if warning := self._product(group, outer):
            yield Item(Markup("Some of these parts have nothing in common."), warnings=(warning,))

    def _part(self, part: Part, known: frozenset[str]) -> Item:
        if isinstance(part, Pattern):
            return self._pattern(part, known)
        if isinstance(part, Filter):
            return self._filter(part, known)
        if isinstance(part, Bind):
            return Item(Markup("Calls <code>?{}</code> what {} gives.").format(part.name, _code(part.tokens)))
        if isinstance(part, Values):
            names = ", ".join(f"?{name}" for name in part.names)
            return Item(
                Markup("Takes for <code>{}</code> the values that are listed.").format(names), f"{part.count}"
            )
        if isinstance(part, Union):
            branches = tuple(
                Item(Markup("Either:") if n == 0 else Markup("Or:"), inner=tuple(self._group(one, known)))
                for n, one in enumerate(part.branches)
            )
            return Item(Markup("Puts together what matches one of {}:").format(len(branches)), inner=branches)
        return self._inner(part, known)

    def _inner(self, group: Group, known: frozenset[str]) -> Item:
        said = {
            "optional": Markup("Adds, where there is any:"),
            "minus": Markup("Takes away the rows that also match:"),
            "select": Markup("First finds out, by a query of its own:"),
            "lateral": Markup("For each row so far:"),
            "group": Markup("In a group of its own:"),
        }.get(group.kind)
        outer = frozenset() if group.kind in ("minus", "select", "group") else known
        inner = tuple(self._group(group, outer))
        if group.kind == "graph":
            variable = group.name[0].kind == "var"
            name = self._term(group.name)
            who = Markup("Within one passage or other graph, {} (who says so):").format(name)
            return Item(who if variable else Markup("Within the graph {}:").format(name), inner=inner)
        if group.kind == "service":
            waits = Slow("Another server answers this part; how long it takes is up to it.")
            return Item(Markup("Asks {}:").format(self._term(group.name)), inner=inner, warnings=(waits,))
        assert said is not None
        return Item(said, inner=inner)

    def _pattern(self, pattern: Pattern, known: frozenset[str]) -> Item:
        subject, end = self._term(pattern.subject), self._term(pattern.object)
        count = self._count(pattern)
        warnings = tuple(self._path_warnings(pattern, known))
        prop = self._iri(pattern.path[0]) if len(pattern.path) == 1 else ""
        if prop == _TYPE:
            text = Markup("{} is of the kind {}").format(subject, end)
            return Item(
                text, _things(count) if self._kind(pattern) else _statements(count), warnings=warnings
            )
        if pattern.path[0].kind == "var":
            text = Markup("{} has for any property, {}, the value {}").format(
                subject, self._term(pattern.path), end
            )
            return Item(text, _statements(count), warnings=warnings)
        text = Markup("{} → {} → {}").format(subject, self._path(pattern.path), end)
        return Item(text, _statements(count), warnings=warnings)

    def _kind(self, pattern: Pattern) -> str:
        """The class that `?x a smm:Class` names, else ""."""
        is_type = len(pattern.path) == 1 and self._iri(pattern.path[0]) == _TYPE
        return self._iri(pattern.object[0]) if is_type and len(pattern.object) == 1 else ""

    def _count(self, pattern: Pattern) -> int | None:
        """How many matches a pattern with only its property or class fixed has, where the release says so."""
        if len(pattern.path) != 1:
            return None
        if kind := self._kind(pattern):
            return self._used.classes.get(kind, 0)
        if pattern.path[0].kind == "var":
            is_open = pattern.subject[0].kind == "var" and pattern.object[0].kind == "var"
            return self._used.total if is_open else None
        iri = self._iri(pattern.path[0])
        return self._used.properties.get(iri, 0) if iri else None

    def _path_warnings(self, pattern: Pattern, known: frozenset[str]) -> Iterator[Slow]:
        steps = {token.key for token in pattern.path if token.kind == "op"}
        ends = [part[0] for part in (pattern.subject, pattern.object)]
        if steps & {"*", "+"} and all(end.kind == "var" and end.text[1:] not in known for end in ends):
            yield Slow("This path has no fixed end, so it is followed from everywhere.", "path-end")
        if pattern.path[0].kind == "var" and all(e.kind == "var" and e.text[1:] not in known for e in ends):
            yield Slow("This matches every statement, unless another part narrows it.", "name-the-thing")

    def _filter(self, part: Filter, known: frozenset[str]) -> Item:
        warnings = []
        inner: list[Item] = []
        for is_not, group in part.exists:
            words = Markup("if there is none of this:") if is_not else Markup("if there is this:")
            inner.append(Item(words, inner=tuple(self._group(group, known))))
            if is_not:
                warnings.append(
                    Slow("The engine built in here checks NOT EXISTS once for each row.", "not-exists")
                )
        if part.words & _TEXT_TESTS:
            warnings.append(Slow("Texts are read one by one; they have no index.", "text-search"))
        only_exists = part.exists and len(part.tokens) <= 4
        text = (
            Markup("Keeps a row")
            if only_exists
            else Markup("Keeps a row where {}").format(_code(part.tokens))
        )
        return Item(text, inner=tuple(inner), warnings=tuple(warnings))

    # -- joins ---------------------------------------------------------------------------------------------

    def _product(self, group: Group, outer: frozenset[str]) -> Slow | None:
        """A warning if parts that must all match have no variable in common, not even by way of others."""
        found = islands(group, outer)
        if len(found) < 2:
            return None
        one, other = (_named(island.names) for island in found[:2])
        text = f"{one} and {other} are not connected: every match of one goes with every match of the other"
        first, second = (self._size(island.parts) for island in found[:2])
        if first and second:
            text += f" ({first:,} times {second:,} are {first * second:,} rows)"
        return Slow(text + ".", "product")

    def _size(self, parts: Sequence[Part]) -> int | None:
        """The matches of a single pattern with two variables or a class; else not known."""
        if len(parts) != 1 or not isinstance(parts[0], Pattern):
            return None
        pattern = parts[0]
        is_open = self._kind(pattern) or (pattern.subject[0].kind == pattern.object[0].kind == "var")
        return self._count(pattern) if is_open else None


def _named(names: frozenset[str]) -> str:
    """One of the variables, to speak of them; blank nodes have no name."""
    return min((f"?{name}" for name in names if name.isidentifier()), default="something")


def _tokens(group: Group | None) -> Iterator[Token]:
    """Every term of a group and of what is in it."""
    if group is None:
        return
    yield from group.name
    if group.query:
        yield from _tokens(group.query.where)
    for part in group.parts:
        if isinstance(part, Pattern):
            yield from (*part.subject, *part.path, *part.object)
        elif isinstance(part, Group):
            yield from _tokens(part)
        elif isinstance(part, Union):
            for branch in part.branches:
                yield from _tokens(branch)
        elif isinstance(part, Filter):
            for _, inner in part.exists:
                yield from _tokens(inner)


def _code(found: Sequence[Token]) -> Markup:
    """Tokens as they could be written, on one line."""
    text = ""
    for token in found:
        glued = (
            not text or text.endswith(("(", "!", "^")) or token.key in (")", ",", "(") or token.kind == "lang"
        )
        text += token.text if glued else f" {token.text}"
    return Markup("<code>{}</code>").format(text)


def _link(text: str, href: str) -> Markup:
    return (
        Markup('<a href="{}">{}</a>').format(href, text) if href else Markup("<code>{}</code>").format(text)
    )


def _things(count: int | None) -> str:
    return "" if count is None else f"{count:,} thing{'s' if count != 1 else ''}"


def _statements(count: int | None) -> str:
    return "" if count is None else f"{count:,} statement{'s' if count != 1 else ''}"
