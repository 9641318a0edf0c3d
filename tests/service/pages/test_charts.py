"""Charts: which ones suit a result, that they show its numbers, and that hostile values are only text."""

from __future__ import annotations

import pytest

from service.pages import charts, europe
from service.pages.results import Cell, Column, Table
from tests.service.pages import hostile
from tests.service.pages.html import Page


def _number(value: str) -> Cell:
    return Cell(value, "number", machine=value)


def _table(kinds: dict[str, str], *rows: tuple[Cell | None, ...], total: int | None = None) -> Table:
    columns = tuple(Column(name, kind) for name, kind in kinds.items())
    return Table(columns, rows, len(rows) if total is None else total)


def _parsed(svg: str) -> Page:
    page = Page.parse(svg)
    assert page.faults == []
    return page


WORDS = _table(
    {"word": "text", "n": "number"},
    (Cell("a"), _number("1")), (Cell("b"), _number("4")), (Cell("c"), _number("-2")),
)  # fmt: skip
YEARS = _table(
    {"year": "date", "n": "number"},
    *((Cell(y, "date", machine=y), _number(n)) for y, n in (("2021", "2"), ("2019-07", "1"), ("2020", "3"))),
)


def test_words_and_numbers_are_bars() -> None:
    (view,), why = charts.of(WORDS)
    assert (view.name, view.note, why) == ("bars-n", "", "")
    page = _parsed(view.svg)
    bars = [a for tag, a in page.tags if tag == "rect"]
    widths = [float(a["width"].rstrip("%")) for a in bars]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    start = [float(a["x"].rstrip("%")) for a in bars]
    assert start[2] + widths[2] == pytest.approx(start[0], abs=0.1), (
        "what is below zero goes to the left of it"
    )
    assert charts.is_plain(WORDS)


def test_dates_and_numbers_are_a_line_from_left_to_right() -> None:
    (view,), _ = charts.of(YEARS)
    assert view.name == "line-n"
    page = _parsed(view.svg)
    points = [a for tag, a in page.tags if tag == "circle"]
    across = [float(a["cx"].rstrip("%")) for a in points]
    assert across == sorted(across)
    assert (across[1] - across[0]) / (across[2] - across[0]) == pytest.approx(0.5 / 1.5, abs=0.01)
    assert "2019-07" in page.words
    assert "2021: 2" in page.words


def test_two_columns_of_numbers_are_a_line_too() -> None:
    rows = [(_number(str(n)), _number(str(n * n))) for n in range(4)]
    (view,), _ = charts.of(_table({"n": "number", "square": "number"}, *rows))
    assert view.name == "line-square"


def test_countries_are_a_map_with_what_is_not_on_it_named() -> None:
    rows = [
        (Cell("Estonia", "thing", country="EE"), _number("3")),
        (Cell("Estonia", "thing", country="EE"), _number("2")),
        (Cell("Finland"), _number("1")),
        (Cell("England", "thing"), _number("4")),
    ]
    (first, *_), _ = charts.of(_table({"country": "thing", "n": "number"}, *rows))
    assert first.name == "map-n"
    assert first.note == "Not on the map: England (4)."
    page = _parsed(first.svg)
    assert "Estonia: 5" in page.words, "what is said of one country is added up"
    assert "Latvia: no value" in page.words


def test_countries_without_a_number_are_counted() -> None:
    rows = [(Cell(name),) for name in ("Estonia", "Estonia", "Finland")]
    (view,), _ = charts.of(_table({"country": "text"}, *rows))
    assert view.name == "map-rows"
    assert "Estonia: 2" in _parsed(view.svg).words


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (_table({"n": "number"}, (_number("1"),)), "a single row"),
        (_table({"a": "text"}, (Cell("x"),), (Cell("y"),)), "no column holds only numbers"),
        (_table({"n": "number"}, (_number("1"),), (_number("2"),)), "names what the numbers are of"),
    ],
)
def test_what_cannot_be_drawn_has_its_reason(table: Table, reason: str) -> None:
    views, why = charts.of(table)
    assert views == ()
    assert reason in why


def test_dates_that_come_twice_make_no_line() -> None:
    rows = [(Cell("2020", "date", machine="2020"), _number(n)) for n in ("1", "2", "3")]
    views, why = charts.of(_table({"year": "date", "n": "number"}, *rows))
    assert views == ()
    assert "two rows have the same date" in why


def test_a_long_result_says_what_is_drawn() -> None:
    rows = [(Cell(f"w{n}"), _number(str(n))) for n in range(charts.MAX_BARS + 1)]
    (view,), _ = charts.of(_table({"word": "text", "n": "number"}, *rows))
    assert f"Only the first {charts.MAX_BARS} rows" in view.note


@pytest.mark.parametrize("numbers", [("0", "0"), ("1e308", "-1e308"), ("1e-300", "2e-300"), ("7", "7")])
def test_odd_numbers_are_drawn(numbers: tuple[str, str]) -> None:
    rows = [(Cell(f"w{n}"), _number(text)) for n, text in enumerate(numbers)]
    (view,), _ = charts.of(_table({"word": "text", "n": "number"}, *rows))
    _parsed(view.svg)
    assert "nan" not in view.svg
    places = [(Cell(name), _number(numbers[0])) for name in ("Malta", "Malta", "Finland")]
    (view, _), _ = charts.of(_table({"place": "text", "n": "number"}, *places))
    assert "nan" not in view.svg
    assert "inf" not in view.svg
    line = [(Cell(str(2000 + n), "date", machine=str(2000 + n)), _number(numbers[n % 2])) for n in range(3)]
    (view,), _ = charts.of(_table({"year": "date", "n": "number"}, *line))
    assert "nan" not in view.svg


def test_hostile_values_are_only_text() -> None:
    for text in (hostile.IMAGE, hostile.SCRIPT, hostile.CLOSING):
        rows = [(Cell(text), _number("1")), (Cell("Estonia"), _number("2")), (Cell("Finland"), _number("3"))]
        views, _ = charts.of(_table({text: "text", "n": "number"}, *rows))
        assert len(views) == 2
        for view in views:
            assert {tag for tag, _ in _parsed(view.svg).tags} <= {"svg", "g", "rect", "text", "title"}


def test_every_country_has_a_square_of_its_own() -> None:
    places = [(column, row) for _, column, row in europe.TILES.values()]
    assert len(set(places)) == len(places)
    assert europe.code_of("finland") == europe.code_of("FI") == "FI"
    assert europe.code_of("fi") == ""
