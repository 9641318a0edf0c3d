"""Names made comparable, and the words that stand for each other."""

from __future__ import annotations

import pytest

from kb.linking import countries
from kb.linking.institutions import canonical
from kb.linking.names import stem, word_likeness, words
from kb.linking.records import Name, Record
from kb.linking.synonyms import synonyms, told
from kb.linking.terms import alike
from kb.linking.translations import Translations


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("hasFirstName", ("has", "first", "name")),
        ("Programme_committee-member", ("programme", "committee", "member")),
        ("XMLFile2", ("xml", "file", "2")),
        ("École d'été", ("ecole", "d", "ete")),
    ],
)
def test_names_fall_into_words(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(("one", "other"), [("libraries", "library"), ("organisation", "organization")])
def test_number_and_spelling_make_no_difference(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_near_words_are_alike_and_others_are_not() -> None:
    assert word_likeness("university", "universiti") > 0.9
    assert word_likeness("region", "religion") == 0
    assert word_likeness("training", "translation") == 0


def test_who_does_something_is_not_what_is_done() -> None:
    assert alike("reviewer", "review") == 0
    assert alike("author", "author") == 1


def test_synonyms_come_from_wordnet_and_from_words_of_data_models() -> None:
    assert synonyms("physician", "doctor")
    assert synonyms("person", "human")
    assert not synonyms("person", "paper")


def test_phrases_that_one_word_can_say_are_replaced_but_never_to_nothing() -> None:
    assert told(("e", "mail", "address")) == ("email", "address")
    assert told(("number", "of", "pages")) == ("pages",)
    assert told(("number", "of")) == ("number", "of")


def test_a_country_in_brackets_is_a_mark_and_anything_else_is_part_of_the_name() -> None:
    assert countries.split_mark("Siemens (Germany)") == ("Siemens", "DE")
    assert countries.split_mark("University (Main Campus)") == ("University (Main Campus)", "")
    assert countries.named_in("Agency of the Czech Republic") == {"CZ"}


def test_kinds_of_institution_are_told_in_english() -> None:
    assert canonical("Universitetet i Bergen") == canonical("University of Bergen")


def test_words_that_keep_meeting_in_names_of_one_thing_stand_for_each_other() -> None:
    towns = ("Aden", "Bonn", "Cork", "Dale")
    records = [Record(f"x:{t}", (Name(f"Hospital of {t}"), Name(f"Devlet {t} Hastanesi"))) for t in towns]
    learned = Translations(records, words)
    assert learned.of("hospital", "hastanesi") > 0 or learned.of("hospital", "devlet") > 0
    assert learned.of("aden", "hastanesi") == 0
    assert learned.best("bonn") is None
