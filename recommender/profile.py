"""A school's answers, parsed strictly, every fault named at once; what is left out is unknown, never no."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from recommender.catalogue import Catalogue
from recommender.facts import slug
from recommender.fields import BY_PATH, FIELDS, Field

UNKNOWN: Final = "unknown"
_LONGEST_LIST = 50


@dataclass(frozen=True)
class Profile:
    """What a school told. None and empty mean unknown; slugs are the last parts of the catalogue's IRIs.

    `time_hours` counts hours of one person in the next weeks, `time_months` the months for the whole
    development. Maturity goes from 1 (hardly begun) to 5. `element_needs` pairs an element's slug with
    "none", "some", "strong" or words of one's own; `phase` is the number of the step that comes next, from 1.
    """

    goal: str = ""
    needs: tuple[str, ...] = ()
    schools: str | None = None
    relation: tuple[str, ...] = ()
    country: str | None = None
    school_levels: tuple[str, ...] = ()
    size_pupils: int | None = None
    size_band: str | None = None
    policy: str | None = None
    phase: int | None = None
    maturity_overall: int | None = None
    maturity_elements: tuple[tuple[str, int], ...] = ()
    element_needs: tuple[tuple[str, str], ...] = ()
    tried_before: tuple[str, ...] = ()
    time_hours: int | None = None
    time_months: int | None = None
    people_who: str | None = None
    people_count: int | None = None
    mentor: str | None = None
    partners_university: str | None = None
    partners_industry: str | None = None
    role: str | None = None

    def answered(self) -> tuple[str, ...]:
        """Paths of the fields that are known, in the order of the table."""
        return tuple(f.path for f in FIELDS if getattr(self, attribute(f)) not in (None, "", ()))

    def document(self) -> dict[str, Any]:
        """The answers as JSON values, which `parse` reads back to the same profile."""
        found: dict[str, Any] = {}
        for path in self.answered():
            value = getattr(self, attribute(BY_PATH[path]))
            if BY_PATH[path].kind == "scales":
                value = dict(value)
            elif isinstance(value, tuple):
                value = list(value)
            place = found
            *above, last = path.split(".")
            for part in above:
                place = place.setdefault(part, {})
            place[last] = value
        return found


@dataclass(frozen=True)
class Fault:
    """What is wrong: where (a path with dots, "" for the whole), what, and which answers are allowed."""

    path: str
    message: str
    allowed: tuple[str, ...] = ()


class ProfileError(ValueError):
    """A profile that can't be read; `faults` holds everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path or 'profile'}: {fault.message}" for fault in faults))


@dataclass(frozen=True)
class Vocabulary:
    """The options that a catalogue allows: for each source, slug → words in the order to show them."""

    options: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Vocabulary:
        """The lists of a catalogue, in the order to show them; `codes` maps ISO codes to countries."""
        levels = {
            name: thing.label for name, thing in catalogue.terms.items() if name in catalogue.school_levels
        }
        return cls(
            {
                "countries": _by_label(catalogue.countries),
                "elements": {e.slug: e.label for e in catalogue.current_elements},
                "levels": levels,
                "methods": _by_label(catalogue.methods),
                "needs": _by_label(catalogue.needs),
                "phases": {str(number): label for number, label in catalogue.steps.items()},
            },
            {country.code: country.slug for country in catalogue.countries.values() if country.code},
        )

    def allowed(self, field: Field) -> Mapping[str, str]:
        """The answers that a choice or list takes, or the things that a scale is about."""
        return self.options[field.source] if field.source else field.options or {}


def attribute(field: Field) -> str:
    return field.path.replace(".", "_")


def parse(document: object, vocabulary: Vocabulary) -> Profile:
    """The profile in a JSON document. Raises ProfileError with every fault, unknown fields included."""
    if not isinstance(document, Mapping):
        raise ProfileError([Fault("", 'A profile is a JSON object, such as {"goal": "…"}.')])
    faults: list[Fault] = []
    answers = _flatten(document, faults)
    values: dict[str, Any] = {}
    for path, answer in answers.items():
        field = BY_PATH[path]
        value = _read(field, answer, vocabulary, faults)
        if value is not None:
            values[attribute(field)] = value
    if faults:
        raise ProfileError(faults)
    return Profile(**values)


def _flatten(document: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Answers by path; groups such as `time` are opened, names that no field has become faults."""
    found: dict[str, Any] = {}
    groups = {path.split(".")[0] for path in BY_PATH if "." in path}
    for name, value in document.items():
        if name in BY_PATH:
            found[name] = value
        elif name in groups and isinstance(value, Mapping):
            for part, inner in value.items():
                path = f"{name}.{part}"
                if path in BY_PATH:
                    found[path] = inner
                else:
                    faults.append(_no_such_field(path))
        elif name in groups and not _absent(value):
            faults.append(Fault(name, "This is a group of answers: a JSON object.", _inside(name)))
        elif name not in groups:
            faults.append(_no_such_field(name))
    return found


def _inside(group: str) -> tuple[str, ...]:
    return tuple(path for path in BY_PATH if path.startswith(group + "."))


def _no_such_field(path: str) -> Fault:
    near = get_close_matches(path, [*BY_PATH], n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Fault(path, f"There is no such field.{hint}", tuple(BY_PATH))


def _absent(value: object) -> bool:
    return value is None or value == "" or value == UNKNOWN


def _read(field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]) -> object:
    """The value of one answer; None when it is unknown or at fault."""
    if _absent(answer):
        return None
    if field.kind == "number":
        return _number(field, answer, faults)
    if field.kind == "text":
        return _words(field, answer, faults)
    if field.kind == "choice":
        chosen = _choice(field.path, answer, field, vocabulary, faults)
        return int(chosen) if chosen and field.path in _COUNTED else chosen
    if field.kind == "choices":
        return _choices(field, answer, vocabulary, faults)
    return _scales(field, answer, vocabulary, faults)


# Choices whose answers are whole numbers.
_COUNTED: Final = frozenset({"phase", "maturity.overall"})


def _number(field: Field, answer: object, faults: list[Fault]) -> int | None:
    bounds = f"a whole number of {field.unit} from {field.least} to {field.most}"
    if isinstance(answer, bool) or not isinstance(answer, int) or not field.least <= answer <= field.most:
        faults.append(
            Fault(field.path, f"{_shown(answer)} is not {bounds}.", (f"{field.least}–{field.most}", UNKNOWN))
        )
        return None
    return answer


def _words(field: Field, answer: object, faults: list[Fault]) -> str | None:
    if not isinstance(answer, str) or len(answer) > field.most:
        faults.append(Fault(field.path, f"This is text of at most {field.most} {field.unit}.", (UNKNOWN,)))
        return None
    return " ".join(answer.split()) or None


def _choice(
    path: str, answer: object, field: Field, vocabulary: Vocabulary, faults: list[Fault]
) -> str | None:
    """The option that an answer means: its slug, its number, an ISO code, or an IRI that ends in the slug."""
    allowed = vocabulary.allowed(field)
    text = str(answer) if isinstance(answer, int) and not isinstance(answer, bool) else answer
    if isinstance(text, str):
        if field.source == "countries":
            text = vocabulary.codes.get(text.upper(), text)
        for candidate in (text, slug(text), text.casefold()):
            if candidate in allowed:
                return candidate
    faults.append(
        Fault(
            path,
            f"{_shown(answer)} is not one of the answers.{_nearest(answer, allowed)}",
            (*allowed, UNKNOWN),
        )
    )
    return None


def _choices(
    field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]
) -> tuple[str, ...] | None:
    if not isinstance(answer, list | tuple) or len(answer) > _LONGEST_LIST:
        faults.append(
            Fault(
                field.path,
                f"This is a list of at most {_LONGEST_LIST} answers.",
                (*vocabulary.allowed(field),),
            )
        )
        return None
    chosen = [
        _choice(f"{field.path}[{place}]", item, field, vocabulary, faults)
        for place, item in enumerate(answer)
        if not _absent(item)
    ]
    return tuple(dict.fromkeys(item for item in chosen if item)) or None


def _scales(
    field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]
) -> tuple[tuple[str, Any], ...] | None:
    """Pairs of a thing's slug and the answer about it, in the order of the slugs."""
    if not isinstance(answer, Mapping):
        faults.append(
            Fault(
                field.path, "This is a JSON object: one answer for each area.", (*vocabulary.allowed(field),)
            )
        )
        return None
    levels = dataclasses.replace(field, source="")
    found: dict[str, Any] = {}
    for name, level in answer.items():
        path = f"{field.path}.{name}"
        about = _choice(path, name, field, vocabulary, faults)
        if about is None or _absent(level):
            continue
        if field.free_text and isinstance(level, str) and level not in (field.options or {}):
            words = _words(dataclasses.replace(BY_PATH["goal"], path=path), level, faults)
            found |= {about: words} if words else {}
        elif value := _choice(path, level, levels, vocabulary, faults):
            found[about] = int(value) if value.isdigit() else value
    return tuple(sorted(found.items())) or None


def _shown(answer: object) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else text[:57] + "…"


def _nearest(answer: object, allowed: Mapping[str, str]) -> str:
    near = get_close_matches(str(answer), [*allowed], n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _by_label(things: Mapping[str, Any]) -> dict[str, str]:
    return {
        thing.slug: thing.label
        for thing in sorted(things.values(), key=lambda t: (t.label.casefold(), t.iri))
    }
