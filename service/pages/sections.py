"""How the pages of some classes are laid out: which statements come first, under which heading.

A key names a property of ours, `<` before it means the things that have this one as value. What no section
names follows in the general part, so a layout can leave nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ontology import namespaces as ns
from service.pages.vocabulary import Vocabulary


@dataclass(frozen=True)
class Layout:
    """A section of a page. `headings` replaces a group's heading where plain words say it better."""

    title: str
    keys: tuple[str, ...]
    intro: str = ""
    headings: dict[str, str] = field(default_factory=dict)


def _layout(title: str, keys: str, intro: str = "", **headings: str) -> Layout:
    return Layout(title, tuple(keys.split()), intro, {_key(k): v for k, v in headings.items()})


def _key(name: str) -> str:
    """`of_suitableForPhase` stands for `<suitableForPhase`, since `<` cannot stand in an argument's name."""
    return "<" + name.removeprefix("of_") if name.startswith("of_") else name


_EVIDENCE = _layout(
    "Worth knowing about the evidence",
    "<about <shows shownIn <standsFor possiblySameAs",
    of_about="What has been noted about it",
    shownIn="Shown in a figure",
)

SECTIONS: dict[str, tuple[Layout, ...]] = {
    "Phase": (
        _layout("What it is for", "purpose aim obligatory"),
        _layout("Questions that help", "hasGuidingQuestion"),
        _layout(
            "Methods",
            "<suitableForPhase <hasElementsForPhase <listedUnderPhase hasMethodList servedBy",
            "The documents relate a method to a phase in three ways; they do not mean the same.",
            of_suitableForPhase="Said to be suitable",
            of_hasElementsForPhase="Has elements for it",
            of_listedUnderPhase="Listed, without saying more",
            servedBy="Serves it in one of these ways",
        ),
        _layout(
            "In practice",
            "hasExample <exampleOf <inPhase realisedBy hasRecommendation",
            of_inPhase="Happened or is planned in it",
        ),
        _layout(
            "Its place in the process",
            "phaseOf phaseNumber printedNumber printedLabel stage previousPhase nextPhase correspondsToPhase "
            "realisesPhase",
        ),
        _EVIDENCE,
    ),
    "Method": (
        _layout(
            "What it is",
            "aim purpose targetLevel setting extent audience hasStep hasComponent usesFramework assesses "
            "selfAssessment",
        ),
        _layout(
            "When to use it",
            "suitableForPhase hasElementsForPhase listedUnderPhase <listsMethod servesPhase",
            suitableForPhase="Said to be suitable for",
            hasElementsForPhase="Has elements for",
            listedUnderPhase="Listed under",
        ),
        _layout("What it needs", "requires hasQuantity quantityOf"),
        _layout("In practice", "methodUsedIn hasUse hasResult hasExample hasFeedback hasRecommendation"),
        _layout("Family", "variantOf hasVariant continuationOf continuedBy basedOn basisOf"),
        _EVIDENCE,
    ),
    "ProcessModel": (
        _layout("What it is for", "purpose aim setting"),
        _layout("Phases, in order", "hasPhase"),
        _layout(
            "How it came to be", "revisionOf hasRevision basedOn basisOf subModelOf <changeTo <changeFrom"
        ),
        _layout("In practice", "followedBy"),
        _EVIDENCE,
    ),
    "Pilot": (
        _layout(
            "What it is",
            "pilotKind followsProcessModel setting inCountry locatedIn startDate endDate partOfProject "
            "hasParticipant ledBy schoolLevel",
        ),
        _layout("What it set out to do", "aim purpose topic foundNeed"),
        _layout("Methods", "usesMethod", usesMethod="Used, planned or considered"),
        _layout("What happened, and what is planned", "pilotHas adaptation"),
        _layout("What came of it", "hasResult hasFeedback"),
        _EVIDENCE,
    ),
    "Element": (
        _layout("What it means", "elementOf basedOn hasComponent"),
        _layout("Needs that touch it", "touchedBy"),
        _layout("In the pilots", "inFocusOf"),
        _EVIDENCE,
    ),
    "Factor": (
        _layout("What goes with it", "mitigates mitigatedBy"),
        _layout(
            "Who says so", "expressedBy", "Each is a statement of a source, in our words, with its passage."
        ),
        _EVIDENCE,
    ),
    "Conflict": (
        _layout(
            "What conflicts",
            "text conflictKind conflictingPassage about",
            conflictingPassage="The passages, side by side",
        ),
    ),
    "Gap": (_layout("What is missing", "text gapKind gapPassage about"),),
    "Country": (
        _layout("Pilots, projects and initiatives", "countryOf", countryOf="In this country"),
        _layout("Instruments and incentives", "hasNationalInstrument incentiveAssessedIn"),
        _layout("In the surveys", "includedInFinding excludedFromFinding"),
        _EVIDENCE,
    ),
    "Statement": (
        _layout("Who says it", "statedBy quotedVia hedge answers givenAt"),
        _layout(
            "What it is about", "expresses appliesTo about concerns topic recommendedFor resultOf feedbackOn"
        ),
        _EVIDENCE,
    ),
}


def layouts_for(classes: Iterable[str], vocabulary: Vocabulary) -> tuple[Layout, ...]:
    """The layout of the first class, or nearest super-class, that has one."""
    for one in classes:
        for iri in (one, *vocabulary.ancestors(one)):
            found = SECTIONS.get(iri.removeprefix(ns.SMM))
            if found:
                return found
    return ()


def key_of(prop: str, incoming: bool) -> str:
    """How a group of statements is named in a layout."""
    return ("<" if incoming else "") + prop.removeprefix(ns.SMM)
