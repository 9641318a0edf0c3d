"""What names are compared with: our things and terms by kind, made ready once for each release."""

from __future__ import annotations

from dataclasses import dataclass

from kb import search
from kb.linking.records import Kind, Name, Record
from kb.linking.things import Index
from ontology import namespaces as ns
from service.pages.knowledge import Knowledge, value
from service.pages.vocabulary import Vocabulary

ORGANISATION = ns.SMM + "Organisation"
#: Parts of the release that nobody names: passages and what we conclude from them.
_UNNAMED = frozenset({ns.SMM + "Passage", ns.SMM + "Conclusion"})
_TERM_KINDS = frozenset(ns.OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty"))
#: The types that stand for terms of the ontology; things are asked for by the ontology's own classes.
TERMS = {ns.OWL + "Class": "class of the ontology", ns.RDF + "Property": "property of the ontology"}


@dataclass(frozen=True)
class Known:
    """A thing or term that can be found. `types`: its most specific classes; `kinds`: all of them."""

    record: Record
    types: tuple[str, ...]
    kinds: frozenset[str]
    definition: str

    @property
    def iri(self) -> str:
        return self.record.iri


class Library:
    """Reads through `Knowledge`; everything is kept for as long as its release is served."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @property
    def vocabulary(self) -> Vocabulary:
        return self.knowledge.vocabulary

    @property
    def known(self) -> dict[str, Known]:
        """All things and terms with a name, by IRI."""
        return self.knowledge.remember("reconcile", self._read)

    def _read(self) -> dict[str, Known]:
        vocabulary, found = self.vocabulary, {}
        for entry in search.entries(self.knowledge.rows(search.QUERY.removeprefix("service/"))):
            kinds = _kinds(entry.kinds)
            names = tuple(
                Name(text.value, text.language, text.field == "label")
                for text in entry.texts
                if text.field in ("label", "alternative")
            )
            if not names or not kinds or kinds & _UNNAMED:
                continue
            types = tuple(vocabulary.most_specific(kinds))
            texts = [text for text in entry.texts if text.field == "definition"]
            definition = next((t.value for t in texts if t.language in ("", "en")), "")
            record = Record(entry.iri, names, types=types)
            found[entry.iri] = Known(record, types, kinds, definition)
        return found

    @property
    def same(self) -> dict[str, list[str]]:
        """IRI elsewhere → the things of ours that are linked to it as the same."""

        def read() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for row in self.knowledge.rows("same-elsewhere"):
                found.setdefault(value(row, "target"), []).append(value(row, "thing"))
            return found

        return self.knowledge.remember("reconcile same", read)

    def indexes(self, types: tuple[str, ...]) -> list[Index]:
        """What to compare a name with: the things of these types, or of every type if none is given."""
        if types:
            return [
                index for one in dict.fromkeys(types) if one in self.types for index in self._of_type(one)
            ]
        return self.knowledge.remember(
            "reconcile all", lambda: _indexes([k for k in self.known.values() if not k.kinds & TERMS.keys()])
        )

    def _of_type(self, iri: str) -> list[Index]:
        return self.knowledge.remember(
            f"reconcile {iri}", lambda: _indexes([k for k in self.known.values() if iri in k.kinds])
        )

    @property
    def types(self) -> dict[str, str]:
        """The types that have things, and those of terms: IRI → name."""

        def read() -> dict[str, str]:
            used = {kind for known in self.known.values() for kind in known.kinds}
            names = {iri: TERMS.get(iri) or self.vocabulary.label(iri) for iri in used}
            return dict(sorted(names.items(), key=lambda item: item[1]))

        return self.knowledge.remember("reconcile types", read)

    def label(self, iri: str) -> str:
        """What a thing, term or type is called."""
        known = self.known.get(iri)
        return known.record.label if known else self.types.get(iri) or self.vocabulary.label(iri)


def _kinds(kinds: tuple[str, ...]) -> frozenset[str]:
    """The classes of ours; of a term of the ontology, whether it is a class or a property."""
    found = {kind for kind in kinds if kind.startswith(ns.SMM)}
    if terms := _TERM_KINDS.intersection(kinds):
        found.add(ns.OWL + "Class" if ns.OWL + "Class" in terms else ns.RDF + "Property")
    return frozenset(found)


def _indexes(known: list[Known]) -> list[Index]:
    """Names of organisations are compared in a way of their own."""
    organisations = [k.record for k in known if ORGANISATION in k.kinds]
    others = [k.record for k in known if ORGANISATION not in k.kinds]
    found = ((organisations, Kind.ORGANISATIONS), (others, Kind.CONCEPTS))
    return [Index(records, kind) for records, kind in found if records]
