"""Everything that must hold before a release is published: syntax, structural rules, anchors, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import link_rules, links, rules, shapes, sources
from kb.documents import find_texts
from kb.rules import Context
from kb.sources import Project, Sources
from ontology import checks, consistency, reasoning, terms
from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.consistency import Clash
from ontology.terms import Triple


@dataclass(frozen=True)
class Validation:
    """What a validation found.

    ``related``: where some files only were asked about, what shapes say about things that these files speak
    of but other files introduce; it does not count against the files.
    """

    context: Context
    complaints: list[Complaint]
    related: list[Complaint]


def validate(
    project: Project, documents: Path | None = None, only: Sequence[Path] = (), with_shapes: bool = True
) -> Validation:
    """Check all sources of a project, or report on some files only, seen together with all others.

    Raises `SourceError` only where the ontology or the folder of documents cannot be read.
    """
    ontology = terms.load(project.ontology_files())
    found, complaints = sources.read(_merge(project.source_files(), only))
    context = Context(found, ontology)
    if documents is not None:
        context.texts = find_texts(documents, context.documents.values())
    linksets, unread = links.read(project.link_files())
    complaints += [*unread, *link_rules.check(context, linksets)]
    complaints += [*rules.check(context), *follow(context)[1], *checks.check(ontology)]
    wanted = {sources.display(path) for path in only}
    shaped = (
        shapes.violations(ontology, found, _focus(found, wanted) if only else None) if with_shapes else []
    )
    if not only:
        return Validation(context, sorted({*complaints, *shaped}), [])
    own = {complaint for complaint in (*complaints, *shaped) if complaint.file in wanted}
    return Validation(context, sorted(own), sorted({*shaped} - own))


def follow(context: Context) -> tuple[list[Triple], list[Complaint]]:
    """What follows from the statements, and where they cannot all be true."""
    stated = [s.quad.triple for s in context.sources.statements]
    inferred = reasoning.infer(context.ontology, stated)
    found = consistency.clashes(context.ontology, [*context.ontology.triples, *stated], inferred)
    return inferred, [_locate(context, clash) for clash in found]


def ask_reasoner(context: Context) -> list[Complaint]:
    """HermiT's verdict as complaints; raises `ReasonerError` where it cannot be asked."""
    stated = [s.quad.triple for s in context.sources.statements]
    verdict = consistency.ask_hermit([*context.ontology.triples, *stated])
    if not verdict.is_consistent:
        message = "ontology and data contradict each other (HermiT)"
        advice = "take out the latest additions until it is consistent; the last one taken out is part of it"
        return [context.ontology.complaint(ns.ONTOLOGY, "inconsistent", message, advice)]
    advice = "correct its superclasses, restrictions or disjointness"
    return [
        context.ontology.complaint(
            iri, "unsatisfiable", f"{ns.shorten(iri)} can have no members (HermiT)", advice
        )
        for iri in verdict.unsatisfiable
    ]


def _locate(context: Context, clash: Clash) -> Complaint:
    statement = context.sources.find(clash.subject, clash.predicate)
    if statement is None:
        return context.ontology.complaint(clash.subject, "clash", clash.message, clash.advice)
    return statement.complaint("clash", clash.message, clash.advice)


def _merge(files: Iterable[Path], more: Iterable[Path]) -> list[Path]:
    known = {path.resolve(): path for path in files}
    for path in more:
        known.setdefault(path.resolve(), path)
    return list(known.values())


def _focus(found: Sources, files: set[str]) -> list[str]:
    return sorted({s.subject.value for s in found.statements if s.file in files})
