"""Profiles at random: every field of the table unknown or with any of its answers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from recommender.fields import FIELDS, Field
from recommender.profile import Vocabulary

# Words that the documents use, that nobody uses, and typing errors.
WORDS = (
    "colleagues",
    "help",
    "mapping",
    "wifi",
    "teechers",
    "zzz",
    "time",
    "visit",
    "company",
    "trust",
    "ä",
    "9",
)
GOALS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def answers(field: Field, vocabulary: Vocabulary) -> st.SearchStrategy[Any]:
    """Valid JSON values of one field, unknown ones aside."""
    if field.kind == "text":
        return GOALS
    if field.kind == "number":
        return st.integers(field.least, field.most)
    allowed = [*vocabulary.allowed(field)]
    if field.kind == "choice":
        codes = [*vocabulary.codes] if field.source == "countries" else []
        return st.sampled_from([int(option) if field.counted else option for option in (*allowed, *codes)])
    if field.kind == "choices":
        return st.lists(st.sampled_from(allowed), max_size=4)
    levels: list[Any] = [int(level) if field.counted else level for level in field.options or {}]
    known = st.sampled_from(levels)
    value = st.one_of(known, GOALS) if field.free_text else known
    return st.dictionaries(st.sampled_from(allowed), value, max_size=3)


@st.composite
def documents(draw: st.DrawFn, vocabulary: Vocabulary) -> dict[str, Any]:
    """A valid profile as a JSON document."""
    document: dict[str, Any] = {}
    for field in FIELDS:
        if draw(st.booleans()):
            place = document
            *above, last = field.path.split(".")
            for part in above:
                place = place.setdefault(part, {})
            unknown = st.sampled_from(["unknown", None, ""])
            place[last] = draw(st.one_of(answers(field, vocabulary), unknown))
    return document
