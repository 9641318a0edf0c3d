"""How the pages of some classes are laid out: which statements come first, under which heading.

A key names a property of ours; `<` before it means the things that have this one as value. What no section
names follows in the general part, so a layout can leave nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

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
    """`of_inPhase` stands for `<inPhase`, since `<` cannot stand in an argument's name."""
    return "<" + name.removeprefix("of_") if name.startswith("of_") else name


# Groups that hold things of many kinds: each kind gets a heading of its own.
SPLIT = frozenset({"<inPilot", "<inPhase", "<about", "<inCountry", "<partOfProject"})

_EVIDENCE = _layout(
    "Worth knowing about the evidence",
    "<about <conflictingPassage <gapPassage <shows <standsFor possiblySameAs",
    of_shows="Shown in a figure",
    of_conflictingPassage="Takes part in a conflict",
    of_gapPassage="Shows a gap",
    of_standsFor="Also printed in another form",
)
# What matters to those who check the reading comes last on every page.
RECORD = _layout(
    "For the record",
    "printedLabel printedNumber printedLetter printedAs position phaseNumber acronym isoCode textSha256 "
    "grantNumber callTopic typeOfAction projectMonth disseminationLevel resultType doi",
)

SECTIONS: dict[str, tuple[Layout, ...]] = {
    "Phase": (
        _layout("What it is for", "purpose aim obligatory"),
        _layout("Questions that help", "<questionFor", of_questionFor="Ask yourselves"),
        _layout(
            "Methods",
            "<suitableForPhase <hasElementsForPhase <listedUnderPhase <listFor <servesPhase",
            "The documents relate a method to a phase in three ways; they do not mean the same.",
            of_suitableForPhase="Said to be suitable",
            of_hasElementsForPhase="Has elements for it",
            of_listedUnderPhase="Listed, without saying more",
            of_listFor="The printed lists",
            of_servesPhase="Serves it in one of these ways",
        ),
        _layout("In practice", "<exampleOf <realisesPhase <recommendedFor <inPhase"),
        _layout(
            "Its place in the process",
            "phaseOf stage previousPhase nextPhase correspondsToPhase realisesPhase reusesMethodsOf",
        ),
        _EVIDENCE,
    ),
    "Method": (
        _layout(
            "What it is",
            "aim purpose targetLevel setting extent audience <stepOf <componentOf usesFramework assesses "
            "selfAssessment",
        ),
        _layout(
            "When to use it",
            "suitableForPhase hasElementsForPhase listedUnderPhase <listsMethod servesPhase touchesElement",
            suitableForPhase="Said to be suitable for",
            hasElementsForPhase="Has elements for",
            listedUnderPhase="Listed under",
            of_listsMethod="The printed lists",
            touchesElement="Works on",
        ),
        _layout("What it needs", "requires <quantityOf", of_quantityOf="How much"),
        _layout(
            "In practice",
            "<useOf <usesMethod <resultOf <exampleOf <feedbackOn <recommendedFor <frameworkUsedBy",
            of_useOf="Used, planned or considered",
            of_usesMethod="In the pilots",
        ),
        _layout("Family", "variantOf <variantOf continuationOf <continuationOf basedOn <basedOn"),
        _EVIDENCE,
    ),
    "ProcessModel": (
        _layout("What it is for", "aim purpose setting audience direction"),
        _layout("Phases, in order", "<phaseOf", of_phaseOf="Phases"),
        _layout("What it rests on", "<principleOf basedOn"),
        _layout("In practice", "<followsProcessModel <recommendedFor <appliesTo"),
        _layout(
            "How it came to be", "revisionOf <revisionOf <basedOn informedBy subModelOf <changeTo <changeFrom"
        ),
        _EVIDENCE,
    ),
    "Model": (
        _layout("What it is for", "aim purpose audience"),
        _layout("What it consists of", "<subModelOf <elementOf <phaseOf <componentOf <principleOf"),
        _layout(
            "How it came to be", "revisionOf <revisionOf basedOn <basedOn subModelOf <changeTo <changeFrom"
        ),
        _EVIDENCE,
    ),
    "Pilot": (
        _layout(
            "What it is",
            "pilotKind followsProcessModel setting inCountry locatedIn startDate endDate partOfProject "
            "hasParticipant ledBy schoolLevel",
        ),
        _layout("What it set out to do", "aim purpose topic foundNeed"),
        _layout("What happened, and what is planned", "<inPilot usesMethod usesPlatform adaptation"),
        _layout("What came of it", "<resultOf <feedbackOn"),
        _EVIDENCE,
    ),
    "Element": (
        _layout("What it means", "elementOf basedOn <componentOf"),
        _layout("Needs that touch it", "<touchesElement", of_touchesElement="Needs and methods"),
        _layout("In the pilots", "<focusOn", of_focusOn="What pilots do about it"),
        _EVIDENCE,
    ),
    "Factor": (
        _layout("What goes with it", "mitigates <mitigates"),
        _layout(
            "Who says so",
            "<expresses",
            "What sources say, in our words, each with its passage. That it belongs here is our grouping.",
            of_expresses="Statements",
        ),
        _EVIDENCE,
    ),
    "Need": (
        _layout("What it touches", "touchesElement", touchesElement="Elements"),
        _layout("In the pilots", "<foundNeed", of_foundNeed="Found in"),
        _EVIDENCE,
    ),
    "Conflict": (
        _layout(
            "What conflicts",
            "conflictKind conflictingPassage about",
            conflictingPassage="The passages, side by side",
        ),
    ),
    "Gap": (_layout("What is missing", "gapKind gapPassage about", gapPassage="Where one notices"),),
    "Country": (
        _layout("What happens there", "<inCountry <instrumentFor"),
        _layout("In the surveys", "<countryIncluded <countryExcluded"),
        _EVIDENCE,
    ),
    "Initiative": (
        _layout(
            "What it is",
            "inCountry organisedBy fundedBy fundingNote startDate endDate aim purpose topic schoolLevel "
            "collaborationKind initiator pressure direction grouping collaborationPurpose",
        ),
        _layout("How it works", "usesMethod usesPlatform selection leadershipNote <stepOf <quantityOf"),
        _layout("What came of it", "impact scalability <resultOf endedBecause replaces <replaces"),
        _EVIDENCE,
    ),
    "Document": (
        _layout(
            "What it is",
            f"{ns.DCT}title {ns.DCT}identifier {ns.DCT}issued "
            "author contributor partOfProject webAddress aim",
        ),
        _EVIDENCE,
    ),
    "Statement": (
        _layout("Who says it", "statedBy givenBy quotedVia hedge answers givenAt fromCase"),
        _layout(
            "What it is about",
            "expresses appliesTo about concerns topic recommendedFor resultOf feedbackOn principleOf "
            "questionFor",
        ),
        _EVIDENCE,
    ),
}


def layouts_for(classes: Iterable[str], vocabulary: Vocabulary) -> tuple[Layout, ...]:
    """The layout of the first class, or nearest super-class, that has one; keys as the vocabulary says
    them.
    """
    for one in classes:
        for iri in (one, *vocabulary.ancestors(one)):
            found = SECTIONS.get(iri.removeprefix(ns.SMM))
            if found:
                return tuple(said_forwards(layout, vocabulary) for layout in found)
    return ()


def said_forwards(layout: Layout, vocabulary: Vocabulary) -> Layout:
    """The layout with `<property` replaced by the inverse where the vocabulary has one."""
    return replace(
        layout,
        keys=tuple(forwards(key, vocabulary) for key in layout.keys),
        headings={forwards(key, vocabulary): text for key, text in layout.headings.items()},
    )


def forwards(key: str, vocabulary: Vocabulary) -> str:
    inverse = vocabulary.inverse(ns.SMM + key[1:]) if key.startswith("<") else ""
    return key_of(inverse, incoming=False) if inverse else key


def key_of(prop: str, incoming: bool) -> str:
    """How a group of statements is named in a layout."""
    return ("<" if incoming else "") + prop.removeprefix(ns.SMM)
