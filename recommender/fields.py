"""The one table of what a school can tell about itself: form, API and documentation are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

FieldKind = Literal["choice", "choices", "number", "text", "scales"]

# The sources of options that the catalogue holds; every other field lists its options itself.
OPTION_SOURCES: Final = ("countries", "elements", "incentives", "levels", "methods", "needs", "phases")


@dataclass(frozen=True)
class Field:
    """One answer. `path` is its place in the JSON document, with dots, and its name in the form.

    `options` maps each allowed answer to words; `source` names the catalogue's list of options instead. A
    `number` lies between `least` and `most` in `unit`; `scales` maps each option of `source` to an answer of
    `options`, or with `free_text` to words of one's own. With `counted`, answers are whole numbers in JSON.
    Every answer may be left out, null, "" or "unknown".
    """

    path: str
    group: str
    kind: FieldKind
    question: str
    help: str = ""
    options: Mapping[str, str] | None = None
    source: str = ""
    least: int = 0
    most: int = 0
    unit: str = ""
    free_text: bool = False
    counted: bool = False


GROUPS: Final[Mapping[str, str]] = {
    "goal": "What you want to achieve",
    "school": "Your school or schools",
    "status": "Where you stand",
    "means": "What you have to work with",
    "you": "About you",
    "plan": "Your plan, once you have seen one",
}

_YES_NO: Final = {"yes": "Yes", "no": "No"}
_MATURITY: Final = {
    "1": "1 – hardly begun",
    "2": "2 – single teachers try things",
    "3": "3 – some shared practice",
    "4": "4 – common practice",
    "5": "5 – others could learn from us",
}

FIELDS: Final[tuple[Field, ...]] = (
    Field(
        "goal",
        "goal",
        "text",
        "What would you like to change or achieve?",
        "In your own words, a sentence or two. Do not write names of people. Typing errors do no harm.",
        most=2000,
        unit="characters",
    ),
    Field(
        "needs",
        "goal",
        "choices",
        "Which of these needs do you recognise?",
        "Two or three that matter most are better than many.",
        source="needs",
    ),
    Field(
        "schools",
        "school",
        "choice",
        "Is it about one school, or do several want to learn from each other?",
        options={"one": "One school", "several": "Two or more schools together"},
    ),
    Field(
        "relation",
        "school",
        "choices",
        "If there are several: what joins or sets apart the schools?",
        options={
            "neighbours": "They are close to each other",
            "different-maturity": "Some are further with digital practice than others",
            "complementary": "Their teachers are good at different things",
            "similar-interests": "They are interested in the same things",
        },
    ),
    Field(
        "country",
        "school",
        "choice",
        "In which country?",
        "Some instruments were made for the schools of one country.",
        source="countries",
    ),
    Field("school_levels", "school", "choices", "Which levels does the school teach?", source="levels"),
    Field("size.pupils", "school", "number", "How many pupils?", least=1, most=20_000, unit="pupils"),
    Field(
        "size.band",
        "school",
        "choice",
        "Or about how large is the school?",
        options={
            "small": "Fewer than 150 pupils",
            "medium": "150 to 500 pupils",
            "large": "More than 500 pupils",
        },
    ),
    Field(
        "policy",
        "school",
        "choice",
        "Where does the wish for change come from?",
        options={
            "voluntary": "From within the school",
            "incentivised": "It is encouraged or paid for from outside",
            "required": "It is required from outside",
        },
    ),
    Field(
        "phase",
        "status",
        "choice",
        "Which step comes next for you?",
        "No step is obligatory, and you can begin at any of them.",
        source="phases",
        counted=True,
    ),
    Field(
        "maturity.overall",
        "status",
        "choice",
        "How far is the school with digital practice?",
        options=_MATURITY,
        counted=True,
    ),
    Field(
        "maturity.elements",
        "status",
        "scales",
        "And in each of these areas?",
        "Areas with a low answer count as needs.",
        options=_MATURITY,
        source="elements",
        counted=True,
    ),
    Field(
        "element_needs",
        "status",
        "scales",
        "How much do you need to develop each of these areas?",
        options={"none": "Not now", "some": "Somewhat", "strong": "Very much"},
        source="elements",
        free_text=True,
    ),
    Field(
        "tried_before",
        "status",
        "choices",
        "Which of these have you tried already?",
        source="methods",
    ),
    Field(
        "time.hours",
        "means",
        "number",
        "How many hours can the people who take part give in the next weeks?",
        "Hours of meetings and workshops for one person.",
        most=1000,
        unit="hours",
    ),
    Field(
        "time.months",
        "means",
        "number",
        "How many months may the whole development take?",
        most=60,
        unit="months",
    ),
    Field(
        "people.who",
        "means",
        "choice",
        "Who can take part?",
        options={
            "whole-staff": "The whole staff",
            "team": "A team of leaders and teachers",
            "single-teachers": "Single teachers",
        },
    ),
    Field("people.count", "means", "number", "How many people?", least=1, most=2000, unit="people"),
    Field(
        "mentor",
        "means",
        "choice",
        "Is there a mentor, somebody who guides the process?",
        "A mentor can be a trainer, researcher or coordinator, or a colleague from the school.",
        options={
            "none": "No",
            "internal": "Yes, from the school itself",
            "external": "Yes, from outside the school",
        },
    ),
    Field(
        "partners.university",
        "means",
        "choice",
        "Does a university work with you, or could one?",
        options=_YES_NO,
    ),
    Field(
        "partners.industry",
        "means",
        "choice",
        "Does a company, such as a maker of learning technology, work with you, or could one?",
        options=_YES_NO,
    ),
    Field(
        "incentives",
        "means",
        "choices",
        "What would move your colleagues to take part?",
        "You see what is said to be possible in your country.",
        source="incentives",
    ),
    Field(
        "role",
        "you",
        "choice",
        "What is your part in this?",
        options={
            "school-leader": "I lead a school",
            "teacher": "I teach",
            "mentor": "I mentor or train schools",
            "ict-coordinator": "I coordinate digital technology in a school",
            "municipal-ict-coordinator": "I coordinate schools of a municipality or region",
            "researcher": "I do research",
        },
    ),
    Field(
        "plan.keep",
        "plan",
        "choices",
        "What do you want in your plan in any case?",
        "It gets a place where the documents tie it to a phase.",
        source="methods",
    ),
    Field(
        "plan.leave_out",
        "plan",
        "choices",
        "What do you not want in your plan?",
        source="methods",
    ),
)

BY_PATH: Final[Mapping[str, Field]] = {field.path: field for field in FIELDS}
