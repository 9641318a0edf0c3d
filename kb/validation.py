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
    """What a validation found; ``broken`` names files that could not be read and were left out."""

    context: Context
    complaints: list[Complaint]


def validate(
    project: Project, documents: Path | None = None, only: Sequence[Path] = (), with_shapes: bool = True
) -> Validation:
    """Check all sources of a project, or report on some files only, seen together with all others.

    Raises `SourceError` only where the ontology or the folder of documents cannot be read.
    """
    ontology = terms.load(project.ontology_files())
    files = _merge(project.source_files(), only)
    found, complaints = sources.read(files)
    context = Context(found, ontology)
    if documents is not None:
        context.texts = find_texts(documents, context.documents.values())
    complaints += rules.check(context)
    wanted = {sources.display(path) for path in only}
    if with_shapes:
        complaints += shapes.violations(ontology, found, _focus(found, wanted) if only else None)
    if only:
        complaints = [c for c in complaints if c.file in wanted]
    return Validation(context, sorted(set(complaints)))


def _merge(files: Iterable[Path], more: Iterable[Path]) -> list[Path]:
    known = {path.resolve(): path for path in files}
    for path in more:
        known.setdefault(path.resolve(), path)
    return list(known.values())


def _focus(found: Sources, files: set[str]) -> list[str]:
    return sorted({s.subject.value for s in found.statements if s.file in files})
