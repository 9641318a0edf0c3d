"""Records read from files of any origin: ontologies, SKOS, tables of labels, lists of organisations."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kb.foreign import FORMATS
from kb.linking.names import local_name
from kb.linking.records import Kind, Name, Record, Sort
from kb.sources import display, read_bytes
from ontology import namespaces as ns
from ontology.complaints import Complaint, SourceError

_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"<&%]{0,300})"|'([^'<&%]{0,300})')\s*>""")
_LABELS = {
    ns.SKOS + "prefLabel": True,
    ns.RDFS + "label": True,
    ns.FOAF + "name": True,
    ns.SCHEMA + "name": True,
    "http://schema.org/name": True,
    ns.DCT + "title": True,
    "http://www.w3.org/2008/05/skos-xl#literalForm": True,
    ns.SKOS + "altLabel": False,
    ns.SKOS + "hiddenLabel": False,
    ns.SCHEMA + "alternateName": False,
    "http://schema.org/alternateName": False,
    "http://data.europa.eu/s66#legalName": True,
    "http://data.europa.eu/s66#title": True,
    "http://data.europa.eu/s66#shortForm": False,
}
_PARENTS = (ns.RDFS + "subClassOf", ns.RDFS + "subPropertyOf", ns.SKOS + "broader", ns.SKOS + "broadMatch")
_SORTS = {
    ns.OWL + "Class": Sort.CLASS,
    ns.RDFS + "Class": Sort.CLASS,
    ns.OWL + "ObjectProperty": Sort.OBJECT_PROPERTY,
    ns.OWL + "DatatypeProperty": Sort.DATATYPE_PROPERTY,
}
_PROPERTY_KINDS = (ns.OWL + "FunctionalProperty", ns.RDF + "Property", ns.OWL + "InverseFunctionalProperty")
_BUILT_IN = (ns.OWL, ns.RDF, ns.RDFS, ns.XSD)
_CONCEPTS = (ns.SKOS + "Concept",)
_ORGANISATIONS = (
    ns.SMM + "Organisation", ns.FOAF + "Organization", "http://www.w3.org/ns/org#Organization",
    ns.SCHEMA + "Organization", "http://schema.org/Organization", "http://data.europa.eu/s66#Organisation",
)  # fmt: skip
_PROJECTS = (ns.SMM + "Project", ns.FOAF + "Project", "http://data.europa.eu/s66#Project")
_WANTED = {Kind.CONCEPTS: _CONCEPTS, Kind.ORGANISATIONS: _ORGANISATIONS, Kind.PROJECTS: _PROJECTS}
_MANY = re.compile(r"\s*\|\s*|\n")


def load(path: Path, kind: Kind) -> list[Record]:
    """The records of one kind in a file, by its ending; raises `SourceError` saying what is wrong."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(path.stem).suffix.lower()
    if suffix in FORMATS:
        return from_triples(parse(path), kind)
    if suffix in (".tsv", ".csv"):
        text = _text(path)
        head = text.partition("\n")[0]
        delimiter = "\t" if suffix == ".tsv" else max(",;", key=head.count)
        return _merged(from_table(text, delimiter, display(path)))
    if suffix == ".json":
        return list(from_json(_text(path), display(path)))
    known = ", ".join([*sorted(FORMATS), ".tsv", ".csv", ".json"])
    raise _fault(display(path), 0, f"unknown ending {path.suffix!r}", f"use {known}")


def parse(path: Path) -> list[ox.Quad]:
    """The statements of an RDF file; internal entities of RDF/XML that hold plain text are put in."""
    name = path.stem if path.suffix.lower() == ".gz" else path.name
    kind = FORMATS[Path(name).suffix.lower()]
    data = _bytes(path)
    if kind == ox.RdfFormat.RDF_XML:
        data = _without_entities(data, display(path))
    try:
        return list(ox.parse(input=data, format=kind, base_iri=path.resolve().as_uri()))
    except SyntaxError as error:
        raise _fault(display(path), error.lineno or 0, error.msg, "correct the syntax here") from None


def _bytes(path: Path) -> bytes:
    data = read_bytes(path)
    return gzip.decompress(data) if path.suffix.lower() == ".gz" else data


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(display(path), 0, f"not UTF-8: {error.reason}", "save the file as UTF-8") from None


def _fault(shown: str, line: int, message: str, advice: str) -> SourceError:
    return SourceError([Complaint(shown, line, 0, "records", message, advice)])


def _without_entities(data: bytes, shown: str) -> bytes:
    """RDF/XML as UTF-8, its declared entities replaced: only plain texts, which can't expand without end."""
    declared = re.match(rb"""\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""", data)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        text = data.decode(encoding).lstrip("\ufeff")
    except (LookupError, UnicodeDecodeError):
        raise _fault(shown, 1, f"not readable as {encoding}", "save the file as UTF-8") from None
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    head = re.search(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", text, re.DOTALL)
    if head is None:
        return text.encode()
    inner = re.sub(r"<!--.*?-->", "", head[1] or "", flags=re.DOTALL)
    if _ENTITY.sub("", inner).strip() or re.search(r"\b(SYSTEM|PUBLIC)\b", head[0]):
        message = "it declares entities that are not plain texts"
        raise _fault(shown, 1, message, "write the addresses out, or convert the file to Turtle")
    entities = {match[1]: match[2] or match[3] or "" for match in _ENTITY.finditer(inner)}
    body = text[: head.start()] + text[head.end() :]
    return re.sub(r"&([\w.-]+);", lambda m: entities.get(m[1], m[0]), body).encode()


class _Graph:
    """Statements by subject and predicate, with the few readings that records need."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.of: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            self.of[quad.subject][quad.predicate.value].append(quad.object)

    def iris(self, subject: Any, predicate: str, of: str = "unionOf") -> tuple[str, ...]:
        """Named objects; a union (or the list that `of` names) counts as each of its members."""
        found: list[str] = []
        for value in self.of[subject].get(predicate, ()):
            if isinstance(value, ox.NamedNode):
                found.append(value.value)
            elif isinstance(value, ox.BlankNode):
                for listed in self.of[value].get(ns.OWL + of, ()):
                    found += self.members(listed)
        return tuple(dict.fromkeys(found))

    def parents(self, subject: ox.NamedNode) -> tuple[str, ...]:
        """Named classes or properties above: stated, or a part of an intersection that is stated."""
        above = [iri for p in _PARENTS[:2] for iri in self.iris(subject, p, "intersectionOf")]
        above += [
            iri
            for iri in self.iris(subject, ns.OWL + "equivalentClass", "intersectionOf")
            if ox.NamedNode(iri) not in self.of[subject].get(ns.OWL + "equivalentClass", ())
        ]
        return tuple(dict.fromkeys(iri for iri in above if iri != subject.value and iri != ns.OWL + "Thing"))

    def members(self, node: Any) -> list[str]:
        found, seen = [], set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            found += [v.value for v in self.of[node].get(ns.RDF + "first", ()) if isinstance(v, ox.NamedNode)]
            node = next(iter(self.of[node].get(ns.RDF + "rest", ())), None)
        return found


def from_triples(quads: Iterable[ox.Quad], kind: Kind) -> list[Record]:
    """Records of one kind in RDF. Of an ontology, the named classes and properties that it declares."""
    graph = _Graph(quads)
    if kind is Kind.CLASSES:
        return list(_terms(graph))
    wanted = {ox.NamedNode(iri) for iri in _WANTED[kind]}
    found = []
    for subject in sorted((s for s in graph.of if isinstance(s, ox.NamedNode)), key=str):
        if wanted.intersection(graph.of[subject].get(ns.RDF + "type", ())):
            names = tuple(_names(graph, subject))
            if names:
                found.append(_thing(graph, subject, names))
    return found


def _thing(graph: _Graph, subject: ox.NamedNode, names: tuple[Name, ...]) -> Record:
    said = graph.of[subject]
    pages = [v.value for p in (ns.FOAF + "homepage", ns.FOAF + "page") for v in said.get(p, ())]
    country = [v.value for p in (ns.SCHEMA + "addressCountry",) for v in said.get(p, ()) if len(v.value) == 2]
    return Record(
        subject.value,
        names,
        parents=tuple(iri for p in _PARENTS for iri in graph.iris(subject, p)),
        types=graph.iris(subject, ns.RDF + "type"),
        country=country[0].upper() if country else "",
        website=host(pages[0]) if pages else "",
    )


def _names(graph: _Graph, subject: Any) -> Iterator[Name]:
    said = graph.of[subject]
    for predicate, preferred in _LABELS.items():
        for value in said.get(predicate, ()):
            if isinstance(value, ox.Literal) and value.value.strip():
                yield Name(value.value.strip(), value.language or "", preferred)
    for predicate in ("prefLabel", "altLabel"):
        for label in said.get(f"http://www.w3.org/2008/05/skos-xl#{predicate}", ()):
            for value in graph.of[label].get("http://www.w3.org/2008/05/skos-xl#literalForm", ()):
                if isinstance(value, ox.Literal):
                    yield Name(value.value.strip(), value.language or "", predicate == "prefLabel")


def _terms(graph: _Graph) -> Iterator[Record]:
    disjoint: dict[str, set[str]] = defaultdict(set)
    for subject in list(graph.of):
        groups = [graph.members(m) for m in graph.of[subject].get(ns.OWL + "members", ())]
        if isinstance(subject, ox.NamedNode):
            groups += [[subject.value, other] for other in graph.iris(subject, ns.OWL + "disjointWith")]
        for group in groups:
            for one in group:
                disjoint[one].update(other for other in group if other != one)
    inverse: dict[str, set[str]] = defaultdict(set)
    for subject in list(graph.of):
        if isinstance(subject, ox.NamedNode):
            for other in graph.iris(subject, ns.OWL + "inverseOf"):
                inverse[subject.value].add(other)
                inverse[other].add(subject.value)
    for subject in sorted((s for s in graph.of if isinstance(s, ox.NamedNode)), key=str):
        iri = subject.value
        sort = _sort(graph, subject)
        if sort is None or iri.startswith(_BUILT_IN):
            continue
        labels = tuple(_names(graph, subject))
        own = local_name(iri)
        readable = bool(own) and not re.fullmatch(r"[A-Za-z]{0,5}[_-]?\d+", own)
        yield Record(
            iri,
            (*labels, Name(own, "", not labels)) if readable or not labels else labels,
            sort,
            parents=graph.parents(subject),
            disjoint=tuple(sorted(disjoint[iri])),
            domains=graph.iris(subject, ns.RDFS + "domain"),
            ranges=graph.iris(subject, ns.RDFS + "range"),
            inverses=tuple(sorted(inverse[iri])),
        )


def _sort(graph: _Graph, subject: ox.NamedNode) -> Sort | None:
    types = graph.iris(subject, ns.RDF + "type")
    for one in types:
        if one in _SORTS:
            return _SORTS[one]
    if any(one in _PROPERTY_KINDS for one in types):
        ranges = graph.iris(subject, ns.RDFS + "range")
        literal = any(r.startswith(ns.XSD) or r == ns.RDFS + "Literal" for r in ranges)
        return Sort.DATATYPE_PROPERTY if literal else Sort.OBJECT_PROPERTY
    return None


def from_table(text: str, delimiter: str, shown: str) -> Iterator[Record]:
    """Records of a table with a header: `iri` (or `id`), names, other names, country, city, types, parents.

    Columns of names are called `name`, `label`, `prefLabel@en`, `altLabels@en`, `otherNames`, `acronym`, …;
    several values in a cell are parted by " | ".
    """
    rows = csv.DictReader(
        io.StringIO(text),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL,
    )
    columns = {(column or "").strip(): column for column in rows.fieldnames or ()}
    key = next(
        (columns[c] for c in ("iri", "organisationID", "id", "uri", "conceptUri", "concept") if c in columns),
        None,
    )
    named = [(c, *found) for c in columns if (found := _column(c))]
    if key is None or not named:
        advice = "head one column iri and one name (or prefLabel@en)"
        raise _fault(shown, 1, "no column of identifiers, or none of names", advice)
    for number, row in enumerate(rows, start=2):
        iri = (row.get(key) or "").strip()
        names = tuple(
            Name(part, language, preferred)
            for column, language, preferred in named
            for part in _MANY.split((row.get(columns[column]) or "").strip())
            if part
        )
        if not iri or not names:
            raise _fault(
                shown, number, "a row without identifier or name", "complete the row, or take it out"
            )
        cell = {
            c: (row.get(columns[c]) or "").strip()
            for c in ("country", "city", "types", "kind", "broader")
            if c in columns
        }
        yield Record(
            iri, names,
            parents=tuple(p for p in _MANY.split(cell.get("broader", "")) if p),
            types=tuple(t for t in _MANY.split(cell.get("types") or cell.get("kind", "")) if t),
            country=cell.get("country", "").upper(), city=cell.get("city", ""),
        )  # fmt: skip


def _merged(records: Iterable[Record]) -> list[Record]:
    """One record per identifier: tables may repeat a thing, as lists of participants do."""
    found: dict[str, Record] = {}
    for record in records:
        known = found.get(record.iri)
        names = (*known.names, *record.names) if known else record.names
        found[record.iri] = replace(known or record, names=tuple(dict.fromkeys(names)))
    return list(found.values())


def _column(head: str) -> tuple[str, bool] | None:
    """Language and whether preferred, where a column's head says that it holds names."""
    base, _, language = head.partition("@")
    known = {
        "name": True, "label": True, "preflabel": True, "preferredlabel": True, "title": True,
        "legalname": True, "altlabel": False, "altlabels": False, "othernames": False, "aliases": False,
        "acronym": False,
        "acronyms": False, "shortname": False, "hiddenlabels": False,
    }  # fmt: skip
    preferred = known.get(base.lower())
    return None if preferred is None else (language, preferred)


def from_json(text: str, shown: str) -> Iterator[Record]:
    """Organisations of ROR (schema 2) as a JSON list, or under `items`."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _fault(
            shown, getattr(error, "lineno", 0), f"not JSON: {error}", "give a complete file"
        ) from None
    items = found.get("items") if isinstance(found, dict) else found
    if not isinstance(items, list):
        raise _fault(shown, 1, "no list of records", "give a JSON list of ROR records (schema 2)")
    for number, item in enumerate(items):
        try:
            yield _ror(item)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            message = f"record {number} is not of ROR's schema 2 ({error!r})"
            raise _fault(shown, 1, message, "give records with id and names") from None


def _ror(item: dict[str, Any]) -> Record:
    names = tuple(
        Name(n["value"], n.get("lang") or "", "ror_display" in n["types"] or "label" in n["types"])
        for n in sorted(item["names"], key=lambda n: "ror_display" not in n["types"])
    )
    places = [place["geonames_details"] for place in item.get("locations", [])]
    sites = [link["value"] for link in item.get("links", []) if link.get("type") == "website"]
    return Record(
        item["id"], names, types=tuple(item.get("types", ())),
        country=places[0].get("country_code", "") if places else "",
        city=places[0].get("name", "") if places else "",
        website=host(sites[0]) if sites else "",
    )  # fmt: skip


def host(address: str) -> str:
    """The host of a web address without "www."; "" where there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
