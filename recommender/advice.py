"""Advice for one school: `advise(profile, catalogue)` puts the parts together; it reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from recommender import cases, compromises, factors, incentives, questions, weights
from recommender.cases import ClosestCase
from recommender.catalogue import Catalogue, Kind, Pilot
from recommender.compromises import Compromise
from recommender.explanation import Notice
from recommender.factors import Factors
from recommender.incentives import Incentives
from recommender.plan import Plan, make_plan
from recommender.process import ProcessAdvice
from recommender.profile import Profile
from recommender.questions import Question
from recommender.ranking import Ranking, RuledOut, Suggestion, rank
from recommender.understanding import Understanding

Confidence = Literal["too little known", "tentative", "fair", "good"]
KINDS: Final[tuple[Kind, ...]] = ("method", "framework", "instrument")


@dataclass(frozen=True)
class Shortlist:
    """Methods, frameworks or instruments: the few that fit best, others with something for them, the rest."""

    kind: Kind
    first: tuple[Suggestion, ...]
    also: tuple[Suggestion, ...]
    unconnected: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Advice:
    """The whole advice. With too little known, `first` lists are empty and `questions` say what to tell."""

    profile: Profile
    confidence: Confidence
    confidence_words: str
    understanding: Understanding
    process: ProcessAdvice
    shortlists: tuple[Shortlist, ...]
    plan: Plan
    cases: tuple[ClosestCase, ...]
    initiatives_here: tuple[ClosestCase, ...]
    initiatives_abroad: tuple[ClosestCase, ...]
    factors: Factors
    incentives: Incentives
    ruled_out: tuple[RuledOut, ...]
    compromises: tuple[Compromise, ...]
    warnings: tuple[Notice, ...]
    questions: tuple[Question, ...]

    @property
    def pilot(self) -> ClosestCase | None:
        """The nearest of the cases that is a pilot."""
        return next((one for one in self.cases if isinstance(one.case, Pilot)), None)


def advise(profile: Profile, catalogue: Catalogue) -> Advice:
    """Advice from what a school told and what the catalogue holds. Any valid profile gives an answer."""
    read = cache(catalogue.texts.read)  # kept for this call only: what a school wrote is nobody else's
    ranking = rank(profile, catalogue, read)
    confidence, words = _confidence(profile, ranking)
    enough = confidence != "too little known"
    shortlists = tuple(_shortlist(kind, ranking, enough) for kind in KINDS)
    understanding = ranking.understanding
    here, abroad = cases.in_and_abroad(profile, understanding, catalogue)
    return Advice(
        profile=profile,
        confidence=confidence,
        confidence_words=words,
        understanding=understanding,
        process=ranking.process,
        shortlists=shortlists,
        plan=make_plan(profile, ranking if enough else _nothing(ranking), catalogue),
        cases=cases.closest(profile, understanding, catalogue) if enough else (),
        initiatives_here=here,
        initiatives_abroad=abroad if enough else (),
        factors=factors.relevant(understanding, ranking.process, catalogue),
        incentives=incentives.told(profile, catalogue),
        ruled_out=ranking.ruled_out,
        compromises=compromises.offer(profile, ranking, catalogue, read) if enough else (),
        warnings=tuple(_warnings(profile, ranking, shortlists, catalogue, enough)),
        questions=questions.ask(profile, catalogue, read) if confidence != "good" else (),
    )


def _confidence(profile: Profile, ranking: Ranking) -> tuple[Confidence, str]:
    """How sure the ranking is, from how much is known and how well the best method fits."""
    understanding = ranking.understanding
    answered = set(profile.answered())
    if not (understanding.wishes or understanding.steps) and understanding.unread:
        answered.discard("goal")
    known = sum(weights.KNOWN.get(path, 0) for path in answered)
    if known < weights.ENOUGH_KNOWN:
        return "too little known", "You have told too little to rank methods; the questions below help most."
    if not (understanding.wishes or understanding.steps or understanding.likeness):
        return "tentative", "You did not say what you need, so this says only what suits your means."
    best = max((item.fit.score for item in ranking.suggestions if not item.hindered), default=0.0)
    if best < weights.FITS_WELL:
        return "tentative", "The methods fit what you told only in part; take this as a place to start from."
    if known < weights.WELL_KNOWN:
        return "fair", "The first suggestions fit what you told; more answers may change their order."
    return "good", "You told much, and the first suggestions fit it well."


def _shortlist(kind: Kind, ranking: Ranking, enough: bool) -> Shortlist:
    of_kind = [item for item in ranking.suggestions if item.method.kind == kind]
    first = [item for item in of_kind if enough and item.worth_naming][: weights.SHORTLIST]
    others = [item for item in of_kind if item not in first]
    also = [item for item in others if item.reasons]
    unconnected = [item for item in others if not item.reasons]
    return Shortlist(kind, tuple(first), tuple(also), tuple(unconnected))


def _nothing(ranking: Ranking) -> Ranking:
    """The ranking without suggestions: while too little is known, a plan has phases only."""
    return replace(ranking, suggestions=())


def _warnings(
    profile: Profile, ranking: Ranking, shortlists: tuple[Shortlist, ...], catalogue: Catalogue, enough: bool
) -> list[Notice]:
    warnings = [*ranking.process.notices]
    understanding = ranking.understanding
    if understanding.language:
        told = (
            f"You wrote in {understanding.language}; we read words in English only. Only names, such as "
            "those of instruments, were taken from it. Please write in English, or choose from the lists."
        )
        warnings.append(Notice("other-language", told))
    if understanding.refused:
        told = f"Not taken as a wish, since you do not want it: “{'”, “'.join(understanding.refused)}”."
        warnings.append(Notice("refused", told))
    for text in understanding.unread:
        told = (
            f"In “{text}” we found nothing that the documents speak of; try other English words, or the list."
        )
        warnings.append(Notice("not-understood", told))
    if enough and not any(shortlist.first for shortlist in shortlists):
        told = (
            "No method fits what you told; look at what was ruled out, and what would have to be different."
        )
        warnings.append(Notice("nothing-fits", told))
    if late := [out for out in ranking.ruled_out if any(reason.code == "time" for reason in out.reasons)]:
        count = "One method needs" if len(late) == 1 else f"{len(late)} methods need"
        citations = tuple(
            sorted({c for out in late for r in out.reasons if r.code == "time" for c in r.citations})
        )
        warnings.append(Notice("too-little-time", f"{count} more time than you have.", citations))
    warnings.extend(_outside(ranking.understanding, catalogue))
    warnings.extend(_size(profile, catalogue))
    return warnings


def _size(profile: Profile, catalogue: Catalogue) -> list[Notice]:
    """That size was told, matters, and could not be used."""
    ground = weights.SIZE_MATTERS
    citations = catalogue.evidence.within(ground.document, ground.first_line, ground.last_line)
    if not citations or (profile.size_pupils is None and profile.size_band is None):
        return []
    text = "A school's size should be considered, but the documents do not say which methods suit which."
    return [Notice("size-not-used", text, citations)]


def _outside(understanding: Understanding, catalogue: Catalogue) -> list[Notice]:
    """Elements that the school wants to work on and a project says it does not deal with."""
    notices: dict[str, Notice] = {}
    for wish in understanding.wishes:
        need = catalogue.needs.get(wish.iri)
        if wish.weight < weights.WORTH_A_WARNING:
            continue
        for iri in need.elements if need else (wish.iri,):
            element = catalogue.elements.get(iri)
            if element and element.outside:
                citations = tuple(sorted({c for fact in element.outside for c in fact.citations}))
                text = f"{element.label} is not in the focus of the documents, so they say little about it."
                notices[iri] = Notice("outside-focus", text, citations)
    return [notices[iri] for iri in sorted(notices)]
