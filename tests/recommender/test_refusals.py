"""What is turned down or done already is no wish; other languages are told, not guessed."""

from __future__ import annotations

import pytest

from recommender.advice import advise
from recommender.catalogue import Catalogue
from recommender.constraints import around, judge
from recommender.language import foreign
from recommender.process import choose
from recommender.profile import Profile
from recommender.refusals import done, split
from recommender.text import TextIndex
from recommender.understanding import understand


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("We do not want another course. Colleagues should help.", ("another course",)),
        ("No more meetings, but a plan.", ("meetings",)),
        ("Show us a way instead of a report", ("a report",)),
        ("we are tired of projects that end", ("projects that end",)),
        ("We do not know where we stand and nobody has time", ()),
        ("We don't trust the other schools", ()),
        ("we cannot show that it works", ()),
    ],
)
def test_a_refusal_is_told_from_a_need(text: str, refused: tuple[str, ...]) -> None:
    assert split(text)[1] == refused


def test_what_is_turned_down_is_no_wish(catalogue: Catalogue) -> None:
    text = "Teachers should watch each other's lessons, not another intensive training."
    kept = understand(Profile(goal=text), catalogue)
    assert kept.refused == ("intensive training",)
    assert "need/intensive-training" not in " ".join(wish.iri for wish in kept.wishes)
    assert {warning.code for warning in advise(Profile(goal=text), catalogue).warnings} >= {"refused"}


def test_what_is_turned_down_is_not_among_the_first(catalogue: Catalogue) -> None:
    advice = advise(Profile(goal="No more inquiry into student learning. Help.", schools="one"), catalogue)
    item = next(
        item
        for shortlist in advice.shortlists
        for item in (*shortlist.first, *shortlist.also, *shortlist.unconnected)
        if item.method.slug == "teacher-inquiry-into-student-learning"
    )
    assert item.hindered
    assert "unwanted" in {notice.code for notice in item.notices}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Last year we did the Digipeda workshop.", 1),
        ("We filled in SELFIE, now what?", 1),
        ("We did it last year and want to do it again", 0),
        ("We want a workshop", 0),
    ],
)
def test_sentences_about_what_was_done(text: str, count: int) -> None:
    assert len(done(text)) == count


def test_what_was_tried_is_not_among_the_first(catalogue: Catalogue) -> None:
    by_words = understand(Profile(goal="Last year we did the Digipeda workshop."), catalogue).tried
    by_answer = understand(Profile(tried_before=("digipeda-workshop",)), catalogue).tried
    assert by_words == by_answer == {"https://w3id.org/school-mentoring/id/method/digipeda-workshop"}
    profile = Profile(needs=("map-where-we-stand",), schools="one", tried_before=("digipeda-workshop",))
    first = {
        item.method.slug for shortlist in advise(profile, catalogue).shortlists for item in shortlist.first
    }
    assert "digipeda-workshop" not in first


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Haluamme kehittää koulumme yhteistyötä.", "Finnish"),
        ("Me tahame oma kooli arendada", "Estonian"),
        ("Wir haben keine Zeit und nicht genug Geld", "German"),
        ("მასწავლებლებს ეშინიათ", "another language"),
        ("We want a Teams platform", ""),
        ("colleages shuold help eachother", ""),
        ("wifi laptops tablets", ""),
        ("", ""),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert foreign(text) == language


def test_another_language_gives_no_wish_but_names_count(catalogue: Catalogue) -> None:
    found = understand(Profile(goal="Me kasutame vahendit OPEKA ja tahame rohkem"), catalogue)
    assert found.language == "Estonian"
    assert not found.wishes
    assert not found.steps
    assert max(found.likeness or {}, key=lambda iri: (found.likeness or {})[iri]).endswith("/opeka")


def test_a_part_is_within_the_whole_and_not_the_other_way_round(catalogue: Catalogue) -> None:
    assert around("wales", catalogue) == {"wales", "united-kingdom"}
    assert around("united-kingdom", catalogue) == {"united-kingdom"}
    survey = catalogue.methods["https://w3id.org/school-mentoring/id/method/slo-survey"]
    found = {}
    for country in ("wales", "united-kingdom"):
        profile = Profile(country=country)
        verdicts = judge(survey, profile, choose(profile, catalogue), catalogue)
        found[country] = {v.finding for v in verdicts if v.rule == "place"}
    assert found == {"wales": set(), "united-kingdom": {"against"}}


def test_an_everyday_word_that_no_text_has_is_read_as_the_documents_word() -> None:
    index = TextIndex({"a": "help for pupils", "b": "money"}, {"kids": "pupils", "drop in": "money"})
    assert set(index.read("kids").likeness) == {"a"}
    assert set(index.read("please drop in").likeness) == {"b"}
    assert index.read("kids").corrections == ()
