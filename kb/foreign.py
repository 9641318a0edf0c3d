"""Make a release of any RDF data: no rules, no reasoning; the default graph is the files' unnamed graph.

Nothing is fetched: JSON-LD contexts must stand in the document, and RDF/XML may not declare entities.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kb import release as releases
from kb.report import Report, Steps
from kb.sources import display, read_bytes
from ontology.complaints import Complaint, SourceError

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
VERSION = "data"


def build_data(files: Sequence[Path], out: Path, steps: Steps) -> Report:
    """Build and publish a release of other people's data; raises `SourceError` where a file is broken."""
    with steps("read"):
        quads: list[ox.Quad] = []
        complaints: list[Complaint] = []
        for number, path in enumerate(files):
            try:
                quads += _rename_blank_nodes(_parse(path), number)
            except SourceError as error:
                complaints += error.complaints
        if complaints:
            raise SourceError(complaints)
    with steps("write"):
        lines = list({f"{quad} .\n" for quad in quads})
        counts = releases.count(set(quads))
        digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        made, is_new = releases.write(out, VERSION, lines, {}, counts, digests)
    return Report(made, is_new, timings=steps.timings)


def _parse(path: Path) -> list[ox.Quad]:
    shown = display(path)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(sorted(FORMATS))
        raise SourceError(
            [Complaint(shown, 0, 0, "format", f"unknown ending {path.suffix!r}", f"use {known}")]
        )
    data = read_bytes(path)
    if kind == ox.RdfFormat.RDF_XML:
        _refuse_entities(data, shown)
    try:
        return list(ox.parse(input=data, format=kind, base_iri=path.resolve().as_uri()))
    except SyntaxError as error:
        place = (error.lineno or 0, error.offset or 0)
        raise SourceError(
            [Complaint(shown, *place, "syntax", error.msg, "correct the syntax here")]
        ) from None


def _refuse_entities(data: bytes, shown: str) -> None:
    """Entity declarations can make a small file expand without end; other encodings can hide them."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message, advice = f"not UTF-8: {error.reason}", "save the file as UTF-8"
        raise SourceError([Complaint(shown, 0, 0, "syntax", message, advice)]) from None
    found = re.search(r"<!DOCTYPE|\0", text, re.IGNORECASE)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        message, advice = "RDF/XML with a DOCTYPE or null characters", "remove them"
        raise SourceError([Complaint(shown, line, 0, "doctype", message, advice)])


def _rename_blank_nodes(quads: list[ox.Quad], number: int) -> Iterator[ox.Quad]:
    """The same quads with blank nodes named by file and order: the same in each build, one file's alone."""
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def name(node: ox.BlankNode) -> ox.BlankNode:
        return names.setdefault(node, ox.BlankNode(f"f{number}n{len(names)}"))

    def renamed(triple: ox.Triple) -> ox.Triple:
        subject, value = triple.subject, triple.object
        if isinstance(subject, ox.BlankNode):
            subject = name(subject)
        elif isinstance(subject, ox.Triple):
            subject = renamed(subject)
        if isinstance(value, ox.BlankNode):
            value = name(value)
        elif isinstance(value, ox.Triple):
            value = renamed(value)
        return ox.Triple(subject, triple.predicate, value)

    for quad in quads:
        graph = quad.graph_name
        triple = renamed(quad.triple)
        graph = name(graph) if isinstance(graph, ox.BlankNode) else graph
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)
