"""Words that mean the same: pairs of WordNet's, and a short list of words that models of data use."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from kb.linking.names import stem

#: Pairs of WordNet's below this are synonyms in too rare a sense of one of them.
LEAST_COMMON = 0.55
#: General words of data models that WordNet lacks or knows in rarer senses only: one group a line.
_GROUPS = """
person human individual people
organisation institution organization institute
employee staff worker
participant attendee
company firm corporation
customer client
phone telephone
picture image photo photograph
website homepage
location place venue
country nation
gender sex
begin start
end finish
document file
topic subject theme
category kind type
price cost
fee charge
exam examination test
lab laboratory
department dept
info information
admin administration administrator
number no num nr
description desc
chair chairman chairperson chairwoman
deadline duedate
supervisor adviser advisor
doctor physician
illness disease
drug medication medicament
buyer purchaser
seller vendor
car automobile
film movie
"""
#: Several words that say what one word says.
_PHRASES = {
    ("e", "mail"): ("email",),
    ("human", "being"): ("person",),
    ("last", "name"): ("surname",),
    ("family", "name"): ("surname",),
    ("given", "name"): ("first", "name"),
    ("forename",): ("first", "name"),
    ("birthday",): ("birth", "date"),
    ("home", "page"): ("website",),
    ("web", "site"): ("website",),
    ("web", "page"): ("website",),
    ("phone", "number"): ("phone",),
    ("telephone", "number"): ("phone",),
    ("staff", "member"): ("employee",),
    ("due", "date"): ("deadline",),
    ("number", "of"): (),
}


@lru_cache(maxsize=1)
def _pairs() -> frozenset[tuple[str, str]]:
    text = files("kb.linking").joinpath("wordnet.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    found = {(one, other) for one, other, strength in rows if float(strength) >= LEAST_COMMON}
    groups = [line.split() for line in _GROUPS.strip().splitlines()]
    found |= {(one, other) for group in groups for one in group for other in group}
    return frozenset((stem(a), stem(b)) for one, other in found for a, b in ((one, other), (other, one)))


def synonyms(one: str, other: str) -> bool:
    """Whether two stems are said to mean the same."""
    return (one, other) in _pairs()


def told(words: tuple[str, ...]) -> tuple[str, ...]:
    """`words` with phrases that one word can say replaced by it; never empty unless `words` is."""
    left: list[str] = []
    n = 0
    while n < len(words):
        for size in (2, 1):
            if words[n : n + size] in _PHRASES and (len(words) > size or _PHRASES[words[n : n + size]]):
                left += _PHRASES[words[n : n + size]]
                n += size
                break
        else:
            left.append(words[n])
            n += 1
    return tuple(left) or words
