"""Virtuoso 7, as tried on 7.2.5: what its SPARQL leaves out, adds or writes otherwise, and how we meet it.

- It has no default graph but the union of all graphs, its own included, where a statement of two graphs
  counts twice. So `mentorgraph publish` gives it the default graph as the graph EVERYTHING, which each query
  asks.
- It obeys `define`, `bif:` and `sql:` in anybody's query, which fetch files and addresses: refused here.
- Results after its time limit, or over its `ResultSetMaxRows`, are cut: found by headers, and by counting.
- ASK is answered as a table; tab-separated values, JSON-LD and Turtle are not what the standards say
  (variables in quotes, languages and datatypes lost): made here from its JSON and N-Triples.
"""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import IO, cast

import pyoxigraph as ox

from service.errors import Problem, Where
from service.settings import Settings
from service.sparql import formats, remote_problems
from service.sparql.engine import timed_out
from service.sparql.formats import Format
from service.sparql.gate import Report
from service.sparql.remote_dialects import Dataset, Phrased, Pump, copy, parameters, with_base
from service.sparql.remote_graphs import EVERYTHING
from service.sparql.spreadsheet import SafeCsvWriter, Sink
from service.sparql.tokens import Token, place, tokens
from service.sparql.worker import Task, dataset_of, usable

NOTHING = EVERYTHING + "/none"  # a graph that is never there
# Virtuoso's own, which every installation has.
SYSTEM = (
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
    "http://localuriqaserver/sparql",
    "http://localhost:8890/sparql",
)
LEAST_TIMEOUT_MS = 1000  # it takes no shorter one
ANSWERS = {True: b'{"head":{},"boolean":true}', False: b'{"head":{},"boolean":false}'}
_OUTSIDE = re.compile(r"(?:bif|sql|sparql|virt|ldp):", re.IGNORECASE)
_WORDS = frozenset({"DEFINE", "OPTION"})


class Virtuoso:
    """The dialect. `marker` is the graph that names the release, `max_rows` Virtuoso's own limit if known."""

    name = "virtuoso"

    def __init__(self, settings: Settings, marker: str = "", max_rows: int | None = None) -> None:
        self._base, self._parameters = settings.base_iri, settings.engine_parameters
        self._hidden = (EVERYTHING, *([marker] if marker else []), *SYSTEM)
        self._max_rows = max_rows

    def refuse(self, text: str, report: Report) -> None:
        """Raises Problem 403 for Virtuoso's own functions and pragmas."""
        found = list(tokens(text))
        for index, token in enumerate(found):
            is_base = index > 0 and found[index - 1].key == "BASE"
            if _reaches(token, report.prefixes, is_base):
                raise Problem(
                    status=403,
                    code="extension-refused",
                    title="Extension refused",
                    detail=f"{token.text[:40]} is an extension of the store behind this service.",
                    advice="Write the query in standard SPARQL 1.1.",
                    where=Where(*place(text, token.offset)),
                )

    def phrase(
        self, text: str, report: Report, chosen: Format, dataset: Dataset | None, timeout_s: float
    ) -> Phrased:
        if dataset:
            text, pragmas = without_dataset(text), _restricted(dataset)
        else:
            text, pragmas = self._whole_release(text, report)
        text = " ".join([*pragmas, with_base(text, report, self._base)])
        if report.form == "DESCRIBE":
            text = 'define sql:describe-mode "CBD" ' + text
        limit_ms = max(LEAST_TIMEOUT_MS, round(timeout_s * 1000))
        fields = [("query", text), ("timeout", str(limit_ms)), *parameters(self._parameters, timeout_s)]
        accept, pump = self._transfer(report, chosen)
        return Phrased(tuple(fields), (accept,), pump)

    def _whole_release(self, text: str, report: Report) -> tuple[str, list[str]]:
        """The query and the pragmas by which its dataset is the release.

        Once a default graph is named, GRAPH with an IRI finds only graphs that are named too, and GRAPH with
        a variable then only those; so a query with both has its IRIs turned into variables.
        """
        named, varied = graph_clauses(text)
        if named and varied:
            if selects_all(text):
                raise _both_kinds()
            text, named = with_variables(text, named), []
        if named:
            return text, [_define("default-graph-uri", EVERYTHING), *_named(self._resolved(named, report))]
        if varied:
            # A lone default graph that is excluded from the named ones would be empty: with two it is not.
            pragmas = [_define("default-graph-uri", iri) for iri in (EVERYTHING, NOTHING)]
            return text, pragmas + [_define("named-graph-exclude", iri) for iri in self._hidden]
        return text, [_define("default-graph-uri", EVERYTHING)]

    def _resolved(self, named: list[Token], report: Report) -> list[str]:
        """The IRIs that tokens stand for."""
        clauses = [(True, token.text) for token in named]
        task = Task("", "", 0, [], [], clauses, report.prologue, self._base)
        return (dataset_of(task) or ([], []))[1]

    def _transfer(self, report: Report, chosen: Format) -> tuple[Format, Pump]:
        """The format to ask for, and what makes the chosen one of it."""
        if report.form == "ASK":
            return formats.JSON, lambda pieces, sink: _ask(pieces, sink, chosen)
        if report.form == "SELECT":
            if chosen is formats.JSON:
                return formats.JSON, lambda pieces, sink: copy(plain_json(pieces), sink)
            if chosen is formats.CSV_SAFE:
                return formats.JSON, lambda pieces, sink: _table_safely(pieces, sink)
            return formats.JSON, lambda pieces, sink: _table(pieces, sink, chosen)
        if chosen in (formats.NTRIPLES, formats.NQUADS):
            return formats.NTRIPLES, lambda pieces, sink: copy(self._whole(pieces), sink)
        return formats.NTRIPLES, lambda pieces, sink: _graph(
            self._whole(pieces), sink, chosen, report.prefixes
        )

    def _whole(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The lines of a graph; it says nothing when it cuts one, so as many as its limit are too many."""
        lines = 0
        for piece in pieces:
            lines += piece.count(b"\n")
            yield piece
        if self._max_rows and lines >= self._max_rows:
            raise remote_problems.cut(f"it gives at most {self._max_rows} rows")

    def fault(self, answer: http.client.HTTPResponse, body: bytes) -> Problem | None:
        state = answer.getheader("X-SQL-State")
        if state == "S1TAT":
            return timed_out(_seconds(answer))
        if state:
            return remote_problems.cut((answer.getheader("X-SQL-Message") or state)[:200])
        if rows := answer.getheader("X-SPARQL-MaxRows"):
            return remote_problems.cut(f"it gives at most {rows[:20]} rows")
        said = remote_problems.sentence(body)
        if "S1T00 Error" in said:
            return timed_out(_seconds(answer))
        if answer.status in (400, 500) and said.startswith("Virtuoso "):
            return remote_problems.bad_query(said)
        return None


def _define(word: str, iri: str) -> str:
    return f"define input:{word} <{iri}>"


def _named(graphs: Iterable[str]) -> list[str]:
    return [_define("named-graph-uri", iri) for iri in dict.fromkeys(graphs)]


def _restricted(dataset: Dataset) -> list[str]:
    # without the graph that is not there, GRAPH ?g would range over all
    default = [_define("default-graph-uri", iri) for iri in dataset.default or (NOTHING,)]
    return default + _named(dataset.named or (NOTHING,))


def _both_kinds() -> Problem:
    return Problem(
        status=501,
        code="graphs-mixed",
        title="Two kinds of GRAPH",
        detail="The store behind this service cannot answer SELECT * with both GRAPH <iri> and GRAPH ?g.",
        advice="Name the variables that you select.",
    )


def _seconds(answer: http.client.HTTPResponse) -> float:
    taken = answer.getheader("X-Exec-Milliseconds") or ""
    return int(taken) / 1000 if taken.isascii() and taken.isdigit() else 0.0


def _reaches(token: Token, prefixes: dict[str, str], is_base: bool) -> bool:
    """Whether a token is, or makes names that are, more than standard SPARQL."""
    if token.kind == "iri":
        iri = re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", _character, token.text[1:-1])
        return bool(_OUTSIDE.match(iri)) or (is_base and not re.match(r"https?:", iri))
    if token.kind == "pname":
        prefix, _, local = token.text.partition(":")
        return bool(_OUTSIDE.match(f"{prefix}:") or _OUTSIDE.match(prefixes.get(prefix, "") + local))
    return (token.kind == "word" and token.key in _WORDS) or (token.kind == "op" and token.key == "`")


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def graph_clauses(text: str) -> tuple[list[Token], bool]:
    """The IRIs and names after GRAPH, and whether a variable stands after one."""
    found = list(tokens(text))
    after = [one for before, one in pairwise(found) if before.kind == "word" and before.key == "GRAPH"]
    return [one for one in after if one.kind in ("iri", "pname")], any(one.kind == "var" for one in after)


def selects_all(text: str) -> bool:
    """Whether the outermost SELECT has `*`."""
    words = [token.key for token in tokens(text)]
    first = words.index("SELECT") if "SELECT" in words else len(words)
    return "*" in words[first + 1 : first + 3]


def with_variables(text: str, named: list[Token]) -> str:
    """The query with `GRAPH ?new { … } FILTER(?new = <iri>)` in place of `GRAPH <iri> { … }`."""
    found = list(tokens(text))
    changes: list[tuple[int, int, str]] = []
    for number, name in enumerate(named):
        variable = f"?mentorgraph_{number}"
        changes.append((name.offset, name.offset + len(name.text), variable))
        depth = 0
        for token in found[found.index(name) + 1 :]:
            depth += (token.key == "{") - (token.key == "}")
            if depth == 0:
                end = token.offset + len(token.text)
                changes.append((end, end, f" FILTER({variable} = {name.text})"))
                break
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def without_dataset(text: str) -> str:
    """The query without its FROM clauses; blanks stand in their place."""
    found, out = list(tokens(text)), text
    for index, token in enumerate(found):
        if token.key == "{":
            break
        if token.kind == "word" and token.key == "FROM":
            end = found[index + 2] if found[index + 1].key == "NAMED" else found[index + 1]
            stop = end.offset + len(end.text)
            gone = re.sub(r"\S", " ", out[token.offset : stop])
            out = out[: token.offset] + gone + out[stop:]
    return out


# -- answers ---------------------------------------------------------------------------------------------


def plain_json(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Its JSON results as the standard writes them: `literal` for typed ones, blank nodes without a scheme,
    truth values in words. None of this can stand within a JSON string, whose quotation marks are escaped.
    """
    boolean = b'XMLSchema#boolean", "value": "'
    changes = (
        (b'"typed-literal"', b'"literal"'),
        (b'"bnode", "value": "nodeID://', b'"bnode", "value": "'),
        (boolean + b'1"', boolean + b'true"'),
        (boolean + b'0"', boolean + b'false"'),
    )
    held = b""
    for piece in pieces:
        data = held + piece
        for old, new in changes:
            data = data.replace(old, new)
        cut_at = max(0, len(data) - max(len(old) for old, _ in changes))
        held = data[cut_at:]
        yield data[:cut_at]
    yield held


class _Reader(io.RawIOBase):
    """Pieces as a file, for a parser."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(view), len(self._left))
        view[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _parsed(pieces: Iterator[bytes]) -> ox.QuerySolutions:
    source = cast(IO[bytes], io.BufferedReader(_Reader(plain_json(pieces)), 1 << 16))
    return cast(ox.QuerySolutions, ox.parse_query_results(source, format=ox.QueryResultsFormat.JSON))


def _table(pieces: Iterator[bytes], sink: Sink, chosen: Format) -> None:
    """A table in another format; neither reading nor writing makes Python objects of its terms."""
    form = getattr(ox.QueryResultsFormat, chosen.engine)
    _parsed(pieces).serialize(cast(IO[bytes], sink), format=form)


def _table_safely(pieces: Iterator[bytes], sink: Sink) -> None:
    writer = SafeCsvWriter(sink)
    _table(pieces, writer, formats.CSV)
    writer.finish()


def _ask(pieces: Iterator[bytes], sink: Sink, chosen: Format) -> None:
    """ASK comes as a table of one row, or of none."""
    body = b"".join(pieces)
    told = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(told, ox.QueryBoolean):
        holds = bool(told)
    else:
        holds = any(row[0] is not None and row[0].value not in ("0", "false") for row in told)
    answer = ox.parse_query_results(ANSWERS[holds], format=ox.QueryResultsFormat.JSON)
    name = "CSV" if chosen is formats.CSV_SAFE else chosen.engine
    answer.serialize(cast(IO[bytes], sink), format=getattr(ox.QueryResultsFormat, name))


def _graph(pieces: Iterator[bytes], sink: Sink, chosen: Format, prefixes: dict[str, str]) -> None:
    """A graph in another format than its N-Triples."""
    source = cast(IO[bytes], io.BufferedReader(_Reader(pieces), 1 << 16))
    triples = (quad.triple for quad in ox.parse(source, format=ox.RdfFormat.N_TRIPLES))
    used = usable(prefixes) if chosen in (formats.TURTLE, formats.TRIG) else {}
    form = getattr(ox.RdfFormat, chosen.engine)
    ox.serialize(triples, cast(IO[bytes], sink), format=form, prefixes=used)
