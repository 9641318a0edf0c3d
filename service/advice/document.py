"""Advice as a JSON document: IRIs for programs, sentences for people, the passages for both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from recommender import explanation
from recommender.advice import Advice, Shortlist
from recommender.cases import ClosestCase
from recommender.catalogue import Catalogue, Initiative, Phase
from recommender.compromises import Compromise
from recommender.explanation import Notice, Reason
from recommender.factors import RelevantFactor
from recommender.facts import Citation, Fact
from recommender.incentives import Incentives, ToldIncentive
from recommender.plan import PhasePlan
from recommender.ranking import RuledOut, Suggestion

PLURALS = {"method": "methods", "framework": "frameworks", "instrument": "instruments"}


def advice_document(advice: Advice, catalogue: Catalogue) -> dict[str, Any]:
    """The whole advice; `service.advice.schema.ADVICE` describes it."""
    return {
        "release": catalogue.release,
        "profile": advice.profile.document(),
        "confidence": {"level": advice.confidence, "words": advice.confidence_words},
        "understood": _understood(advice, catalogue),
        "process": {
            "route": advice.process.route,
            "reasons": [reason_document(reason) for reason in advice.process.reasons],
            "stretches": [
                {"iri": s.model.iri, "label": s.model.label, "phases": [phase.iri for phase in s.phases]}
                for s in advice.process.stretches
            ],
        },
        **{PLURALS[shortlist.kind]: _shortlist(shortlist) for shortlist in advice.shortlists},
        "plan": [_plan(plan, catalogue) for plan in advice.plan.phases],
        "planned": {
            "hours": advice.plan.hours,
            "months": advice.plan.months,
            "fits": advice.plan.fits,
            "notes": list(advice.plan.notes),
        },
        "cases": [_case(case) for case in advice.cases],
        "initiatives": {
            "here": [_case(case) for case in advice.initiatives_here],
            "abroad": [_case(case) for case in advice.initiatives_abroad],
        },
        "helps": [_factor(found) for found in advice.factors.helps],
        "hinders": [_factor(found) for found in advice.factors.hinders],
        "matching": [_factor(found) for found in advice.factors.matching],
        "incentives": _incentives(advice.incentives, catalogue),
        "ruledOut": [_ruled_out(out) for out in advice.ruled_out],
        "compromises": [_compromise(one) for one in advice.compromises],
        "warnings": [_notice(warning) for warning in advice.warnings],
        "questions": [
            {"field": q.field.path, "question": q.field.question, "change": q.change, "why": q.why}
            for q in advice.questions
        ],
    }


def place(citation: Citation) -> str:
    """`D3.2, section 2.3.5, lines 437–439`."""
    parts = [citation.document_label]
    if citation.section and len(citation.section) <= 12:
        parts.append(f"section {citation.section}")
    if citation.first_line:
        span = (
            f"line {citation.first_line}"
            if citation.first_line == citation.last_line
            else f"lines {citation.first_line}–{citation.last_line}"
        )
        parts.append(span)
    return ", ".join(parts)


def _understood(advice: Advice, catalogue: Catalogue) -> dict[str, Any]:
    found = advice.understanding
    return {
        "wishes": [
            {"iri": wish.iri, "label": wish.label, "weight": wish.weight, "from": wish.origin}
            for wish in found.wishes
        ],
        "steps": [
            {"number": number, "label": catalogue.steps.get(number, ""), "weight": round(weight, 3)}
            for number, weight in sorted((found.steps or {}).items())
        ],
        "corrections": [{"written": written, "read": read} for written, read in found.corrections],
        "notUnderstood": list(found.unread),
    }


def _shortlist(shortlist: Shortlist) -> dict[str, Any]:
    return {
        "first": [_suggestion(item) for item in shortlist.first],
        "also": [_suggestion(item) for item in shortlist.also],
        "unconnected": [
            {"iri": item.method.iri, "label": item.method.label} for item in shortlist.unconnected
        ],
    }


def _suggestion(item: Suggestion) -> dict[str, Any]:
    return {
        "iri": item.method.iri,
        "label": item.method.label,
        "aim": [_fact(fact) for fact in item.method.aim],
        "fit": item.fit.score,
        "components": {name: round(part.value, 4) for name, part in item.fit.components.items()},
        "effort": _axis(item.effort.level, item.effort.words, item.effort.citations),
        "evidence": _axis(item.evidence.level, item.evidence.words, item.evidence.citations),
        "reasons": [reason_document(reason) for reason in item.reasons],
        "notices": [_notice(notice) for notice in item.notices],
        "hindered": item.hindered,
    }


def _plan(plan: PhasePlan, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "phase": _phase(plan.phase, catalogue),
        "purpose": [_fact(fact) for fact in plan.phase.purpose],
        "questions": [_fact(fact) for fact in plan.phase.questions],
        "suggestions": [
            {
                "iri": placed.item.method.iri,
                "label": placed.item.method.label,
                "reason": reason_document(placed.reason),
                "effort": placed.item.effort.words,
                "known": placed.hours is not None or placed.months is not None,
                "kept": placed.kept,
                "who": [
                    reason_document(explanation.target(catalogue, fact)) for fact in placed.item.method.target
                ],
            }
            for placed in plan.placed
        ],
        "example": reason_document(plan.example) if plan.example else None,
    }


def _phase(phase: Phase, catalogue: Catalogue) -> dict[str, Any]:
    model = {"iri": phase.model, "label": catalogue.label(phase.model)}
    return {"iri": phase.iri, "label": phase.label, "number": phase.number, "model": model}


def _case(found: ClosestCase) -> dict[str, Any]:
    said = found.case.said if isinstance(found.case, Initiative) else ()
    return {
        "iri": found.case.iri,
        "label": found.case.label,
        "kind": "initiative" if isinstance(found.case, Initiative) else "pilot",
        "said": [_fact(fact) for fact in said[:1]],
        "likeness": found.likeness,
        "alike": [reason_document(reason) for reason in found.alike],
        "different": [reason_document(reason) for reason in found.different],
        "silent": list(found.silent),
        "results": [reason_document(reason) for reason in found.results],
    }


def _factor(found: RelevantFactor) -> dict[str, Any]:
    return {
        "iri": found.factor.iri,
        "label": found.factor.label,
        "helps": found.factor.helps,
        "statements": [reason_document(reason) for reason in found.statements],
        "sources": found.sources,
        "answeredBy": [
            {"iri": one.factor.iri, "label": one.factor.label, "citations": _citations(one.citations)}
            for one in found.answers
        ],
    }


def _incentives(found: Incentives, catalogue: Catalogue) -> dict[str, Any]:
    country = next((c for c in catalogue.countries.values() if c.slug == found.country), None)
    return {
        "country": {"iri": country.iri, "label": country.label} if country else None,
        "possible": [_incentive(one) for one in found.possible],
        "motivating": [_incentive(one) for one in found.motivating],
        "reserved": [_incentive(one) for one in found.reserved],
        "unplaced": [_incentive(one) for one in found.unplaced],
        "silent": [{"iri": thing.iri, "label": thing.label} for thing in found.silent],
    }


def _incentive(one: ToldIncentive) -> dict[str, Any]:
    return {
        "iri": one.incentive.iri,
        "label": one.incentive.label,
        "wanted": one.wanted,
        "reasons": [reason_document(reason) for reason in one.reasons],
    }


def _compromise(one: Compromise) -> dict[str, Any]:
    return {
        "field": one.field.path,
        "question": one.field.question,
        "option": {"iri": one.option.method.iri, "label": one.option.method.label},
        "fit": one.option.fit.score,
        "against": [reason_document(reason) for reason in one.against],
        "changes": list(one.changes),
        "more": one.options,
    }


def _ruled_out(out: RuledOut) -> dict[str, Any]:
    return {
        "iri": out.method.iri,
        "label": out.method.label,
        "reasons": [reason_document(reason) for reason in out.reasons],
        "changes": list(out.changes),
    }


def _axis(level: int, words: str, citations: Iterable[Citation]) -> dict[str, Any]:
    return {"level": level, "words": words, "citations": _citations(citations)}


def reason_document(reason: Reason) -> dict[str, Any]:
    """A sentence with its passages."""
    return {"code": reason.code, "text": reason.text, "citations": _citations(reason.citations)}


def _notice(notice: Notice) -> dict[str, Any]:
    return {"code": notice.code, "text": notice.text, "citations": _citations(notice.citations)}


def _fact(fact: Fact[str]) -> dict[str, Any]:
    return {"text": fact.value, "citations": _citations(fact.citations)}


def _citations(citations: Iterable[Citation]) -> list[dict[str, str]]:
    return [_citation(citation) for citation in citations]


def _citation(citation: Citation) -> dict[str, str]:
    document = {
        "passage": citation.passage,
        "document": citation.document,
        "label": place(citation),
        "anchor": citation.anchor,
    }
    if citation.conclusion:
        document |= {"conclusion": citation.conclusion, "reason": citation.reason}
    return document
