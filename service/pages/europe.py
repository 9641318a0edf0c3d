"""Europe as a map of squares: each country about where it lies, all of one size, so that small ones count.

No coordinates are drawn from any data set; the places are chosen by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

_SIZE = 52
_GAP = 4
# Code → English name, column, row.
TILES: dict[str, tuple[str, int, int]] = {
    "IS": ("Iceland", 0, 0),
    "NO": ("Norway", 4, 0),
    "SE": ("Sweden", 5, 0),
    "FI": ("Finland", 6, 0),
    "EE": ("Estonia", 7, 1),
    "IE": ("Ireland", 0, 2),
    "GB": ("United Kingdom", 1, 2),
    "DK": ("Denmark", 4, 2),
    "LV": ("Latvia", 7, 2),
    "NL": ("Netherlands", 3, 3),
    "DE": ("Germany", 4, 3),
    "PL": ("Poland", 6, 3),
    "LT": ("Lithuania", 7, 3),
    "BY": ("Belarus", 8, 3),
    "BE": ("Belgium", 2, 4),
    "LU": ("Luxembourg", 3, 4),
    "CZ": ("Czechia", 5, 4),
    "SK": ("Slovakia", 6, 4),
    "UA": ("Ukraine", 8, 4),
    "FR": ("France", 2, 5),
    "CH": ("Switzerland", 3, 5),
    "LI": ("Liechtenstein", 4, 5),
    "AT": ("Austria", 5, 5),
    "HU": ("Hungary", 6, 5),
    "RO": ("Romania", 7, 5),
    "MD": ("Moldova", 8, 5),
    "GE": ("Georgia", 11, 5),
    "PT": ("Portugal", 0, 6),
    "ES": ("Spain", 1, 6),
    "AD": ("Andorra", 2, 6),
    "MC": ("Monaco", 3, 6),
    "IT": ("Italy", 4, 6),
    "SI": ("Slovenia", 5, 6),
    "HR": ("Croatia", 6, 6),
    "RS": ("Serbia", 7, 6),
    "BG": ("Bulgaria", 8, 6),
    "AM": ("Armenia", 10, 6),
    "AZ": ("Azerbaijan", 11, 6),
    "SM": ("San Marino", 4, 7),
    "BA": ("Bosnia and Herzegovina", 6, 7),
    "ME": ("Montenegro", 7, 7),
    "MK": ("North Macedonia", 8, 7),
    "TR": ("Türkiye", 10, 7),
    "MT": ("Malta", 4, 8),
    "AL": ("Albania", 7, 8),
    "GR": ("Greece", 8, 8),
    "CY": ("Cyprus", 10, 8),
    "IL": ("Israel", 11, 8),
}
WIDTH = (max(column for _, column, _ in TILES.values()) + 1) * (_SIZE + _GAP)
HEIGHT = (max(row for _, _, row in TILES.values()) + 1) * (_SIZE + _GAP)
_BY_NAME = {name.casefold(): code for code, (name, _, _) in TILES.items()}
_SHADES = (0.12, 0.26, 0.42, 0.78, 1.0)
_DARK = 3  # from this shade on, text is written in the colour for dark ground


def code_of(text: str) -> str:
    """The ISO code that a text is or names, "" for none on the map."""
    return text if text in TILES else _BY_NAME.get(text.casefold(), "")


def tiles(values: Mapping[str, tuple[float, str]]) -> str:
    """SVG of all squares. `values`: code → how dark, 0 to 1, and its number in digits (nothing to escape)."""
    return "".join(_tile(code, values.get(code)) for code in TILES)


def _tile(code: str, value: tuple[float, str] | None) -> str:
    name, column, row = TILES[code]
    x, y = column * (_SIZE + _GAP), row * (_SIZE + _GAP)
    corner = f'x="{x}" y="{y}" width="{_SIZE}" height="{_SIZE}" rx="5"'
    middle = x + _SIZE / 2
    if value is None:
        return (
            f'<g><title>{name}: no value</title><rect {corner} class="tile"/>'
            f'<text x="{middle}" y="{y + 32}" text-anchor="middle" class="soft">{code}</text></g>'
        )
    share, text = value
    step = round(share * (len(_SHADES) - 1))
    look = ' class="on"' if step >= _DARK else ""
    return (
        f"<g{look}><title>{name}: {text}</title>"
        f'<rect {corner} class="tile"/><rect {corner} class="bar" fill-opacity="{_SHADES[step]}"/>'
        f'<text x="{middle}" y="{y + 22}" text-anchor="middle" class="code">{code}</text>'
        f'<text x="{middle}" y="{y + 42}" text-anchor="middle" class="value">{text}</text></g>'
    )
