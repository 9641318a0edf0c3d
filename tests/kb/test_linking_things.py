"""Counterparts of things by name: languages, acronyms, countries, and refusal where nothing is sure."""

from __future__ import annotations

import pytest

from kb.linking.comparing import Comparer
from kb.linking.heldout import is_dev, take_out
from kb.linking.records import Candidate, Kind, Name, Record
from kb.linking.things import Index, match
from ontology import namespaces as ns

_TOWNS = ("Arlen", "Borga", "Celin", "Dorna", "Elvik", "Farum", "Gandal", "Holmen", "Istra", "Jorvik")


def record(iri: str, *names: str, country: str = "", city: str = "") -> Record:
    told = tuple(Name(text, "", n == 0) for n, text in enumerate(names))
    return Record(iri, told, country=country, city=city)


@pytest.fixture(scope="module")
def index() -> Index:
    """Universities and hospitals of towns in two countries, and one agency."""
    found = [
        record(f"t:u{n}", f"University of {town}", f"Universidad de {town}", country="ES", city=town)
        for n, town in enumerate(_TOWNS)
    ]
    found += [
        record(f"t:h{n}", f"{town} General Hospital", country="GB", city=town)
        for n, town in enumerate(_TOWNS)
    ]
    found.append(record("t:agency", "Northern Agency for Wind and Weather", country="NO"))
    return Index(found, Kind.ORGANISATIONS)


def linked(index: Index, *asked: Record) -> dict[str, str]:
    return {c.source.iri: c.target.iri for c in match(asked, index)}


def test_a_name_finds_its_record_in_another_language_and_order(index: Index) -> None:
    asked = record("q:1", "Borga Universitetet"), record("q:2", "Università di Celin")
    assert linked(index, *asked) == {"q:1": "t:u1", "q:2": "t:u2"}


def test_what_is_nowhere_stays_without_counterpart(index: Index) -> None:
    asked = record("q:1", "Museum of Wooden Toys"), record("q:2", "University of Quarnholm")
    assert linked(index, *asked) == {}


def test_the_same_name_in_another_country_is_another_thing(index: Index) -> None:
    assert linked(index, record("q:1", "University of Dorna", country="ES")) == {"q:1": "t:u3"}
    assert linked(index, record("q:1", "University of Dorna", country="PT")) == {}
    assert linked(index, record("q:1", "University of Dorna (Portugal)")) == {}


def test_two_records_that_fit_alike_are_both_refused() -> None:
    twins = [
        record("t:1", "Saint Anne School", city="Arlen"),
        record("t:2", "Saint Anne School", city="Borga"),
    ]
    others = [record(f"t:{town}", f"{town} Library") for town in _TOWNS]
    index = Index([*twins, *others], Kind.ORGANISATIONS)
    assert linked(index, record("q:1", "Saint Anne School")) == {}


def test_candidates_say_why_and_organisations_are_never_skos_matches(index: Index) -> None:
    found = match([record("q:1", "University of Elvik")], index)
    assert [c.target.iri for c in found] == ["t:u4"]
    assert found[0].predicate == ns.SCHEMA + "sameAs"
    assert {"same name", "words", "lead"} <= {e.feature for e in found[0].evidence}


def test_concepts_that_meet_by_a_looser_name_are_close_at_the_most() -> None:
    stones = [record(f"t:{n}", f"stone number {n}") for n in range(30)]
    targets = [record("t:a", "environmental education"), record("t:b", "dropout", "early school leaving")]
    asked = [record("q:a", "environmental education"), record("q:b", "early school leaving")]
    found = match(asked, Index([*targets, *stones], Kind.CONCEPTS))
    assert {c.target.iri: c.predicate for c in found} == {
        "t:a": ns.SKOS + "exactMatch",
        "t:b": ns.SKOS + "closeMatch",
    }


def test_two_looser_names_of_concepts_that_meet_are_not_enough() -> None:
    stones = [record(f"t:{n}", f"stone number {n}") for n in range(30)]
    index = Index([record("t:prison", "prison system", "isolation"), *stones], Kind.CONCEPTS)
    assert linked(index, record("q:1", "each teacher works alone", "isolation")) == {}
    assert linked(index, record("q:1", "isolation")) == {"q:1": "t:prison"}


def test_a_candidates_score_is_what_its_reasons_add_up_to(index: Index) -> None:
    def order(found: list[Candidate]) -> list[tuple[str, float]]:
        return [(c.target.iri, c.score) for c in found]

    asked = [record("q:1", "Hospital of Farum"), record("q:2", "University of Istra")]
    assert order(match(asked, index)) == order(match(asked, index))
    blind = index.leaving_out(["same name", "words", "shared", "rare", "contained", "same words"])
    assert match(asked, blind) == []


def test_one_query_is_scored_against_one_record() -> None:
    records = [record(f"t:{n}", f"University of {town}") for n, town in enumerate(_TOWNS)]
    comparer = Comparer(records, Kind.ORGANISATIONS)
    scores = [comparer.score_name("university of celin", one).score for one in records]
    assert max(range(len(scores)), key=scores.__getitem__) == 2


def test_nothing_to_link_to_gives_nothing() -> None:
    assert linked(Index([], Kind.CONCEPTS), record("q:1", "trust")) == {}


def test_names_taken_out_are_nowhere_left_and_the_halves_do_not_meet() -> None:
    records = [record(f"t:{n}", f"House number {n} of Arlen", f"Casa {n} de Arlen") for n in range(60)]
    halves = [take_out(records, 3, 8, 5, dev, with_country=False) for dev in (True, False)]
    for dev, questions in zip((True, False), halves, strict=True):
        left = {r.iri: {name.text for name in r.names} for r in questions.targets}
        assert sum(answer is not None for answer in questions.answers.values()) == 8
        for source in questions.sources:
            asked, answer = source.names[0].text, questions.answers[source.iri]
            assert all(asked not in names for names in left.values())
            assert answer is None or (answer in left and is_dev(answer) is dev)
        assert len(left) == len(records) - 5
    again = take_out(records, 3, 8, 5, True, with_country=False)
    assert again == halves[0]
