"""Countries that the name of an organisation names: "(Portugal)", "of Finland", "Finnish", "suomen"."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from kb.linking.names import words

# Code: names and adjectives, folded, by which names of organisations in Europe call the country.
_NAMES = """
AT austria austrian osterreich osterreichisch osterreichische osterreichischer autriche
BE belgium belgian belgie belgique belge
CH switzerland swiss schweiz schweizer schweizerische suisse svizzera svizzero
CY cyprus kypros
CZ czechia czech cesko ceska cesky ceske tcheque
DE germany german deutschland deutsche deutsches deutscher allemagne
DK denmark danish danmark dansk danske
EE estonia estonian eesti
ES spain spanish espana espanol espanola espagne
FI finland finnish suomi suomen finlandais finlande finska
FR france french francais francaise frankreich
GB uk england english scotland scottish wales welsh british britain
GE georgia georgian sakartvelo
GR greece greek hellenic ellada
HR croatia croatian hrvatska hrvatski hrvatsko hrvatske
HU hungary hungarian magyar magyarorszag hongrie
IE ireland irish eire
IT italy italian italia italiana italiano italiani italie
LT lithuania lithuanian lietuva lietuvos
LU luxembourg luxembourgish
LV latvia latvian latvijas
MT malta maltese
NL netherlands dutch nederland nederlands nederlandse
NO norway norwegian norge norges norsk norske
PL poland polish polska polski polskiej
PT portugal portuguese portugues portuguesa
RO romania romanian romaniei
SE sweden swedish sverige sveriges svensk svenska
SI slovenia slovenian slovenije
SK slovakia slovak slovensko slovenska slovenskej
TR turkey turkish turkiye turk
UA ukraine ukrainian
US usa american america
"""
_CODES = {name: line.split()[0] for line in _NAMES.strip().splitlines() for name in line.split()[1:]}
_PHRASES: dict[tuple[str, ...], str] = {
    ("united", "kingdom"): "GB",
    ("united", "states"): "US",
    ("czech", "republic"): "CZ",
    ("slovak", "republic"): "SK",
}
_MARK = re.compile(r"\s*\(([^()]{3,30})\)\s*$")


def split_mark(name: str) -> tuple[str, str]:
    """A name without a country in brackets at its end, and the country's code or ""."""
    found = _MARK.search(name)
    country = of_word(words(found[1])) if found else ""
    return (name[: found.start()], country) if found and country else (name, "")


def of_word(told: tuple[str, ...]) -> str:
    """The country that one word, or one of a few pairs of words, names; "" for none."""
    return _PHRASES.get(told[:2], "") or (_CODES.get(told[0], "") if len(told) == 1 else "")


@lru_cache(maxsize=200_000)
def named_in(name: str) -> frozenset[str]:
    """Codes of the countries that a name names anywhere."""
    told = words(name)
    single = {_CODES[word] for word in told if word in _CODES}
    return frozenset(single | {_PHRASES[pair] for pair in pairwise(told) if pair in _PHRASES})
