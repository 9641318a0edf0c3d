"""Charts of a result, chosen by the kinds of its columns: bars, a line, a map of Europe.

A chart is an SVG without styles or scripts of its own; the table beside it has the same values in words. Bars
and lines are placed in percent, so that they fit any screen without their text shrinking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from service.pages import europe
from service.pages.results import Cell, Column, Table

MAX_BARS = 40
MAX_POINTS = 300
MAX_NUMBERS = 3
MAX_LABEL = 90
WIDE = 38  # characters; longer labels do not fit onto a phone
MOSTLY = 0.6
LARGEST = 1e308  # a sum over it would be infinite
_ROW = 38
_HEIGHT = 320
_LEFT, _RIGHT = 9.0, 97.0  # percent, of lines
_TOP, _BOTTOM = 20, 280
_DATE = re.compile(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?")
Row = tuple[Cell | None, ...]


@dataclass(frozen=True)
class View:
    """A way to see a result. `note` says what it leaves out, "" for nothing."""

    name: str
    label: str
    svg: Markup
    note: str = ""


def of(table: Table) -> tuple[tuple[View, ...], str]:
    """The charts that suit, the best first, or none and the reason."""
    numbers = [n for n, column in enumerate(table.columns) if column.kind == "number"][:MAX_NUMBERS]
    places = [n for n, column in enumerate(table.columns) if _is_places(column, table.rows, n)][:1]
    values: list[int | None] = list(numbers) or [None]
    found = [_map(table, place, value) for place in places for value in values]
    along = _first(table.columns, ("date",))
    label = _label(table)
    if along is None and label is None and len(numbers) > 1:
        along = numbers.pop(0)
    if along is not None and _is_a_line(table.rows, along):
        found += [_line(table, along, value) for value in numbers]
    elif label is not None:
        found += [_bars(table, label, value) for value in numbers]
    drawn = tuple(view for view in found if view)
    return drawn, "" if drawn else _why_not(table, numbers, label, along)


def is_plain(table: Table) -> bool:
    """Whether a result is made to be drawn: few columns, one of numbers, more than two rows."""
    kinds = [column.kind for column in table.columns]
    return kinds.count("number") == 1 and len(kinds) <= 3 and 2 < len(table.rows) <= MAX_BARS


def _why_not(table: Table, numbers: Sequence[int], label: int | None, along: int | None) -> str:
    if len(table.rows) < 2:
        return "There is no chart of a single row."
    if not numbers:
        return "There is no chart, because no column holds only numbers; count or sum something to have one."
    if along is not None and label is None:
        return "There is no line, because two rows have the same date or number to stand at."
    return "There is no chart, because no column names what the numbers are of."


def _first(columns: Sequence[Column], kinds: Sequence[str]) -> int | None:
    return next((n for n, column in enumerate(columns) if column.kind in kinds), None)


def _label(table: Table) -> int | None:
    """The column whose cells name the rows: short texts, else things."""
    short = [
        n
        for n, column in enumerate(table.columns)
        if column.kind == "text" and all(len(c.text) <= MAX_LABEL for row in table.rows if (c := row[n]))
    ]
    if short:
        return short[0]
    return _first(table.columns, ("thing", "other", "text"))


def _bars(table: Table, label: int, value: int) -> View | None:
    found = [(a, b.number) for row in table.rows if (a := row[label]) and (b := row[value])]
    if len(found) < 2:
        return None
    shown = found[:MAX_BARS]
    low, high = min(0.0, *(n for _, n in shown)), max(0.0, *(n for _, n in shown))
    most = 82  # percent; the rest is for the number behind the longest bar
    zero = _share(0, low, high) * most
    parts = []
    for n, (cell, number) in enumerate(shown):
        y = n * _ROW
        end = _share(number, low, high) * most
        start, width = min(zero, end), abs(end - zero)
        bar = f'x="{start:.2f}%" y="{y + 20}" width="{max(width, 0.2):.2f}%" height="12" rx="2"'
        behind = f'x="{start + width:.2f}%" dx="6" y="{y + 31}"'
        parts += [
            f'<text x="0" y="{y + 15}">{escape(_short(cell.text, 70))}</text>',
            f'<rect {bar} class="bar"/><text {behind} class="value">{escape(_plain(number))}</text>',
        ]
    names = table.columns[label].name, table.columns[value].name
    svg = _svg(
        f"Bars of {names[1]} by {names[0]}",
        f"{len(shown)} bars; the table has the same values.",
        f'width="100%" height="{len(shown) * _ROW + 4}"',
        "".join(parts),
        "wide" if max(len(cell.text) for cell, _ in shown) > WIDE else "",
    )
    return View(f"bars-{names[1]}", f"Bars of {names[1]}", svg, _left_out(len(found), len(shown), "rows"))


def _is_a_line(rows: Sequence[Row], along: int) -> bool:
    places = [_place(cell) for row in rows if (cell := row[along])]
    return len(places) > 2 and len(set(places)) == len(places)


def _line(table: Table, along: int, value: int) -> View | None:
    """A line over dates or numbers, from left to right."""
    found = sorted(
        (_place(a), b.number, a.text) for row in table.rows if (a := row[along]) and (b := row[value])
    )
    if len(found) < 3:
        return None
    shown = found[:MAX_POINTS]
    first, last = shown[0][0], shown[-1][0]
    low, high = min(0.0, *(y for _, y, _ in shown)), max(0.0, *(y for _, y, _ in shown))

    def x(at: float) -> float:
        return _LEFT + _share(at, first, last) * (_RIGHT - _LEFT)

    def y(at: float) -> float:
        return _BOTTOM - _share(at, low, high) * (_BOTTOM - _TOP)

    parts = []
    for at in _ticks(low, high):
        line = f'x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y(at):.1f}" y2="{y(at):.1f}"'
        text = f'x="{_LEFT - 1}%" y="{y(at) + 4:.1f}" text-anchor="end"'
        parts += [f'<line {line} class="grid"/><text {text} class="value">{escape(_plain(at))}</text>']
    for (x1, y1, _), (x2, y2, _) in pairwise(shown):
        line = f'x1="{x(x1):.2f}%" y1="{y(y1):.1f}" x2="{x(x2):.2f}%" y2="{y(y2):.1f}"'
        parts.append(f'<line {line} class="stroke"/>')
    for at, number, name in shown:
        title = f"<title>{escape(name)}: {escape(_plain(number))}</title>"
        parts.append(f'<circle cx="{x(at):.2f}%" cy="{y(number):.1f}" r="4" class="bar">{title}</circle>')
    for (at, _, name), anchor in ((shown[0], "start"), (shown[-1], "end")):
        text = f'x="{x(at):.2f}%" y="{_BOTTOM + 24}" text-anchor="{anchor}"'
        parts.append(f"<text {text}>{escape(_short(name, 24))}</text>")
    names = table.columns[along].name, table.columns[value].name
    svg = _svg(
        f"Line of {names[1]} over {names[0]}",
        f"{len(shown)} points from {shown[0][2]} to {shown[-1][2]}; the table has the same values.",
        f'width="100%" height="{_HEIGHT}"',
        "".join(parts),
    )
    return View(f"line-{names[1]}", f"Line of {names[1]}", svg, _left_out(len(found), len(shown), "points"))


def _is_places(column: Column, rows: Sequence[Row], n: int) -> bool:
    """Whether most of a column are countries; some of what the documents compare are parts of one."""
    cells = [cell for row in rows if (cell := row[n])]
    known = sum(bool(_country(cell)) for cell in cells)
    return column.kind != "number" and known > 1 and known >= len(cells) * MOSTLY


def _country(cell: Cell) -> str:
    """The ISO code that a cell is, names, or stands for; "" for none."""
    return cell.country or europe.code_of(cell.text)


def _map(table: Table, place: int, value: int | None) -> View | None:
    """Countries as tiles, shaded by a number, or by their rows where there is none; numbers are added up."""
    sums: dict[str, float] = {}
    names: dict[str, str] = {}
    for row in table.rows:
        cell, number = row[place], row[value] if value is not None else None
        if cell and (value is None or number):
            code = _country(cell) or cell.text
            names[code] = cell.text
            added = sums.get(code, 0) + (number.number if number else 1)
            sums[code] = max(-LARGEST, min(LARGEST, added))
    on_map = {code: number for code, number in sums.items() if code in europe.TILES}
    if len(on_map) < 2:
        return None
    low, high = min(on_map.values()), max(on_map.values())
    shades = {
        code: (_share(number, low, high) if high > low else 0.5, _plain(number))
        for code, number in on_map.items()
    }
    of_what = table.columns[value].name if value is not None else "rows"
    outside = [f"{names[code]} ({_plain(sums[code])})" for code in sums if code not in europe.TILES]
    svg = _svg(
        f"Map of {of_what} by {table.columns[place].name}",
        f"Countries of Europe as squares, {len(on_map)} of them with a value; the table has the same values.",
        f'viewBox="0 0 {europe.WIDTH} {europe.HEIGHT}"',
        europe.tiles(shades),
        "map",
    )
    note = f"Not on the map: {', '.join(outside)}." if outside else ""
    return View(f"map-{of_what}", f"Map of {of_what}", svg, note)


def _place(cell: Cell) -> float:
    """Where a date or number stands on a line."""
    if cell.is_number:
        return cell.number
    match = _DATE.match(cell.machine or cell.text)
    if match is None:
        return 0.0
    year, month, day = (int(part) if part else 1 for part in match.groups())
    return year + (month - 1) / 12 + (day - 1) / 372


def _share(at: float, low: float, high: float) -> float:
    """How far a number is on the way from one to another, 0 to 1; halved first, so that none overflows."""
    return (at / 2 - low / 2) / (high / 2 - low / 2) if high / 2 > low / 2 else 0.0


def _ticks(low: float, high: float) -> list[float]:
    """Four or so round numbers between two."""
    step = 1.0
    for power in range(-9, 16):
        for base in (1, 2, 5):
            step = base * 10.0**power
            if (high - low) / step <= 5:
                first = -(-low // step)
                return [step * (first + n) for n in range(int((high - first * step) / step + 1e-9) + 1)]
    return [low, high]


def _plain(number: float) -> str:
    """`1,234`, `0.25`, without a needless `.0`."""
    return f"{number:,.0f}" if number == int(number) and abs(number) < 1e15 else f"{number:,.4g}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _left_out(total: int, shown: int, what: str) -> str:
    return f"Only the first {shown} {what} are drawn, as they stand in the table." if shown < total else ""


def _svg(title: str, description: str, size: str, content: str, kind: str = "") -> Markup:
    """An SVG; `content` and `size` are ours, with every value of the result escaped in it."""
    look = f"chart chart--{kind}" if kind else "chart"
    about = escape(f"{title}. {description}")
    # What comes from the result is escaped here and where the pieces are made.
    return Markup(f'<svg class="{look}" role="img" aria-label="{about}" {size}>{content}</svg>')  # noqa: S704
