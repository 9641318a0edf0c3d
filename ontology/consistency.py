"""Whether ontology and data can be true together: clashes found by rules, and the verdict of HermiT."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox

from ontology import namespaces as ns
from ontology.reasoning import SAME_AS, rdf_list
from ontology.terms import TYPE, Ontology, Triple

_OWLREADY = "http://www.lesfleursdunormal.fr/static/_downloads/owlready_ontology.owl"


class ReasonerError(Exception):
    """HermiT could not be asked; the text says why and what to do."""


@dataclass(frozen=True, order=True, slots=True)
class Clash:
    """Statements about ``subject`` with ``predicate`` that cannot be true together."""

    subject: str
    predicate: str
    message: str
    advice: str


@dataclass(frozen=True)
class Verdict:
    """What HermiT says. ``unsatisfiable``: IRIs of classes that can have no members."""

    is_consistent: bool
    unsatisfiable: tuple[str, ...] = ()


def clashes(ontology: Ontology, stated: Iterable[Triple], inferred: Iterable[Triple]) -> list[Clash]:
    """Disjoint types, second values of functional properties, and equality that no source states."""
    known = list(stated)
    new = list(inferred)
    proved = _proved_equals(known)
    found = [
        *_disjoint_types(ontology, [*known, *new]),
        *_second_values(ontology, [*known, *new], proved),
        *_unproved_equals(new, proved),
    ]
    return sorted(set(found))


def _proved_equals(stated: list[Triple]) -> Callable[[str], str]:
    """A function that gives one name to all things that the statements say are the same."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while name in leader:
            name = leader[name]
        return name

    for triple in stated:
        if triple.predicate == SAME_AS:
            one, other = sorted((lead(str(triple.subject)), lead(str(triple.object))))
            if one != other:
                leader[other] = one
    return lead


def disjoint_pairs(ontology: Ontology) -> set[frozenset[str]]:
    """Pairs of named classes that the ontology states to be disjoint, by pair or by list."""
    pairs: set[frozenset[str]] = set()
    for triple in ontology.triples:
        if triple.predicate.value == ns.OWL + "disjointWith":
            named = [t.value for t in (triple.subject, triple.object) if isinstance(t, ox.NamedNode)]
            pairs |= {frozenset(named)} if len(named) == 2 else set()
        elif triple.predicate.value in (ns.OWL + "members", ns.OWL + "disjointUnionOf"):
            members = [m.value for m in rdf_list(ontology, triple.object) if isinstance(m, ox.NamedNode)]
            pairs |= {frozenset(pair) for pair in combinations(members, 2)}
    return pairs


def _disjoint_types(ontology: Ontology, triples: list[Triple]) -> Iterator[Clash]:
    pairs = disjoint_pairs(ontology)
    types: defaultdict[str, set[str]] = defaultdict(set)
    for t in triples:
        if t.predicate == TYPE and isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
            types[t.subject.value].add(t.object.value)
    for subject, found in types.items():
        for one, other in combinations(sorted(found), 2):
            if frozenset((one, other)) in pairs:
                yield Clash(
                    subject, TYPE.value,
                    f"{ns.shorten(subject)} is a {ns.shorten(one)} and a {ns.shorten(other)}: disjoint",
                    "correct its types, or the property whose domain or range says so",
                )  # fmt: skip


def _second_values(
    ontology: Ontology, triples: list[Triple], proved: Callable[[str], str]
) -> Iterator[Clash]:
    functional = {
        t.subject for t in ontology.triples
        if t.predicate == TYPE and str(t.object) == f"<{ns.OWL}FunctionalProperty>"
    }  # fmt: skip
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate in functional and isinstance(triple.subject, ox.NamedNode):
            values[triple.subject.value, triple.predicate.value].add(proved(str(triple.object)))
    for (subject, predicate), found in values.items():
        if len(found) > 1:
            listed = ", ".join(sorted(found))
            yield Clash(
                subject, predicate,
                f"{ns.shorten(subject)} has {len(found)} values of {ns.shorten(predicate)}: {listed}",
                "this property has one value: keep one, or make two things",
            )  # fmt: skip


def _unproved_equals(inferred: list[Triple], proved: Callable[[str], str]) -> Iterator[Clash]:
    """Equality that follows, although no source states it."""
    for t in inferred:
        if t.predicate != SAME_AS or not isinstance(t.subject, ox.NamedNode):
            continue
        if proved(str(t.subject)) != proved(str(t.object)):
            yield Clash(
                t.subject.value, SAME_AS.value,
                f"it follows that {ns.shorten(t.subject.value)} is the same as {t.object}",
                "look for a functional property with two values, or for one key on two things",
            )  # fmt: skip


def ask_hermit(triples: Iterable[Triple], timeout_s: float = 600.0) -> Verdict:
    """HermiT's verdict on ontology and data together.

    Raises `ReasonerError` where Java is missing, HermiT fails or takes too long, or the data would make
    owlready2 import code or documents.
    """
    known = list(triples)
    _refuse_imports(known)
    if shutil.which("java") is None:
        raise ReasonerError(
            "HermiT needs Java: install a Java runtime (11 or newer), or build without --hermit"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checked.nt"
        path.write_text("".join(sorted(f"{triple} .\n" for triple in known)), encoding="utf-8")
        command = [sys.executable, "-m", "ontology.hermit_worker", str(path)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=True)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise ReasonerError(f"HermiT took longer than {timeout_s:.0f} s") from None
        except subprocess.CalledProcessError as error:
            raise ReasonerError(f"HermiT's process failed: {error.stderr.strip()[-500:]}") from None
    answer = json.loads(done.stdout)
    if answer["error"]:
        raise ReasonerError(f"HermiT failed: {answer['error'].strip()[:500]}")
    return Verdict(answer["consistent"], tuple(answer["unsatisfiable"]))


def _refuse_imports(triples: Iterable[Triple]) -> None:
    """Refuse what makes owlready2 import modules or documents."""
    for triple in triples:
        if triple.predicate.value == ns.OWL + "imports" or _OWLREADY in str(triple):
            raise ReasonerError(
                f"refused before reasoning: {triple.predicate.value} imports code or documents"
            )
