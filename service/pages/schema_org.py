"""What a page is about, in schema.org's words, for search engines: JSON-LD within the page.

A data block (`type="application/ld+json"`) is no script to a browser and is not run, so the strict policy
stays as it is; it is escaped so that no text can end it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from kb import describe
from ontology import namespaces as ns
from service.pages.elsewhere import Elsewhere
from service.pages.knowledge import Knowledge

_TYPES = {
    "Passage": "Quotation",
    "Document": "CreativeWork",
    "PrimaryDocument": "CreativeWork",
    "Publication": "CreativeWork",
    "SecondarySource": "WebPage",
    "Organisation": "Organization",
    "School": "School",
    "Person": "Person",
    "Project": "Project",
    "Country": "Country",
    "Place": "Place",
    "Event": "Event",
    "Platform": "SoftwareApplication",
}
_SAME = frozenset({"the same", "about the same"})


def block(document: dict[str, Any]) -> Markup:
    """The document as text that is safe within `<script>`: no `<`, `>` or `&` is left in it."""
    text = json.dumps({"@context": "https://schema.org/", **document}, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  (JSON whose signs of markup are escaped)


def thing(
    iri: str, name: str, description: str, kinds: Sequence[tuple[str, str]], links: Iterable[Elsewhere]
) -> Markup:
    """A thing of ours; what schema.org has no word for is a term that is defined here."""
    classes = [iri.removeprefix(ns.SMM) for _, iri in kinds]
    kind = next((_TYPES[one] for one in classes if one in _TYPES), "DefinedTerm")
    document: dict[str, Any] = {"@id": iri, "@type": kind, "url": iri, "name": name}
    if description and description != name:
        document["description"] = description
    same = sorted({one.href for one in links if one.relation in _SAME and one.href})
    if same:
        document["sameAs"] = same
    if kinds:
        document["additionalType"] = [iri for _, iri in kinds]
    if kind == "DefinedTerm":
        document["inDefinedTermSet"] = ns.GRAPH_RELEASE
    document["subjectOf"] = {"@id": ns.GRAPH_RELEASE}
    return block(document)


def term(iri: str, name: str, description: str) -> Markup:
    """A class, property or individual of the ontology."""
    document = {"@id": iri, "@type": "DefinedTerm", "url": iri, "name": name, "inDefinedTermSet": ns.ONTOLOGY}
    return block(document | ({"description": description} if description else {}))


def terms(title: str, description: str, version: str) -> Markup:
    """The ontology."""
    return block(
        {
            "@id": ns.ONTOLOGY,
            "@type": "DefinedTermSet",
            "url": ns.ONTOLOGY,
            "name": title,
            "description": description,
            "version": version,
            "license": describe.LICENSE,
        }
    )


def dataset(knowledge: Knowledge) -> Markup:
    """The release as a data set, with where it can be had."""
    said = knowledge.description
    downloads = [
        {
            "@type": "DataDownload",
            "name": title,
            "encodingFormat": media_type,
            "contentUrl": describe.DOWNLOADS + name,
        }
        for name, (title, media_type, _) in describe.FILES.items()
    ]
    return block(
        {
            "@id": ns.GRAPH_RELEASE,
            "@type": "Dataset",
            "url": ns.BASE,
            "identifier": ns.GRAPH_RELEASE,
            "name": describe.TITLE,
            "description": describe.DESCRIPTION,
            "version": (said.get(ns.DCAT + "version") or [""])[0],
            "dateModified": (said.get(ns.DCT + "modified") or [""])[0],
            "keywords": list(describe.KEYWORDS),
            "license": describe.LICENSE,
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "@id": describe.PUBLISHER, "name": "MentorGraph"},
            "publisher": {"@id": describe.PUBLISHER},
            "distribution": downloads,
            "isBasedOn": sorted(said.get(ns.PROV + "wasDerivedFrom", [])),
        }
    )
