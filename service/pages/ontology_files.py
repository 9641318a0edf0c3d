"""What pages read from the release's files about the ontology: messages of its shapes, and what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kb import changes
from kb.changes import Changes
from kb.release import CURRENT, ReleaseError, open_release, pair
from ontology import namespaces as ns
from ontology.terms import Ontology

_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "path")


@dataclass(frozen=True)
class Files:
    """`messages`: class or property → what its shapes say to whoever breaks them. `since`: changes of the
    ontology since the release before this one, None where there is none.
    """

    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: Changes | None = None


def folder_of(setting: Path, release_id: str) -> Path:
    """The folder of the release that is served: `setting` names it, a link to it, or the folder around it."""
    named = (setting if (setting / "manifest.json").is_file() else setting / CURRENT).resolve()
    # The link may have moved on already, to a release that is not served yet.
    served = named.parent / release_id
    return served if served.is_dir() else named


def read(folder: Path) -> Files:
    """From the folder of a release; one without an ontology has nothing to say."""
    try:
        current = open_release(folder)
        ontology = changes.read_ontology(current)
    except ReleaseError:
        return Files()
    return Files(_messages(ontology), _since(current.path, ontology))


def _since(folder: Path, ontology: Ontology) -> Changes | None:
    try:
        before, after = pair(folder.parent, new=folder.name)
        old = changes.of_ontology(changes.read_ontology(before), before.id)
    except ReleaseError:
        return None
    return changes.compare(old, changes.of_ontology(ontology, after.id))


def _messages(ontology: Ontology) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for target in _TARGETS:
        for quad in ontology.store.quads_for_pattern(None, ox.NamedNode(ns.SH + target), None):
            if isinstance(quad.object, ox.NamedNode):
                found[quad.object.value] |= _said(ontology, quad.subject)
    return {iri: tuple(sorted(texts)) for iri, texts in found.items() if texts}


def _said(ontology: Ontology, shape: object) -> set[str]:
    """The messages of a shape and of the shapes that it consists of."""
    texts: set[str] = set()
    queue, seen = [shape], {shape}
    while queue:
        node = queue.pop()
        if not isinstance(node, ox.NamedNode | ox.BlankNode):
            continue
        for quad in ontology.store.quads_for_pattern(node, None, None):
            value = quad.object
            if quad.predicate.value == ns.SH + "message" and isinstance(value, ox.Literal):
                texts.add(value.value)
            elif quad.predicate.value in _PARTS and value not in seen:
                seen.add(value)
                queue.append(value)
    return texts


_PARTS = {ns.SH + name for name in ("property", "node", "sparql", "or", "and", "xone", "not")} | {
    ns.RDF + "first",
    ns.RDF + "rest",
}
