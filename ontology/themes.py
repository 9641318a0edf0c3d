"""The themes of the ontology: each of its files is one, named by the comment in its first line."""

from __future__ import annotations

from pathlib import PurePosixPath

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.terms import TYPE, Ontology, Triple

_LABEL = ox.NamedNode(ns.SKOS + "prefLabel")
_MEMBER = ox.NamedNode(ns.SKOS + "member")
_COLLECTION = ox.NamedNode(ns.SKOS + "Collection")
_DEFINED_BY = ox.NamedNode(ns.RDFS + "isDefinedBy")


def themes(ontology: Ontology) -> list[Triple]:
    """A skos:Collection for every file that declares terms of ours, with those terms; sorted.

    ``…/ontology#theme-method`` stands for ``method.ttl``. Empty for an ontology whose files are not known.
    """
    found: set[Triple] = set()
    for term in ontology.terms.values():
        file = ontology.lines.get(term.iri, ("", 0))[0]
        if not term.is_ours or file not in ontology.titles:
            continue
        theme = ox.NamedNode(f"{ns.SMM}theme-{PurePosixPath(file).stem}")
        found |= {
            ox.Triple(theme, TYPE, _COLLECTION),
            ox.Triple(theme, _LABEL, ox.Literal(ontology.titles[file], language="en")),
            ox.Triple(theme, _DEFINED_BY, ox.NamedNode(ns.ONTOLOGY)),
            ox.Triple(theme, _MEMBER, ox.NamedNode(term.iri)),
        }
    return sorted(found, key=str)
