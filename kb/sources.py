"""Read the knowledge sources: find the files, parse them strictly, remember where every statement stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

import ontology
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError
from ontology.turtle import Layout, layout

# Graphs that several files fill together. Every other graph belongs to exactly one file, so that all that a
# passage states can be read in one place.
_SHARED = re.compile(rf"{re.escape(ns.ID)}(?:documents|editorial|conclusions|passages/[^/]+)", re.ASCII)
_OWN = re.compile(
    rf"{re.escape(ns.ID)}(?:passage/[a-z0-9][a-z0-9.-]*/[A-Za-z0-9][A-Za-z0-9.-]*|conclusion/[a-z0-9][a-z0-9.-]*)",
    re.ASCII,
)
_FILE_EXTENSION = re.compile(r"\.(?:ttl|trig|owl|rdf|n3|nt|nq|jsonld|json|xml|html?)$", re.IGNORECASE)
_GRAPH_ADVICE = (
    "use …/id/passage/<document>/<lines>, …/id/passages/<document>, …/id/conclusion/<slug>, "
    "…/id/conclusions, …/id/editorial or …/id/documents"
)


@dataclass(frozen=True)
class Project:
    """The two folders that a build reads."""

    kb: Path
    ontology: Path

    @classmethod
    def default(cls) -> Project:
        return cls(Path(__file__).parent, Path(ontology.__file__).parent)

    def ontology_files(self) -> list[Path]:
        return sorted([*self.ontology.glob("*.ttl"), *self.ontology.glob("shapes/*.ttl")])

    def source_files(self) -> list[Path]:
        documents = self.kb / "documents.ttl"
        return [*([documents] if documents.is_file() else []), *sorted(self.kb.glob("sources/**/*.trig"))]

    @property
    def foreign(self) -> Path:
        """Where accepted statements of other knowledge bases stand."""
        return self.kb / "foreign"

    def foreign_files(self) -> list[Path]:
        return sorted(self.foreign.glob("*.nq"))

    def link_files(self) -> list[Path]:
        return sorted(self.kb.glob("links/*.sssom.tsv"))

    def question_files(self) -> list[Path]:
        return sorted(self.kb.glob("queries/questions/*.rq"))

    def name(self, path: Path) -> str:
        """A file's name in manifests: the same wherever the project's folders stand."""
        for room, folder in (("kb", self.kb), ("ontology", self.ontology)):
            if path.resolve().is_relative_to(folder.resolve()):
                return f"{room}/{path.resolve().relative_to(folder.resolve()).as_posix()}"
        return path.name


class Statement(NamedTuple):
    """A quad and where it was written. ``line`` counts from 1."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    object: ox.NamedNode | ox.Literal
    graph: str
    file: str
    line: int

    @property
    def quad(self) -> ox.Quad:
        return ox.Quad(self.subject, self.predicate, self.object, ox.NamedNode(self.graph))

    def complaint(self, rule: str, message: str, advice: str) -> Complaint:
        return Complaint(self.file, self.line, 0, rule, message, advice)


@dataclass
class Sources:
    """All statements of a set of files, with indexes by subject and graph."""

    statements: list[Statement] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @cached_property
    def by_subject(self) -> dict[str, list[Statement]]:
        index: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in self.statements:
            index[statement.subject.value].append(statement)
        return dict(index)

    @cached_property
    def by_graph(self) -> dict[str, list[Statement]]:
        index: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in self.statements:
            index[statement.graph].append(statement)
        return dict(index)

    def find(self, subject: str, predicate: str | None = None, value: str | None = None) -> Statement | None:
        """The statement that a complaint about these terms should point at: as exact as the sources allow."""
        candidates = self.by_subject.get(subject, [])
        for narrow in (
            [s for s in candidates if s.predicate.value == predicate and str(s.object) == value],
            [s for s in candidates if s.predicate.value == predicate],
            [s for s in candidates if s.predicate.value == ns.RDF + "type"],
            candidates,
        ):
            if narrow:
                return narrow[0]
        return None


def load(files: Iterable[Path]) -> Sources:
    """Parse every file; raises one `SourceError` that holds the faults of all of them."""
    sources, complaints = read(files)
    if complaints:
        raise SourceError(complaints)
    return sources


def read(files: Iterable[Path]) -> tuple[Sources, list[Complaint]]:
    """Parse every file and go on after a fault: what could be read, and all complaints."""
    sources = Sources(files=list(files))
    complaints: list[Complaint] = []
    for path in sources.files:
        try:
            statements = parse_file(path)
        except SourceError as error:
            complaints += error.complaints
            continue
        sources.statements += statements
        complaints += _check_statements(statements)
    complaints += _graphs_in_two_files(sources)
    return sources, complaints


def parse_file(path: Path) -> list[Statement]:
    """The statements of one ``.trig`` file, or of ``documents.ttl`` (which fills the graph of documents)."""
    shown = display(path)
    data = read_bytes(path)
    kind = ox.RdfFormat.TURTLE if path.suffix == ".ttl" else ox.RdfFormat.TRIG
    quads = parse_bytes(data, kind, shown)
    found = layout(data.decode("utf-8"))
    _refuse_blank_nodes(found, shown)
    if len(quads) != len(found.objects):
        raise AssertionError(f"{shown}: {len(quads)} statements but {len(found.objects)} objects scanned")
    home = ns.GRAPH_DOCUMENTS if kind == ox.RdfFormat.TURTLE else ""
    return [_statement(quad, home, shown, line) for quad, line in zip(quads, found.objects, strict=True)]


def _statement(quad: ox.Quad, home: str, shown: str, line: int) -> Statement:
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else home
    if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, (ox.NamedNode, ox.Literal)):
        raise AssertionError(f"{shown}:{line}: the scan let a blank node through")
    return Statement(quad.subject, quad.predicate, quad.object, graph, shown, line)


def parse_bytes(data: bytes, kind: ox.RdfFormat, shown: str) -> list[ox.Quad]:
    """Parse a whole document strictly; a syntax error becomes a `SourceError` that names the place."""
    try:
        data.decode("utf-8")
        return list(ox.parse(input=data, format=kind))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(
            [Complaint(shown, line, 0, "syntax", f"not UTF-8: {error.reason}", "save the file as UTF-8")]
        ) from None
    except SyntaxError as error:
        message = re.sub(r"^Parser error at .*?: ", "", error.msg)
        advice = "correct the syntax here, or just before this place"
        if "No scheme found" in message:
            message, advice = f"relative IRI ({message})", "write the full IRI, or use a prefix"
        raise SourceError(
            [Complaint(shown, error.lineno or 1, error.offset or 0, "syntax", message, advice)]
        ) from None


def display(path: Path) -> str:
    """A path as a person at this terminal would type it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Complaint(
            display(path), 0, 0, "file", error.strerror or str(error), "check the name and the access"
        )
        raise SourceError([fault]) from None


def _refuse_blank_nodes(found: Layout, shown: str) -> None:
    if found.forbidden:
        raise SourceError(
            Complaint(
                shown, line, 0, "blank-node", f"{what} in a source file",
                "give the thing an IRI under …/id/<kind>/<slug>, so that it can be cited and linked to",
            )
            for what, line in found.forbidden
        )  # fmt: skip


def _check_statements(statements: list[Statement]) -> Iterator[Complaint]:
    graphs: set[str] = set()
    iris: set[str] = set()
    for statement in statements:
        subject = statement.subject.value
        if not subject.startswith(ns.ID) and subject not in iris:
            yield statement.complaint(
                "foreign-subject",
                f"a statement about <{subject}>, which is not under {ns.ID}",
                "say it about a thing of ours that links to that one",
            )
        if statement.graph not in graphs:
            graphs.add(statement.graph)
            yield from _check_graph_name(statement)
        for term in (statement.subject, statement.predicate, statement.object):
            if isinstance(term, ox.NamedNode) and term.value not in iris:
                iris.add(term.value)
                yield from _check_iri(statement, term.value)


def _check_graph_name(statement: Statement) -> Iterator[Complaint]:
    graph = statement.graph
    if not graph:
        yield statement.complaint(
            "outside-graph",
            "statement outside a named graph",
            "put it into the graph of the passage that says so",
        )
    elif not graph.startswith(ns.BASE):
        yield statement.complaint("graph-name", f"graph <{graph}> is not under <{ns.BASE}>", _GRAPH_ADVICE)
    elif not (_SHARED.fullmatch(graph) or _OWN.fullmatch(graph)):
        yield statement.complaint(
            "graph-name", f"<{graph}> is no name for a graph of a source", _GRAPH_ADVICE
        )


def _check_iri(statement: Statement, iri: str) -> Iterator[Complaint]:
    if not iri.startswith(ns.BASE):
        return
    if _FILE_EXTENSION.search(iri):
        yield statement.complaint(
            "file-extension", f"<{iri}> ends in a file extension", "name the thing, not a file about it"
        )
    if not iri.startswith(ns.SMM) and not re.fullmatch(r"[A-Za-z0-9._~/-]+", iri.removeprefix(ns.BASE)):
        yield statement.complaint(
            "iri-characters", f"<{iri}> has characters that need escaping somewhere",
            "use lower-case ASCII letters, digits, hyphens and full stops in slugs",
        )  # fmt: skip


def _graphs_in_two_files(sources: Sources) -> Iterator[Complaint]:
    first: dict[str, Statement] = {}
    told: set[tuple[str, str]] = set()
    for statement in sources.statements:
        home = first.setdefault(statement.graph, statement)
        key = (statement.graph, statement.file)
        if home.file == statement.file or key in told or _SHARED.fullmatch(statement.graph):
            continue
        told.add(key)
        yield statement.complaint(
            "graph-in-two-files",
            f"graph {ns.shorten(statement.graph)} is also in {home.file}:{home.line}",
            "keep all that one passage states in one file",
        )
