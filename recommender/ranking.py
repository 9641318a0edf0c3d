"""Judge and score every method of a catalogue for one profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from recommender import scoring, weights
from recommender.catalogue import Catalogue, Kind, Method
from recommender.constraints import judge
from recommender.explanation import Notice, Reason
from recommender.process import ProcessAdvice, choose
from recommender.profile import Profile
from recommender.scoring import Effort, Evidence, Fit
from recommender.understanding import Read, Understanding, understand


@dataclass(frozen=True)
class Suggestion:
    """A method that can be done, how well it fits, and what to know before choosing it.

    Fit, effort and evidence are three axes; none is part of another. `hindered` says that something speaks
    against the method, so that it is never among the first.
    """

    method: Method
    fit: Fit
    effort: Effort
    evidence: Evidence
    notices: tuple[Notice, ...]
    hindered: bool

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.fit.reasons

    @property
    def worth_naming(self) -> bool:
        """Whether it may stand among the first: it fits, is wanted, and there is a reason to show."""
        fits = self.fit.score >= weights.WORTH_NAMING and self.fit.wanted >= weights.WANTED
        return fits and bool(self.reasons) and not self.hindered


@dataclass(frozen=True)
class RuledOut:
    """A method that can't be done as things are, why, and what would have to be different."""

    method: Method
    reasons: tuple[Reason, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """Every method of the catalogue, once: as a suggestion, best fit first, or as ruled out, by label."""

    understanding: Understanding
    process: ProcessAdvice
    suggestions: tuple[Suggestion, ...]
    ruled_out: tuple[RuledOut, ...]


def rank(
    profile: Profile, catalogue: Catalogue, read: Read | None = None, only: Kind | None = None
) -> Ranking:
    """The ranking of a catalogue's methods. The same profile and catalogue give the same order.

    `read` is passed on to `understand`; `only` leaves out the other kinds, with no effect on this one.
    """
    understanding = understand(profile, catalogue, read)
    process = choose(profile, catalogue)
    suggestions, ruled_out = [], []
    for method in catalogue.methods.values():
        if only and method.kind != only:
            continue
        verdicts = judge(method, profile, process, catalogue)
        excluded = [verdict for verdict in verdicts if verdict.finding == "excluded"]
        if excluded:
            reasons = tuple(Reason(v.rule, v.text, v.citations) for v in excluded)
            changes = tuple(dict.fromkeys(verdict.change for verdict in excluded))
            ruled_out.append(RuledOut(method, reasons, changes))
            continue
        notices = [v for v in verdicts if v.finding in ("against", "open", "needs")]
        turned_down = tuple(_turned_down(method, profile, understanding, process))
        suggestions.append(
            Suggestion(
                method,
                scoring.score(method, profile, understanding, process, verdicts, catalogue),
                scoring.effort(method, catalogue),
                scoring.tried(method, catalogue),
                (*turned_down, *(Notice(v.rule, v.text, v.citations) for v in notices)),
                hindered=bool(turned_down) or any(v.finding == "against" for v in verdicts),
            )
        )
    suggestions = sorted(_comparable(suggestions), key=best_first)
    ruled_out.sort(key=lambda out: (out.method.label.casefold(), out.method.iri))
    return Ranking(understanding, process, tuple(suggestions), tuple(ruled_out))


def _turned_down(
    method: Method, profile: Profile, understanding: Understanding, process: ProcessAdvice
) -> Iterator[Notice]:
    """What a school says that it has done already, or does not want, is not among the first."""
    again = any(
        phase.reuses and phase.number == profile.phase
        for stretch in process.stretches
        for phase in stretch.phases
    )
    if method.iri in understanding.tried and not again:
        yield Notice("tried", "You say that you have done this already.")
    unwanted = understanding.unwanted.get(method.iri, 0)
    wanted = (understanding.likeness or {}).get(method.iri, 0)
    if unwanted >= weights.UNDERSTOOD.value and unwanted > wanted:
        yield Notice("unwanted", f"Close to what you do not want: “{'”, “'.join(understanding.refused)}”.")


def _comparable(suggestions: list[Suggestion]) -> Iterator[Suggestion]:
    """The suggestions, each kind scored by the components in which its members differ at all."""
    for kind in sorted({item.method.kind for item in suggestions}):
        items = [item for item in suggestions if item.method.kind == kind]
        fits = scoring.without_silent([item.fit for item in items])
        yield from (replace(item, fit=fit) for item, fit in zip(items, fits, strict=True))


def best_first(item: Suggestion) -> tuple[bool, float, int, str, str]:
    """Fit decides; among equals what is better tried comes first, then the label: a total order."""
    return (
        item.hindered,
        -item.fit.score,
        -item.evidence.level,
        item.method.label.casefold(),
        item.method.iri,
    )
