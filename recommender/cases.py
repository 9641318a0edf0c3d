"""The pilots and initiatives most like a school's situation, by Gower's likeness, and what differs.

Gower 1971, https://doi.org/10.2307/2528823: a weighted mean of likenesses from 0 to 1 over features of any
kind, leaving out what is unknown. What only the case is silent on counts in part (`weights.CASE_SILENT`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from recommender import weights
from recommender.catalogue import Catalogue, Initiative, Pilot
from recommender.explanation import Reason, join
from recommender.facts import Citation, Fact, cited, slug
from recommender.incentives import homes
from recommender.profile import Profile
from recommender.understanding import Understanding

Case = Pilot | Initiative
# The kinds of pilot that are like the answer about schools.
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "one": frozenset({"InsideSchoolPilot", "NationalProgrammePilot"}),
    "several": frozenset({"SchoolToSchoolPilot"}),
}
# How initiatives that join schools are organised, in words of the ontology.
_JOINING: Final = frozenset({"Network", "Cluster", "Hub", "Partnership"})
# Who starts an initiative, or how freely schools join it, for each answer about policy.
_POLICY: Final[Mapping[str, frozenset[str]]] = {
    "voluntary": frozenset({"BottomUp", "Voluntary"}),
    "incentivised": frozenset({"TopDown", "Incentivised"}),
    "required": frozenset({"TopDown", "Forced"}),
}


@dataclass(frozen=True)
class Feature:
    """One comparison: likeness from 0 to 1, None where the case says nothing; a sentence if it says it."""

    name: str
    likeness: float | None
    reason: Reason | None


@dataclass(frozen=True)
class ClosestCase:
    """A case, how like it is (0 to 1), what is alike, what differs, on what it is silent; its results."""

    case: Case
    likeness: float
    alike: tuple[Reason, ...]
    different: tuple[Reason, ...]
    silent: tuple[str, ...]
    results: tuple[Reason, ...]


def closest(profile: Profile, understanding: Understanding, catalogue: Catalogue) -> tuple[ClosestCase, ...]:
    """The cases with most in common, nearest first; none without anything in common but its country."""
    wording = _words(profile, understanding, catalogue)
    found = []
    every: list[Case] = [*catalogue.pilots.values(), *catalogue.initiatives.values()]
    for case in every:
        features = list(_features(case, profile, understanding, catalogue, wording))
        if any(f.likeness for f in features if f.name != "country"):
            found.append(_closest(case, features))
    found.sort(key=lambda one: (-one.likeness, -len(one.alike), one.case.label.casefold(), one.case.iri))
    first = found[: weights.CASES_SHOWN]
    if not any(isinstance(one.case, Pilot) for one in first):  # pilots tell which methods were used
        first[-1:] = [one for one in found if isinstance(one.case, Pilot)][:1] or first[-1:]
    return tuple(first)


def nearness(profile: Profile, understanding: Understanding, catalogue: Catalogue) -> Mapping[str, float]:
    """How like each pilot is to a school's situation, 0 to 1, by IRI."""
    wording = _words(profile, understanding, catalogue)
    return {
        iri: likeness(_features(pilot, profile, understanding, catalogue, wording))
        for iri, pilot in catalogue.pilots.items()
    }


def in_and_abroad(
    profile: Profile, understanding: Understanding, catalogue: Catalogue
) -> tuple[tuple[ClosestCase, ...], tuple[ClosestCase, ...]]:
    """Initiatives in the school's country, and in other ones, the most alike first."""
    places = homes(profile, catalogue)
    wording = _words(profile, understanding, catalogue)
    here, abroad = [], []
    for case in catalogue.initiatives.values():
        if not case.mentions:
            continue
        features = list(_features(case, profile, understanding, catalogue, wording))
        one = _closest(case, features)
        if places & {fact.value for fact in case.country}:
            here.append(one)
        elif any(f.likeness for f in features):
            abroad.append(one)

    def order(one: ClosestCase) -> tuple[float, str, str]:
        return (-one.likeness, one.case.label.casefold(), one.case.iri)

    most = weights.INITIATIVES_SHOWN
    return tuple(sorted(here, key=order)[:most]), tuple(sorted(abroad, key=order)[:most])


def likeness(features: Iterable[Feature]) -> float:
    """Gower's weighted mean over what is known of both; a case's silence counts as part of a difference."""
    reached = total = 0.0
    for feature in features:
        weight = weights.CASES[feature.name].value
        if feature.likeness is None:
            total += weight * weights.CASE_SILENT.value
        else:
            total += weight
            reached += weight * feature.likeness
    return round(reached / total, 4) if total else 0.0


def _closest(case: Case, features: list[Feature]) -> ClosestCase:
    told = sorted((f for f in features if f.reason), key=lambda f: (-weights.CASES[f.name].value, f.name))
    return ClosestCase(
        case,
        likeness(features),
        tuple(f.reason for f in told if f.reason and f.likeness),
        tuple(f.reason for f in told if f.reason and not f.likeness),
        tuple(f.name for f in features if f.likeness is None),
        tuple(Reason("result", fact.value, fact.citations) for fact in case.results),
    )


def _features(
    case: Case,
    profile: Profile,
    understanding: Understanding,
    catalogue: Catalogue,
    words: Mapping[str, float],
) -> Iterator[Feature]:
    """Everything on which the profile says something, as it is in the case."""
    if understanding.wishes:
        yield from _wishes(case, understanding, catalogue)
    if words:
        yield _worded(case, words)
    if profile.schools:
        yield _kind(case, profile.schools, catalogue)
    if profile.country:
        yield _country(case, homes(profile, catalogue), catalogue)
    if profile.school_levels:
        yield _level(case, profile.school_levels, catalogue)
    if profile.policy:
        yield _policy(case, profile.policy, catalogue)
    if profile.mentor in ("internal", "external") or profile.partners_industry == "yes":
        yield _actors(case, profile)


def _wishes(case: Case, understanding: Understanding, catalogue: Catalogue) -> Iterator[Feature]:
    """Needs that a pilot found, and elements that it worked on, among those of the school."""
    wishes = {wish.iri: wish for wish in understanding.wishes}
    needs = case.needs if isinstance(case, Pilot) else ()
    shared = [fact for fact in needs if fact.value in wishes]
    labels = join([f"“{wishes[fact.value].label}”" for fact in shared])
    best = max((wishes[fact.value].weight for fact in shared), default=0.0)
    told = Reason("need", f"Found the same need: {labels}.", cited(shared)) if shared else None
    yield Feature("need", best if needs else None, told)
    if isinstance(case, Initiative):
        yield _topic(case, catalogue)
        return
    elements = {iri for wish in wishes for iri in _elements(wish, catalogue)}
    focus = case.focus
    here = [fact for fact in focus if fact.value in elements]
    words = join(sorted({catalogue.label(fact.value) for fact in here or focus}))
    text = f"Worked on {words}." if here else f"Worked on {words}, which you did not name."
    reason = Reason("focus", text, cited(here or focus)) if focus else None
    yield Feature("focus", float(bool(here)) if focus else None, reason)


def _topic(case: Initiative, catalogue: Catalogue) -> Feature:
    """Whether an initiative is about digital practice, as every profile is."""
    same = [fact for fact in case.topics if slug(fact.value) == weights.SUBJECT]
    labels = join(sorted({catalogue.label(fact.value) for fact in same or case.topics}))
    reason = Reason("focus", f"Is about {labels}.", cited(same or case.topics)) if case.topics else None
    return Feature("focus", float(bool(same)) if case.topics else None, reason)


def _elements(wish: str, catalogue: Catalogue) -> tuple[str, ...]:
    need = catalogue.needs.get(wish)
    return need.elements if need else (wish,)


def _words(profile: Profile, understanding: Understanding, catalogue: Catalogue) -> Mapping[str, float]:
    """How like each case is to the school's words and to the names of what it wishes for."""
    wishes = [wish.label for wish in understanding.wishes if wish.origin != "written"]
    text = " . ".join(filter(None, (profile.goal, *wishes)))
    return catalogue.case_texts.read(text).likeness if text else {}


def _worded(case: Case, words: Mapping[str, float]) -> Feature:
    found = words.get(case.iri, 0.0)
    if found < weights.UNDERSTOOD.value:
        return Feature("words", 0.0, None)
    said = case.said if isinstance(case, Initiative) else case.results
    reason = None
    if said:
        reason = Reason("words", f"Told in words like yours: {said[0].value}", said[0].citations)
    elif case.mentions:
        reason = Reason("words", "By its name close to what you told.", case.mentions[:1])
    return Feature("words", min(1.0, found / weights.CLOSE.value), reason)


def _kind(case: Case, schools: str, catalogue: Catalogue) -> Feature:
    if isinstance(case, Pilot):
        if not case.kind:
            return Feature("kind", None, None)
        same = not _KINDS[schools].isdisjoint(fact.value for fact in case.kind)
        labels = join([catalogue.term(fact.value) for fact in case.kind])
        return Feature("kind", float(same), Reason("kind", f"It was {labels}.", cited(case.kind)))
    joining = [fact for fact in case.axes if fact.value in _JOINING]
    if not joining:
        return Feature("kind", None, None)
    labels = join([catalogue.term(fact.value) for fact in joining])
    text = f"Joins several schools: {labels}."
    return Feature("kind", float(schools == "several"), Reason("kind", text, cited(joining)))


def _country(case: Case, places: frozenset[str], catalogue: Catalogue) -> Feature:
    if not case.country:
        return Feature("country", None, None)
    same = bool(places & {fact.value for fact in case.country})
    labels = join([catalogue.label(fact.value) for fact in case.country])
    reason = Reason("country", f"It took place in {labels}.", cited(case.country))
    return Feature("country", float(same), reason)


def _level(case: Case, wanted: tuple[str, ...], catalogue: Catalogue) -> Feature:
    """The share of the levels of either that both have."""
    if not case.levels:
        return Feature("level", None, None)
    told = {fact.value for fact in case.levels}
    share = len(told & set(wanted)) / len(told | set(wanted))
    labels = join(sorted(catalogue.levels.get(name, name) for name in told))
    return Feature("level", share, Reason("level", f"School level: {labels}.", cited(case.levels)))


def _policy(case: Case, policy: str, catalogue: Catalogue) -> Feature:
    if isinstance(case, Pilot):
        outside = [fact for fact in case.kind if fact.value == "NationalProgrammePilot"]
        if not outside:
            return Feature("policy", None, None)
        text = "It was part of a national programme."
        return Feature("policy", float(policy != "voluntary"), Reason("policy", text, cited(outside)))
    axes = [fact for fact in case.axes if any(fact.value in names for names in _POLICY.values())]
    if not axes:
        return Feature("policy", None, None)
    same = any(fact.value in _POLICY[policy] for fact in axes)
    labels = join([catalogue.term(fact.value) for fact in axes])
    return Feature("policy", float(same), Reason("policy", f"How it came about: {labels}.", cited(axes)))


def _actors(case: Case, profile: Profile) -> Feature:
    """Whether those who can help the school took part in a pilot; initiatives name audiences instead."""
    helpers = {"mentor": profile.mentor in ("internal", "external")}
    helpers["edtech-company"] = profile.partners_industry == "yes"
    wanted = {name for name, there in helpers.items() if there}
    actors: tuple[Fact[str], ...] = case.actors if isinstance(case, Pilot) else ()
    if not actors:
        return Feature("actors", None, None)
    shared = [fact for fact in actors if fact.value in wanted]
    labels = join([fact.value.replace("-", " ") for fact in shared or actors])
    citations: tuple[Citation, ...] = cited(shared or actors)
    reason = Reason("actors", f"Took part there: {labels}.", citations)
    return Feature("actors", len(shared) / len(wanted), reason)
