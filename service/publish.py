"""Load a release into an outside store: its graphs, its default graph, and the mark by which engines know it.

Only our graphs are touched: those of the release, those below our base IRI, those of the release that the
store holds if its folder is at hand, and the default graph. Afterwards every graph is counted in the store.
"""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

from kb.release import Release, ReleaseError, open_release
from ontology import namespaces as ns
from service.publish_ways import Content, Query, Tell, Way
from service.sparql.remote_graphs import EVERYTHING, PUBLISHED, WHICH, release_in
from service.sparql.remote_http import StoreError

LAYOUTS = ("loaded", "union", "everything")
COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
DEFAULT_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_SHORTEST = "0001-01-01T00:00:00"


class PublishError(Exception):
    """Publishing failed; the sentence says where, and what state the store is in."""


@dataclass(frozen=True)
class Plan:
    """What publishing will do to the store.

    `held`: the release that it marks as held, or ""; `replaced` and `gone`: graphs that are written anew and
    dropped; `default`: statements of its default graph that are replaced.
    """

    content: Content
    layout: str
    held: str
    replaced: tuple[str, ...]
    gone: tuple[str, ...]
    default: int

    @property
    def destroys(self) -> bool:
        return bool(self.replaced or self.gone or self.default)


def read(release: Release, layout: str) -> Content:
    """The graphs of a release. `layout`: loaded (the default graph as such), union (the store's default graph
    is the union of the named ones), or everything (the default graph under the name EVERYTHING).
    """
    content = Content(release.id)
    default: list[str] = []
    seen: set[tuple[object, ...]] = set()
    with gzip.open(release.dataset) as stream:
        for quad in ox.parse(stream.read(), format=ox.RdfFormat.N_QUADS):
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            lines = content.named.setdefault(name, []) if name else default
            lines.append(f"{quad.triple} .\n")
            value = value_of(quad.object)
            if value is not None:
                key = (name, quad.subject, quad.predicate, value)
                content.equal[name] += key in seen
                seen.add(key)
    content.statements = len(default)
    if layout == "everything":
        content.named[EVERYTHING] = default
        content.equal[EVERYTHING] = content.equal[""]
    elif layout == "loaded":
        content.default = default
    return content


def value_of(term: object) -> object:
    """What some stores keep of a number, truth value or date instead of its spelling; None of other terms."""
    if not isinstance(term, ox.Literal) or not term.datatype.value.startswith(ns.XSD):
        return None
    kind = term.datatype.value.removeprefix(ns.XSD)
    if kind == "boolean":
        return Decimal(term.value in ("true", "1"))
    if kind in ("gYear", "gYearMonth", "date", "dateTime"):
        return term.value + _SHORTEST[len(term.value) :]
    if kind in ("string", "hexBinary", "anyURI"):
        return None
    try:
        return Decimal(term.value)
    except InvalidOperation:
        return None


def plan(content: Content, layout: str, query: Query, folder: Path | None = None) -> Plan:
    """Compare the store with the release. `folder`: of releases, to know the graphs of the one that it holds.

    Raises StoreError.
    """
    there = {row["g"] for row in query.rows(COUNTS) if "g" in row}
    held, _ = release_in([row["g"] for row in query.rows(WHICH)])
    ours = {iri for iri in there if iri.startswith(ns.BASE)} | (there & _graphs_of(held, folder))
    ours.discard(content.marker)
    default = int(query.rows(DEFAULT_COUNT)[0]["n"]) if layout == "loaded" else 0
    replaced = tuple(sorted(there & content.named.keys()))
    return Plan(content, layout, held, replaced, tuple(sorted(ours - content.named.keys())), default)


def _graphs_of(held: str, folder: Path | None) -> set[str]:
    """The graphs of a release by its id, if its folder lies in `folder`."""
    if not held or folder is None:
        return set()
    try:
        return set(read(open_release(folder / held), "union").named)
    except (ReleaseError, OSError):
        return set()


def publish(plan: Plan, way: Way, query: Query, wait_s: float, tell: Tell) -> None:
    """Carry a plan out, and verify it. Raises PublishError; then no engine takes the store to hold a release,
    unless an atomic way failed, which leaves all as it was.

    `wait_s`: seconds between taking the mark away and the first change, for queries that run.
    """
    content = plan.content
    try:
        if not way.is_atomic:
            _take_marks_away(plan, way, query, wait_s, tell)
        way.load(content, plan.gone, plan.default > 0, tell)
    except StoreError as error:
        state = "nothing was changed" if way.is_atomic else "it holds no whole release; publish again"
        raise PublishError(f"{error.detail}\nThe store is in this state: {state}.") from error
    try:
        faults = differences(content, plan.layout, query, tell)
        if faults:
            way.drop(content.marker)
            listed = "\n".join(faults[:10]) + (f"\n… and {len(faults) - 10} more" if len(faults) > 10 else "")
            raise PublishError(f"The store holds other numbers than the release:\n{listed}\n{_ADVICE}")
        if not way.is_atomic:
            way.mark(content)
        if content.release not in release_in([row["g"] for row in query.rows(WHICH)]):
            raise PublishError("The mark of the release is not in the store, or not the only one.")
    except StoreError as error:
        raise PublishError(
            f"{error.detail}\nThe release is loaded but not verified; publish again."
        ) from error


_ADVICE = (
    "It is not marked as published. If only the default graph is wrong: the store has one of its own, or it "
    "is the union of all graphs, or their sum; see --default-graph."
)


def _take_marks_away(plan: Plan, way: Way, query: Query, wait_s: float, tell: Tell) -> None:
    marks = [row["g"] for row in query.rows(WHICH) if row["g"].startswith(PUBLISHED)]
    for graph in marks:
        way.drop(graph)
    if marks:
        tell(
            f"mark of {plan.held or 'several releases'} taken away; waiting {wait_s:g} s for running queries"
        )
        time.sleep(wait_s)


def differences(content: Content, layout: str, query: Query, tell: Tell) -> list[str]:
    """What the store holds otherwise than the release, one sentence for each graph. Raises StoreError.

    A store may keep one of several statements that differ only in how a value is spelled, which is told.
    """
    found = {row["g"]: int(row["n"]) for row in query.rows(COUNTS) if "g" in row}
    expected = {iri: len(lines) for iri, lines in content.named.items()}
    if layout != "everything":
        found[""] = int(query.rows(DEFAULT_COUNT)[0]["n"])
        expected[""] = content.statements
    missing = {iri: number - found.get(iri, 0) for iri, number in expected.items()}
    if respelled := {iri: number for iri, number in missing.items() if 0 < number <= content.equal[iri]}:
        tell(
            f"{sum(respelled.values())} statements in {len(respelled)} graphs are not there: their values "
            "equal others', and this store keeps one of several spellings"
        )
    return [
        f"{f'graph <{iri}>' if iri else 'the default graph'}: {found.get(iri, 0):,} instead of {number:,}"
        for iri, number in expected.items()
        if not 0 <= missing[iri] <= content.equal[iri]
    ]
