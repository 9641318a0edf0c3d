"""Advice as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def plain_text(advice: Document) -> str:
    """An advice document (`service.advice.document`) in lines of text."""
    return "\n".join(_lines(advice)) + "\n"


def _lines(advice: Document) -> Iterator[str]:
    yield f"How sure is this? {advice['confidence']['level'].capitalize()}. {advice['confidence']['words']}"
    for warning in advice["warnings"]:
        yield f"! {warning['text']}{_where(warning)}"
    if wishes := advice["understood"]["wishes"]:
        yield "We understood: " + "; ".join(wish["label"] for wish in wishes)
    if advice["questions"]:
        yield ""
        yield "What would help to know"
        for question in advice["questions"]:
            yield f"  {question['question']} ({question['field']}) {question['why']}"
    for name in ("methods", "frameworks", "instruments"):
        yield from _shortlist(name, advice[name])
    yield ""
    yield "The way to go"
    for reason in advice["process"]["reasons"]:
        yield f"  {reason['text']}{_where(reason)}"
    for plan in advice["plan"]:
        chosen = ", ".join(item["label"] for item in plan["suggestions"]) or "–"
        yield f"  {plan['phase']['number']} {plan['phase']['label']}: {chosen}"
    yield from (f"  ! {note}" for note in advice["planned"]["notes"])
    if advice["ruledOut"]:
        yield ""
        yield "Ruled out"
        for out in advice["ruledOut"]:
            yield f"  {out['label']}"
            for reason in out["reasons"]:
                yield f"    {reason['text']}{_where(reason)}"
            yield f"    {' '.join(out['changes'])}"


def _shortlist(name: str, shortlist: Document) -> Iterator[str]:
    if not shortlist["first"] and not shortlist["also"]:
        return
    yield ""
    yield name.capitalize()
    for item in shortlist["first"]:
        yield f"  {item['label']}  (fit {item['fit']:.2f})"
        for part in (*item["reasons"], *item["notices"]):
            yield f"    {part['text']}{_where(part)}"
        yield f"    {item['evidence']['words']} Effort: {item['effort']['words']}."
    if shortlist["also"]:
        yield "  Also possible: " + ", ".join(item["label"] for item in shortlist["also"])


def _where(part: Document) -> str:
    """The places of a part's citations in brackets, each once; what we concluded is marked."""
    places = [("our conclusion from " if "conclusion" in c else "") + c["label"] for c in part["citations"]]
    return f" [{'; '.join(dict.fromkeys(places))}]" if places else ""
