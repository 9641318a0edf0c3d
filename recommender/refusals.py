"""What a school says that it does not want, or has done already: parts of its words that are no wish."""

from __future__ import annotations

import re
from typing import Final

# "We do not know" and "nobody has time" are needs, not refusals: only words that turn something down count.
_TURNS_DOWN: Final = re.compile(
    r"\b(?:"
    r"(?:do|does|did|would|will|wo|should|must|can)\s?(?:not|n[o'’]?t)\s+"
    r"(?:want|need|like|wish|plan|care\s+for|be)(?:\s+(?:to|for))?(?=\s)"
    r"|(?:don|doesn|wouldn|won|can)['’]?t\s+(?:want|need|like|wish|stand)(?:\s+to)?"
    r"|(?:we|i|they)\s+not\s+want"
    r"|not\s+(?:yet\s+)?another|not\s+one\s+more|(?:please\s+)?no\s+more|no\s+further"
    r"|(?:sick|tired|weary|fed\s+up|had\s+enough)\s+(?:of|with)|enough\s+of"
    r"|not\s+interested\s+in|(?:rather|other)\s+than|instead\s+of|without\s+(?:it\s+being\s+)?(?:an?|any|another|more)"
    r"|(?:anything|everything)\s+but|avoid|refuse\s+to\s+have"
    r")\b",
    re.IGNORECASE,
)
# Where a refusal ends: at a mark, or where the text turns to what is wanted.
_ENDS: Final = re.compile(
    r"[.,;:!?\n()–—]|\b(?:but|because|since|rather|instead|so that|although|while|we|i)\b", re.IGNORECASE
)


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without what it turns down, and what that is, in its own words."""
    kept: list[str] = []
    refused: list[str] = []
    place = 0
    while found := _TURNS_DOWN.search(text, place):
        start = found.end()
        end = _ENDS.search(text, start)
        until = end.start() if end else len(text)
        kept.append(text[place : found.start()])
        if words := text[start:until].strip():
            refused.append(words)
        place = until
    return " ".join((*kept, text[place:])).strip(), tuple(refused)


_DONE: Final = re.compile(
    r"\b(?:did|done|tried|finished|completed|used|filled\s+in|went\s+through|took\s+part\s+in|carried\s+out|"
    r"have\s+(?:already\s+)?had|already\s+(?:have|had|know|made))\b",
    re.IGNORECASE,
)
_ONCE_MORE: Final = re.compile(
    r"\b(?:again|repeat|repeated|once\s+more|every\s+year|each\s+year)\b", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"[.!?;\n]+")


def done(text: str) -> tuple[str, ...]:
    """The sentences that tell of something done, in small letters; none where it is to be done again."""
    if _ONCE_MORE.search(text):
        return ()
    return tuple(one.casefold() for one in _SENTENCE.split(text) if _DONE.search(one))
