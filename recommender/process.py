"""Which process model suits: inside one school, between schools, or one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recommender import weights
from recommender.catalogue import Catalogue, Phase, ProcessModel
from recommender.explanation import Notice, Reason
from recommender.facts import Citation
from recommender.profile import Profile

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
    several = profile.schools == "several" or (profile.schools is None and bool(profile.relation))
    if profile.schools == "one":
        return _single("inside", inside, profile, catalogue)
    if several and profile.phase is not None and profile.phase > _first_served(between, catalogue):
        return _single("between", between, profile, catalogue)
    if inside is None or between is None or inside == between:
        return _single("inside" if not several else "between", inside or between, profile, catalogue)
    return _sequence("both" if several else "open", inside, between, profile, catalogue)


def _first(catalogue: Catalogue, setting: str) -> ProcessModel | None:
    return next((model for model in catalogue.general_models if setting in model.has), None)


def _single(
    route: Route, model: ProcessModel | None, profile: Profile, catalogue: Catalogue
) -> ProcessAdvice:
    if model is None:
        return ProcessAdvice(
            route, (), (), (Notice("no-process", "The documents describe no process for this."),)
        )
    where = "one school" if route == "inside" else "schools that work together"
    stretch = Stretch(model, tuple(catalogue.phases[iri] for iri in model.phases))
    reason = Reason("process", f"The {model.label} is meant for {where}.", _setting(model, route))
    return ProcessAdvice(route, (stretch,), (reason,), _mentor(model, profile))


def _sequence(
    route: Route, inside: ProcessModel, between: ProcessModel, profile: Profile, catalogue: Catalogue
) -> ProcessAdvice:
    """Find the aims inside each school first, then work together."""
    until = _first_served(inside, catalogue)
    preparing = tuple(catalogue.phases[i] for i in inside.phases if catalogue.phases[i].number <= until)
    stretches = (
        Stretch(inside, preparing),
        Stretch(between, tuple(catalogue.phases[iri] for iri in between.phases)),
    )
    reasons = [
        Reason("process", f"The {inside.label} is meant for one school.", _setting(inside, "inside")),
        Reason(
            "process",
            f"The {between.label} is meant for schools that work together.",
            _setting(between, "between"),
        ),
    ]
    ground = weights.INTERNAL_WORK_FIRST
    grounds = catalogue.evidence.within(ground.document, ground.first_line, ground.last_line)
    if grounds:
        text = (
            "Work inside a school, such as finding its first aims, often comes before work between schools."
        )
        reasons.append(Reason("internal-work-first", text, grounds))
    notices = _mentor(between, profile)
    if route == "open":
        told = "Are there several schools? One school alone goes on with the first process."
        notices = (Notice("schools-unknown", told), *notices)
    return ProcessAdvice(route, stretches, tuple(reasons), notices)


def _setting(model: ProcessModel, route: Route) -> tuple[Citation, ...]:
    wanted = "InsideSchool" if route == "inside" else "BetweenSchools"
    return next(fact.citations for fact in model.setting if fact.value == wanted)


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
