"""Where in a Turtle or TriG text each statement stands (https://www.w3.org/TR/trig/#sec-grammar).

The parser proper is pyoxigraph; it checks the syntax and makes the terms, but does not say on which line a
statement stood. This scan runs over a text that has already been parsed, so it may trust the syntax.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_LOCAL = r"(?:[\w\-.:·%]|\\[_~.\-!$&'()*+,;=/?#@%])*(?:[\w\-:·%]|\\[_~.\-!$&'()*+,;=/?#@%])"
_TOKEN = re.compile(
    rf'''
    (?P<skip>\s+|\#[^\n]*)
  | (?P<string>"""(?:"{{0,2}}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{{0,2}}(?:[^'\\]|\\.))*\'\'\'
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<quoted><<\(?|\)?>>|\{{\||\|\}}|~)
  | (?P<iri><[^<>"{{}}|^`\s]*>)
  | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<type>\^\^)
  | (?P<blank>_:[\w\-.·]*[\w\-·])
  | (?P<name>[\w\-.]*:(?:{_LOCAL})?)
  | (?P<mark>[{{}}\[\]();,])
  | (?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?<!\.))
  | (?P<dot>\.)
  | (?P<word>\w+)
    ''',
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    line: int


@dataclass
class Layout:
    """The lines of a text's parts, all counted from 1.

    ``objects``: line of each object outside brackets, in document order (without blank node syntax this is
    one per statement, in the parser's order). ``subjects``: (subject token as written, line) in order.
    ``forbidden``: (what, line) for each use of blank nodes, collections or quoted triples.
    """

    objects: list[int] = field(default_factory=list)
    subjects: list[tuple[str, int]] = field(default_factory=list)
    forbidden: list[tuple[str, int]] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)

    def subject_lines(self) -> dict[str, int]:
        """Full IRI → line of the first statement that has it as subject."""
        lines: dict[str, int] = {}
        for written, line in self.subjects:
            lines.setdefault(expand(written, self.prefixes), line)
        return lines


def expand(written: str, prefixes: dict[str, str]) -> str:
    """The IRI that an ``<iri>`` or ``prefix:local`` token stands for."""
    if written.startswith("<"):
        return written[1:-1]
    prefix, _, local = written.partition(":")
    return prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, without white space and comments; unknown characters are skipped."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            position += 1
            continue
        if match.lastgroup != "skip":
            yield Token(match.lastgroup or "", match.group(), bisect_right(starts, position))
        position = match.end()


class _Scan:
    """A walk over the tokens that knows only whether a subject, a predicate or an object comes next."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.role = "subject"
        self.depth = 0
        self.in_graph = False

    def term(self, token: Token) -> None:
        if self.depth:
            return
        if self.role == "subject":
            if token.kind in ("iri", "name"):
                self.layout.subjects.append((token.text, token.line))
            self.role = "predicate"
        elif self.role == "predicate":
            self.role = "object"
        else:
            self.layout.objects.append(token.line)

    def mark(self, token: Token) -> None:
        mark = token.text
        if mark in "[(":
            self.layout.forbidden.append(("blank node" if mark == "[" else "collection", token.line))
            self.term(token)
            self.depth += 1
        elif mark in "])":
            self.depth -= 1
        elif self.depth:
            return
        elif mark in "{}":
            if mark == "{" and self.role == "predicate":  # what looked like a subject was a graph's name
                self.layout.subjects.pop()
            self.in_graph = mark == "{"
            self.role = "subject"
        elif mark == ";":
            self.role = "predicate"
        elif mark == ",":
            self.role = "object"


def layout(text: str) -> Layout:
    """Scan a text that has already been parsed without error."""
    scan = _Scan()
    stream = tokens(text)
    for token in stream:
        if token.kind == "quoted":
            scan.layout.forbidden.append(("triple term or annotation", token.line))
        elif token.kind == "mark":
            scan.mark(token)
        elif token.kind == "dot":
            if not scan.depth:
                scan.role = "subject"
        elif token.kind == "type":
            next(stream, None)  # the datatype belongs to the literal before it
        elif token.kind == "at":
            if token.text.lower() in ("@prefix", "@base"):
                _declaration(stream, token.text[1:].lower(), scan.layout)
        elif token.kind == "word" and token.text.lower() in ("prefix", "base") and scan.role == "subject":
            _declaration(stream, token.text.lower(), scan.layout)
        elif token.kind == "word" and token.text.lower() == "graph" and scan.role == "subject":
            continue
        else:
            if token.kind == "blank" and not scan.depth:
                scan.layout.forbidden.append(("blank node", token.line))
            scan.term(token)
    return scan.layout


def _declaration(stream: Iterator[Token], kind: str, found: Layout) -> None:
    name = next(stream, None) if kind == "prefix" else None
    iri = next(stream, None)
    if name is not None and iri is not None:
        found.prefixes[name.text.removesuffix(":")] = iri.text[1:-1]
