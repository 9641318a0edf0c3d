"""What the advice page shows beside the advice document: its citations in the form of the shared macros."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from recommender.facts import slug
from service.pages import iris
from service.pages.citations import Citation, Link

_EVIDENCE = ("nothing reported", "not reported as used", "used", "used, with results")
_EFFORT = ("effort not said", "single event", "small scale", "long term")
_FITS = ((0.6, "fits well", "good"), (0.35, "fits in part", ""), (0.0, "fits little", ""))
_LIKE = ((0.6, "much alike"), (0.3, "alike in part"), (0.0, "little alike"))
_SILENCES = {
    "need": "the needs",
    "words": "its words",
    "kind": "how many schools",
    "country": "the country",
    "focus": "the areas",
    "level": "the school level",
    "actors": "who helped",
    "policy": "who started it",
}
_MOVES = {
    "in": "new among the first, in place %(after)s.",
    "out": "was in place %(before)s, now not among the first.",
    "up": "from place %(before)s up to %(after)s.",
    "down": "from place %(before)s down to %(after)s.",
}
_COMPONENTS = {
    "needs": "what you need",
    "phase": "the step that comes next",
    "words": "your words",
    "setting": "one school or several",
    "target": "who takes part",
    "time": "the time",
    "maturity": "how far you are",
    "conditions": "its conditions",
    "process": "its place in the process",
    "precedent": "what schools like yours did",
}
_ROUTES = {
    "inside": "Development inside your school",
    "between": "Peer learning between your schools",
    "both": "First inside each school, then together",
    "open": "Inside the school first; together, if there are several",
}
_ORIGINS = {
    "chosen": "you chose it",
    "written": "from your words",
    "maturity": "you rated it low",
    "element": "you want to develop it",
}


def sources(citations: Iterable[Mapping[str, str]]) -> list[Citation]:
    """An advice document's citations as the macro `citations` takes them; each conclusion once."""
    passages: list[Citation] = []
    conclusions: dict[str, tuple[str, list[Link]]] = {}
    for cited in citations:
        href = iris.page_of(cited["passage"])
        if "conclusion" in cited:
            _, rests_on = conclusions.setdefault(cited["conclusion"], (cited["reason"], []))
            rests_on.append(Link(cited["label"], href))
        else:
            passages.append(
                Citation(
                    kind="passage",
                    label=cited["label"],
                    href=href,
                    document=cited["label"].split(",")[0],
                    document_href=iris.page_of(cited["document"]),
                    anchor=cited["anchor"],
                )
            )
    ours = [
        Citation("conclusion", "our conclusion", iris.page_of(iri), reason=reason, rests_on=tuple(rests_on))
        for iri, (reason, rests_on) in sorted(conclusions.items())
    ]
    return [*passages, *ours]


def fit_words(score: float) -> tuple[str, str]:
    """A fit in words, and the variant of its tag."""
    return next((words, variant) for least, words, variant in _FITS if score >= least)


def evidence_words(level: int) -> str:
    return _EVIDENCE[level]


def effort_words(level: int) -> str:
    return _EFFORT[level]


def likeness_words(likeness: float) -> str:
    return next(words for least, words in _LIKE if likeness >= least)


def silence_words(features: Iterable[str]) -> str:
    """The features on which a case is silent, in words."""
    return ", ".join(_SILENCES[name] for name in features)


def helpers() -> dict[str, Any]:
    """Names for the templates of this folder."""
    return {
        "sources": sources,
        "fit_words": fit_words,
        "evidence_words": evidence_words,
        "effort_words": effort_words,
        "likeness_words": likeness_words,
        "silence_words": silence_words,
        "routes": _ROUTES,
        "moves": _MOVES,
        "component_words": _COMPONENTS,
        "origins": _ORIGINS,
        "slug": slug,
    }
