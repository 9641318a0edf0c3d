"""Query files: SPARQL with a header, and parameters that are bound token by token, never pasted.

A file starts with comments ``# key: value``: ``title`` always, ``question`` and ``theme`` for queries that
people read, and one ``param`` per parameter (its name, then what it is). ``$name`` stands for a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

FOLDER = Path(__file__).parent / "queries"
Term = ox.NamedNode | ox.Literal

# The tokens within which a `$` is no parameter (https://www.w3.org/TR/sparql11-query/#sparqlGrammar, 19.8).
_TOKEN = re.compile(
    r'''
    (?P<comment>\#[^\n\r]*)
  | (?P<string>"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\'
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | \$(?P<param>\w+)
  | .
    ''',
    re.VERBOSE | re.DOTALL,
)
_HEADER = re.compile(r"#\s*([a-z][a-z-]*):\s*(.*?)\s*$")
_XSD_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


class QueryError(ValueError):
    """A query file that is missing or badly formed, or parameters that do not fit it."""


@dataclass(frozen=True)
class QueryFile:
    """A query with its header. ``name``: its path in the folder without ``.rq``; ``params``: name → what."""

    name: str
    title: str
    question: str
    theme: str
    params: dict[str, str]
    text: str
    header: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def bind(self, **terms: Term | Sequence[Term]) -> str:
        """The query's text with every parameter replaced by its term, or terms (for VALUES).

        Raises `QueryError` for a parameter that is missing or unknown.
        """
        missing = sorted(self.params.keys() - terms.keys())
        unknown = sorted(terms.keys() - self.params.keys())
        if missing or unknown:
            said = [f"needs {', '.join(missing)}"] if missing else []
            said += [f"has no parameter {', '.join(unknown)}"] if unknown else []
            raise QueryError(f"query {self.name} {' and '.join(said)}")
        written = {
            name: " ".join(map(serialise, given)) if isinstance(given, Sequence) else serialise(given)
            for name, given in terms.items()
        }
        return "".join(
            written[match["param"]] if match["param"] else match.group()
            for match in _TOKEN.finditer(self.text)
        )


def serialise(term: Term) -> str:
    """A term as SPARQL. A plain whole number is written bare, so that it may follow LIMIT."""
    if isinstance(term, ox.Literal):
        if term.datatype == _XSD_INTEGER and re.fullmatch(r"0|[1-9][0-9]*", term.value, re.ASCII):
            return term.value
        return str(term)
    if isinstance(term, ox.NamedNode):
        return str(term)
    raise QueryError(
        f"{term!r} cannot be bound: give an IRI or a literal (a blank node would match anything)"
    )


def parse(name: str, text: str) -> QueryFile:
    """A query file's content; raises `QueryError` where header and text do not agree."""
    header = _read_header(text)
    params = dict(_split_param(name, value) for value in header.get("param", ()))
    used = set(parameters(text))
    if not header.get("title"):
        raise QueryError(f"query {name} has no title: start the file with “# title: …”")
    if used - params.keys():
        raise QueryError(
            f"query {name} uses ${', $'.join(sorted(used - params.keys()))} without a “# param:” line"
        )
    if params.keys() - used:
        raise QueryError(
            f"query {name} declares {', '.join(sorted(params.keys() - used))} but does not use it"
        )

    def only(key: str) -> str:
        return " ".join(header.get(key, ()))

    return QueryFile(name, only("title"), only("question"), only("theme"), params, text, header)


def parameters(text: str) -> Iterator[str]:
    """The names after ``$`` that stand as tokens of their own, in order, repeated as they occur."""
    return (match["param"] for match in _TOKEN.finditer(text) if match["param"])


def load(name: str, folder: Path = FOLDER) -> QueryFile:
    """The query file ``<folder>/<name>.rq``."""
    return _load(name, folder)


@cache
def _load(name: str, folder: Path) -> QueryFile:
    path = folder / f"{name}.rq"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise QueryError(f"no query {name} in {folder}") from None
    return parse(name, text)


def all_queries(folder: Path = FOLDER) -> list[QueryFile]:
    """Every query file below a folder, by name."""
    names = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.rq"))
    return [load(name, folder) for name in names]


def _read_header(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if match:
            key = match[1]
            found.setdefault(key, []).append(match[2])
        elif key and line.lstrip("# "):  # a long value goes on in the next comment line
            found[key][-1] += " " + line.lstrip("# ").rstrip()
    return {key: tuple(values) for key, values in found.items()}


def _split_param(query: str, value: str) -> tuple[str, str]:
    match = re.match(r"\$?(\w+)\W*(.*)", value, re.DOTALL)
    if match is None:
        raise QueryError(f"query {query} has a “# param:” line without a name")
    return match[1], match[2]
