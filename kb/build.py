"""The pipeline from sources to a published release: read, check, reason, describe, write."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph as ox

from kb import examples, link_rules, links, queries, report, rules, shapes, sources
from kb import release as releases
from kb.describe import About, describe
from kb.documents import find_texts
from kb.linking import quarantine
from kb.queries import QueryError, QueryFile
from kb.report import Report, Steps
from kb.rules import Context
from kb.sources import Project
from kb.validation import ask_reasoner, follow
from ontology import namespaces as ns
from ontology import terms, themes
from ontology.complaints import Complaint, SourceError
from ontology.serialise import write_turtle


def build(
    project: Project,
    out: Path,
    documents: Path | None = None,
    hermit: bool = False,
    steps: Steps | None = None,
) -> Report:
    """Build and publish a release from a project's ontology and sources.

    ``hermit`` asks a DL reasoner too. Raises `SourceError` with all faults found, and `ReasonerError` where
    HermiT cannot be asked; then nothing is published.
    """
    step = steps or Steps()
    with step("read"):
        ontology = terms.load(project.ontology_files())
        found = sources.load(project.source_files())
        linksets, unread = links.read(project.link_files())
        foreign = quarantine.accepted(project.foreign_files())
        questions = _questions(project)
        _refuse(unread)
        context = Context(found, ontology)
        if documents is not None:
            context.texts = find_texts(documents, context.documents.values())
    with step("check rules and anchors"):
        complaints = [*rules.check(context), *link_rules.check(context, linksets)]
    with step("check shapes"):
        complaints += shapes.violations(ontology, found)
    with step("reason"):
        inferred, clashes = follow(context)
        _refuse([*complaints, *clashes])
    if hermit:
        with step("ask HermiT"):
            _refuse(ask_reasoner(context))
    with step("describe"):
        stated = [s.quad for s in found.statements]
        about_terms = [*ontology.triples, *themes.themes(ontology)]
        quads = [*stated, *_in_graph(ns.ONTOLOGY, about_terms), *_in_graph(ns.GRAPH_INFERRED, inferred)]
        quads += [quad for linkset in linksets for quad in links.quads(linkset)]
        quads += foreign
        ontology_text = write_turtle([*about_terms, *ontology.shapes])
        about = About(
            version=ontology.version,
            date=" ".join(ontology.values(ns.ONTOLOGY, ns.DCT + "modified")),
            documents=[ns.DOCUMENT + slug for slug in context.documents],
            checksums={"ontology.ttl": hashlib.sha256(ontology_text.encode()).hexdigest()},
            linksets=linksets,
            queries=questions,
        )
        try:
            described = describe((quad.triple for quad in quads), about)
        except QueryError as error:
            raise SourceError([_bad_query(project.kb / "queries", error)]) from error
        quads += described
    with step("write"):
        texts = {"ontology.ttl": ontology_text, "void.ttl": write_turtle([q.triple for q in described])}
        lines = [*releases.named_graphs(quads), *releases.default_graph(quads)]
        counts = _counts(lines, context, len(inferred))
        read = [*project.ontology_files(), *found.files, *(linkset.path for linkset in linksets)]
        read += [*project.question_files(), *project.foreign_files()]
        digests = {project.name(path): _sha256(path) for path in read}
        made, is_new = releases.write(out, ontology.version, lines, texts, counts, digests)
    return Report(
        made,
        is_new,
        classes=report.classes([quad.triple for quad in stated]),
        coverage=report.coverage(context),
        timings=step.timings,
    )


def _questions(project: Project) -> list[QueryFile]:
    """The queries that become examples. Raises `SourceError` for a file that is no query."""
    found, complaints = [], []
    for path in project.question_files():
        try:
            found.append(queries.load(f"{examples.FOLDER}{path.stem}", path.parent.parent))
        except QueryError as error:
            complaints.append(_bad_query(path, error))
    if complaints:
        raise SourceError(complaints)
    return found


def _bad_query(path: Path, error: QueryError) -> Complaint:
    return Complaint(str(path), 0, 0, "query", str(error), "correct the query file (docs/sparql.md says how)")


def _refuse(complaints: list[Complaint]) -> None:
    if complaints:
        raise SourceError(complaints)


def _in_graph(graph: str, triples: list[ox.Triple]) -> list[ox.Quad]:
    name = ox.NamedNode(graph)
    return [ox.Quad(t.subject, t.predicate, t.object, name) for t in triples]


def _counts(lines: list[str], context: Context, inferred: int) -> dict[str, int]:
    counted = releases.count(ox.parse(input="".join(lines).encode(), format=ox.RdfFormat.N_QUADS))
    subjects = {s for s in context.sources.by_subject if s.startswith(ns.ID)}
    return {
        **counted,
        "stated": len(context.sources.statements),
        "inferred": inferred,
        "entities": len(subjects - set(context.passages)),
        "passages": len(context.passages),
        "documents": len(context.documents),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
