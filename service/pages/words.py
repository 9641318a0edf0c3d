"""Small English: plurals of class names, capitals at the beginning."""

from __future__ import annotations

import re

_IRREGULAR = {"person": "people", "data collection": "data collections"}


def capital(text: str) -> str:
    """The text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def plural(label: str) -> str:
    """English plural of a class label; the head is what stands before “of”, “in”, “for” or a participle."""
    parts = re.split(r"( (?:of|in|for) .*| \w+ed$)", label, maxsplit=1)
    return capital(_plural_of_noun(parts[0]) + "".join(parts[1:]))


def _plural_of_noun(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
