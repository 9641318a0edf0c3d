"""Other people's terms, uploaded or pasted: lines, tables, SKOS; bounded, or refused in plain words.

RDF/XML is not taken: its entities can grow without end. Nothing is stored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import PurePath

import pyoxigraph as ox

from kb.linking.loading import from_table, from_triples
from kb.linking.records import Kind, Name, Record
from ontology.complaints import SourceError
from service.errors import Limit, Problem

MAX_BYTES = 512 * 1024
MAX_TERMS = 500
MAX_STATEMENTS = 50_000
MAX_CHARACTERS = 20_000_000  # of all statements, written out: a long prefix can be used often
_NESTED = "<<"  # statements about statements, which may nest without end and which no list of terms needs
_TABLES = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_RDF = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES}
_TEXTS = ("", ".txt", ".text")
_IDENTIFIERS = {"iri", "id", "uri", "concepturi", "concept"}


def read(data: bytes, name: str) -> list[Record]:
    """The terms in a file, by the ending of its name; no ending means a term in each line. Raises Problem."""
    if len(data) > MAX_BYTES:
        raise _too_much(f"The file has {len(data):,} bytes.", Limit("bytes", MAX_BYTES, "bytes"))
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if suffix not in (*_TABLES, *_RDF, *_TEXTS):
        known = ", ".join(sorted([*_TABLES, *_RDF, ".txt"]))
        raise _refused(f"The ending {suffix[:20]} is not known.", f"Use one of {known}; RDF as Turtle.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"It is not text in UTF-8 (byte {error.start + 1:,})."
        raise _refused(detail, "Save it as UTF-8; spreadsheets offer “CSV UTF-8”.") from error
    try:
        found = list(_records(text, suffix))
    except SourceError as error:
        raise _refused(f"{error.complaints[0].message} (line {error.complaints[0].line}).") from error
    except csv.Error as error:
        raise _refused(f"It is not a table: {error}.") from error
    if not found:
        advice = "Give one term in each line, a table with a column of names, or SKOS as Turtle."
        raise _refused("There are no terms in it.", advice)
    if len(found) > MAX_TERMS:
        raise _too_much(f"There are {len(found):,} terms.", Limit("terms", MAX_TERMS, "terms"))
    return found


def _records(text: str, suffix: str) -> Iterator[Record]:
    if suffix in _RDF:
        yield from _rdf(text, _RDF[suffix])
    elif suffix in _TABLES:
        yield from _table(text, _TABLES[suffix])
    else:
        for line in dict.fromkeys(" ".join(line.split()) for line in text.splitlines()):
            if line:
                yield Record("", (Name(line),))


def _table(text: str, delimiter: str) -> Iterator[Record]:
    """With a column of identifiers, by its headings; else the first column holds the names."""
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    head = [cell.strip().lower() for cell in next(rows, [])]
    if _IDENTIFIERS & {*head} and len(head) > 1:
        yield from from_table(text, delimiter, "the table")
        return
    cells = (row[0].strip() for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)
    for cell in dict.fromkeys(cells):
        if cell and cell.lower() not in ("name", "label", "term", "preflabel"):
            yield Record("", (Name(cell),))


def _rdf(text: str, form: ox.RdfFormat) -> Iterator[Record]:
    if text.count(_NESTED) > 0:
        raise _refused("It has statements about statements (<<).", "Leave them out: names are enough.")
    try:
        quads = list(_bounded(ox.parse(input=text, format=form)))
    except SyntaxError as error:
        raise _refused(f"It is not {form.name}: {str(error)[:300]}.") from error
    seen: set[str] = set()
    for kind in (Kind.CONCEPTS, Kind.ORGANISATIONS, Kind.PROJECTS, Kind.CLASSES):
        for record in from_triples(quads, kind):
            if record.iri not in seen:
                seen.add(record.iri)
                yield record


def _bounded(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Statements one by one, until there are too many or they take too much room."""
    characters = 0
    for number, quad in enumerate(quads, start=1):
        characters += sum(len(str(term)) for term in (quad.subject, quad.predicate, quad.object))
        if number > MAX_STATEMENTS:
            limit = Limit("statements", MAX_STATEMENTS, "statements")
            raise _too_much("There are too many statements.", limit)
        if characters > MAX_CHARACTERS:
            limit = Limit("characters", MAX_CHARACTERS, "characters")
            raise _too_much("Written out, the statements are too long.", limit)
        yield quad


def _refused(detail: str, advice: str = "") -> Problem:
    title = "The terms can't be read"
    return Problem(422, "terms-unreadable", title, detail, advice or "Correct the file and send it again.")


def _too_much(detail: str, limit: Limit) -> Problem:
    advice = "Send it in parts, or ask /reconcile, which takes as many requests as you like."
    return Problem(413, "terms-too-many", "Too much at once", detail, advice, limit=limit)
