"""The main classes of the ontology and how they relate, as an SVG drawing and as the table that says so.

The drawing has no scripts and no styles of its own, so that it stands under any content security policy. Its
classes stand on an ellipse, in the order that keeps related ones near; a numbered line is a row of the table.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from html import escape
from itertools import combinations

from ontology import namespaces as ns
from service.pages.vocabulary import Vocabulary

CLASSES = 14
_WIDTH, _HEIGHT = 960, 700
_BOX_HEIGHT = 44
_ROW = 16
_STEPS = 80
_BADGE = 11
_GREY = "#5b6b73"
_MIDDLE = 'text-anchor="middle"'
Point = tuple[float, float]


@dataclass(frozen=True)
class Relation:
    """One line: the properties that lead from a class (or one below it) to another one."""

    number: int
    start: str
    end: str
    properties: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """`classes`: IRIs in their order around the drawing."""

    classes: tuple[str, ...]
    relations: tuple[Relation, ...]


def of(vocabulary: Vocabulary) -> Diagram:
    """The topmost classes that most properties connect, without those that only have fixed values."""
    found = _relations(vocabulary)
    weight: Counter[str] = Counter()
    for (start, end), properties in found.items():
        # Many neighbours count more than many properties with one of them.
        weight[start] += 3 + len(properties)
        weight[end] += 3 + len(properties)
    chosen = sorted(weight, key=lambda iri: (-weight[iri], iri))[:CLASSES]
    chosen = [iri for iri in chosen if any(iri in pair and set(pair) <= set(chosen) for pair in found)]
    pairs = {pair: tuple(sorted(found[pair])) for pair in sorted(found) if set(pair) <= set(chosen)}
    order = _ordered(chosen, list(pairs))
    place = {iri: index for index, iri in enumerate(order)}
    rows = sorted(pairs, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return Diagram(
        tuple(order), tuple(Relation(n, *pair, pairs[pair]) for n, pair in enumerate(rows, start=1))
    )


def _relations(vocabulary: Vocabulary) -> dict[tuple[str, str], set[str]]:
    """(class, class) → the properties between them; of two inverses the one that names the other."""
    fixed = {iri for term in vocabulary.of_kind("individual") for iri in term.types}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    told: set[str] = set()
    for term in sorted(vocabulary.of_kind("property"), key=lambda t: (not t.inverses, t.anchor)):
        inverse = vocabulary.inverse(term.iri)
        if inverse in told:
            continue
        told.add(term.iri)
        starts, ends = ({_top(vocabulary, iri) for iri in side} for side in (term.domains, term.ranges))
        for start in starts - fixed:
            for end in ends - fixed - {start}:
                if start.startswith(ns.SMM) and end.startswith(ns.SMM):
                    found[start, end].add(term.iri)
    return found


def _top(vocabulary: Vocabulary, iri: str) -> str:
    """The widest class of ours above a class, or the class itself."""
    ours = [one for one in vocabulary.ancestors(iri) if one.startswith(ns.SMM)]
    return ours[-1] if ours else iri


def _ordered(classes: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    """The order around the ellipse, improved by swapping two at a time until no swap shortens the lines."""
    order = list(classes)

    def length(of: list[str]) -> int:
        place = {iri: index for index, iri in enumerate(of)}
        gaps = (abs(place[a] - place[b]) for a, b in pairs)
        return sum(min(gap, len(of) - gap) ** 2 for gap in gaps)

    best, improved = length(order), True
    while improved:
        improved = False
        for i, j in combinations(range(len(order)), 2):
            other = list(order)
            other[i], other[j] = other[j], other[i]
            if (found := length(other)) < best:
                order, best, improved = other, found, True
    return order


def svg(diagram: Diagram, vocabulary: Vocabulary) -> str:
    """The drawing: lines first, boxes over them, numbers on top."""
    labels = {iri: vocabulary.label(iri) for iri in diagram.classes}
    places = {iri: _place(index, len(diagram.classes)) for index, iri in enumerate(diagram.classes)}
    rows = {iri: _rows(label) for iri, label in labels.items()}
    boxes = {iri: (*places[iri], max(88.0, 9.2 * max(map(len, rows[iri])) + 26)) for iri in labels}
    lines, badges = [], []
    taken: list[Point] = list(places.values())
    for relation in diagram.relations:
        points = _curve(boxes[relation.start], boxes[relation.end])
        lines.append(_line(points))
        badges.append(_badge(relation.number, _free(points, taken)))
    drawn = [_box(iri.removeprefix(ns.SMM), rows[iri], boxes[iri]) for iri in diagram.classes]
    names = ", ".join(labels[iri] for iri in diagram.classes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-labelledby="title about" font-family="system-ui, sans-serif">\n'
        '<title id="title">Main classes of the ontology and how they relate</title>\n'
        f'<desc id="about">{len(diagram.classes)} classes ({escape(names)}) with {len(diagram.relations)} '
        "numbered lines; the table on the page of the ontology says what each line stands for.</desc>\n"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>\n'
        + "\n".join([*lines, *drawn, *badges])
        + "\n</svg>\n"
    )


def _place(index: int, count: int) -> Point:
    angle = 2 * math.pi * index / max(count, 1) - math.pi / 2
    return (
        _WIDTH / 2 + (_WIDTH / 2 - 110) * math.cos(angle),
        _HEIGHT / 2 + (_HEIGHT / 2 - 40) * math.sin(angle),
    )


def _curve(start: tuple[float, float, float], end: tuple[float, float, float]) -> list[Point]:
    """Points of a line bent towards the centre, from the edge of one box to the edge of the other."""
    (x0, y0, _), (x2, y2, _) = start, end
    x1, y1 = (0.55 * (a + b) / 2 + 0.45 * c for a, b, c in ((x0, x2, _WIDTH / 2), (y0, y2, _HEIGHT / 2)))
    points = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        x = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t * t * x2
        y = (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t * t * y2
        if not (_within(x, y, start) or _within(x, y, end)):
            points.append((x, y))
    return points if len(points) > 1 else [(x0, y0), (x2, y2)]


def _within(x: float, y: float, box: tuple[float, float, float]) -> bool:
    return abs(x - box[0]) <= box[2] / 2 + 2 and abs(y - box[1]) <= _BOX_HEIGHT / 2 + 2


def _line(points: list[Point]) -> str:
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    (xb, yb), (xa, ya) = points[-1], points[max(0, len(points) - 5)]
    angle = math.atan2(yb - ya, xb - xa)
    wings = [(xb - 11 * math.cos(angle + turn), yb - 11 * math.sin(angle + turn)) for turn in (0.4, -0.4)]
    tip = " ".join(f"{x:.1f},{y:.1f}" for x, y in ((xb, yb), *wings))
    line = f'<path d="{path}" fill="none" stroke="{_GREY}" stroke-width="1.5"/>'
    return f'{line}<polygon points="{tip}" fill="{_GREY}"/>'


def _free(points: list[Point], taken: list[Point]) -> Point:
    """The point of a line that is farthest from the numbers and boxes placed so far; it is then taken."""
    inner = points[len(points) // 6 : -(len(points) // 6) or None] or points
    chosen = max(inner, key=lambda p: min(math.dist(p, other) for other in taken))
    taken.append(chosen)
    return chosen


def _badge(number: int, at: Point) -> str:
    x, y = at
    text = f'<text x="{x:.0f}" y="{y + 4:.0f}" font-size="12" {_MIDDLE} fill="#1c2b33">{number}</text>'
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{_BADGE}" fill="#ffffff" stroke="{_GREY}"/>{text}'


def _rows(label: str) -> list[str]:
    """A long label in two rows, broken at the space nearest its middle."""
    spaces = [i for i, c in enumerate(label) if c == " "]
    if len(label) <= _ROW or not spaces:
        return [label]
    at = min(spaces, key=lambda i: abs(i - len(label) / 2))
    return [label[:at], label[at + 1 :]]


def _box(name: str, rows: list[str], box: tuple[float, float, float]) -> str:
    x, y, width = box
    corner = f'x="{x - width / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}"'
    size = f'width="{width:.0f}" height="{_BOX_HEIGHT}" rx="6"'
    shape = f'<rect {corner} {size} fill="#e7f1ef" stroke="#1d5c55" stroke-width="1.5"/>'
    first = y + 6 if len(rows) == 1 else y - 4
    look = f'x="{x:.0f}" font-size="17" {_MIDDLE} fill="#112233"'
    texts = [f'<text y="{first + 18 * n:.0f}" {look}>{escape(row)}</text>' for n, row in enumerate(rows)]
    return f'<a href="/ontology/term/{escape(name)}">{shape}{"".join(texts)}</a>'
