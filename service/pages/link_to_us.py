"""“Link to us”: how others find our IRIs, and which of their terms we have. Nothing sent is kept."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from kb.linking import table
from kb.linking.records import Candidate as Proposed
from kb.linking.records import Kind, Record
from ontology import namespaces as ns
from service.errors import Problem
from service.pages import iris
from service.pages.knowledge import Knowledge, value
from service.pages.responses import Manners, open_to_all
from service.reconcile import matching, uploads
from service.reconcile.asking import type_iri
from service.reconcile.library import Library
from service.reconcile.matching import Candidate
from service.reconcile.routes import Charge, address
from service.settings import Settings
from service.sparql.engine import Engine
from service.sparql.spreadsheet import safe

SHOWN = 3  # candidates of a term
AT_ONCE = 2  # look-ups
SUFFIXES = {"csv": "text/csv", "tsv": "text/tab-separated-values", "json": "application/json"}
KINDS = (
    ("", "anything"),
    ("Organisation", "organisations"),
    ("Project", "projects"),
    ("Theme", "themes"),
    ("Method", "methods"),
    ("Class", "classes of an ontology"),
    ("Property", "properties of an ontology"),
)


@dataclass(frozen=True)
class Found:
    """A term of theirs with what it may be of ours."""

    term: Record
    candidates: list[Candidate]

    @property
    def verdict(self) -> str:
        if not self.candidates:
            return "none"
        if self.candidates[0].match:
            return "sure"
        return "likely" if self.candidates[0].score >= matching.LIKELY else "unlikely"


def blueprint(engine: Engine, knowledge: Knowledge, manners: Manners, settings: Settings) -> Blueprint:
    bp = Blueprint("link_to_us", __name__)
    library = Library(knowledge)
    places = threading.BoundedSemaphore(AT_ONCE)

    @bp.get("/link-to-us")
    def link_to_us() -> Response:
        """How to find our IRIs and link to them, and the form for many terms."""
        return manners.page(lambda: _page(knowledge, settings, None))

    @bp.post("/link-to-us")
    def look_up() -> Response:
        """The terms of the form with their matches."""
        with _place(places), Charge(engine):
            found = _found(library)
        return _private(Response(_page(knowledge, settings, found), mimetype="text/html"))

    @bp.post("/link-to-us/matches.<suffix>")
    def matches(suffix: str) -> Response:
        """The same to take along or for programs: a table, a table of mappings (SSSOM), or JSON."""
        if suffix not in SUFFIXES:
            offers = ", ".join(SUFFIXES)
            raise Problem(404, "not-found", "No such form", f"There is no .{suffix[:20]}.", f"Take {offers}.")
        with _place(places), Charge(engine):
            found = _found(library)
            text = {"csv": _csv, "tsv": _sssom, "json": _json}[suffix](library, found)
        response = Response(text, mimetype=SUFFIXES[suffix])
        name = {"csv": "matches.csv", "tsv": "matches.sssom.tsv", "json": "matches.json"}[suffix]
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return open_to_all(_private(response))

    return bp


@contextlib.contextmanager
def _place(places: threading.BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise Problem(
            503, "look-up-busy", "Others look up terms just now", f"{AT_ONCE} lists are being looked up.",
            "Send the same again in a moment.", headers={"Retry-After": "2"},
        )  # fmt: skip
    try:
        yield
    finally:
        places.release()


def _found(library: Library) -> list[Found]:
    """What was sent, looked up. Raises Problem."""
    wanted = request.form.get("kind", "")
    types = (type_iri(wanted),) if wanted else ()
    if types and types[0] not in library.types:
        raise Problem(422, "unknown-kind", "No such kind", f"Nothing here is of the kind {wanted[:60]}.")
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        with contextlib.closing(upload):
            data = upload.stream.read(uploads.MAX_BYTES + 1)
        records = uploads.read(data, upload.filename)
    else:
        records = uploads.read(*_pasted())
    rated = matching.bulk(library, records, types, SHOWN)
    return [Found(*pair) for pair in zip(records, rated, strict=True)]


def _pasted() -> tuple[bytes, str]:
    """The text of the form and a name for it; the result page sends terms on as a table with their IRIs."""
    text = request.form.get("terms", "")
    return text.encode("utf-8", "replace"), "terms.tsv" if text.startswith("iri\tname") else "terms.txt"


def _page(knowledge: Knowledge, settings: Settings, found: list[Found] | None) -> str:
    rows = knowledge.rows("linksets")
    library = Library(knowledge)
    return render_template(
        "link_to_us.html",
        found=found,
        counts=_counts(found or []),
        sent=_sent(found or []),
        has_iris=bool(found) and all(one.term.iri for one in found or []),
        kinds=KINDS,
        chosen=request.form.get("kind", "") if found is not None else "",
        label=library.label,
        page_of=iris.page_of,
        base=address(settings),
        identifier_space=ns.BASE,
        max_terms=uploads.MAX_TERMS,
        max_kilobytes=uploads.MAX_BYTES // 1024,
        linksets=[
            (
                value(row, "title"),
                iris.page_of(value(row, "set")),
                value(row, "target"),
                int(value(row, "count")),
            )
            for row in rows
        ],
    )


def _counts(found: list[Found]) -> dict[str, int]:
    verdicts = [one.verdict for one in found]
    return {verdict: verdicts.count(verdict) for verdict in ("sure", "likely", "unlikely", "none")}


def _sent(found: list[Found]) -> str:
    """The terms as a text that the form takes again."""
    if found and all(one.term.iri for one in found):
        lines = (f"{one.term.iri}\t" + " | ".join(_flat(n.text) for n in one.term.names) for one in found)
        return "iri\tname\n" + "\n".join(lines)
    return "\n".join(one.term.label for one in found)


def _flat(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _csv(library: Library, found: list[Found]) -> str:
    """A row per candidate; a term without one has a row too. No cell is a formula to a spreadsheet."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("term", "your_iri", "verdict", "our_iri", "our_label", "kind", "score", "reasons"))
    for one in found:
        candidates: list[Candidate | None] = [*one.candidates] or [None]
        for c in candidates:
            ours = (
                (c.known.iri, c.known.record.label, _kind(library, c), f"{c.score:.3f}", _why(c)) if c else ()
            )
            cells = (
                one.term.label,
                one.term.iri,
                one.verdict if c in one.candidates[:1] or not c else "",
                *ours,
            )
            rows.writerow([safe(cell) for cell in cells])
    return text.getvalue()


def _kind(library: Library, candidate: Candidate) -> str:
    return ", ".join(library.label(iri) for iri in candidate.known.types)


def _why(candidate: Candidate) -> str:
    return "; ".join(f"{e.feature} {e.weight:+.2f}" for e in candidate.evidence)


def _sssom(library: Library, found: list[Found]) -> str:
    """The likely ones as mappings, for which their terms need IRIs."""
    if not all(one.term.iri for one in found):
        raise Problem(
            422, "terms-without-iris", "A mapping needs two IRIs", "Your terms came without IRIs.",
            "Send a table with the columns iri and name, or SKOS; or take the matches as CSV.",
        )  # fmt: skip
    likely = [
        Proposed(
            one.term, best.known.record, round(best.score, 3),
            ns.SKOS + ("exactMatch" if best.match else "closeMatch"), best.evidence,
        )
        for one in found
        if one.verdict in ("sure", "likely")
        for best in one.candidates[:1]
    ]  # fmt: skip
    return table.to_table(likely, Kind.CONCEPTS, "your terms", f"release {library.knowledge.release_id}")


def _json(library: Library, found: list[Found]) -> str:
    return json.dumps(
        {
            "release": library.knowledge.release_id,
            "terms": [
                {
                    "term": one.term.label,
                    "iri": one.term.iri,
                    "verdict": one.verdict,
                    "candidates": [
                        {
                            "iri": c.known.iri,
                            "label": c.known.record.label,
                            "kind": _kind(library, c),
                            "score": round(c.score, 3),
                            "match": c.match,
                            "reasons": [e._asdict() for e in c.evidence],
                        }
                        for c in one.candidates
                    ],
                }
                for one in found
            ],
        }
    )


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
