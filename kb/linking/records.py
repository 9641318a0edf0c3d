"""What link discovery compares, and what it proposes: records and candidates, of whatever origin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What two sides can be compared as; `CLASSES` takes the properties of an ontology along."""

    CONCEPTS = "concepts"
    ORGANISATIONS = "organisations"
    PROJECTS = "projects"
    CLASSES = "classes"


class Sort(StrEnum):
    """What a record is; only records of one sort are matched with each other."""

    THING = "thing"
    CLASS = "class"
    OBJECT_PROPERTY = "object property"
    DATATYPE_PROPERTY = "datatype property"


class Name(NamedTuple):
    """A name as written; `language` is a BCP 47 tag or "", `preferred` tells a main from another name."""

    text: str
    language: str = ""
    preferred: bool = True


@dataclass(frozen=True)
class Record:
    """One thing of one side. All other things are named by IRI; "" and () mean that nothing is known.

    `country` is an ISO 3166-1 alpha-2 code in capitals; `website` is a host without "www.".
    """

    iri: str
    names: tuple[Name, ...]
    sort: Sort = Sort.THING
    parents: tuple[str, ...] = ()
    disjoint: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    inverses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    country: str = ""
    city: str = ""
    website: str = ""

    @property
    def label(self) -> str:
        """The name to show: an English or unmarked main name before any other, else the IRI."""
        ranked = sorted(
            self.names, key=lambda name: (not name.preferred, name.language[:2] not in ("en", ""))
        )
        return ranked[0].text if ranked else self.iri


class Evidence(NamedTuple):
    """One reason for or against a candidate: what was compared, in words, and what it added to the score."""

    feature: str
    said: str
    weight: float


@dataclass(frozen=True)
class Candidate:
    """A proposed link. `score` lies between 0 and 1 and is explained by `evidence`; `predicate` is an IRI."""

    source: Record
    target: Record
    score: float
    predicate: str
    evidence: tuple[Evidence, ...]
