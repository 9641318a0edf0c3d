"""Situations derived from the documents, with what a mentor who knows them would expect and would refuse.

They are data (`recommender/situations.json`), so that `mentorgraph evaluate` measures by the same ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import recommender
from recommender.advice import advise
from recommender.catalogue import Catalogue
from recommender.evaluation import errors_of
from recommender.profile import Vocabulary, parse
from recommender.situations import read_situations

DOCUMENT: dict[str, Any] = json.loads(
    Path(recommender.__file__).with_name("situations.json").read_text(encoding="utf-8")
)
NAMES = [one["name"] for one in DOCUMENT["situations"] if not one.get("held_out")]
HELD_OUT = [one for one in DOCUMENT["situations"] if one.get("held_out")]
# What we still get wrong. A situation that comes right makes its test fail, so that this list stays true.
WRONG = {
    "Lithuanian teachers want to know their own skills": {"missed: selfie-for-teachers", "missed: tet-sat"},
    "Finnish teachers want to know their skills": {
        "missed: opeka",
        "missed: selfie-for-teachers",
        "missed: tet-sat",
    },
    # Perhaps the same pilot: Table 1 tells it once more, with the areas that it worked on and a mentor.
    "a team that needs training and a mentor": {
        "pilot: estonia-whole-school-digital-innovation for estonia-digital-acceleration"
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_situation(name: str, catalogue: Catalogue) -> None:
    document = {"situations": [one for one in DOCUMENT["situations"] if one["name"] == name]}
    (situation,) = read_situations(document, catalogue)
    errors = errors_of(situation, advise(situation.profile, catalogue))
    assert {f"{error.kind}: {error.told}" for error in errors} == WRONG.get(name, set())


def test_nothing_forbidden_is_among_what_we_get_wrong() -> None:
    assert not [
        text for texts in WRONG.values() for text in texts if text.startswith(("forbidden", "not ruled"))
    ]


def test_every_situation_says_where_it_stands_and_why() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 60
    assert all(one["source"] and one["reason"] for one in DOCUMENT["situations"])


def test_held_out_situations_are_kept_apart() -> None:
    """Which of them come out wrong is not written down here: nothing is to be tuned to them."""
    assert len(HELD_OUT) >= 30
    assert not {one["name"] for one in HELD_OUT} & set(NAMES)
    assert all(one["source"] and one["reason"] and one["style"] for one in HELD_OUT)


def test_the_sentences_of_one_case(catalogue: Catalogue, words: Vocabulary) -> None:
    advice = advise(
        parse({"goal": "map our needs", "schools": "one", "country": "LT", "time": {"hours": 5}}, words),
        catalogue,
    )
    workshop = next(item for item in advice.shortlists[0].first if item.method.slug == "digipeda-workshop")
    texts = {
        reason.text: {citation.passage.rsplit("/", 1)[1] for citation in reason.citations}
        for reason in workshop.reasons
    }
    suitable = (
        "Suitable for step 4, Mapping joint learning and development aims and needs, "
        "of the Process model for school mentoring."
    )
    assert texts[suitable] == {"L398-399"}
    assert texts["Takes 3 hours; you have that time."] == {"L399-401"}
    company = next(
        item
        for shortlist in advice.shortlists
        for item in (*shortlist.first, *shortlist.also)
        if item.method.slug == "teacher-innovation-laboratory"
    )
    assert "planned in Lithuania" in company.evidence.words
    assert "no result is reported" in company.evidence.words
