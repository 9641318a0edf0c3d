"""Every number that advice depends on, with the reason for it; nothing else in this package holds one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Weight:
    """How much a component counts, relative to the others, and why."""

    value: float
    reason: str


@dataclass(frozen=True)
class Ground:
    """Lines of a document that a rule of ours rests on; the catalogue finds the passages that touch them."""

    document: str
    first_line: int
    last_line: int


# Components of fit. One that a profile says nothing about is left out of the sum, for every method alike.
COMPONENTS: Final[Mapping[str, Weight]] = {
    "needs": Weight(
        4, "Schools choose methods by their needs and goals: the documents say so above all else."
    ),
    "phase": Weight(
        3, "The documents say for which phase a method is suitable; a method at the wrong time is lost."
    ),
    "words": Weight(
        3,
        "A school's own words say most exactly what it wants; they count as much as the step that it is at.",
    ),
    "setting": Weight(2, "Work inside a school and between schools are organised differently."),
    "target": Weight(1.5, "A method for the whole staff asks for others than one for single teachers."),
    "time": Weight(1.5, "Practitioners name time as the first limit."),
    "maturity": Weight(
        1, "D3.2: beginners gain most close to their own work, the experienced in exchange with others."
    ),
    "conditions": Weight(1, "A condition that is known to be met is better than one still to be found out."),
    "precedent": Weight(
        1, "What schools of the same country and level did; few pilots are reported, so it counts little."
    ),
    "process": Weight(1, "A method that the chosen process model names has a place in the plan."),
}

PHASE_NOT_SAID: Final = Weight(
    0.3, "Of the methods whose step is known, about a third suit a given step (measured on the catalogue)."
)

# What a school like this one did: how much a use counts, and what a method is worth of which no use is told.
USE: Final[Mapping[str, float]] = {"Used": 1.0, "Planned": 0.5}
NO_PRECEDENT: Final = Weight(0.3, "That no use is told of says little: few pilots are reported at all.")

# How strongly a document ties a method to a phase: three different statements, kept apart.
RELATIONS: Final[Mapping[str, Weight]] = {
    "suitableForPhase": Weight(1.0, "Said to be suitable."),
    "hasElementsForPhase": Weight(0.8, "Said to include elements for it, among others."),
    "listedUnderPhase": Weight(0.7, "Listed under it, without saying more."),
}
REUSED: Final = Weight(
    0.8, "Said of another phase whose methods can be used in this one too, as a document says."
)
CORRESPONDING: Final = Weight(
    0.6, "Said of the corresponding phase of another process model; that it holds here too is our guess."
)

# How well a method covers a need, by the way from one to the other.
COVERAGE: Final[Mapping[str, Weight]] = {
    "elements": Weight(
        0.5, "The method works on the elements that the need touches; many needs touch the same."
    ),
    "pilot-used": Weight(0.8, "A pilot that found this need used the method."),
    "words": Weight(0.8, "What is said about the method is close to the words of the need."),
    "pilot-planned": Weight(0.4, "A pilot that found this need planned the method."),
}

# What an answer weighs as a wish, from 0 to 1.
LEVELS: Final[Mapping[str, float]] = {"strong": 1.0, "some": 0.5, "none": 0.0}
BEGINNING: Final = 2  # overall maturity up to which a school counts as beginning
EXPERIENCED: Final = 4  # overall maturity from which it counts as experienced
MATURITY: Final[Mapping[int, float]] = {1: 0.9, 2: 0.6, 3: 0.3, 4: 0.0, 5: 0.0}

# Likeness of texts, from 0 to 1, measured on the catalogue's own texts (tests/recommender/test_text.py).
UNDERSTOOD: Final = Weight(
    0.14, "Below this, needs found in a school's words are more often wrong than right."
)
CLOSE: Final = Weight(0.25, "As like as a paraphrase usually is to its text; counts as full likeness.")
STEP_UNDERSTOOD: Final = Weight(
    0.18, "Steps are described in words that many texts share; fewer would be right."
)
SAME_MATTER: Final = Weight(0.10, "Below this, a method's description and a need share only common words.")
MOST_UNDERSTOOD: Final = 4

# Time. A duration in the documents is compared as it stands; the rest is our estimate and said to be.
LONG_TERM_HOURS: Final = Weight(
    10, "Our estimate of the least hours of one person in a programme over months."
)
LONG_TERM_MONTHS: Final = Weight(
    3, "Our estimate of the least months of what is said to run over a longer time."
)
HOURS_PER_UNIT: Final[Mapping[str, float]] = {"Minute": 1 / 60, "Hour": 1, "Day": 6}
MONTHS_PER_UNIT: Final[Mapping[str, float]] = {"Week": 0.25, "Month": 1, "Year": 12}

# The plan.
PHASE_SERVED: Final = Weight(
    0.5, "Half of what the best method is worth: a phase without any comes before a second one elsewhere."
)
MOST_IN_A_PHASE: Final = 2  # more than two things at once is more than people can do

SHORTLIST: Final = 3  # as many as people compare; the others stay visible below
WORTH_NAMING: Final = 0.25  # a method that fits less than this is not put on the short list
WANTED: Final = 0.2  # nor one that answers the needs, words and step of a school less than this
WORTH_A_WARNING: Final = 0.6  # a wish that weighs less is too uncertain to warn about
FITS_WELL: Final = 0.6

# Enough is known for a ranking when the answers weigh this much together.
KNOWN: Final[Mapping[str, float]] = {
    "goal": 3,
    "needs": 3,
    "element_needs": 2,
    "maturity.elements": 2,
    "phase": 2,
    "schools": 1,
    "people.who": 1,
    "time.hours": 1,
    "time.months": 0.5,
    "mentor": 0.5,
    "partners.university": 0.5,
    "partners.industry": 0.5,
    "relation": 0.5,
    "maturity.overall": 0.5,
    "country": 0.5,
    "school_levels": 0.5,
}
ENOUGH_KNOWN: Final = 2.0
WELL_KNOWN: Final = 6.0

# Statements of the documents that rules of ours rest on.
BEGINNERS_AT_HOME: Final = Ground("ihub4schools-d3.2", 199, 201)
EXPERIENCED_ABROAD: Final = Ground("ihub4schools-d3.2", 196, 198)
SIZE_MATTERS: Final = Ground("ihub4schools-d3.1", 128, 128)
INTERNAL_WORK_FIRST: Final = Ground("ihub4schools-d3.2", 330, 335)

# Closest cases: what two situations have in common counts by these weights, over what is known of both.
CASES: Final[Mapping[str, Weight]] = {
    "need": Weight(3, "Schools look for those who had the same trouble."),
    "words": Weight(2, "What a school writes may be told of a case in like words, but that is a weak sign."),
    "kind": Weight(2, "Work inside one school and between schools are organised differently."),
    "country": Weight(2, "Law, money and support differ most between countries."),
    "focus": Weight(1, "An element is wide: two cases may work on it in quite different ways."),
    "level": Weight(1, "Methods of mentoring are told of all levels; a level matters less than a need."),
    "actors": Weight(1, "Whether a mentor or a company takes part changes what can be done."),
    "policy": Weight(1, "Who wants the change decides how free the schools are in it."),
}
CASE_SILENT: Final = Weight(
    0.5, "What a case is silent on counts half as a difference, so that little known is not near."
)
CASES_SHOWN: Final = 4  # enough to compare, few enough to read
INITIATIVES_SHOWN: Final = 4  # in this country, and as many elsewhere
COMPROMISES_SHOWN: Final = 5
MATCHING_FACTOR: Final = "careful-matching"  # the factor of our scheme under which matching of schools is put
SUBJECT: Final = "digital-technologies"  # the theme of the documents' projects, so of every profile
