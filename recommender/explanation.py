"""The sentences of advice: each is made from the rule that fired and carries the passages of its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.catalogue import Catalogue, Duration, Method, Phase, Use
from recommender.facts import Citation, Fact, cited

BEGINNERS = "Takes place in your own school, where those who are less experienced gain most."
EXPERIENCED = "Brings people of several schools together, by which those who are experienced learn."
_RELATION_WORDS = {
    "suitableForPhase": "Suitable for",
    "hasElementsForPhase": "Has elements for",
    "listedUnderPhase": "Listed, without more being said, under",
}


@dataclass(frozen=True)
class Reason:
    """Why something is advised or refused. `code` names the rule; never without a passage."""

    code: str
    text: str
    citations: tuple[Citation, ...]

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"a reason without a passage: {self.text}")


@dataclass(frozen=True)
class Notice:
    """Something to know. Without passages it follows from the answers, or from their absence, alone."""

    code: str
    text: str
    citations: tuple[Citation, ...] = ()


def join(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def step(catalogue: Catalogue, phase: Phase) -> str:
    return f"step {phase.number}, {phase.label}, of the {catalogue.label(phase.model)}"


def serves(catalogue: Catalogue, phase: Phase, relation: str, fact: Fact[str]) -> Reason:
    """ "Suitable for step 4, Mapping …, of the Process model for …." """
    return Reason(relation, f"{_RELATION_WORDS[relation]} {step(catalogue, phase)}.", fact.citations)


def serves_corresponding(
    catalogue: Catalogue, phase: Phase, relation: str, fact: Fact[str], here: Phase, link: Fact[str]
) -> Reason:
    text = (
        f"{_RELATION_WORDS[relation]} {step(catalogue, phase)}; that step corresponds to step {here.number}, "
        f"{here.label}. That the method fits there too is our conclusion."
    )
    return Reason("corresponding-phase", text, tuple(sorted({*fact.citations, *link.citations})))


def serves_again(
    catalogue: Catalogue, phase: Phase, here: Phase, fact: Fact[str], reuse: Fact[str]
) -> Reason:
    text = (
        f"Named for step {phase.number}, {phase.label}; the methods of that step can be used again for "
        f"{step(catalogue, here)}."
    )
    return Reason("methods-reused", text, tuple(sorted({*fact.citations, *reuse.citations})))


def works_on(catalogue: Catalogue, wish: str, facts: Sequence[Fact[str]]) -> Reason:
    labels = join([catalogue.label(fact.value) for fact in facts])
    return Reason("needs", f"Works on {labels}, which “{wish}” is about.", cited(facts))


def found_in_pilot(catalogue: Catalogue, wish: str, use: Use, need: Fact[str]) -> Reason:
    done = "used this" if use.status == "Used" else f"{catalogue.term(use.status)} this"
    text = f"{catalogue.label(use.pilot)}: found the need “{wish}” and {done}."
    return Reason("need-in-pilot", text, tuple(sorted({*use.citations, *need.citations})))


def like_pilot(catalogue: Catalogue, use: Use) -> Reason:
    done = "used" if use.status == "Used" else catalogue.term(use.status)
    return Reason(
        "precedent", f"{catalogue.label(use.pilot)}: a pilot that is like you {done} this.", use.citations
    )


def close_words(wish: str, method: Method, own_words: bool) -> Reason | None:
    """That what is said of a method, or its name, is like a need or the school's words.

    None for a method that no passage says anything of.
    """
    about = "what you wrote" if own_words else f"“{wish}”"
    for fact in method.aim + method.descriptions:
        return Reason("words", f"Close to {about}: {fact.value}", fact.citations)
    if not method.mentions:
        return None
    return Reason("words", f"By its name close to {about}.", method.mentions[:1])


def setting(catalogue: Catalogue, fact: Fact[str]) -> Reason:
    return Reason("setting", f"Meant for work {catalogue.term(fact.value)}.", fact.citations)


def target(catalogue: Catalogue, fact: Fact[str]) -> Reason:
    return Reason("target", f"Aimed at: {catalogue.term(fact.value)}.", fact.citations)


def duration(catalogue: Catalogue, found: Duration) -> str:
    unit = catalogue.term(found.unit)
    return f"{found.words} {unit}" if found.words == "1" else f"{found.words} {unit}s"


def evidence(catalogue: Catalogue, uses: Sequence[Use]) -> str:
    """What is reported of a method's use, in words: used where, with results or not, or only planned."""
    used = [use for use in uses if use.status == "Used"]
    if used:
        places = join(list(dict.fromkeys(catalogue.label(use.pilot) for use in used)))
        told = "results are reported" if any(use.results for use in used) else "no result is reported"
        return f"Used in {places}; {told}."
    announced = [use for use in uses if use.status != "StatusUnknown"]
    if announced:
        stages = sorted(
            {f"{catalogue.term(use.status)} in {catalogue.label(use.pilot)}" for use in announced}
        )
        return f"Only {join(stages)}; no result is reported."
    if uses:
        places = join(list(dict.fromkeys(catalogue.label(use.pilot) for use in uses)))
        return f"Named for {places}, but whether it was used is not said."
    return "No use in a pilot is reported."
