"""A school's answers, parsed strictly, every fault named at once; what is left out is unknown, never no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from rapidfuzz import fuzz, process

from recommender.catalogue import Catalogue
from recommender.fields import BY_PATH, FIELDS, Field

UNKNOWN: Final = "unknown"
LONGEST_WORDS: Final = 500  # characters of words of one's own about one area
LONGEST_LIST: Final = 200
_MOST_FAULTS: Final = 50  # more are not looked for
_LONGEST_SHOWN: Final = 60
_NEAR: Final = 75  # likeness, 0 to 100, of a word that may be meant


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
    incentives: tuple[str, ...] = ()
    role: str | None = None
    plan_keep: tuple[str, ...] = ()
    plan_leave_out: tuple[str, ...] = ()

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
        return cls(
            {
                "countries": _by_label(catalogue.countries),
                "elements": {e.slug: e.label for e in catalogue.current_elements},
                "incentives": _by_label(catalogue.incentives),
                "levels": catalogue.levels,
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
        if len(faults) >= _MOST_FAULTS:
            break
        if name in BY_PATH:
            found[name] = value
        elif name in groups and isinstance(value, Mapping):
            for part, inner in islice(value.items(), _MOST_FAULTS):
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
    shown = path if len(path) <= _LONGEST_SHOWN else path[:_LONGEST_SHOWN] + "…"
    return Fault(shown, f"There is no such field.{_nearest(path, BY_PATH)}", tuple(BY_PATH))


def _absent(value: object) -> bool:
    return value is None or value == "" or value == UNKNOWN


def _read(field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]) -> object:
    """The value of one answer; None when it is unknown or at fault."""
    if _absent(answer):
        return None
    if field.kind == "number":
        return _number(field, answer, faults)
    if field.kind == "text":
        return _words(field, field.path, answer, faults)
    if field.kind == "choice":
        return _choice(field, field.path, answer, vocabulary.allowed(field), vocabulary, faults)
    if field.kind == "choices":
        return _choices(field, answer, vocabulary, faults)
    return _scales(field, answer, vocabulary, faults)


def _number(field: Field, answer: object, faults: list[Fault]) -> int | None:
    if isinstance(answer, bool) or not isinstance(answer, int) or not field.least <= answer <= field.most:
        message = (
            f"{_shown(answer)} is not a whole number of {field.unit} from {field.least} to {field.most}."
        )
        faults.append(Fault(field.path, message, (f"{field.least}–{field.most}", UNKNOWN)))
        return None
    return answer


def _words(field: Field, path: str, answer: object, faults: list[Fault]) -> str | None:
    most = field.most or LONGEST_WORDS
    if not isinstance(answer, str) or len(answer) > most:
        faults.append(Fault(path, f"This is text of at most {most} characters.", (UNKNOWN,)))
        return None
    return " ".join(answer.split()) or None


def _choice(
    field: Field,
    path: str,
    answer: object,
    allowed: Mapping[str, str],
    vocabulary: Vocabulary,
    faults: list[Fault],
) -> Any:
    """The option that an answer means: its slug, its number, or for a country its ISO code."""
    if field.counted:
        if isinstance(answer, int) and not isinstance(answer, bool) and str(answer) in allowed:
            return answer
    elif isinstance(answer, str):
        slug = vocabulary.codes.get(answer, answer) if field.source == "countries" else answer
        if slug in allowed:
            return slug
    near = _nearest(answer, allowed)
    faults.append(Fault(path, f"{_shown(answer)} is not one of the answers.{near}", (*allowed, UNKNOWN)))
    return None


def _choices(
    field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]
) -> tuple[str, ...] | None:
    allowed = vocabulary.allowed(field)
    if not isinstance(answer, list) or len(answer) > LONGEST_LIST:
        message = f"This is a list of at most {LONGEST_LIST} answers."
        faults.append(Fault(field.path, message, tuple(allowed)))
        return None
    chosen = [
        _choice(field, f"{field.path}[{place}]", item, allowed, vocabulary, faults)
        for place, item in enumerate(answer)
    ]
    return tuple(dict.fromkeys(item for item in chosen if item)) or None


def _scales(
    field: Field, answer: object, vocabulary: Vocabulary, faults: list[Fault]
) -> tuple[tuple[str, Any], ...] | None:
    """Pairs of a thing's slug and the answer about it, in the order of the slugs."""
    things = vocabulary.allowed(field)
    if not isinstance(answer, Mapping):
        faults.append(Fault(field.path, "This is a JSON object: an answer for each area.", tuple(things)))
        return None
    levels = field.options or {}
    found: dict[str, Any] = {}
    for name, level in islice(answer.items(), LONGEST_LIST):
        path = f"{field.path}.{name}"
        if name not in things:
            faults.append(Fault(path, f"There is no such area.{_nearest(name, things)}", tuple(things)))
        elif not _absent(level):
            if field.free_text and isinstance(level, str) and level not in levels:
                value: Any = _words(field, path, level, faults)
            else:
                value = _choice(field, path, level, levels, vocabulary, faults)
            found |= {} if value is None else {name: value}
    return tuple(sorted(found.items())) or None


def _shown(answer: object) -> str:
    """An answer in a message; what is long or nested is only named."""
    if isinstance(answer, Mapping | list):
        return "An object" if isinstance(answer, Mapping) else "A list"
    text = repr(answer)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _nearest(answer: object, allowed: Iterable[str]) -> str:
    """ " Did you mean …?" for an answer that is nearly an allowed one."""
    if not isinstance(answer, str) or len(answer) > _LONGEST_SHOWN:
        return ""
    match = process.extractOne(answer, list(allowed), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return f" Did you mean {match[0]}?" if match else ""


def _by_label(things: Mapping[str, Any]) -> dict[str, str]:
    return {
        thing.slug: thing.label
        for thing in sorted(things.values(), key=lambda t: (t.label.casefold(), t.iri))
    }
