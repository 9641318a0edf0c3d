"""Profiles: strict, every fault at once, unknown everywhere."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.fields import BY_PATH, FIELDS, GROUPS, OPTION_SOURCES
from recommender.profile import Profile, ProfileError, Vocabulary, attribute, parse
from tests.recommender.strategies import documents

SHARED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)


def faults(document: object, vocabulary: Vocabulary) -> dict[str, str]:
    with pytest.raises(ProfileError) as caught:
        parse(document, vocabulary)
    return {fault.path: fault.message for fault in caught.value.faults}


def test_the_table_and_the_profile_have_the_same_fields() -> None:
    assert [attribute(field) for field in FIELDS] == list(Profile.__dataclass_fields__)
    assert {field.group for field in FIELDS} == set(GROUPS)
    for field in FIELDS:
        assert field.question.endswith("?"), field.path
        assert field.source in ("", *OPTION_SOURCES)
        assert (field.kind in ("number", "text")) == (not field.options and not field.source), field.path


def test_nothing_is_compulsory(sample_words: Vocabulary) -> None:
    assert parse({}, sample_words) == Profile()
    assert Profile().answered() == ()


@pytest.mark.parametrize("unknown", ["unknown", None, ""])
def test_every_field_can_be_unknown(unknown: object, sample_words: Vocabulary) -> None:
    for path in BY_PATH:
        *above, last = path.split(".")
        document: dict[str, Any] = {last: unknown}
        for part in reversed(above):
            document = {part: document}
        assert parse(document, sample_words) == Profile(), path
    assert parse({"time": unknown, "partners": unknown}, sample_words) == Profile()


def test_answers_are_read(sample_words: Vocabulary) -> None:
    profile = parse(
        {
            "goal": "  Take \n stock ",
            "needs": ["company", "company"],
            "country": "EE",
            "school_levels": ["lower-secondary"],
            "size": {"pupils": 120},
            "maturity": {"overall": 2, "elements": {"evidence": 1, "devices": None}},
            "element_needs": {"peer-learning": "strong", "evidence": "Our data are a mess"},
            "time": {"hours": 0, "months": 12},
            "phase": 2,
        },
        sample_words,
    )
    assert profile == Profile(
        goal="Take stock",
        needs=("company",),
        country="estonia",
        school_levels=("lower-secondary",),
        size_pupils=120,
        phase=2,
        maturity_overall=2,
        maturity_elements=(("evidence", 1),),
        element_needs=(("evidence", "Our data are a mess"), ("peer-learning", "strong")),
        time_hours=0,
        time_months=12,
    )
    assert "time.hours" in profile.answered()


def test_all_faults_are_named_with_their_paths(sample_words: Vocabulary) -> None:
    found = faults(
        {
            "cuntry": "FI",
            "country": "Finlnd",
            "schools": "two",
            "needs": ["company", "compani", 7],
            "time": {"hours": "six", "day": 3},
            "partners": ["university"],
            "maturity": {"overall": 9, "elements": {"evidense": 1}},
            "goal": "x" * 2001,
            "people": {"count": True},
        },
        sample_words,
    )
    assert set(found) == {
        "cuntry", "country", "schools", "needs[1]", "needs[2]", "time.hours", "time.day", "partners",
        "maturity.overall", "maturity.elements.evidense", "goal", "people.count",
    }  # fmt: skip
    assert found["cuntry"] == "There is no such field. Did you mean country?"
    assert found["country"].endswith("Did you mean finland?")
    assert found["needs[1]"].endswith("Did you mean company?")
    assert found["time.hours"] == "'six' is not a whole number of hours from 0 to 1000."


def test_faults_say_what_is_allowed(sample_words: Vocabulary) -> None:
    with pytest.raises(ProfileError) as caught:
        parse({"schools": "two"}, sample_words)
    assert caught.value.faults[0].allowed == ("one", "several", "unknown")


@pytest.mark.parametrize("document", [None, 3, "x", [], [{}]])
def test_a_profile_is_an_object(document: object, sample_words: Vocabulary) -> None:
    assert list(faults(document, sample_words)) == [""]


def test_hostile_documents_cost_little(sample_words: Vocabulary) -> None:
    nested: list[Any] = []
    for _ in range(800):
        nested = [nested]
    many = {f"field-{number}": "x" * 1000 for number in range(20_000)}
    found = faults(
        {"goal": nested, "needs": ["z" * 100_000] * 100_000, "country": nested, **many}, sample_words
    )
    assert len(found) <= 60
    assert all(len(message) < 400 and len(path) < 100 for path, message in found.items())


@SHARED
@given(data=st.data())
def test_a_valid_profile_survives_writing_and_reading(data: st.DataObject, sample_words: Vocabulary) -> None:
    profile = parse(data.draw(documents(sample_words)), sample_words)
    assert parse(profile.document(), sample_words) == profile


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@SHARED
@given(data=st.data())
def test_any_json_gives_a_profile_or_faults(data: st.DataObject, sample_words: Vocabulary) -> None:
    paths = st.sampled_from([*BY_PATH, "time", "maturity", "partners", "people", "size"])
    document = data.draw(st.dictionaries(st.one_of(paths, st.text(max_size=6)), JSON, max_size=6))
    with contextlib.suppress(ProfileError):
        assert isinstance(parse(document, sample_words), Profile)
