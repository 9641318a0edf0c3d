"""A graph as a picture: the best connected things of a CONSTRUCT or DESCRIBE and the statements between them.

Bounded, and it says what it leaves out; the same result gives the same picture. Every thing is a link that
the keyboard reaches; the table of statements says all of it in words.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup, escape

from ontology import namespaces as ns
from service.pages import iris
from service.pages.charts import View
from service.sparql.engine import Term

MAX_NODES = 30
MAX_EDGES = 60
_WIDTH, _HEIGHT, _MARGIN_X, _MARGIN_Y = 1060, 680, 95, 28
_ROUNDS = 150
_BOX_WIDTH, _BOX_HEIGHT = 168, 40
_APART_X, _APART_Y = 184, 62
_LABEL = 23
_TYPE = ns.RDF + "type"
Point = tuple[float, float]
Edge = tuple[str, str]
Places = list[list[float]]


@dataclass(frozen=True)
class Graph:
    """What is drawn. `edges`: (from, to) → properties in words; `left_out`: sentences on what is not."""

    nodes: tuple[str, ...]
    edges: dict[Edge, tuple[str, ...]]
    left_out: tuple[str, ...]


def of(
    rows: Iterable[tuple[Term | None, ...]], name: Callable[[str], str], word: Callable[[str], str]
) -> tuple[tuple[View, ...], str]:
    """The picture of the statements in `rows`, or none and the reason. `name` and `word`: IRI → label."""
    graph = read(rows, word)
    if not graph.edges:
        return (), "There is no picture, because no statement joins two things."
    return (View("picture", "Picture", _svg(graph, name), " ".join(graph.left_out)),), ""


def read(rows: Iterable[tuple[Term | None, ...]], word: Callable[[str], str]) -> Graph:
    """The best connected things, and what joins them. Kinds, texts and numbers are not drawn."""
    joined: dict[Edge, set[str]] = {}
    texts = kinds = 0
    for subject, predicate, value in rows:
        assert isinstance(predicate, ox.NamedNode)
        if isinstance(value, ox.Literal):
            texts += 1
        elif predicate.value == _TYPE:
            kinds += 1
        elif (start := _key(subject)) != (end := _key(value)):
            joined.setdefault((start, end), set()).add(word(predicate.value))
    degree: Counter[str] = Counter(end for edge in joined for end in edge)
    ranked = sorted(degree, key=lambda node: (-degree[node], node))
    chosen = _connected(ranked, joined)
    edges = {edge: tuple(sorted(joined[edge])) for edge in sorted(joined) if chosen.issuperset(edge)}
    kept = dict(list(edges.items())[:MAX_EDGES])
    nodes = tuple(node for node in ranked if any(node in edge for edge in kept))
    left_out = []
    if len(nodes) < len(ranked):
        left_out.append(f"Drawn are the {len(nodes)} best connected of {len(ranked)} things.")
    if len(kept) < len(joined):
        left_out.append(f"{len(kept)} of {len(joined)} connections are drawn.")
    if texts or kinds:
        left_out.append(f"Not drawn: {texts} statements with a text or number and {kinds} that name a kind.")
    return Graph(nodes, kept, tuple(left_out))


def _key(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _connected(ranked: list[str], joined: Iterable[Edge]) -> set[str]:
    """The best connected things, each next one joined to those before it where there is such a one."""
    neighbours: dict[str, set[str]] = {node: set() for node in ranked}
    for start, end in joined:
        neighbours[start].add(end)
        neighbours[end].add(start)
    chosen: set[str] = set()
    while len(chosen) < min(MAX_NODES, len(ranked)):
        near = {one for node in chosen for one in neighbours[node]} - chosen
        chosen.add(next(node for node in ranked if node in (near or neighbours.keys() - chosen)))
    return chosen


def layout(nodes: tuple[str, ...], edges: Iterable[Edge]) -> dict[str, Point]:
    """Places by springs and repulsion (Fruchterman and Reingold, 1991), from a circle, in so many rounds."""
    count = len(nodes)
    turn = 2 * math.pi / max(count, 1)
    at = [[math.cos(n * turn), math.sin(n * turn)] for n in range(count)]
    index = {node: n for n, node in enumerate(nodes)}
    springs = [(index[a], index[b]) for a, b in edges]
    ideal = 1.6 / math.sqrt(max(count, 1))
    for round_ in range(_ROUNDS):
        force = [[0.0, 0.0] for _ in at]
        for i in range(count):
            for j in range(i):
                _pull(at, force, i, j, lambda d: -ideal * ideal / d)
        for i, j in springs:
            _pull(at, force, i, j, lambda d: d * d / ideal)
        heat = 0.15 * (1 - round_ / _ROUNDS)
        for place, (dx, dy) in zip(at, force, strict=True):
            length = math.hypot(dx, dy) or 1.0
            place[0] += dx / length * min(length, heat)
            place[1] += dy / length * min(length, heat)
    on_paper = [list(_onto_paper(at, n)) for n in range(count)]
    _part(on_paper)
    return {node: (x, y) for node, (x, y) in zip(nodes, on_paper, strict=True)}


def _part(at: Places) -> None:
    """Move boxes that cover each other apart, the way that is shorter, and keep them on the paper."""
    for _ in range(_ROUNDS):
        moved = False
        for i, one in enumerate(at):
            for other in at[:i]:
                dx, dy = one[0] - other[0], one[1] - other[1]
                over = (_APART_X - abs(dx), _APART_Y - abs(dy))
                if min(over) <= 0:
                    continue
                moved = True
                axis = 1 if over[1] <= over[0] else 0
                step = math.copysign(over[axis] / 2 + 0.5, (dx, dy)[axis])
                one[axis] += step
                other[axis] -= step
        for place in at:
            place[0] = min(max(place[0], _MARGIN_X), _WIDTH - _MARGIN_X)
            place[1] = min(max(place[1], _MARGIN_Y), _HEIGHT - _MARGIN_Y)
        if not moved:
            return


def _pull(at: Places, force: Places, i: int, j: int, strength: Callable[[float], float]) -> None:
    dx, dy = at[j][0] - at[i][0], at[j][1] - at[i][1]
    distance = math.hypot(dx, dy) or 1e-3
    pull = strength(distance) / distance
    force[i][0] += dx * pull
    force[i][1] += dy * pull
    force[j][0] -= dx * pull
    force[j][1] -= dy * pull


def _onto_paper(at: Places, n: int) -> Point:
    def scaled(axis: int, low: float, high: float) -> float:
        values = [place[axis] for place in at]
        width = max(values) - min(values)
        return low + ((at[n][axis] - min(values)) / width if width > 1e-9 else 0.5) * (high - low)

    return scaled(0, _MARGIN_X, _WIDTH - _MARGIN_X), scaled(1, _MARGIN_Y, _HEIGHT - _MARGIN_Y)


def _svg(graph: Graph, name: Callable[[str], str]) -> Markup:
    places = layout(graph.nodes, graph.edges)
    lines = [_line(places[a], places[b], ", ".join(words)) for (a, b), words in graph.edges.items()]
    boxes = [_box(node, name(node), places[node]) for node in graph.nodes]
    about = (
        f"Picture of {len(graph.nodes)} things and {len(graph.edges)} connections between them; "
        "the table says the same in words."
    )
    # Every label is escaped where it is written.
    return Markup(  # noqa: S704
        f'<svg class="chart chart--graph" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{about}">'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _line(start: Point, end: Point, words: str) -> str:
    (x1, y1), (x2, y2) = start, end
    angle = math.atan2(y2 - y1, x2 - x1)
    tip = _edge_of_box(x2, y2, angle)
    bent = (angle + 0.4, angle - 0.4)
    wings = [(tip[0] - 9 * math.cos(one), tip[1] - 9 * math.sin(one)) for one in bent]
    arrow = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, *wings))
    middle = f'x="{(x1 + x2) / 2:.0f}" y="{(y1 + y2) / 2 - 3:.0f}" text-anchor="middle"'
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{tip[0]:.1f}" y2="{tip[1]:.1f}" class="edge"/>'
        f'<polygon points="{arrow}" class="arrow"/>'
        f'<text {middle} class="verb">{escape(_short(words, 34))}</text>'
    )


def _edge_of_box(x: float, y: float, angle: float) -> Point:
    """Where a line that comes in at an angle meets the box around a point."""
    half_width, half_height = _BOX_WIDTH / 2 + 2, _BOX_HEIGHT / 2 + 2
    by_side = half_width / abs(math.cos(angle)) if abs(math.cos(angle)) > 1e-6 else math.inf
    by_top = half_height / abs(math.sin(angle)) if abs(math.sin(angle)) > 1e-6 else math.inf
    back = min(by_side, by_top)
    return x - back * math.cos(angle), y - back * math.sin(angle)


def _box(node: str, label: str, at: Point) -> str:
    x, y = at
    rows = textwrap.wrap(label, _LABEL, max_lines=2, placeholder="…") or [""]
    first = y + (5 if len(rows) == 1 else -3)
    corner = f'x="{x - _BOX_WIDTH / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}"'
    content = (
        f"<title>{escape(label)}</title>"
        f'<rect {corner} width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6" class="node"/>'
    )
    for n, row in enumerate(rows):
        content += f'<text x="{x:.0f}" y="{first + 16 * n:.0f}" text-anchor="middle">{escape(row)}</text>'
    href = iris.link_to(node) if not node.startswith("_:") else ""
    return f'<a href="{escape(href)}">{content}</a>' if href else f"<g>{content}</g>"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
