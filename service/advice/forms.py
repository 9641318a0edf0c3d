"""Between the form and the JSON document of a profile: the form's names are the paths of the fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from recommender.fields import FIELDS, Field
from recommender.profile import Fault
from service.errors import Problem

PROFILE = "profile"  # the hidden input that carries answers given before
MAX_PROFILE_BYTES = 65_536


def read(form: MultiDict[str, str]) -> dict[str, Any]:
    """The JSON document that a form means; answers given before are kept where it has no such field.

    Numbers that are not whole numbers stay text, so that parsing the document names them.
    """
    document = decode(form[PROFILE]) if form.get(PROFILE) else {}
    for one in FIELDS:
        if one.kind == "scales":
            names = [name for name in form if name.startswith(one.path + ".")]
            if names:
                answers = {name.removeprefix(one.path + "."): _value(one, form[name]) for name in names}
                _put(document, one.path, {thing: answer for thing, answer in answers.items() if answer != ""})
        elif one.kind == "choices":
            if one.path in form:
                _put(document, one.path, [answer for answer in form.getlist(one.path) if answer])
        elif one.path in form:
            _put(document, one.path, _value(one, form[one.path]))
    return _without_blanks(document)


def decode(text: str) -> dict[str, Any]:
    """A profile's JSON text as a document. Raises Problem when it is none."""
    try:
        document = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()  # JSON can name half a character, no page show it
    except (ValueError, RecursionError) as error:
        raise not_a_profile(f"This is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise not_a_profile("A profile is a JSON object.")
    return document


def not_a_profile(detail: str) -> Problem:
    advice = "Choose a file that you downloaded here, or fill in the form."
    return Problem(400, "not-a-profile", "This is not a profile", detail, advice)


@dataclass(frozen=True)
class Filled:
    """What a form shows again: answers as text by input name, and faults by field path."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def value(self, path: str) -> str:
        """The text of a single answer; "" when it is unknown."""
        answer = _get(self.answers, path)
        return "" if answer is None or isinstance(answer, list | dict) else str(answer)

    def has(self, path: str, option: str) -> bool:
        """Whether a list of answers holds an option."""
        answer = _get(self.answers, path)
        return isinstance(answer, list) and option in answer

    def count(self, path: str) -> int:
        """How many answers a list or scale holds."""
        answer = _get(self.answers, path)
        return len(answer) if isinstance(answer, list | dict) else 0

    def faults_of(self, path: str) -> list[str]:
        """What is wrong with the answers to a field."""
        return [fault.message for fault in self.faults if _belongs(fault, path)]


def described(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults with the question that each belongs to, for a list above the form."""
    questions = {one.path: one.question for one in FIELDS}
    found = []
    for fault in faults:
        path = next((path for path in questions if _belongs(fault, path)), "")
        found.append({"path": path, "question": questions.get(path, fault.path), "message": fault.message})
    return found


def _belongs(fault: Fault, path: str) -> bool:
    return fault.path == path or fault.path.startswith((path + ".", path + "["))


def _value(one: Field, text: str) -> Any:
    """An input's text as a JSON value."""
    text = text.strip()
    if one.kind == "number" or one.counted:
        try:
            return int(text)
        except ValueError:
            return text
    return text


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for part in above:
        inner = document.get(part)
        document[part] = inner if isinstance(inner, dict) else {}
        document = document[part]
    document[last] = value


def _get(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document.get(part) if isinstance(document, Mapping) else None
    return document


def _without_blanks(document: dict[str, Any]) -> dict[str, Any]:
    """The document without empty answers and empty groups."""
    kept: dict[str, Any] = {}
    for name, value in document.items():
        inner = _without_blanks(value) if isinstance(value, dict) else value
        if inner not in ("", None, [], {}):
            kept[name] = inner
    return kept
