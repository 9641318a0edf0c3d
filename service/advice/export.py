"""A plan to take along: Markdown for people, iCalendar tasks for their tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

Document = Mapping[str, Any]
_LONGEST_LINE = 75  # bytes, RFC 5545, section 3.1


def markdown(advice: Document) -> str:
    """The plan of an advice document (`service.advice.document`) in Markdown."""
    return "\n".join(_markdown(advice)) + "\n"


def _markdown(advice: Document) -> Iterator[str]:
    yield "# A plan for our school"
    yield ""
    yield (
        "None of the steps is obligatory. Made by MentorGraph from its sources, release "
        + advice["release"]
        + "."
    )
    for note in advice["planned"]["notes"]:
        yield f"\n> {note}"
    for stretch in advice["process"]["stretches"]:
        yield f"\n## {stretch['label']}"
        for step in advice["plan"]:
            if step["phase"]["iri"] in stretch["phases"]:
                yield f"\n### {step['phase']['number']}. {step['phase']['label']}\n"
                yield from (f"{purpose['text']}\n" for purpose in step["purpose"])
                yield from (f"- Ask: {question['text']}" for question in step["questions"])
                yield from (
                    f"- **{item['label']}** ({_effort(item)}). {_reason(item)}"
                    + "".join(f" {who['text']}" for who in item["who"])
                    for item in step["suggestions"]
                )
                if step["example"]:
                    yield f"\nFor example: {_cited(step['example'])}"


def calendar(advice: Document, now: datetime | None = None) -> str:
    """The plan as tasks (VTODO, RFC 5545) in order, without dates: no document says how long a step takes."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MentorGraph//Plan//EN"]
    for step in advice["plan"]:
        chosen = [f"{item['label']} ({_effort(item)}). {_reason(item)}" for item in step["suggestions"]]
        asked = [question["text"] for question in step["questions"]]
        identifier = sha256(f"{advice['release']} {step['phase']['iri']}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VTODO",
            f"UID:{identifier}@school-mentoring",
            f"DTSTAMP:{stamp}",
            f"SUMMARY:{_escaped(str(step['phase']['number']) + '. ' + step['phase']['label'])}",
            f"URL:{step['phase']['iri']}",
        ]
        if chosen or asked:
            lines.append("DESCRIPTION:" + _escaped("\n".join([*chosen, *asked])))
        lines.append("END:VTODO")
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _effort(item: Document) -> str:
    return str(item["effort"]) if item["known"] else "how long it takes is not said"


def _reason(item: Document) -> str:
    return _cited(item["reason"])


def _cited(reason: Document) -> str:
    places = dict.fromkeys(citation["label"] for citation in reason["citations"])
    return f"{reason['text']} [{'; '.join(places)}]"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A content line of at most 75 bytes each, never cut within a character."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > _LONGEST_LINE:
            parts.append(part)
            part = " "
        part += character
    return "\r\n".join([*parts, part]) + "\r\n"
