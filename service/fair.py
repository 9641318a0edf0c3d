"""The checklist of a well-published knowledge graph: 48 rows, decided on a release and a server over it.

What cannot be decided before the addresses resolve is “only after publication”, and says what is left to do.
"""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

import kb
from kb import changes, queries
from kb.linking import review
from kb.release import Release, ReleaseError, pair, verify
from ontology import checks
from ontology import namespaces as ns
from ontology.terms import Ontology

PREFIXES = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in ns.PREFIXES.items())


#: Samples of links, judged by a second reader, and how large one is at least (or all of a set).
JUDGED = Path(kb.__file__).parent / "links" / "judged"
SAMPLE = 50


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105  (no password)
    FAIL = "FAIL"
    LATER = "only after publication"


@dataclass(frozen=True)
class Answer:
    """What a server answered. `headers` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes


Fetch = Callable[[str, str], Answer]  # address on the server, Accept → answer, redirects not followed


@dataclass(frozen=True)
class Found:
    """How a row came out. `faults`: what is wrong; `said`: what was looked at."""

    said: str
    faults: tuple[str, ...] = ()
    later: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.faults:
            return Verdict.FAIL
        return Verdict.LATER if self.later else Verdict.PASS

    @property
    def text(self) -> str:
        if self.faults:
            more = f" (and {len(self.faults) - 3} more)" if len(self.faults) > 3 else ""
            return f"{'; '.join(self.faults[:3])}{more}"
        return f"{self.said}; {self.later}" if self.later else self.said


@dataclass(frozen=True)
class Row:
    number: int
    title: str
    check: Callable[[Scene], Found]


@dataclass
class Scene:
    """What is checked: a release, read into memory at the first need, and a server over it."""

    release: Release
    fetch: Fetch
    _rules: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def store(self) -> ox.Store:
        store = ox.Store()
        store.bulk_load(input=gzip.decompress(self.release.dataset.read_bytes()), format=ox.RdfFormat.N_QUADS)
        return store

    @cached_property
    def ontology(self) -> Ontology:
        return changes.read_ontology(self.release)

    def column(self, query: str) -> list[str]:
        """The first variable of each solution, as text."""
        found = self.store.query(PREFIXES + query)
        assert isinstance(found, ox.QuerySolutions)
        return [row[0].value if hasattr(row[0], "value") else str(row[0]) for row in found]

    def number(self, query: str) -> int:
        return int(self.column(query)[0])


def none(scene: Scene, query: str, what: str, said: str) -> Found:
    """A row that holds where a query finds nothing; `what` is wrong with each thing that it finds."""
    return Found(said, tuple(f"{iri} {what}" for iri in scene.column(query)))


def rules(*names: str) -> Callable[[Scene], Found]:
    """A row that the ontology's own checks decide (`mentorgraph validate --ontology` lists them)."""
    chosen = [rule for rule in checks.ALL if rule.__name__ in names]
    assert len(chosen) == len(names), names

    def check(scene: Scene) -> Found:
        complaints = [c for rule in chosen for c in rule(scene.ontology)]
        told = "; ".join(checks.summary(rule).partition(": ")[2].rstrip(".") for rule in chosen)
        return Found(f"no complaint on: {told}", tuple(str(c) for c in complaints))

    return check


def minted_iris(scene: Scene) -> Found:
    found = rules("iris_are_persistent")(scene)
    strange = scene.column(
        'SELECT DISTINCT ?s { ?s ?p ?o FILTER(STRSTARTS(STR(?s), "http://w3id.org/school-mentoring")) }'
    )
    number = scene.number(
        f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ns.BASE}")) }}'
    )
    faults = (*found.faults, *(f"{iri} is minted with http" for iri in strange))
    return Found(f"{number:,} IRIs of ours, all under {ns.BASE}", faults)


def no_extension(scene: Scene) -> Found:
    ends = re.compile(r"\.(?:ttl|owl|rdf|n3|nt|nq|jsonld|html?)$")
    iris = scene.column(f'SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ns.ID}")) }}')
    return Found(
        f"{len(iris):,} things; the policy stands in service/pages/iris.py and docs/publishing.md",
        tuple(f"{iri} ends like a file" for iri in iris if ends.search(iri)),
    )


def version_agrees(scene: Scene) -> Found:
    stated = scene.ontology.values(ns.ONTOLOGY, ns.OWL + "versionInfo")
    version = scene.release.manifest["version"]
    fits = stated == [version] and re.fullmatch(r"\d+\.\d+\.\d+", version)
    return Found(
        f"owl:versionInfo and the release say {version}", () if fits else (f"{stated} is not {version}",)
    )


def licence(scene: Scene) -> Found:
    return none(
        scene,
        "SELECT ?s { { ?s a owl:Ontology } UNION { ?s a dcat:Dataset } UNION { ?s a dcat:Distribution } "
        "UNION { ?s a void:Linkset } FILTER NOT EXISTS { ?s dct:license ?l FILTER(isIRI(?l)) } }",
        "has no licence by IRI",
        "ontology, data set, files and sets of links have dct:license by IRI",
    )


def citation(scene: Scene) -> Found:
    texts = scene.ontology.values(ns.ONTOLOGY, ns.DCT + "bibliographicCitation")
    version = scene.release.manifest["version"]
    good = any(version in text and ns.ONTOLOGY in text for text in texts)
    return Found("it names version and address", () if good else ("the citation lacks version or address",))


def funding(scene: Scene) -> Found:
    numbers = scene.column("SELECT DISTINCT ?n { ?p a smm:Project ; smm:grantNumber ?n }")
    missing = [n for n in ("101004633", "101004676") if n not in numbers]
    return Found(
        "the data name both projects' grants; of funding of its own the graph states nothing",
        tuple(f"grant {n} is not named" for n in missing),
    )


def consistent(scene: Scene) -> Found:
    found = none(
        scene,
        "SELECT DISTINCT ?x { ?a owl:disjointWith ?b . ?x a ?a . ?x a ?b }",
        "is of two disjoint classes",
        "nothing in the closure is of two disjoint classes; HermiT runs with mentorgraph build --hermit",
    )
    return Found(found.said, (*found.faults, *rules("profile_is_stated")(scene).faults))


def kept_terms(scene: Scene) -> Found:
    try:
        before, after = pair(scene.release.path.parent, new=scene.release.id)
        old, new = (changes.of_ontology(changes.read_ontology(r), r.id) for r in (before, after))
    except ReleaseError:
        return Found("there is no release before this one")
    gone = changes.compare(old, new).terms_removed
    return Found(f"all terms of {before.id} are kept", tuple(f"{term} is gone" for term in gone))


def shapes(scene: Scene) -> Found:
    triples = list(scene.ontology.store.quads_for_pattern(None, None, None))
    both = Ontology([q.triple for q in triples], [q.triple for q in triples])
    (rule,) = [one for one in checks.ALL if one.__name__ == "every_class_has_a_shape"]
    return Found(
        "every class has a shape; a build with a violation publishes nothing",
        tuple(str(c) for c in rule(both)),
    )


def questions(scene: Scene) -> Found:
    asked = [q for q in queries.all_queries() if q.name.startswith("questions/")]
    without = [q.name for q in asked if not (queries.FOLDER / f"{q.name}.expected.json").is_file()]
    return Found(
        f"{len(asked)} questions, each with the answer that a test compares",
        tuple(f"{name} has no expected answer" for name in without) or (() if asked else ("there are none",)),
    )


def dumps(scene: Scene) -> Found:
    faults = verify(scene.release)
    stated = scene.number(f"SELECT ?n {{ <{ns.GRAPH_RELEASE}> void:triples ?n }}")
    counted = scene.release.manifest["counts"]["triples"]
    if stated != counted:
        faults.append(f"void:triples is {stated}, and the dump has {counted}")
    unsummed = scene.column(
        "SELECT ?d { ?d a dcat:Distribution ; dcat:downloadURL ?u FILTER NOT EXISTS { ?d spdx:checksum ?c } "
        'FILTER(STRENDS(STR(?u), "ontology.ttl")) }'
    )
    faults += [f"{iri} has no checksum" for iri in unsummed]
    return Found(f"hashes and sizes of the manifest; {counted:,} statements counted again", tuple(faults))


def reproducible(scene: Scene) -> Found:
    packed = scene.release.dataset.read_bytes()
    lines = gzip.decompress(packed).split(b"\n")[:-1]
    faults = []
    if packed[4:8] != b"\0\0\0\0":
        faults.append("the packed file holds a time")
    if any(one > other for one, other in itertools.pairwise(lines)):
        faults.append("its lines are not sorted")
    return Found("sorted lines, no times, named by its hash; a test builds it twice", tuple(faults))


def sourced(scene: Scene) -> Found:
    loose = scene.number("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }")
    graphs = scene.column(
        f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{ns.PASSAGE}")) '
        "FILTER NOT EXISTS { ?g a smm:Passage } }"
    )
    faults = [f"{loose} statements are in no graph"] if loose else []
    faults += [f"{iri} is no described passage" for iri in graphs]
    return Found(
        "each statement is in a graph that is a passage, a conclusion, ours or inferred", tuple(faults)
    )


def linksets(scene: Scene) -> Found:
    targets = {
        "CORDIS": "cordis", "ROR": "ror", "Wikidata": "wikidata", "EuroVoc": "eurovoc", "UNESCO": "unesco",
        "ESCO": "esco", "EU countries": "eu-authority",
    }  # fmt: skip
    sets = scene.column("SELECT ?s { ?s a void:Linkset ; void:triples ?n FILTER(?n > 0) }")
    faults = [
        f"no set of links to {name}" for name, part in targets.items() if not any(part in s for s in sets)
    ]
    wrong = scene.column(
        "SELECT ?s { ?s a void:Linkset ; void:triples ?n { SELECT ?s (COUNT(?m) AS ?c) "
        "{ GRAPH ?s { ?m a sssom:Mapping } } GROUP BY ?s } FILTER(?n != ?c) }"
    )
    return Found(f"{len(sets)} sets, counted again", (*faults, *(f"{s}: its count is wrong" for s in wrong)))


def reviewed(scene: Scene, folder: Path = JUDGED) -> Found:
    """Samples that a second reader judged stand in `folder`, a table for each set."""
    faults = [
        f"{iri} says owl:sameAs" for iri in scene.column("SELECT ?m { ?m owl:annotatedProperty owl:sameAs }")
    ]
    sizes = scene.store.query(PREFIXES + "SELECT ?s ?n { ?s a void:Linkset ; void:triples ?n } ORDER BY ?s")
    assert isinstance(sizes, ox.QuerySolutions)
    told, waiting = [], []
    for row in sizes:
        name, size = row["s"].value.removeprefix(ns.LINKS), int(row["n"].value)
        path = folder / f"{name}.tsv"
        if not path.is_file():
            waiting.append(name)
            continue
        found = review.precision(review.read_table(path).rows, path.name)
        told.append(f"{name} {found.right}/{found.judged} ({found.low:.2f} to {found.high:.2f})")
        if found.judged < min(SAMPLE, size):
            faults.append(f"{name}: {found.judged} of {min(SAMPLE, size)} links are judged")
    if waiting:
        faults.append(f"{len(waiting)} sets await a second reader's sample (mentorgraph link sample)")
    return Found(f"samples judged by a second reader: {', '.join(told)}", tuple(faults))


_PUBLISHED = (
    "http://publications.europa.eu/resource/authority/country/", "http://data.europa.eu/nuts/code/",
    "http://eurovoc.europa.eu/", "http://vocabularies.unesco.org/thesaurus/", "http://data.europa.eu/esco/",
    "http://www.wikidata.org/entity/Q", "https://ror.org/0", "https://doi.org/10.",
    "https://cordis.europa.eu/project/", "https://explore.openaire.eu/search/project?projectId=",
)  # fmt: skip


def outbound(scene: Scene) -> Found:
    targets = scene.column("SELECT DISTINCT ?t { ?m a sssom:Mapping ; owl:annotatedTarget ?t }")
    return Found(
        f"{len(targets)} targets in their publishers' form; a test compares them with the targets' lists",
        tuple(f"{iri} has no published form" for iri in targets if not iri.startswith(_PUBLISHED)),
    )


def later(said: str, to_do: str) -> Callable[[Scene], Found]:
    """A row that nothing here can decide."""
    return lambda scene: Found(said, later=to_do)


def also(check: Callable[[Scene], Found], to_do: str) -> Callable[[Scene], Found]:
    """A row of which a part is decided here, and the rest only after publication."""

    def both(scene: Scene) -> Found:
        found = check(scene)
        return Found(found.said, found.faults, to_do)

    return both


def run(scene: Scene, rows: Iterable[Row]) -> list[tuple[Row, Found]]:
    """Every row with how it came out."""
    return [(row, row.check(scene)) for row in rows]
