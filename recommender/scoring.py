"""How well a method fits: a weighted mean of readable components, each with the reasons that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recommender import explanation, weights
from recommender.catalogue import Catalogue, Duration, Method, Phase
from recommender.constraints import Verdict
from recommender.explanation import Reason
from recommender.facts import Citation, Fact
from recommender.precedent import precedent
from recommender.process import ProcessAdvice
from recommender.profile import Profile
from recommender.understanding import Understanding, Wish

_TARGETS = {"whole-staff": "WholeSchool", "team": "SchoolTeam", "single-teachers": "IndividualTeacher"}
_NOT_SAID = 0.5  # a document that does not say is neither for nor against


@dataclass(frozen=True)
class Component:
    """One part of the fit, from 0 to 1, and the reasons for it; none when nothing speaks for the method."""

    value: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Tie:
    """That a document ties a method to a phase; `strength` from 0 to 1."""

    strength: float
    phase: Phase
    reason: Reason


@dataclass(frozen=True)
class Fit:
    """How well a method fits, from 0 to 1, by component; unknown components are absent.

    `wanted` says how well it answers what the school wants, 0 to 1; 1 where the school did not say.
    """

    components: Mapping[str, Component]
    wanted: float

    @cached_property
    def score(self) -> float:
        """The mean of the components, weighted; 0 when nothing is known."""
        total = sum(weights.COMPONENTS[name].value for name in self.components)
        reached = sum(weights.COMPONENTS[name].value * part.value for name, part in self.components.items())
        return round(reached / total, 4) if total else 0.0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Reasons of the components that count most first, each once."""
        ordered = sorted(
            self.components.items(), key=lambda item: (-weights.COMPONENTS[item[0]].value, item[0])
        )
        return tuple(dict.fromkeys(reason for _, component in ordered for reason in component.reasons))


@dataclass(frozen=True)
class Effort:
    """What a method costs in time: 1 a few hours, 2 a small-scale method, 3 a long programme, 0 not known."""

    level: int
    words: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Evidence:
    """How far a method is tried: 3 used, with results; 2 used; 1 planned or considered; 0 not reported."""

    level: int
    words: str
    citations: tuple[Citation, ...]


def score(
    method: Method,
    profile: Profile,
    understanding: Understanding,
    process: ProcessAdvice,
    verdicts: tuple[Verdict, ...],
    catalogue: Catalogue,
) -> Fit:
    """The fit of a method. Components on which the profile is silent are left out, for every method alike."""
    found_ties = ties(method, process, catalogue)
    found = {
        "needs": _needs(method, understanding, catalogue),
        "phase": _phase(method, found_ties, profile, understanding),
        "words": _words(method, understanding),
        "setting": _setting(method, profile, catalogue),
        "target": _target(method, profile, catalogue),
        "time": _time(profile, verdicts),
        "maturity": _maturity(method, profile, catalogue),
        "conditions": _conditions(verdicts),
        "process": _process(method, found_ties),
        "precedent": _precedent(method, profile, catalogue),
    }
    components = {name: component for name, component in found.items() if component is not None}
    asked = [
        components[name].value
        for name in ("needs", "phase", "words")
        if name in components and (name != "phase" or method.serves)
    ]
    return Fit(components, max(asked, default=1.0))


def without_silent(fits: Sequence[Fit]) -> list[Fit]:
    """Fits of methods of one kind without the components in which none of them has anything."""
    silent = {name for name in weights.COMPONENTS if not any(_value(fit, name) for fit in fits)}
    return [
        replace(fit, components={n: part for n, part in fit.components.items() if n not in silent})
        for fit in fits
    ]


def _value(fit: Fit, name: str) -> float:
    return fit.components[name].value if name in fit.components else 0.0


def _needs(method: Method, understanding: Understanding, catalogue: Catalogue) -> Component | None:
    """The share of the wishes that a method covers; ways from a wish to it add up as independent chances."""
    if not understanding.wishes:
        return None
    covered = 0.0
    reasons: list[tuple[float, Reason]] = []
    for wish in understanding.wishes:
        missed = 1.0
        for value, reason in _ways(method, wish, catalogue):
            missed *= 1 - value
            reasons.append((wish.weight * value, reason))
        covered += wish.weight * (1 - missed)
    reasons.sort(key=lambda item: (-item[0], item[1].text))
    share = covered / sum(wish.weight for wish in understanding.wishes)
    return Component(share, tuple(reason for _, reason in reasons))


def _ways(method: Method, wish: Wish, catalogue: Catalogue) -> Iterator[tuple[float, Reason]]:
    """(strength 0 to 1, reason) for every way from a wish to a method."""
    need = catalogue.needs.get(wish.iri)
    wanted = set(need.elements) if need else {wish.iri}
    touched = [fact for fact in method.elements if fact.value in wanted]
    if touched:
        share = len(touched) / len(wanted)
        yield weights.COVERAGE["elements"].value * share, explanation.works_on(catalogue, wish.label, touched)
    for found in need.found_in if need else ():
        for use in method.uses:
            if use.pilot == found.value:
                way = "pilot-used" if use.status == "Used" else "pilot-planned"
                yield (
                    weights.COVERAGE[way].value,
                    explanation.found_in_pilot(catalogue, wish.label, use, found),
                )
    likeness = catalogue.likeness(wish.iri).get(method.iri, 0)
    reason = explanation.close_words(wish.label, method, own_words=False)
    if likeness >= weights.SAME_MATTER.value and reason:
        yield weights.COVERAGE["words"].value * min(1.0, likeness / weights.CLOSE.value), reason


def _phase(
    method: Method, found: tuple[Tie, ...], profile: Profile, understanding: Understanding
) -> Component | None:
    """How strongly the documents tie a method to a step that is wanted now.

    Where we only take a step from a school's words, a method that no document ties to any step is as likely
    to suit as those of which we know; where the school chose the step, it asks for what is tied to it.
    """
    if not understanding.steps:
        return None
    if not method.serves and profile.phase is None:
        return Component(weights.PHASE_NOT_SAID.value * max(understanding.steps.values()))
    best = Component(0.0)
    for tie in found:
        value = tie.strength * understanding.steps.get(tie.phase.number, 0)
        if value > best.value:
            best = Component(value, (tie.reason,))
    return best


def ties(method: Method, process: ProcessAdvice, catalogue: Catalogue) -> tuple[Tie, ...]:
    """The strongest tie of a method to each phase of the chosen process that a document ties it to, in order.

    A tie to a corresponding phase of another model counts less, and only where there is none to the phase.
    """
    direct: dict[str, Tie] = {}
    guessed: dict[str, Tie] = {}
    chosen = {phase.iri: phase for stretch in process.stretches for phase in stretch.phases}
    for phase, relation, fact in catalogue.pairs(method):
        strength = weights.RELATIONS[relation].value
        reason = explanation.serves(catalogue, phase, relation, fact)
        if phase.iri in chosen:
            _keep(direct, Tie(strength, phase, reason))
        for here, reuse in _reusing(phase, chosen.values()):
            again = explanation.serves_again(catalogue, phase, here, fact, reuse)
            _keep(direct, Tie(weights.REUSED.value * strength, here, again))
        for link in phase.corresponding:
            if link.value in chosen:
                here = chosen[link.value]
                guess = explanation.serves_corresponding(catalogue, phase, relation, fact, here, link)
                _keep(guessed, Tie(weights.CORRESPONDING.value * strength, here, guess))
    found = guessed | direct
    return tuple(sorted(found.values(), key=lambda tie: (tie.phase.model, tie.phase.number, tie.phase.iri)))


def _reusing(phase: Phase, phases: Iterable[Phase]) -> list[tuple[Phase, Fact[str]]]:
    """The phases that are said to reuse the methods of a phase, with the fact that says so."""
    return [(other, fact) for other in phases for fact in other.reuses if fact.value == phase.iri]


def _keep(found: dict[str, Tie], tie: Tie) -> None:
    if tie.phase.iri not in found or tie.strength > found[tie.phase.iri].strength:
        found[tie.phase.iri] = tie


def _words(method: Method, understanding: Understanding) -> Component | None:
    """How like a method is to the school's own words."""
    if not understanding.likeness:
        return None
    likeness = understanding.likeness.get(method.iri, 0)
    share = likeness / max(weights.CLOSE.value, understanding.closest)
    reason = None
    if likeness >= weights.UNDERSTOOD.value:
        reason = explanation.close_words("", method, own_words=True)
    return Component(share, (reason,) if reason else ())


def _setting(method: Method, profile: Profile, catalogue: Catalogue) -> Component | None:
    if profile.schools is None:
        return None
    wanted = "InsideSchool" if profile.schools == "one" else "BetweenSchools"
    return _match(method.setting, wanted, lambda fact: explanation.setting(catalogue, fact))


def _target(method: Method, profile: Profile, catalogue: Catalogue) -> Component | None:
    if profile.people_who is None:
        return None
    wanted = _TARGETS[profile.people_who]
    return _match(method.target, wanted, lambda fact: explanation.target(catalogue, fact))


def _maturity(method: Method, profile: Profile, catalogue: Catalogue) -> Component | None:
    """Beginners learn best in their own school, the experienced with others: what a method offers."""
    if profile.maturity_overall is None:
        return None
    if profile.maturity_overall <= weights.BEGINNING:
        wanted, ground, text = "InsideSchool", weights.BEGINNERS_AT_HOME, explanation.BEGINNERS
    elif profile.maturity_overall >= weights.EXPERIENCED:
        wanted, ground, text = "BetweenSchools", weights.EXPERIENCED_ABROAD, explanation.EXPERIENCED
    else:
        return None
    grounds = catalogue.evidence.within(ground.document, ground.first_line, ground.last_line)
    return _match(
        method.setting,
        wanted,
        lambda fact: Reason("maturity", text, tuple(sorted({*fact.citations, *grounds}))),
    )


def _match(facts: tuple[Fact[str], ...], wanted: str, explain: Callable[[Fact[str]], Reason]) -> Component:
    """1 where a document says what is wanted, 0 where it says something else, between where it is silent."""
    if not facts:
        return Component(_NOT_SAID)
    hit = next((fact for fact in facts if fact.value == wanted), None)
    return Component(1.0, (explain(hit),)) if hit else Component(0.0)


def _time(profile: Profile, verdicts: tuple[Verdict, ...]) -> Component | None:
    if profile.time_hours is None and profile.time_months is None:
        return None
    found = [verdict for verdict in verdicts if verdict.rule == "time"]
    if not found:
        return Component(_NOT_SAID)
    if any(verdict.finding != "met" for verdict in found):
        return Component(0.0)
    return Component(1.0, tuple(Reason("time", v.text, v.citations) for v in found))


def _conditions(verdicts: tuple[Verdict, ...]) -> Component:
    """The share of conditions known to be met; 1 for a method without conditions."""
    conditions = [v for v in verdicts if v.finding in ("met", "open", "against") and v.rule != "time"]
    met = [v for v in conditions if v.finding == "met"]
    open_ones = [v for v in conditions if v.finding == "open"]
    value = (len(met) + _NOT_SAID * len(open_ones)) / len(conditions) if conditions else 1.0
    return Component(value, tuple(Reason(v.rule, v.text, v.citations) for v in met))


def _process(method: Method, found: tuple[Tie, ...]) -> Component:
    """The strongest tie to any phase of the chosen process; the earliest among equals.

    Of a method that no document ties to any phase, its place is not known, which speaks neither way.
    """
    if not method.serves:
        return Component(_NOT_SAID)
    best = max(found, key=lambda tie: (tie.strength, -tie.phase.number, tie.phase.iri), default=None)
    return Component(best.strength, (best.reason,)) if best else Component(0.0)


def _precedent(method: Method, profile: Profile, catalogue: Catalogue) -> Component | None:
    """What a school like this one did."""
    found = precedent(method, profile, catalogue)
    if found is None:
        return None
    value, reason = found
    return Component(value, (reason,) if reason else ())


def effort(method: Method, catalogue: Catalogue) -> Effort:
    """What a method costs in time, as far as a document says."""
    stated = [explanation.duration(catalogue, found) for found in method.durations]
    extents = {fact.value: fact for fact in method.extent}
    levels = [
        (name, level)
        for name, level in (("SingleEvent", 1), ("SmallScale", 2), ("LongTerm", 3))
        if name in extents
    ]
    citations = {c for found in method.durations for c in found.citations}
    citations |= {c for fact in method.extent for c in fact.citations}
    words = [catalogue.term(name) for name, _ in levels] + stated
    level = max((level for name, level in levels if name == "LongTerm"), default=0) or min(
        (level for _, level in levels), default=_level_of(method.durations)
    )
    return Effort(level, ", ".join(words) or "not said", tuple(sorted(citations)))


def _level_of(durations: tuple[Duration, ...]) -> int:
    """The level of effort of stated durations alone."""
    if any(found.unit in weights.MONTHS_PER_UNIT for found in durations):
        return 3
    return 1 if durations else 0


def tried(method: Method, catalogue: Catalogue) -> Evidence:
    """How far the documents report that a method was tried."""
    used = [use for use in method.uses if use.status == "Used"]
    level = (3 if any(use.results for use in used) else 2) if used else (1 if method.uses else 0)
    citations = tuple(sorted({c for use in used or method.uses for c in use.citations}))
    return Evidence(level, explanation.evidence(catalogue, method.uses), citations)
