"""A release that means harm: markup, scripts and odd IRIs wherever a page shows a value."""

from __future__ import annotations

from ontology import namespaces as ns

IMAGE = '<img src=x onerror="window.harmed=1">'
SCRIPT = "</script><script>window.harmed=1</script>"
CLOSING = "\"'></textarea></title><svg onload=window.harmed=1>"
JAVASCRIPT = "javascript:window.harmed=1"
DATA = "data:text/html,<script>window.harmed=1</script>".replace("<", "%3C").replace(">", "%3E")
THING = ns.ID + "method/harm"
PASSAGE = ns.PASSAGE + "bad-document/L1-2"
DOCUMENT = ns.DOCUMENT + "bad-document"
GRAPH_THING = ns.ID + "conclusion/harm"


def hostile_quads() -> list[str]:
    """N-Quads lines: every statement in a graph, and once in the default graph."""
    triples = {
        PASSAGE: [
            (THING, ns.RDF + "type", _iri(ns.SMM + "Method")),
            (THING, ns.SMM + "aim", _literal(SCRIPT)),
            (THING, ns.SKOS + "altLabel", _literal(CLOSING)),
            (THING, ns.RDFS + "seeAlso", _iri(JAVASCRIPT)),
            (THING, ns.RDFS + "seeAlso", _iri(DATA)),
            (THING, ns.RDFS + "seeAlso", _iri("https://user@evil.example/")),
            (THING, ns.SMM + "webAddress", f'"{JAVASCRIPT}"^^<{ns.XSD}anyURI>'),
            (ns.ID + "x/../../evil", ns.SMM + "about", _iri(THING)),
        ],
        ns.GRAPH_EDITORIAL: [(THING, ns.SKOS + "prefLabel", _literal(IMAGE))],
        ns.PASSAGES + "bad-document": [
            (PASSAGE, ns.RDF + "type", _iri(ns.SMM + "Passage")),
            (PASSAGE, ns.DCT + "isPartOf", _iri(DOCUMENT)),
            (PASSAGE, ns.SMM + "anchor", _literal(SCRIPT)),
            (PASSAGE, ns.SMM + "section", _literal(IMAGE)),
        ],
        ns.GRAPH_DOCUMENTS: [
            (DOCUMENT, ns.RDF + "type", _iri(ns.SMM + "Document")),
            (DOCUMENT, ns.SKOS + "prefLabel", _literal(SCRIPT)),
            (DOCUMENT, ns.SKOS + "altLabel", _literal(IMAGE)),
        ],
        ns.ONTOLOGY: [
            (ns.SMM + "Method", ns.RDF + "type", _iri(ns.OWL + "Class")),
            (ns.SMM + "Method", ns.RDFS + "label", _literal(IMAGE)),
            (ns.SMM + "aim", ns.RDF + "type", _iri(ns.OWL + "DatatypeProperty")),
            (ns.SMM + "aim", ns.RDFS + "label", _literal(SCRIPT)),
            (ns.SMM + "Passage", ns.RDF + "type", _iri(ns.OWL + "Class")),
            (ns.SMM + "Document", ns.RDF + "type", _iri(ns.OWL + "Class")),
        ],
    }
    lines = []
    for graph, found in triples.items():
        for subject, prop, value in found:
            lines.append(f"<{subject}> <{prop}> {value} .")
            lines.append(f"<{subject}> <{prop}> {value} <{graph}> .")
    return lines


def _iri(value: str) -> str:
    return f"<{value}>"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@en'
