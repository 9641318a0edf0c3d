"""What schools like this one did: the use of a method in the pilot that is most like the school."""

from __future__ import annotations

from recommender import explanation, weights
from recommender.catalogue import Catalogue, Method, Pilot
from recommender.constraints import around
from recommender.explanation import Reason
from recommender.facts import slug
from recommender.profile import Profile


def precedent(method: Method, profile: Profile, catalogue: Catalogue) -> tuple[float, Reason | None] | None:
    """How like the school is to the pilot most like it that used a method, 0 to 1; less for a plan.

    Compared by country and level, which no other component of fit deals with; by Gower, so what is not known
    of both is left out. A method of which no comparable use is told is taken to be as likely as others. None
    where a school told neither its country nor its level.
    """
    if not (profile.country or profile.school_levels):
        return None
    best: tuple[float, Reason | None] | None = None
    for use in method.uses:
        pilot = catalogue.pilots.get(use.pilot)
        alike = _likeness(profile, pilot, catalogue) if pilot else None
        if alike is None or use.status not in weights.USE:
            continue
        value = alike * weights.USE[use.status]
        if best is None or value > best[0]:
            best = value, explanation.like_pilot(catalogue, use) if value else None
    return best or (weights.NO_PRECEDENT.value, None)


def _likeness(profile: Profile, pilot: Pilot, catalogue: Catalogue) -> float | None:
    found: list[bool] = []
    if profile.country and pilot.country:
        places = {slug(fact.value) for fact in pilot.country}
        found.append(not places.isdisjoint(around(profile.country, catalogue)))
    if profile.school_levels and pilot.levels:
        found.append(not {fact.value for fact in pilot.levels}.isdisjoint(profile.school_levels))
    return sum(found) / len(found) if found else None
