"""Which process model suits: inside one school, between schools, or one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from recommender import weights
from recommender.catalogue import Catalogue, Phase, ProcessModel
from recommender.explanation import Notice, Reason
from recommender.facts import Citation, cited
from recommender.profile import Profile

# The directions of the ontology that answers about the schools' relation stand for.
_DIRECTIONS: Final = {"different-maturity": "AdvancedToLessAdvanced", "complementary": "Complementary"}

Route = Literal["inside", "between", "both", "open"]


@dataclass(frozen=True)
class Stretch:
    """Phases of one process model to go through, in order."""

    model: ProcessModel
    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class ProcessAdvice:
    """The way to go. `route` is "open" when it is not known whether there are several schools."""

    route: Route
    stretches: tuple[Stretch, ...]
    reasons: tuple[Reason, ...]
    notices: tuple[Notice, ...]

    @property
    def models(self) -> frozenset[str]:
        return frozenset(stretch.model.iri for stretch in self.stretches)

    @property
    def includes_inside(self) -> bool:
        return any("InsideSchool" in stretch.model.has for stretch in self.stretches)


def choose(profile: Profile, catalogue: Catalogue) -> ProcessAdvice:
    """The process models that suit a profile, in the order to follow them; none if the catalogue has none."""
    inside = _first(catalogue, "InsideSchool")
    between = _first(catalogue, "BetweenSchools")
    if profile.schools == "one":
        return _single("inside", inside, profile, catalogue)
    if profile.schools is None and not profile.relation:
        return _open(inside, between, profile, catalogue)
    if inside is None or between is None or inside == between:
        return _single("between", between, profile, catalogue)
    if profile.phase is not None and profile.phase > _first_served(between, catalogue):
        return _single("between", between, profile, catalogue)
    return _both(inside, between, profile, catalogue)


def _first(catalogue: Catalogue, setting: str) -> ProcessModel | None:
    return next((model for model in catalogue.general_models if setting in model.has), None)


def _single(
    route: Route, model: ProcessModel | None, profile: Profile, catalogue: Catalogue
) -> ProcessAdvice:
    if model is None:
        nothing = Notice("no-process", "The documents describe no process for this.")
        return ProcessAdvice(route, (), (), (nothing,))
    reasons = [
        _meant_for(model, route == "between"),
        *_audience(model, profile),
        *_directions(model, profile, catalogue),
    ]
    return ProcessAdvice(route, (_whole(model, catalogue),), tuple(reasons), _mentor(model, profile))


def _both(
    inside: ProcessModel, between: ProcessModel, profile: Profile, catalogue: Catalogue
) -> ProcessAdvice:
    """Find the aims inside each school first, then work together."""
    until = _first_served(inside, catalogue)
    preparing = tuple(catalogue.phases[i] for i in inside.phases if catalogue.phases[i].number <= until)
    stretches = (Stretch(inside, preparing), _whole(between, catalogue))
    reasons = [
        _meant_for(inside, together=False),
        _meant_for(between, together=True),
        *_audience(between, profile),
        *_directions(between, profile, catalogue),
        *_internal_first(catalogue),
    ]
    return ProcessAdvice("both", stretches, tuple(reasons), _mentor(between, profile))


def _open(
    inside: ProcessModel | None, between: ProcessModel | None, profile: Profile, catalogue: Catalogue
) -> ProcessAdvice:
    """It is not known whether there are several schools: begin inside, since that comes first in any case."""
    found = _single("open", inside or between, profile, catalogue)
    if inside is None or between is None or inside == between:
        return found
    text = f"Are there several schools? Then the {between.label} follows after the first steps."
    reasons = (*found.reasons, _meant_for(between, together=True), *_internal_first(catalogue))
    return replace(found, reasons=reasons, notices=(Notice("schools-unknown", text), *found.notices))


def _whole(model: ProcessModel, catalogue: Catalogue) -> Stretch:
    return Stretch(model, tuple(catalogue.phases[iri] for iri in model.phases))


def _meant_for(model: ProcessModel, together: bool) -> Reason:
    where = "schools that work together" if together else "one school"
    return Reason("process", f"The {model.label} is meant for {where}.", _setting(model, together))


def _audience(model: ProcessModel, profile: Profile) -> list[Reason]:
    """That the model is written for people in this role."""
    role = (profile.role or "").replace("-", " ").replace("ict", "ICT")
    return [
        Reason("audience", f"The {model.label} is written for people in your role: {role}.", fact.citations)
        for fact in model.audience
        if fact.value == profile.role
    ]


def _directions(model: ProcessModel, profile: Profile, catalogue: Catalogue) -> list[Reason]:
    """That the model speaks of schools that differ, or complete each other, as these do."""
    wanted = {_DIRECTIONS[relation] for relation in profile.relation if relation in _DIRECTIONS}
    return [
        Reason("direction", f"The {model.label} is for such schools: {catalogue.term(f.value)}.", f.citations)
        for f in model.directions
        if f.value in wanted
    ]


def _internal_first(catalogue: Catalogue) -> list[Reason]:
    ground = weights.INTERNAL_WORK_FIRST
    grounds = catalogue.evidence.within(ground.document, ground.first_line, ground.last_line)
    text = "Work inside a school, such as finding its first aims, often comes before work between schools."
    return [Reason("internal-work-first", text, grounds)] if grounds else []


def _setting(model: ProcessModel, together: bool) -> tuple[Citation, ...]:
    """The passages that say for which setting a model is meant; of any setting where not of this one."""
    wanted = "BetweenSchools" if together else "InsideSchool"
    said = [fact for fact in model.setting if fact.value == wanted] or list(model.setting)
    return cited(said)


def _first_served(model: ProcessModel | None, catalogue: Catalogue) -> int:
    """The number of the first phase for which the documents name methods; 0 if there is none."""
    served = {fact.value for method in catalogue.methods.values() for _, fact in method.serves}
    numbers = [catalogue.phases[iri].number for iri in (model.phases if model else ()) if iri in served]
    return min(numbers, default=0)


def _mentor(model: ProcessModel, profile: Profile) -> tuple[Notice, ...]:
    """That the process needs a mentor, where a document says so and the school has none or did not say."""
    fact = next((fact for fact in model.requires if fact.value == "MentorNeeded"), None)
    if fact is None or profile.mentor in ("internal", "external"):
        return ()
    if profile.mentor == "none":
        text = f"The {model.label} needs a mentor, from inside or outside; you said that you have none."
        return (Notice("no-mentor", text, fact.citations),)
    return (
        Notice(
            "mentor-unknown", f"The {model.label} needs a mentor, from inside or outside.", fact.citations
        ),
    )
