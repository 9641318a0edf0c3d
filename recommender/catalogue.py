"""The catalogue: what the graph says about methods, phases, needs and pilots, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from recommender.facts import Citation, Evidence, Fact, kebab, slug
from recommender.text import TextIndex

Kind = Literal["method", "framework", "instrument"]


@dataclass(frozen=True)
class Thing:
    """Something with an IRI, an English label, and the words by which people call it."""

    iri: str
    label: str
    definition: str = ""
    other_labels: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        return slug(self.iri)

    @property
    def words(self) -> str:
        """Everything that it is called or said to be, for text search."""
        return " . ".join(filter(None, (self.label, *self.other_labels, self.definition)))


@dataclass(frozen=True)
class Duration:
    """How long something takes at least, in `unit` ("Hour", "Month", …), as a document says."""

    least: float
    unit: str
    words: str
    citations: tuple[Citation, ...]

    @property
    def ours(self) -> bool:
        """Whether we concluded it, and no document says it."""
        return all(citation.conclusion for citation in self.citations)


@dataclass(frozen=True)
class Use:
    """That a pilot used, planned or considered a method. `status` is the local name, such as "Planned"."""

    pilot: str
    status: str
    citations: tuple[Citation, ...]
    results: tuple[Fact[str], ...] = ()


@dataclass(frozen=True)
class Method(Thing):
    """A method, framework or instrument; every fact carries its passages.

    `serves` holds pairs of a relation ("suitableForPhase", "hasElementsForPhase", "listedUnderPhase") and a
    phase's IRI. `setting`, `target`, `extent` and `requires` hold local names of the ontology's individuals,
    `levels` slugs; `nations` (for whose schools it is), `places` (of which it is told), `elements` and
    `continues` hold IRIs.
    """

    kind: Kind = "method"
    aim: tuple[Fact[str], ...] = ()
    descriptions: tuple[Fact[str], ...] = ()
    serves: tuple[tuple[str, Fact[str]], ...] = ()
    setting: tuple[Fact[str], ...] = ()
    target: tuple[Fact[str], ...] = ()
    extent: tuple[Fact[str], ...] = ()
    requires: tuple[Fact[str], ...] = ()
    nations: tuple[Fact[str], ...] = ()
    places: tuple[Fact[str], ...] = ()
    elements: tuple[Fact[str], ...] = ()
    levels: tuple[Fact[str], ...] = ()
    continues: tuple[Fact[str], ...] = ()
    durations: tuple[Duration, ...] = ()
    uses: tuple[Use, ...] = ()
    mentions: tuple[Citation, ...] = ()

    @property
    def has(self) -> frozenset[str]:
        """Local names of settings, for membership tests."""
        return frozenset(fact.value for fact in self.setting)


@dataclass(frozen=True)
class Phase(Thing):
    """A phase of one process model; `number` counts from 1. `model` and the phase lists are IRIs.

    `examples` pairs the IRI of a pilot with what is told of this phase in it.
    """

    model: str = ""
    number: int = 0
    purpose: tuple[Fact[str], ...] = ()
    questions: tuple[Fact[str], ...] = ()
    corresponding: tuple[Fact[str], ...] = ()
    reuses: tuple[Fact[str], ...] = ()
    examples: tuple[tuple[str, Fact[str]], ...] = ()
    mentions: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class ProcessModel(Thing):
    """A process model; `setting`, `directions` and `requires` are local names, `phases` IRIs in order.

    `audience` holds slugs of roles, such as "school-leader".
    """

    aim: tuple[Fact[str], ...] = ()
    setting: tuple[Fact[str], ...] = ()
    requires: tuple[Fact[str], ...] = ()
    directions: tuple[Fact[str], ...] = ()
    audience: tuple[Fact[str], ...] = ()
    phases: tuple[str, ...] = ()
    revises: tuple[str, ...] = ()
    particular: bool = False
    mentions: tuple[Citation, ...] = ()

    @property
    def has(self) -> frozenset[str]:
        return frozenset(fact.value for fact in self.setting)


@dataclass(frozen=True)
class Element(Thing):
    """An element of a conceptual model. `outside` names projects that say that they do not work on it."""

    model: str = ""
    current: bool = False
    outside: tuple[Fact[str], ...] = ()
    mentions: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Need(Thing):
    """A need in a school's words; `elements` and `factors` are IRIs, `found_in` the pilots that found it."""

    elements: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    found_in: tuple[Fact[str], ...] = ()


@dataclass(frozen=True)
class Saying:
    """What sources say, who (`by`: IRIs), and about what (`about`: last parts of IRIs, "BetweenSchools")."""

    text: str
    by: tuple[str, ...]
    about: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Factor(Thing):
    """A success factor (`helps`) or barrier, with what sources say.

    `mitigated_by` holds IRIs of the factors that answer a barrier, with the passages or our conclusion.
    """

    helps: bool = True
    elements: tuple[str, ...] = ()
    statements: tuple[Saying, ...] = ()
    mitigated_by: tuple[Fact[str], ...] = ()


@dataclass(frozen=True)
class Initiative(Thing):
    """A network, scheme or programme. `country` and `topics` hold IRIs, `levels` and `audience` slugs.

    `axes` holds local names of how it is organised: "Hub", "TopDown", "Mentoring", ….
    """

    country: tuple[Fact[str], ...] = ()
    said: tuple[Fact[str], ...] = ()
    topics: tuple[Fact[str], ...] = ()
    axes: tuple[Fact[str], ...] = ()
    levels: tuple[Fact[str], ...] = ()
    audience: tuple[Fact[str], ...] = ()
    results: tuple[Fact[str], ...] = ()
    ended: tuple[Fact[str], ...] = ()
    mentions: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What is said of an incentive. `aspect` is "Possible" or "Motivating"; `holds` None where it is open.

    `countries` and `by` hold IRIs; without countries it was said of no particular one.
    """

    incentive: str
    aspect: str
    holds: bool | None
    countries: tuple[str, ...]
    text: str
    by: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Pilot(Thing):
    """A pilot. `country`, `follows`, `needs` hold IRIs, `kind` local names, `levels` and `actors` slugs."""

    country: tuple[Fact[str], ...] = ()
    kind: tuple[Fact[str], ...] = ()
    follows: tuple[Fact[str], ...] = ()
    levels: tuple[Fact[str], ...] = ()
    needs: tuple[Fact[str], ...] = ()
    focus: tuple[Fact[str], ...] = ()
    actors: tuple[Fact[str], ...] = ()
    methods: tuple[tuple[str, Use], ...] = ()
    results: tuple[Fact[str], ...] = ()
    mentions: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Country(Thing):
    """A country or part of one (`part_of`, an IRI or ""); `code` is its ISO 3166-1 code, or ""."""

    code: str = ""
    part_of: str = ""


@dataclass(frozen=True)
class Term(Thing):
    """One of the ontology's individuals; `scheme` is the local name of its class, such as "Requirement"."""

    scheme: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Everything that advice is made from, by IRI, for one release.

    `everyday` maps words that people use to the documents' words for the same.
    """

    release: str
    methods: Mapping[str, Method]
    phases: Mapping[str, Phase]
    models: Mapping[str, ProcessModel]
    elements: Mapping[str, Element]
    needs: Mapping[str, Need]
    factors: Mapping[str, Factor]
    pilots: Mapping[str, Pilot]
    countries: Mapping[str, Country]
    terms: Mapping[str, Term]
    evidence: Evidence
    initiatives: Mapping[str, Initiative] = field(default_factory=dict)
    incentives: Mapping[str, Thing] = field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    themes: Mapping[str, Thing] = field(default_factory=dict)
    sources: Mapping[str, Thing] = field(default_factory=dict)
    everyday: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """Slug ("lower-secondary") → label of the school levels."""
        found = {kebab(name): t.label for name, t in self.terms.items() if t.scheme == "SchoolLevel"}
        return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))

    @property
    def current_elements(self) -> tuple[Element, ...]:
        """The elements of the newest conceptual model, by label."""
        return tuple(sorted((e for e in self.elements.values() if e.current), key=lambda e: (e.label, e.iri)))

    @cached_property
    def general_models(self) -> tuple[ProcessModel, ...]:
        """Process models that any school can follow, those for the fewest settings first.

        Left out are models without a stated setting, processes of particular cases (their phases realise
        those of other models), and versions that a later one replaces for every setting.
        """
        fit = [m for m in self.models.values() if m.has and not m.particular]
        kept = [m for m in fit if not any(m.iri in n.revises and m.has <= n.has for n in fit)]
        return tuple(sorted(kept, key=lambda m: (len(m.has), m.iri)))

    @cached_property
    def steps(self) -> Mapping[int, str]:
        """Number → label of the steps that the general process models share, one label after the other."""
        found: dict[int, list[str]] = {}
        for model in reversed(self.general_models):
            for iri in model.phases:
                found.setdefault(self.phases[iri].number, []).append(self.phases[iri].label)
        return {number: " / ".join(dict.fromkeys(labels)) for number, labels in sorted(found.items())}

    @cached_property
    def served_steps(self) -> frozenset[int]:
        """Numbers of the steps for which the documents name methods."""
        return frozenset(phase.number for m in self.methods.values() for phase, _, _ in self.pairs(m))

    def label(self, iri: str) -> str:
        """The English label of anything in the catalogue; the slug where there is none."""
        for group in (self.methods, self.phases, self.models, self.elements, self.pilots, self.countries):
            if iri in group:
                return group[iri].label
        for more in (self.initiatives, self.incentives, self.themes, self.sources):
            if iri in more:
                return more[iri].label
        found = self.needs.get(iri) or self.factors.get(iri) or self.terms.get(slug(iri))
        return found.label if found else slug(iri).replace("-", " ")

    def term(self, name: str) -> str:
        """The label of one of the ontology's individuals, by its local name."""
        return self.terms[name].label if name in self.terms else name

    def pairs(self, method: Method) -> list[tuple[Phase, str, Fact[str]]]:
        """(phase, relation, fact) for every phase that a method serves, in the order of the phases."""
        found = [(self.phases[f.value], name, f) for name, f in method.serves if f.value in self.phases]
        return sorted(found, key=lambda item: (item[0].model, item[0].number, item[1]))

    def likeness(self, iri: str) -> Mapping[str, float]:
        """How like each text of the catalogue is to the words of a need or element; computed once."""
        if iri not in self._likeness:
            self._likeness[iri] = self.texts.like(iri)
        return self._likeness[iri]

    @cached_property
    def _likeness(self) -> dict[str, Mapping[str, float]]:
        return {}

    @cached_property
    def texts(self) -> TextIndex:
        """The text of methods, needs, phases and elements, for matching a school's own words."""
        documents = {iri: need.words for iri, need in self.needs.items()}
        documents |= {iri: element.words for iri, element in self.elements.items() if element.current}
        for iri, phase in self.phases.items():
            documents[iri] = " . ".join((phase.words, *(f.value for f in phase.purpose + phase.questions)))
        for iri, method in self.methods.items():
            documents[iri] = " . ".join((method.words, *(f.value for f in method.aim + method.descriptions)))
        return TextIndex(documents, self.everyday)

    @cached_property
    def case_texts(self) -> TextIndex:
        """What is told of pilots and initiatives; apart from `texts`, whose weights it must not change."""
        documents = {}
        for iri, pilot in self.pilots.items():
            said = [fact.value for fact in pilot.results]
            said += [self.label(fact.value) for fact in pilot.needs + pilot.focus]
            said += [self.label(method) for method, _ in pilot.methods]
            documents[iri] = " . ".join((pilot.words, *said))
        for iri, initiative in self.initiatives.items():
            said = [fact.value for fact in initiative.said]
            said += [self.label(fact.value) for fact in initiative.topics]
            said += [self.term(fact.value) for fact in initiative.axes]
            documents[iri] = " . ".join((initiative.words, *said))
        return TextIndex(documents)
