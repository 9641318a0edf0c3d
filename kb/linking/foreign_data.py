"""What other knowledge bases answer, read strictly and told in RDF with their own IRIs.

Shapes: EURIO's results and CORDIS' dumps, OpenAIRE's records, Wikibase's results, ESCO's tables, SKOS, ROR's
records (schema 2), and RDF of any kind. An answer that is not of its shape is refused whole; a record without
what a thing needs (an IRI, a name) is left out and named, never completed by guessing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kb.linking.loading import from_json, from_triples
from kb.linking.records import Kind, Record
from ontology import namespaces as ns
from ontology.complaints import SourceError

EURIO = "http://data.europa.eu/s66#"
CORDIS_PROJECT = "https://cordis.europa.eu/project/id/"
OPENAIRE_PROJECT = "https://explore.openaire.eu/search/project?projectId="
OPENAIRE_ORGANISATION = "https://explore.openaire.eu/search/organization?organizationId="
WIKIBASE_PROJECT = "https://linkedopendata.eu/entity/Q9934"
_TYPE = ns.RDF + "type"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class UnreadableError(Exception):
    """An answer that is not what was asked for: what was found instead, and what to do."""

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(f"{detail} {advice}")


@dataclass
class Reading:
    """What an answer says: statements about things with others' IRIs, and the records that were left out."""

    triples: list[ox.Triple] = field(default_factory=list)
    things: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)

    def thing(self, iri: str, kind: str, name: str, language: str | None = None) -> bool:
        """Begin a thing; False, with a note in `left_out`, where it has no usable IRI or no name."""
        if not usable(iri):
            self.left_out.append(f"{iri[:200] or 'a record'}: no IRI by which to name it")
        elif not name.strip():
            self.left_out.append(f"{iri}: no name")
        else:
            self.things.add(iri)
            self.link(iri, _TYPE, kind)
            self.value(iri, ns.SKOS + "prefLabel", name, language)
            return True
        return False

    def link(self, iri: str, predicate: str, other: str) -> None:
        """A statement between two IRIs; none where the other is not usable."""
        if usable(other):
            self.triples.append(ox.Triple(ox.NamedNode(iri), ox.NamedNode(predicate), ox.NamedNode(other)))

    def value(self, iri: str, predicate: str, text: str | None, language: str | None = None) -> None:
        """A statement with a text, or with a date where it is one; none where there is no text."""
        text = (text or "").strip()
        if not text:
            return
        if language:
            literal = ox.Literal(text, language=language)
        elif _DATE.fullmatch(text):
            literal = ox.Literal(text, datatype=ox.NamedNode(ns.XSD + "date"))
        else:
            literal = ox.Literal(text)
        self.triples.append(ox.Triple(ox.NamedNode(iri), ox.NamedNode(predicate), literal))


def usable(iri: str) -> bool:
    """Whether an IRI can stand in our data as somebody else's: absolute, of the web, and not one of ours."""
    return bool(re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", iri)) and not iri.startswith(ns.BASE)


def cordis(data: bytes) -> Reading:
    """EURIO's query results (SPARQL JSON), or the records of a CORDIS dump (`project.json`)."""
    found = _json(data)
    reading = Reading()
    if isinstance(found, list):
        for record in found:
            _cordis_record(reading, _mapping(record))
        return reading
    for row in _bindings(found):
        project = row.get("project", "")
        if project not in reading.things and not reading.thing(
            project, EURIO + "Project", row.get("title", "")
        ):
            continue
        reading.value(project, EURIO + "identifier", row.get("id"))
        _cordis_party(reading, project, row)
        result, kind = row.get("result", ""), row.get("rtype", "")
        if usable(result):
            reading.link(project, EURIO + "hasResult", result)
            reading.link(result, _TYPE, kind)
            reading.value(result, EURIO + "doi", row.get("doi"))
    return reading


def _cordis_party(reading: Reading, project: str, row: dict[str, str]) -> None:
    role, organisation = row.get("role", ""), row.get("org", "")
    if not (usable(role) and usable(organisation)):
        return
    if organisation not in reading.things and not reading.thing(
        organisation, EURIO + "Organisation", row.get("name", "")
    ):
        return
    reading.link(project, EURIO + "hasInvolvedParty", role)
    reading.link(role, EURIO + "isRoleOf", organisation)
    reading.value(role, EURIO + "roleLabel", row.get("roleLabel"))


def _cordis_record(reading: Reading, record: dict[str, Any]) -> None:
    number = str(record.get("id") or "")
    if not number.isdigit():
        reading.left_out.append(f"a record with the number {number[:40]!r}: not a grant")
        return
    iri = CORDIS_PROJECT + number
    if reading.thing(iri, EURIO + "Project", _text(record, "title")):
        reading.value(iri, EURIO + "identifier", number)
        reading.value(iri, ns.SKOS + "altLabel", _text(record, "acronym"))
        reading.value(iri, EURIO + "startDate", _text(record, "startDate"))
        reading.value(iri, EURIO + "endDate", _text(record, "endDate"))
        doi = _text(record, "grantDoi")
        if doi.startswith("10."):
            reading.link(iri, ns.SCHEMA + "sameAs", "https://doi.org/" + doi)


def openaire(data: bytes) -> Reading:
    """Projects and organisations of the OpenAIRE Graph: a list, `results`, or a record on each line."""
    reading = Reading()
    for record in _records(data):
        identifier = _text(record, "id")
        if "legalName" in record:
            iri = OPENAIRE_ORGANISATION + identifier if identifier else ""
            if reading.thing(iri, ns.FOAF + "Organization", _text(record, "legalName")):
                reading.value(iri, ns.SKOS + "altLabel", _text(record, "legalShortName"))
                country = record.get("country")
                reading.value(iri, ns.SCHEMA + "addressCountry", _text(country, "code") if country else None)
            continue
        iri = OPENAIRE_PROJECT + identifier if identifier else ""
        if reading.thing(iri, ns.FOAF + "Project", _text(record, "title")):
            reading.value(iri, ns.DCT + "identifier", _text(record, "code"))
            reading.value(iri, ns.SKOS + "altLabel", _text(record, "acronym"))
            reading.value(iri, ns.SCHEMA + "startDate", _text(record, "startDate"))
            reading.value(iri, ns.SCHEMA + "endDate", _text(record, "endDate"))
            reading.link(iri, ns.FOAF + "page", _text(record, "websiteUrl"))
    return reading


def wikibase(data: bytes) -> Reading:
    """Projects of the EU Knowledge Graph, as rows of `project`, `label` and a country's code `cc`."""
    reading = Reading()
    for row in rows(data):
        project = row.get("project", "")
        if project in reading.things or reading.thing(project, WIKIBASE_PROJECT, row.get("label", "")):
            reading.value(project, ns.SCHEMA + "addressCountry", row.get("cc"))
    return reading


def esco(data: bytes) -> Reading:
    """ESCO's tables of occupations, skills or skill groups (CSV)."""
    table = csv.DictReader(io.StringIO(_decoded(data), newline=""))
    if not {"conceptUri", "preferredLabel"} <= set(table.fieldnames or ()):
        detail = "The table has no columns conceptUri and preferredLabel."
        raise UnreadableError(detail, "Give one of ESCO's CSV files as it was downloaded.")
    reading = Reading()
    for row in table:
        iri = (row["conceptUri"] or "").strip()
        if reading.thing(iri, ns.SKOS + "Concept", row["preferredLabel"] or "", "en"):
            for name in filter(None, (row.get("altLabels") or "").split("\n")):
                reading.value(iri, ns.SKOS + "altLabel", name, "en")
            reading.value(iri, ns.SKOS + "definition", row.get("description"), "en")
    return reading


def skos(data: bytes) -> Reading:
    """The concepts of a SKOS scheme in RDF: names in all languages, and what is broader."""
    reading = Reading()
    for record in from_triples(_quads(data), Kind.CONCEPTS):
        _record(reading, record, ns.SKOS + "Concept")
    if not reading.things:
        raise UnreadableError("No skos:Concept with a name is in it.", "Check that it is a SKOS scheme.")
    return reading


def ror(data: bytes) -> Reading:
    """One organisation of ROR, a list of them, or `items` (schema 2)."""
    found = _json(data)
    single = isinstance(found, dict) and "names" in found
    reading = Reading()
    try:
        for record in from_json(json.dumps([found] if single else found), "the answer"):
            _record(reading, record, ns.FOAF + "Organization")
    except SourceError as error:
        detail = "; ".join(complaint.message for complaint in error.complaints)
        raise UnreadableError(f"{detail}.", "Give records of ROR's schema 2.") from None
    return reading


def rdf(data: bytes) -> Reading:
    """Any RDF: the statements whose subjects are somebody else's IRIs; blank nodes are left out."""
    reading = Reading()
    for quad in _quads(data):
        subject, value = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode) or not usable(subject.value):
            reading.left_out.append(f"{subject}: not an IRI of others")
        elif isinstance(value, ox.BlankNode | ox.Triple):
            reading.left_out.append(f"{subject} {quad.predicate}: leads to a blank node or a statement")
        else:
            reading.triples.append(quad.triple)
            reading.things.add(subject.value)
    return reading


def _record(reading: Reading, record: Record, kind: str) -> None:
    main = next((name for name in record.names if name.preferred), None)
    if reading.thing(record.iri, kind, main.text if main else "", main.language if main else None):
        for name in record.names:
            if name != main:
                predicate = ns.SKOS + ("prefLabel" if name.preferred and name.language else "altLabel")
                reading.value(record.iri, predicate, name.text, name.language or None)
        for parent in record.parents:
            reading.link(record.iri, ns.SKOS + "broader", parent)
        reading.value(record.iri, ns.SCHEMA + "addressCountry", record.country)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"The answer is not UTF-8 ({error.reason} at byte {error.start})."
        raise UnreadableError(detail, "Fetch it again; tell whoever runs it.") from None


def _json(data: bytes) -> Any:
    text = _decoded(data)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        page = text.lstrip()[:200].lower().startswith(("<!doctype html", "<html"))
        detail = "It is a web page, not data." if page else "It is not JSON, or was cut off."
        raise UnreadableError(detail, "Fetch it again later; look at the address in a browser.") from None


def _records(data: bytes) -> Iterator[dict[str, Any]]:
    """The records of a JSON list, of `results`, or of lines."""
    lines = [line for line in _decoded(data).splitlines() if line.strip()]
    if len(lines) > 1 and all(
        line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines
    ):
        yield from (_mapping(_json(line.encode())) for line in lines)
        return
    found = _json(data)
    listed = found.get("results") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise UnreadableError("It holds no list of records.", "Check that it is the address of the records.")
    yield from map(_mapping, listed)


def rows(data: bytes) -> list[dict[str, str]]:
    """The rows of SPARQL results in JSON, as texts: a typed literal counts by its text."""
    return _bindings(_json(data))


def _bindings(found: Any) -> list[dict[str, str]]:
    try:
        bindings = found["results"]["bindings"]
        return [{name: str(term["value"]) for name, term in row.items()} for row in bindings]
    except (TypeError, KeyError, AttributeError):
        detail = "It is not a result of SPARQL in JSON."
        raise UnreadableError(detail, "Check that the address is a SPARQL endpoint.") from None


def _mapping(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise UnreadableError("A record is not an object.", "Check that the file is the right one.")
    return found


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return (value or "").strip()
    raise UnreadableError(f"{key} is not a text in one of the records.", "The shape has changed: tell us.")


def _quads(data: bytes) -> Iterable[ox.Quad]:
    """RDF in the form that the text is in, of those without remote contexts and without entities."""
    text = _decoded(data)
    if re.search(r"<!(DOCTYPE|ENTITY)", text[:10_000], re.IGNORECASE):
        raise UnreadableError("It declares entities, or is a web page.", "Fetch it as Turtle.")
    forms = (ox.RdfFormat.RDF_XML,) if text.lstrip().startswith("<?xml") or "<rdf:RDF" in text[:2000] else ()
    problem = ""
    for form in forms or (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG):
        try:
            return list(ox.parse(input=data, format=form))
        except SyntaxError as error:
            problem = f"{error.msg} (line {error.lineno})"
    raise UnreadableError(f"It is not readable as RDF: {problem}.", "Fetch it as Turtle or N-Triples.")


Reader = Callable[[bytes], Reading]
