"""What a school wants, read from its answers and its own words: wishes with weights and origins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from recommender import weights
from recommender.catalogue import Catalogue, Need
from recommender.language import foreign
from recommender.profile import Profile
from recommender.refusals import done, split
from recommender.text import Reading, tokens

Read = Callable[[str], Reading]
Origin = Literal["chosen", "written", "maturity", "element"]


@dataclass(frozen=True)
class Wish:
    """A need or element that counts, with its weight from 0 to 1. `origin` says where we have it from."""

    iri: str
    label: str
    weight: float
    origin: Origin


@dataclass(frozen=True)
class Understanding:
    """What the answers come to.

    `steps` maps the number of a step to how much it is wanted, 0 to 1; `likeness` maps methods to how like
    they are to the school's own words; `unread` holds texts in which nothing was found. `refused` holds what
    the school says that it does not want, and `unwanted` how like methods are to that; `language` is what the
    school wrote in, where that is not English. `tried` holds the methods that were tried, by answer or words.
    """

    wishes: tuple[Wish, ...] = ()
    steps: Mapping[int, float] | None = None
    likeness: Mapping[str, float] | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unwanted: Mapping[str, float] = field(default_factory=dict)
    language: str = ""
    tried: frozenset[str] = frozenset()

    @cached_property
    def closest(self) -> float:
        """The likeness of the method most like the school's own words; 0 without words."""
        return max((self.likeness or {}).values(), default=0.0)


def understand(profile: Profile, catalogue: Catalogue, read: Read | None = None) -> Understanding:
    """Read a profile. What it does not say gives no wish and no step.

    `read` stands for `catalogue.texts.read`; who reads the same texts often passes one that remembers.
    """
    read = read or catalogue.texts.read
    wishes: dict[str, Wish] = {}
    refused = {slug for slug, level in profile.element_needs if level == "none"}
    for wish in (*_chosen(profile, catalogue), *_elements(profile, catalogue, refused)):
        wishes.setdefault(wish.iri, wish)
    texts = [profile.goal, *(words for _, words in profile.element_needs if words not in weights.LEVELS)]
    steps: dict[int, float] = {}
    likeness: dict[str, float] = {}
    corrections: list[tuple[str, str]] = []
    unread = []
    turned_down: list[str] = []
    unwanted: dict[str, float] = {}
    language = ""
    for text in filter(None, texts):
        wanted_text, unwished = split(text)
        if abroad := foreign(text):
            language = language or abroad
            wanted_text, unwished = _names(text, catalogue), ()
        reading = read(wanted_text)
        for words in unwished:
            turned_down.append(words)
            for iri, score in read(words).likeness.items():
                if iri in catalogue.methods:
                    unwanted[iri] = max(score, unwanted.get(iri, 0))
        corrections.extend(reading.corrections)
        found = [] if abroad else _written(reading.likeness, catalogue)
        for wish in found:
            wishes.setdefault(wish.iri, wish)
        wanted = {} if abroad else _written_steps(reading.likeness, catalogue)
        for number, weight in wanted.items():
            steps[number] = max(weight, steps.get(number, 0))
        for iri in catalogue.methods:
            likeness[iri] = max(reading.likeness.get(iri, 0), likeness.get(iri, 0))
        if not found and not wanted and max(likeness.values(), default=0) < weights.UNDERSTOOD.value:
            unread.append(text)
    if profile.phase is not None:
        steps = {profile.phase: 1.0} | {_next_served(profile.phase, catalogue): 1.0}
    ordered = sorted(wishes.values(), key=lambda w: (-w.weight, w.label, w.iri))
    return Understanding(
        tuple(ordered),
        steps or None,
        likeness if any(likeness.values()) else None,
        tuple(dict.fromkeys(corrections)),
        tuple(unread),
        tuple(turned_down),
        unwanted,
        language,
        _tried(profile, catalogue),
    )


def _tried(profile: Profile, catalogue: Catalogue) -> frozenset[str]:
    """The methods that a school says it has tried, in the list or by name in its own words."""
    told = done(profile.goal)
    return frozenset(
        method.iri
        for method in catalogue.methods.values()
        if method.slug in profile.tried_before
        or any(_named(label, one) for label in (method.label, *method.other_labels) for one in told)
    )


def _named(label: str, sentence: str) -> bool:
    return re.search(rf"\b{re.escape(label.casefold())}\b", sentence) is not None


def _names(text: str, catalogue: Catalogue) -> str:
    """Of a text in another language, the names of methods that are the same in every language, such as OPEKA.

    They are the words of labels that have a capital letter after the first one.
    """
    labels = (label for m in catalogue.methods.values() for label in (m.label, *m.other_labels))
    words = (word.strip("().,:") for label in labels for word in label.split())
    names = {word.casefold() for word in words if len(word) > 2 and word[1:] != word[1:].lower()}
    return " ".join(word for word in tokens(text) if word in names)


def _chosen(profile: Profile, catalogue: Catalogue) -> list[Wish]:
    by_slug = {need.slug: need for need in catalogue.needs.values()}
    return [Wish(by_slug[s].iri, by_slug[s].label, 1.0, "chosen") for s in profile.needs if s in by_slug]


def _elements(profile: Profile, catalogue: Catalogue, refused: set[str]) -> list[Wish]:
    """Elements that a school says it needs to develop, or rates low."""
    by_slug = {element.slug: element for element in catalogue.current_elements}
    wishes = []
    for slug, level in profile.element_needs:
        weight = weights.LEVELS.get(level, 1.0)
        if slug in by_slug and weight:
            wishes.append(Wish(by_slug[slug].iri, by_slug[slug].label, weight, "element"))
    for slug, grade in profile.maturity_elements:
        weight = weights.MATURITY[grade]
        if slug in by_slug and weight and slug not in refused:
            wishes.append(Wish(by_slug[slug].iri, by_slug[slug].label, weight, "maturity"))
    return wishes


def _written(likeness: Mapping[str, float], catalogue: Catalogue) -> list[Wish]:
    """The needs that a text is most like, as far as they are close to the best one."""
    scored = sorted(
        ((likeness.get(iri, 0), need) for iri, need in catalogue.needs.items()),
        key=lambda i: (-i[0], i[1].iri),
    )
    best = scored[0][0] if scored else 0
    if best < weights.UNDERSTOOD.value:
        return []
    close = [(score, need) for score, need in scored if score >= max(weights.UNDERSTOOD.value, best / 2)]
    return [_wish(need, score) for score, need in close[: weights.MOST_UNDERSTOOD]]


def _wish(need: Need, score: float) -> Wish:
    return Wish(need.iri, need.label, round(min(1.0, score / weights.CLOSE.value), 3), "written")


def _written_steps(likeness: Mapping[str, float], catalogue: Catalogue) -> dict[int, float]:
    """Steps that a text is like, of those for which the documents name methods."""
    found: dict[int, float] = {}
    for model in catalogue.general_models:
        for iri in model.phases:
            score = likeness.get(iri, 0)
            number = catalogue.phases[iri].number
            if score >= weights.STEP_UNDERSTOOD.value and number in catalogue.served_steps:
                found[number] = max(found.get(number, 0), min(1.0, score / weights.CLOSE.value))
    return found


def _next_served(number: int, catalogue: Catalogue) -> int:
    """The first step from this one on for which the documents name methods; else the step itself."""
    return min((step for step in catalogue.served_steps if step >= number), default=number)
