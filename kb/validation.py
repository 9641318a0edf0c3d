"""Everything that must hold before a release is published: syntax, structural rules, anchors, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import rules, shapes, sources
from kb.documents import find_texts
from kb.rules import Context
from kb.sources import Project, Sources
from ontology import terms
from ontology.complaints import Complaint


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
    complaints += rules.check(context)
    wanted = {sources.display(path) for path in only}
    shaped = (
        shapes.violations(ontology, found, _focus(found, wanted) if only else None) if with_shapes else []
    )
    if not only:
        return Validation(context, sorted({*complaints, *shaped}), [])
    own = {complaint for complaint in (*complaints, *shaped) if complaint.file in wanted}
    return Validation(context, sorted(own), sorted({*shaped} - own))


def _merge(files: Iterable[Path], more: Iterable[Path]) -> list[Path]:
    known = {path.resolve(): path for path in files}
    for path in more:
        known.setdefault(path.resolve(), path)
    return list(known.values())


def _focus(found: Sources, files: set[str]) -> list[str]:
    return sorted({s.subject.value for s in found.statements if s.file in files})
