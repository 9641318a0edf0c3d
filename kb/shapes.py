"""SHACL validation with pyshacl, told so that a person finds the place and knows what to do.

pyshacl gets our own files only; rules, JavaScript and imports, which run code or fetch documents, stay off.
"""

from __future__ import annotations

from collections.abc import Sequence

import rdflib
from pyshacl import validate
from rdflib.namespace import SH

from kb.sources import Sources
from ontology import namespaces as ns
from ontology.complaints import Complaint
from ontology.serialise import to_rdflib
from ontology.terms import Ontology

_IN_WORDS = {
    "MinCount": "a value is missing",
    "MaxCount": "too many values",
    "Datatype": "not of the right datatype",
    "Class": "not a thing of the right class",
    "NodeKind": "not of the right kind (thing or literal)",
    "Pattern": "not of the right form",
    "In": "not one of the allowed values",
    "Or": "none of the possible forms holds",
    "Xone": "not exactly one of the possible forms holds",
    "Not": "a form that is not allowed",
    "QualifiedMinCount": "too few values of the right kind",
    "QualifiedMaxCount": "too many values of one kind",
    "LanguageIn": "not in one of the allowed languages",
    "UniqueLang": "two values in one language",
    "Closed": "a property that does not belong here",
    "HasValue": "the required value is missing",
    "MinInclusive": "too small a value",
    "MaxInclusive": "too large a value",
    "MinLength": "too short a value",
    "MaxLength": "too long a value",
    "LessThan": "not before what it must precede",
    "LessThanOrEquals": "after what it must not follow",
    "SPARQL": "breaks a rule across several statements",
}


def violations(ontology: Ontology, sources: Sources, focus: Sequence[str] | None = None) -> list[Complaint]:
    """Validate all statements, merged with the ontology, against its shapes.

    ``focus`` limits validation to these subjects, which makes checking one file quick.
    """
    if not ontology.shapes:
        return []
    data = to_rdflib([*ontology.triples, *(s.quad.triple for s in sources.statements)])
    _, report, _ = validate(
        data,
        shacl_graph=to_rdflib(ontology.shapes),
        inplace=True,
        advanced=False,
        js=False,
        inference="none",
        do_owl_imports=False,
        meta_shacl=False,
        allow_infos=True,
        allow_warnings=True,
        focus_nodes=None if focus is None else [rdflib.URIRef(iri) for iri in focus],
    )
    if not isinstance(report, rdflib.Graph):
        raise TypeError(f"pyshacl could not validate: {report}")
    return sorted(
        {
            _complaint(report, result, sources, ontology)
            for result in report.subjects(SH.resultSeverity, SH.Violation)
        }
    )


def _complaint(
    report: rdflib.Graph, result: rdflib.term.Node, sources: Sources, ontology: Ontology
) -> Complaint:
    focus = report.value(result, SH.focusNode)
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    component = str(report.value(result, SH.sourceConstraintComponent)).rsplit("#", 1)[-1]
    component = component.removesuffix("ConstraintComponent")
    message = " ".join(sorted(str(text) for text in report.objects(result, SH.resultMessage)))
    about = ns.shorten(str(focus)) if isinstance(focus, rdflib.URIRef) else f"“{focus}”"
    at_path = f" {ns.shorten(str(path))}" if isinstance(path, rdflib.URIRef) else ""
    said = "" if value is None or value == focus else f" {_shown(value)}"
    fault = f"{about}{at_path}{said}: {_IN_WORDS.get(component, f'breaks {component}')}"
    statement = sources.find(str(focus), str(path), None if value is None else value.n3())
    if statement is None:
        return ontology.complaint(str(focus), "shape", fault, message)
    return statement.complaint("shape", fault, message)


def _shown(value: rdflib.term.Node) -> str:
    return value.n3() if isinstance(value, rdflib.Literal) else ns.shorten(str(value))
