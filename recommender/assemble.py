"""Make a catalogue from the rows of the catalogue's queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from recommender.catalogue import (
    Assessment,
    Catalogue,
    Country,
    Duration,
    Element,
    Factor,
    Initiative,
    Kind,
    Method,
    Need,
    Phase,
    Pilot,
    ProcessModel,
    Saying,
    Term,
    Thing,
    Use,
)
from recommender.facts import Citation, Evidence, Fact, Row, Rows, Statements, cited, kebab, slug

# Names of the query files under kb/queries/catalogue; the caller runs them.
QUERIES: Final = (
    "passages",
    "conclusions",
    "labels",
    "method-facts",
    "process-facts",
    "need-facts",
    "pilot-facts",
    "initiative-facts",
    "incentive-facts",
)
# Classes of the ontology whose individuals are choices.
SCHEMES: Final = (
    "Setting",
    "TargetLevel",
    "Extent",
    "Requirement",
    "SchoolLevel",
    "PilotKind",
    "CollaborationDirection",
    "CollaborationKind",
    "CollaborationGrouping",
    "CollaborationInitiator",
    "CollaborationPressure",
    "UseStatus",
    "Unit",
)
_RELATIONS: Final = ("suitableForPhase", "hasElementsForPhase", "listedUnderPhase")
T = TypeVar("T", bound=Thing)


def assemble(release: str, rows: Mapping[str, Rows]) -> Catalogue:
    """The catalogue of a release from the rows of every query in `QUERIES`, keyed by query name.

    Raises KeyError naming a query whose rows are missing.
    """
    evidence = Evidence.from_rows(rows["passages"], rows["conclusions"])
    named = _Named(rows["labels"])
    methods = Statements(rows["method-facts"], evidence)
    process = Statements(rows["process-facts"], evidence)
    needs = Statements(rows["need-facts"], evidence)
    pilots = Statements(rows["pilot-facts"], evidence)
    initiatives = Statements(rows["initiative-facts"], evidence)
    incentives = Statements(rows["incentive-facts"], evidence)
    uses = _uses(methods, pilots)
    phases = {iri: _phase(named, process, iri) for iri in named.of_kind("Phase")}
    return Catalogue(
        release=release,
        methods={iri: _method(named, methods, uses, iri) for iri in named.of_kind("Method")},
        phases=phases,
        models={iri: _model(named, process, phases, iri) for iri in named.of_kind("ProcessModel")},
        elements=_elements(named, needs),
        needs={iri: _need(named, needs, pilots, iri) for iri in named.of_kind("Need")},
        factors={iri: _factor(named, needs, iri) for iri in named.of_kind("Factor")},
        pilots={iri: _pilot(named, pilots, uses, iri) for iri in named.of_kind("Pilot")},
        countries={
            iri: named.make(
                Country, iri, code=named.first(iri, "isoCode"), part_of=named.first(iri, "isPartOf")
            )
            for iri in named.of_kind("Country")
        },
        terms={
            slug(iri): named.make(Term, iri, scheme=scheme)
            for scheme in SCHEMES
            for iri in named.of_kind(scheme)
        },
        evidence=evidence,
        initiatives={iri: _initiative(named, initiatives, iri) for iri in named.of_kind("Initiative")},
        incentives={iri: named.make(Thing, iri) for iri in named.of_kind("Incentive")},
        assessments=tuple(_assessments(incentives)),
        themes={iri: named.make(Thing, iri) for iri in named.of_kind("Theme")},
        sources={
            iri: named.make(Thing, iri)
            for said in (needs, incentives)
            for thing in said.things()
            for iri in said.values(thing, "statedBy")
            if named.knows(iri)
        },
        everyday=named.everyday(),
    )


class _Named:
    """Kinds and names of things, whoever gave them: rows of thing, property, value."""

    def __init__(self, rows: Rows) -> None:
        self._values: dict[str, dict[str, list[str]]] = {}
        for row in sorted(rows, key=_order):
            values = self._values.setdefault(row["thing"].value, {})
            values.setdefault(slug(row["property"].value), []).append(row["value"].value)

    def of_kind(self, name: str) -> list[str]:
        return sorted(iri for iri in self._values if name in self.kinds(iri))

    def knows(self, iri: str) -> bool:
        return iri in self._values

    def everyday(self) -> dict[str, str]:
        """What people say → the documents' words for it."""
        words = [iri for iri in self._values if slug(self.first(iri, "inScheme")) == "everyday-words"]
        concepts = [self.make(Thing, iri) for iri in words]
        return {word: concept.label for concept in concepts for word in concept.other_labels}

    def kinds(self, iri: str) -> frozenset[str]:
        return frozenset(slug(kind) for kind in self._values[iri].get("type", ()))

    def first(self, iri: str, name: str) -> str:
        return next(iter(self._values[iri].get(name, ())), "")

    def make(self, thing: type[T], iri: str, /, **facts: Any) -> T:
        """A thing of this kind with its label, definition and other labels."""
        label = self.first(iri, "prefLabel") or slug(iri).replace("-", " ")
        others = tuple(dict.fromkeys(self._values[iri].get("altLabel", ())))
        return thing(iri, label, self.first(iri, "definition"), others, **facts)


def _order(row: Row) -> tuple[str, str, str]:
    return row["thing"].value, row["property"].value, row["value"].value


def _method(named: _Named, said: Statements, uses: list[tuple[str, Use]], iri: str) -> Method:
    facts = {
        "aim": said.facts(iri, "aim"),
        "descriptions": said.facts(iri, "description"),
        "setting": _local(said.facts(iri, "setting")),
        "target": _local(said.facts(iri, "targetLevel")),
        "extent": _local(said.facts(iri, "extent")),
        "requires": _local(said.facts(iri, "requires")),
        "nations": said.facts(iri, "instrumentFor"),
        "places": said.facts(iri, "inCountry"),
        "elements": said.facts(iri, "touchesElement"),
        "levels": _levels(said.facts(iri, "schoolLevel")),
        "continues": said.facts(iri, "continuationOf"),
    }
    serves = tuple((name, fact) for name in _RELATIONS for fact in said.facts(iri, name))
    durations = tuple(_durations(said, iri))
    mine = tuple(use for method, use in uses if method == iri)
    mentions = _mentions(*facts.values(), [fact for _, fact in serves])
    mentions |= {c for duration in durations for c in duration.citations} | {
        c for use in mine for c in use.citations
    }
    return named.make(
        Method,
        iri,
        kind=_method_kind(named.kinds(iri)),
        serves=serves,
        durations=durations,
        uses=mine,
        mentions=tuple(sorted(mentions)),
        **facts,
    )


def _mentions(*groups: Iterable[Fact[str]]) -> set[Citation]:
    return {citation for group in groups for citation in cited(group)}


def _method_kind(kinds: frozenset[str]) -> Kind:
    if "Instrument" in kinds:
        return "instrument"
    return "framework" if "Framework" in kinds and "PracticalMethod" not in kinds else "method"


def _local(facts: tuple[Fact[str], ...]) -> tuple[Fact[str], ...]:
    return tuple(Fact(slug(fact.value), fact.citations) for fact in facts)


def _levels(facts: tuple[Fact[str], ...]) -> tuple[Fact[str], ...]:
    """School levels by slug, each once with all its passages."""
    cited_by: dict[str, set[Citation]] = {}
    for fact in facts:
        cited_by.setdefault(kebab(slug(fact.value)), set()).update(fact.citations)
    return tuple(Fact(level, tuple(sorted(found))) for level, found in sorted(cited_by.items()))


def _durations(said: Statements, thing: str) -> Iterator[Duration]:
    """What documents say about how long a thing takes; a number without unit or passage is left out."""
    for quantity in said.subjects("quantityOf", thing):
        unit = slug(said.value(quantity, "unit"))
        if unit and slug(said.value(quantity, "quantityKind")) == "Duration":
            values = said.facts(quantity, "value")
            for value in values:
                upper = said.value(quantity, "upperValue")
                words = " ".join(
                    filter(
                        None,
                        (
                            said.value(quantity, "qualifier"),
                            f"{float(value.value):g}",
                            upper and f"to {float(upper):g}",
                        ),
                    )
                )
                yield Duration(float(value.value), unit, words, value.citations)


def _uses(methods: Statements, pilots: Statements) -> list[tuple[str, Use]]:
    """(method, use) for every use whose pilot and status a passage states."""
    found = []
    for iri in methods.things():
        for method in methods.facts(iri, "useOf"):
            for pilot in methods.facts(iri, "inPilot"):
                for status in methods.facts(iri, "useStatus"):
                    where = tuple(sorted({*method.citations, *pilot.citations, *status.citations}))
                    results = (*_results(pilots, iri), *_results(pilots, pilot.value))
                    found.append((method.value, Use(pilot.value, slug(status.value), where, results)))
    return sorted(found, key=lambda item: (item[0], item[1].pilot, item[1].status))


def _results(pilots: Statements, thing: str) -> tuple[Fact[str], ...]:
    return tuple(
        text for result in pilots.subjects("resultOf", thing) for text in pilots.facts(result, "text")
    )


def _phase(named: _Named, said: Statements, iri: str) -> Phase:
    questions = [
        (int(said.value(question, "position") or 0), question)
        for question in said.subjects("questionFor", iri)
    ]
    facts = {
        "purpose": said.facts(iri, "purpose"),
        "questions": tuple(
            text for _, question in sorted(questions) for text in said.facts(question, "text")
        ),
        "corresponding": said.facts(iri, "correspondsToPhase"),
        "reuses": said.facts(iri, "reusesMethodsOf"),
    }
    examples = tuple(
        (case, text)
        for example in said.subjects("exampleOf", iri)
        for case in said.values(example, "fromCase")
        for text in said.facts(example, "text")
    )
    mentions = {c for group in facts.values() for c in cited(group)} | set(
        cited(said.facts(iri, "phaseNumber"))
    )
    return named.make(
        Phase,
        iri,
        model=said.value(iri, "phaseOf"),
        number=int(said.value(iri, "phaseNumber") or 0),
        examples=examples,
        mentions=tuple(sorted(mentions)),
        **facts,
    )


def _model(named: _Named, said: Statements, phases: Mapping[str, Phase], iri: str) -> ProcessModel:
    own = sorted((phase for phase in phases.values() if phase.model == iri), key=lambda p: (p.number, p.iri))
    facts = {
        "aim": said.facts(iri, "aim"),
        "setting": _local(said.facts(iri, "setting")),
        "requires": _local(said.facts(iri, "requires")),
        "directions": _local(said.facts(iri, "direction")),
        "audience": _local(said.facts(iri, "audience")),
    }
    return named.make(
        ProcessModel,
        iri,
        phases=tuple(phase.iri for phase in own),
        revises=said.values(iri, "revisionOf"),
        particular=any(said.values(phase.iri, "realisesPhase") for phase in own),
        mentions=tuple(sorted(_mentions(*facts.values()))),
        **facts,
    )


def _elements(named: _Named, said: Statements) -> dict[str, Element]:
    """The elements of every conceptual model; those of a model that another one revises are not current."""
    revised = {old for model in named.of_kind("ConceptualModel") for old in said.values(model, "revisionOf")}
    found = {}
    for iri in named.of_kind("Element"):
        outside = said.facts(iri, "outsideFocusOfProject")
        model = said.value(iri, "elementOf")
        mentions = _mentions(said.facts(iri, "elementOf"), said.facts(iri, "description"), outside)
        found[iri] = named.make(
            Element,
            iri,
            model=model,
            current=bool(model) and model not in revised,
            outside=outside,
            mentions=tuple(sorted(mentions)),
        )
    return found


def _need(named: _Named, said: Statements, pilots: Statements, iri: str) -> Need:
    found_in = tuple(
        Fact(pilot, fact.citations)
        for pilot in pilots.subjects("foundNeed", iri)
        for fact in pilots.facts(pilot, "foundNeed")
        if fact.value == iri
    )
    return named.make(
        Need,
        iri,
        elements=said.values(iri, "touchesElement"),
        factors=said.values(iri, "related"),
        found_in=found_in,
    )


def _factor(named: _Named, said: Statements, iri: str) -> Factor:
    return named.make(
        Factor,
        iri,
        helps="SuccessFactor" in named.kinds(iri),
        elements=said.values(iri, "touchesElement"),
        statements=tuple(_sayings(said, iri)),
        mitigated_by=said.facts(iri, "mitigatedBy"),
    )


def _sayings(said: Statements, factor: str) -> Iterator[Saying]:
    for statement in said.subjects("expresses", factor):
        by = said.values(statement, "statedBy")
        about = tuple(slug(iri) for iri in said.values(statement, "appliesTo"))
        for text in said.facts(statement, "text"):
            yield Saying(text.value, by, about, text.citations)


def _initiative(named: _Named, said: Statements, iri: str) -> Initiative:
    axes = ("collaborationKind", "grouping", "initiator", "pressure", "direction")
    facts = {
        "country": said.facts(iri, "inCountry"),
        "said": (*said.facts(iri, "aim"), *said.facts(iri, "description")),
        "topics": said.facts(iri, "topic"),
        "axes": tuple(fact for axis in axes for fact in _local(said.facts(iri, axis))),
        "levels": _levels(said.facts(iri, "schoolLevel")),
        "audience": _local(said.facts(iri, "audience")),
        "results": said.facts(iri, "impact"),
        "ended": said.facts(iri, "endDate"),
    }
    return named.make(Initiative, iri, mentions=tuple(sorted(_mentions(*facts.values()))), **facts)


def _assessments(said: Statements) -> Iterator[Assessment]:
    """What is said of incentives; what no passage says is left out."""
    for iri in said.things():
        for incentive in said.facts(iri, "assessesIncentive"):
            holds = said.value(iri, "holds")
            yield Assessment(
                incentive.value,
                slug(said.value(iri, "assessmentAspect")),
                None if holds == "" else holds == "true",
                said.values(iri, "countryIncluded"),
                said.value(iri, "text"),
                said.values(iri, "statedBy"),
                tuple(sorted({*incentive.citations, *cited(said.facts(iri, "text"))})),
            )


def _pilot(named: _Named, said: Statements, uses: list[tuple[str, Use]], iri: str) -> Pilot:
    members = [iri, *said.values(iri, "hasParticipant")]
    facts = {
        "country": said.facts(iri, "inCountry"),
        "kind": _local(said.facts(iri, "pilotKind")),
        "follows": said.facts(iri, "followsProcessModel"),
        "levels": _levels(tuple(fact for member in members for fact in said.facts(member, "schoolLevel"))),
        "needs": said.facts(iri, "foundNeed"),
        "actors": tuple(
            Fact(slug(fact.value), fact.citations)
            for fact in said.facts(iri, "hasParticipant")
            if "/role/" in fact.value
        ),
        "focus": tuple(
            element for focus in said.subjects("inPilot", iri) for element in said.facts(focus, "focusOn")
        ),
    }
    results = _results(said, iri)
    methods = tuple((method, use) for method, use in uses if use.pilot == iri)
    mentions = _mentions(*facts.values(), results) | {c for _, use in methods for c in use.citations}
    return named.make(Pilot, iri, methods=methods, results=results, mentions=tuple(sorted(mentions)), **facts)
