"""SPARQL's lexical grammar: the tokens of a query, each with its place.

Follows https://www.w3.org/TR/sparql11-query/#sparqlGrammar (terminals), longest match; the brackets of SPARQL
1.2's triple terms and annotations are tokens too. Text that is no token comes out character by character as
operators: refusing it is the parser's business. Only a string that never closes is an error here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_CHARS = _NAME + "\\-"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?"
_LOCAL = rf"(?:[{_CHARS}:]|{_ESCAPE})(?:[{_CHARS}:]|{_ESCAPE}|\.+(?=[{_CHARS}:%\\]))*"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"

_TOKEN = re.compile(
    rf"""
      (?P<blank>[\ \t\r\n]+|\#[^\r\n]*)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*>)
    | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
        |"(?!"")(?:[^"\\\r\n]|\\.)*"|'(?!'')(?:[^'\\\r\n]|\\.)*')
    | (?P<var>[?$][{_BASE}_0-9][{_NAME}]*)
    | (?P<bnode>_:[{_BASE}_0-9](?:[{_CHARS}.]*[{_CHARS}])?)
    | (?P<pname>(?:{_PREFIX})?:(?:{_LOCAL})?)
    | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
    | (?P<number>[0-9]+\.[0-9]*[eE][+-]?[0-9]+|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<word>(?:[A-Za-z_]|{_CODEPOINT})(?:[A-Za-z0-9_]|{_CODEPOINT})*)
    | (?P<op>\^\^|&&|\|\||!=|<=|>=|<<|>>|\{{\||\|\}}|.)
    """,
    re.VERBOSE | re.DOTALL,
)

# What can be a node of a triple; a language tag belongs to the string before it.
TERMS = frozenset({"iri", "string", "var", "bnode", "pname", "number"})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is iri, string, var, bnode, pname, lang, number, word or op; `offset` counts characters from 0.

    `key` is what to compare keywords and operators with: upper case, code point escapes decoded.
    """

    kind: str
    text: str
    offset: int
    key: str


class UnclosedStringError(ValueError):
    """A quotation mark without its partner."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"string at character {offset} is not closed")
        self.offset = offset


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`, without blanks and comments. Raises UnclosedStringError."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "op"
        if kind == "blank":
            continue
        found = match.group()
        if kind == "op" and found in "\"'":
            raise UnclosedStringError(match.start())
        key = found
        if kind == "word":
            key = decoded(found).upper()
        yield Token(kind, found, match.start(), key)


def decoded(text: str) -> str:
    """With its code point escapes replaced by the characters that they mean."""
    return re.sub(_CODEPOINT, lambda match: _character(match.group()), text)


def _character(escape: str) -> str:
    number = int(escape[2:], 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def place(text: str, offset: int) -> tuple[int, int]:
    """(line, column) of a character, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
