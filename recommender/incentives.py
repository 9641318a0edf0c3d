"""Which incentives are possible, and which motivate, where a school is: as told, apart from each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.catalogue import Assessment, Catalogue, Thing
from recommender.explanation import Reason, join
from recommender.facts import slug
from recommender.profile import Profile


@dataclass(frozen=True)
class ToldIncentive:
    """An incentive with what is said of it; `wanted` when the school asked for it."""

    incentive: Thing
    reasons: tuple[Reason, ...]
    wanted: bool


@dataclass(frozen=True)
class Incentives:
    """What is said of this country, each list those first that the school wants, then by label.

    `possible` and `motivating` hold what is said to hold here; `reserved` what is said with a reserve or not
    to hold; `unplaced` what is said to motivate without a country being named. `silent` names wanted ones of
    which nothing is said for this country.
    """

    country: str
    possible: tuple[ToldIncentive, ...]
    motivating: tuple[ToldIncentive, ...]
    reserved: tuple[ToldIncentive, ...]
    unplaced: tuple[ToldIncentive, ...]
    silent: tuple[Thing, ...]


def told(profile: Profile, catalogue: Catalogue) -> Incentives:
    """What the sources say of incentives for a profile; without a country only what is said of none."""
    places = homes(profile, catalogue)
    here = [one for one in catalogue.assessments if set(one.countries) & places]
    unplaced = [one for one in catalogue.assessments if not one.countries]
    placed = {one.incentive for one in here}
    silent = [
        thing
        for iri, thing in sorted(catalogue.incentives.items())
        if thing.slug in profile.incentives and iri not in placed
    ]
    return Incentives(
        country=profile.country or "",
        possible=_list(profile, catalogue, (a for a in here if a.holds and a.aspect == "Possible")),
        motivating=_list(profile, catalogue, (a for a in here if a.holds and a.aspect == "Motivating")),
        reserved=_list(profile, catalogue, (a for a in here if not a.holds)),
        unplaced=_list(profile, catalogue, unplaced),
        silent=tuple(silent) if places else (),
    )


def homes(profile: Profile, catalogue: Catalogue) -> frozenset[str]:
    """The IRIs of the profile's country, of its parts, and of what it is a part of."""
    found = {iri for iri, country in catalogue.countries.items() if country.slug == profile.country}
    wider = {catalogue.countries[iri].part_of for iri in found}
    parts = {iri for iri, country in catalogue.countries.items() if country.part_of in found}
    return frozenset(found | parts | {iri for iri in wider if iri in catalogue.countries})


def _list(
    profile: Profile, catalogue: Catalogue, assessments: Iterable[Assessment]
) -> tuple[ToldIncentive, ...]:
    reasons: dict[str, list[Reason]] = {}
    for one in assessments:
        if one.citations and one.incentive in catalogue.incentives:
            reasons.setdefault(one.incentive, []).append(_reason(one, catalogue))
    found = [
        ToldIncentive(thing, tuple(dict.fromkeys(reasons[iri])), thing.slug in profile.incentives)
        for iri, thing in catalogue.incentives.items()
        if iri in reasons
    ]
    return tuple(sorted(found, key=lambda t: (not t.wanted, t.incentive.label.casefold(), t.incentive.iri)))


def _reason(one: Assessment, catalogue: Catalogue) -> Reason:
    """What is said, and by whom."""
    aspect = "possible" if one.aspect == "Possible" else "would motivate"
    words = one.text or (aspect if one.holds else f"not: {aspect}")
    who = join([catalogue.label(iri) for iri in one.by])
    return Reason(slug(one.aspect).lower(), f"{words} ({who})" if who else words, one.citations)
