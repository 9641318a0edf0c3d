"""What a thing is called on a page: its label, or for things without one what they say or consist of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kb.passages import lines_of_iri
from ontology import namespaces as ns
from service.pages import iris
from service.pages.vocabulary import Row, Vocabulary

Facts = Mapping[str, list[ox.NamedNode | ox.Literal]]
MAX_TEXT = 220
_LABELS = (ns.SKOS + "prefLabel", ns.RDFS + "label", ns.DCT + "title", ns.FOAF + "name")
_TEXTS = (ns.SMM + "text", ns.SMM + "printedLabel")
_ORDER = (ns.SMM + "phaseNumber", ns.SMM + "position")
_DATES = (ns.SMM + "date", ns.SMM + "startDate")
# How things that have no label of their own are put together from what they are about.
_COMPOSED: dict[str, tuple[str, ...]] = {
    "MethodUse": ("{useOf}", " in {inPilot}", " ({useStatus})"),
    "ProjectParticipation": ("{participant}", " in {inProject}", " ({participationRole})"),
    "Quantity": ("{qualifier} ", "{value}", "–{upperValue}", " {unit}", " ({quantityKind})"),
    "PilotFocus": ("{inPilot}", ": {focusOn}"),
    "MethodList": ("List of methods for {listFor}",),
    "PrintedForm": ("“{printedAs}”", " for {standsFor}"),
}


@dataclass(frozen=True)
class Name:
    """A thing's name, its language where it is not English, its most specific classes, and how to sort it.

    `group`: the larger thing that tells it from namesakes, such as the process model of a phase; `series`:
    what it is sorted within besides, such as the document of a passage.
    """

    text: str
    language: str = ""
    classes: tuple[str, ...] = ()
    order: tuple[float, ...] = ()
    group: str = ""
    series: str = ""

    @property
    def sort_key(self) -> tuple[str, tuple[float, ...], list[tuple[int, str]]]:
        return (self.series or self.group, self.order or (float("inf"),), natural(self.text))


@dataclass
class Names:
    """Names by IRI; `short_names`: document → how it is called for short (`D3.2`)."""

    vocabulary: Vocabulary
    short_names: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, Name] = field(default_factory=dict)

    def learn(self, rows: Iterable[Row]) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
        """Take in rows ?other ?property ?value; gives back what they say, by thing and property."""
        facts: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            other, prop, value = row["other"], row["property"], row["value"]
            if (
                isinstance(other, ox.NamedNode)
                and isinstance(prop, ox.NamedNode)
                and isinstance(value, ox.NamedNode | ox.Literal)
                and value not in facts[other.value][prop.value]
            ):
                facts[other.value][prop.value].append(value)
        for iri, said in facts.items():
            self.known[iri] = self.make(iri, said)
        return facts

    def make(self, iri: str, said: Facts) -> Name:
        """The name of a thing from what is said about it."""
        classes = tuple(
            self.vocabulary.most_specific(
                v.value for v in said.get(ns.RDF + "type", ()) if isinstance(v, ox.NamedNode)
            )
        )
        order = tuple(number(said, prop) for prop in _ORDER if said.get(prop)) or _date_order(said)
        group = best_text(said, (ns.SMM + "phaseOf", ns.SMM + "elementOf"))[0]
        if iri.startswith(ns.PASSAGE):
            lines = lines_of_iri(iri)
            document = self.document_of(iri)
            return Name(self.passage(iri), "", classes, tuple(map(float, lines or ())), series=document)
        text, language = best_text(said, _LABELS)
        if not text:
            text, language = best_text(said, _TEXTS)
            text = shorten(text)
        if not text and iri.startswith(ns.CONCLUSION):
            text = shorten(best_text(said, (ns.SKOS + "note",))[0])
        if not text:
            text = self._compose(classes, said)
        return Name(text or self.fallback(iri), language, classes, order, group)

    def of(self, iri: str) -> Name:
        """The name of a thing, as good as it is known."""
        known = self.known.get(iri)
        if known:
            return known
        if iri in self.vocabulary.terms:
            return Name(self.vocabulary.label(iri))
        return Name(self.passage(iri) if iri.startswith(ns.PASSAGE) else self.fallback(iri))

    def fallback(self, iri: str) -> str:
        if iri.startswith(ns.ID):
            return iris.local_name(iri).replace("-", " ")
        return ns.shorten(iri).strip("<>")

    def document_of(self, passage: str) -> str:
        """The IRI of the document that a passage's IRI names."""
        return ns.DOCUMENT + passage.removeprefix(ns.PASSAGE).split("/")[0]

    def passage(self, iri: str) -> str:
        """`D3.2, lines 437–439`."""
        document = self.document_of(iri)
        short = self.short_names.get(document) or iris.local_name(document)
        return f"{short}, {self.place(iri)}"

    def place(self, iri: str) -> str:
        """`lines 437–439`, `line 72 (2)`, or `part 3` where the source is a page without lines."""
        last = iris.local_name(iri)
        lines = lines_of_iri(iri)
        if lines is None:
            return f"part {last}" if last.isdigit() else last.replace("-", " ")
        first, final = lines
        sentence = last.partition(".")[2]
        text = f"line {first}" if first == final else f"lines {first}–{final}"
        return f"{text} ({sentence})" if sentence else text

    def _compose(self, classes: Iterable[str], said: Facts) -> str:
        for one in classes:
            pieces = _COMPOSED.get(one.removeprefix(ns.SMM), ())
            parts = [_fill(piece, said) for piece in pieces]
            if any(parts):
                return "".join(parts).strip().rstrip(":").strip()
        return ""


def _fill(piece: str, said: Facts) -> str:
    """A piece with its value, "" where the value is missing."""
    match = re.search(r"\{(\w+)\}", piece)
    if match is None:
        return piece
    value = best_text(said, (ns.SMM + match[1],))[0]
    return piece.replace(match[0], value) if value else ""


def best_text(said: Facts, properties: Iterable[str]) -> tuple[str, str]:
    """The first text of the first property that has one, English first; and its language where it is
    another.
    """
    for prop in properties:
        texts = [value for value in said.get(prop, ()) if isinstance(value, ox.Literal)]
        texts.sort(key=lambda t: (t.language not in (None, "en"), t.language or "", t.value))
        if texts:
            language = texts[0].language or ""
            return texts[0].value, "" if language == "en" else language
    return "", ""


def number(said: Facts, prop: str) -> float:
    """The number that a property gives, infinity where it gives none."""
    try:
        return min(float(value.value) for value in said.get(prop, ()))
    except ValueError:
        return float("inf")


def _date_order(said: Facts) -> tuple[float, ...]:
    """(2021, 9) for what began or happened in September 2021."""
    text, _ = best_text(said, _DATES)
    return tuple(float(part) for part in re.findall(r"\d+", text)[:3])


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts numbers in a text by their value, and letters without regard to case."""
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (-1, part)
        for part in re.split(r"(\d+)", text.casefold())
    ]


def shorten(text: str, limit: int = MAX_TEXT) -> str:
    """The text, cut at a word with an ellipsis where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"
