"""How good the advice is: measured on pilots and written situations, beside orders that know less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from recommender import weights
from recommender.advice import KINDS, Advice, advise
from recommender.catalogue import Catalogue
from recommender.constraints import judge
from recommender.fields import BY_PATH
from recommender.measures import Estimate, estimate, hit, ndcg, overlap
from recommender.process import choose
from recommender.profile import Profile, attribute
from recommender.rankers import ABLATIONS, BASELINES, Ranker, Worth, ours
from recommender.ranking import Ranking, rank
from recommender.situations import Case, Situation, pilot_cases, read_situations, situation_cases

FIRST: Final = (1, 3, 5)
MEASURES: Final = (*(f"hit@{first}" for first in FIRST), "nDCG")
_TIMES: Final[Mapping[str, tuple[tuple[int, ...], Callable[[Profile, int], Profile]]]] = {
    "hours": ((0, 1, 2, 3, 5, 10, 20, 40, 100), lambda profile, time: replace(profile, time_hours=time)),
    "months": ((0, 1, 2, 3, 6, 10, 12, 24, 60), lambda profile, time: replace(profile, time_months=time)),
}
_WISHES: Final = frozenset({"goal", "needs"})
_NOTHING: Final = Profile()
_FEW: Final = 20  # fewer cases than this are called few

Scores = Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """One order's estimates by measure; `better` holds ours minus this one, by nDCG, over the same cases."""

    name: str
    measures: Mapping[str, Estimate]
    better: Estimate | None = None


@dataclass(frozen=True)
class Table:
    """Orders compared on the same cases. `few` says that there are too few of them to tell much."""

    title: str
    cases: int
    rows: tuple[Row, ...]

    @property
    def few(self) -> bool:
        return self.cases < _FEW


@dataclass(frozen=True)
class Error:
    """What one situation got wrong: "missed", "forbidden", "not ruled out", or the part that differs."""

    situation: str
    kind: str
    told: str


@dataclass(frozen=True)
class Evaluation:
    """Everything measured. Stability, monotonicity and coverage concern the adviser alone."""

    release: str
    seed: int
    situations: int
    tables: tuple[Table, ...]
    groups: tuple[Table, ...]
    errors: tuple[Error, ...]
    stability: Estimate
    least_stable: tuple[str, str, float]
    lost_by_more_time: tuple[str, ...]
    times_compared: int
    coverage: Mapping[str, tuple[int, int]]

    @property
    def forbidden(self) -> int:
        """Recommendations that no school of that situation should get; must be 0."""
        return sum(error.kind in ("forbidden", "not ruled out") for error in self.errors)


def evaluate(
    document: Mapping[str, Any], catalogue: Catalogue, seed: int = 0, repeats: int = 100
) -> Evaluation:
    """Measure the adviser on a catalogue. The same seed, document and catalogue give the same figures.

    Orders that leave equals to chance are averaged over `repeats`. Raises ValueError for a document that
    speaks of unknown methods.
    """
    situations = read_situations(document, catalogue)
    known = [one for one in situations if not one.held_out]
    held_out = [one for one in situations if one.held_out]
    cases = situation_cases(known, catalogue)
    kept = situation_cases(held_out, catalogue)
    bench = _Bench(seed, repeats)
    advices = {one.name: advise(one.profile, catalogue) for one in situations}
    stability, least = _stability(situations, catalogue, seed)
    lost, compared = _monotonicity(situations, catalogue)
    return Evaluation(
        release=catalogue.release,
        seed=seed,
        situations=len(situations),
        tables=(
            bench.table("Pilots, told by the graph, each left out", pilot_cases(catalogue)),
            bench.table(
                "Pilots, read from the report by hand, each left out",
                pilot_cases(catalogue, document["pilots"]),
            ),
            bench.table("Written situations", cases),
            *([bench.table("Held-out situations", kept)] if kept else []),
            bench.table("Written situations, without a component of fit", cases, ABLATIONS),
            *(
                [bench.table("Held-out situations, without a component of fit", kept, ABLATIONS)]
                if kept
                else []
            ),
        ),
        groups=tuple(bench.groups([*cases, *kept], situations, advices)),
        errors=tuple(error for one in situations for error in errors_of(one, advices[one.name])),
        stability=stability,
        least_stable=least,
        lost_by_more_time=lost,
        times_compared=compared,
        coverage=_coverage(advices.values(), catalogue),
    )


class _Bench:
    """Scores orders on cases, each case ranked once."""

    def __init__(self, seed: int, repeats: int) -> None:
        self._seed = seed
        self._repeats = repeats
        self._rankings: dict[tuple[str, Profile], Ranking] = {}

    def table(self, title: str, cases: Sequence[Case], others: Mapping[str, Ranker] = BASELINES) -> Table:
        mine = [self._scores(case, ours) for case in cases]
        rows = [self._row("MentorGraph", mine)]
        for name, ranker in others.items():
            theirs = [self._scores(case, ranker) for case in cases]
            better = [a["nDCG"] - b["nDCG"] for a, b in zip(mine, theirs, strict=True)]
            rows.append(replace(self._row(name, theirs), better=estimate(better, self._seed)))
        return Table(title, len(cases), tuple(rows))

    def groups(
        self, cases: Sequence[Case], situations: Sequence[Situation], advices: Mapping[str, Advice]
    ) -> list[Table]:
        """Ours by country, starting level, way of writing, and by how sure the advice says it is.

        The last is a reliability table: what calls itself surer should be right more often.
        """
        styles = {one.name: one.style or "plain" for one in situations}
        ways: dict[str, Callable[[Case], str]] = {
            "By country": lambda case: case.profile.country or "not told",
            "By starting level": lambda case: _level(case.profile),
            "By way of writing": lambda case: styles[case.name] if case.profile.goal else "no words",
            "By how sure the advice says it is": lambda case: advices[case.name].confidence,
        }
        tables = []
        for title, group in ways.items():
            names = sorted({group(case) for case in cases})
            rows = [
                self._row(name, [self._scores(case, ours) for case in cases if group(case) == name])
                for name in names
            ]
            tables.append(Table(title, len(cases), tuple(rows)))
        return tables

    def _row(self, name: str, scores: Sequence[Scores]) -> Row:
        return Row(name, {m: estimate([one[m] for one in scores], self._seed) for m in MEASURES})

    def _scores(self, case: Case, ranker: Ranker) -> Scores:
        """The means over the kinds of which a right answer is, and over the repeats where chance decides."""
        rng = np.random.default_rng(self._seed)
        found: dict[str, list[float]] = {measure: [] for measure in MEASURES}
        for kind in KINDS:
            right = {iri for iri in case.right if case.catalogue.methods[iri].kind == kind}
            if not right:
                continue
            worth = ranker(case, kind, self._ranking(case))
            certain = len(set(worth.values())) == len(worth)
            for _ in range(1 if certain else self._repeats):
                order = _order(worth, rng)
                for first in FIRST:
                    found[f"hit@{first}"].append(hit(order, right, first))
                found["nDCG"].append(ndcg(order, right))
        return {measure: float(np.mean(values)) for measure, values in found.items()}

    def _ranking(self, case: Case) -> Ranking:
        """Ours; profile and name stand for the case, since a catalogue has no hash."""
        key = (case.name, case.profile)
        if key not in self._rankings:
            self._rankings[key] = rank(case.profile, case.catalogue)
        return self._rankings[key]


def _order(worth: Worth, rng: np.random.Generator) -> list[str]:
    """IRIs by worth, the highest first; the generator decides among equals."""
    found = sorted(worth)
    return [found[place] for place in sorted(rng.permutation(len(found)), key=lambda p: -worth[found[p]])]


def _level(profile: Profile) -> str:
    """In words, the starting level that a school told."""
    level = profile.maturity_overall
    if level is None:
        return "not told"
    if level <= weights.BEGINNING:
        return "beginning (1–2)"
    return "experienced (4–5)" if level >= weights.EXPERIENCED else "on the way (3)"


def _first(advice: Advice) -> set[str]:
    return {item.method.slug for shortlist in advice.shortlists for item in shortlist.first}


def errors_of(one: Situation, advice: Advice) -> list[Error]:
    """Everything in which the advice differs from what the situation expects."""
    first = _first(advice)
    rules = {out.method.slug: {reason.code for reason in out.reasons} for out in advice.ruled_out}
    told = [("missed", name) for name in one.expected if name not in first]
    told += [("forbidden", name) for name in one.forbidden if name in first]
    told += [
        ("not ruled out", f"{name} by {rule}")
        for name, rule in (one.ruled_out or {}).items()
        if rule not in rules.get(name, ())
    ]
    pilot = advice.pilot.case.slug if advice.pilot else "none"
    warned = {warning.code for warning in advice.warnings}
    if one.route not in ("", advice.process.route):
        told.append(("route", f"{advice.process.route} for {one.route}"))
    if one.pilot not in ("", pilot):
        told.append(("pilot", f"{pilot} for {one.pilot}"))
    told += [("warning", f"{code} is lacking") for code in one.warnings if code not in warned]
    if one.confidence and advice.confidence not in one.confidence:
        told.append(("confidence", advice.confidence))
    return [Error(one.name, kind, text) for kind, text in told]


def _stability(
    situations: Sequence[Situation], catalogue: Catalogue, seed: int
) -> tuple[Estimate, tuple[str, str, float]]:
    """How much of the first methods stays when one answer is withdrawn: the mean, and the worst case.

    The goal and the chosen needs are not withdrawn: with another wish the advice should change.
    """
    shares: list[tuple[float, str, str]] = []
    for one in situations:
        before = _first_methods(one.profile, catalogue)
        for path in one.profile.answered():
            if path in _WISHES or not before:
                continue
            name = attribute(BY_PATH[path])
            changed = replace(one.profile, **{name: getattr(_NOTHING, name)})
            shares.append((overlap(before, _first_methods(changed, catalogue)), one.name, path))
    share, name, path = min(shares)
    return estimate([found[0] for found in shares], seed), (name, path, share)


def _first_methods(profile: Profile, catalogue: Catalogue) -> list[str]:
    items = rank(profile, catalogue, only="method").suggestions
    return [item.method.iri for item in items[: weights.SHORTLIST]]


def _monotonicity(situations: Sequence[Situation], catalogue: Catalogue) -> tuple[tuple[str, ...], int]:
    """Methods that could be done in less time and can't in more: there must be none; and how many steps."""
    lost = []
    compared = 0
    for one in situations:
        for unit, (times, with_time) in _TIMES.items():
            fitting = [_fitting(with_time(one.profile, time), catalogue) for time in times]
            for (less, few), (more, many) in pairwise(zip(times, fitting, strict=True)):
                compared += 1
                lost += [f"{one.name}: {iri} from {less} to {more} {unit}" for iri in sorted(few - many)]
    return tuple(lost), compared


def _fitting(profile: Profile, catalogue: Catalogue) -> set[str]:
    """Methods that no rule excludes or speaks against."""
    process = choose(profile, catalogue)
    return {
        method.iri
        for method in catalogue.methods.values()
        if all(v.finding not in ("excluded", "against") for v in judge(method, profile, process, catalogue))
    }


def _coverage(advices: Iterable[Advice], catalogue: Catalogue) -> dict[str, tuple[int, int]]:
    """For each kind, how many are ever among the first, and how many there are."""
    shown = {item.method.iri for a in advices for shortlist in a.shortlists for item in shortlist.first}
    return {
        kind: (
            sum(m.iri in shown for m in catalogue.methods.values() if m.kind == kind),
            sum(m.kind == kind for m in catalogue.methods.values()),
        )
        for kind in KINDS
    }
