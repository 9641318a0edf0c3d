"""The figures of an evaluation as text for a terminal, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from recommender.evaluation import MEASURES, Evaluation, Row, Table
from recommender.measures import Estimate


def figures_document(found: Evaluation) -> dict[str, Any]:
    """Everything as JSON values."""
    return {**asdict(found), "forbidden": found.forbidden}


def figures_text(found: Evaluation) -> str:
    """Everything in lines of text; intervals are 95 % bootstrap intervals."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Evaluation) -> Iterator[str]:
    yield f"Release {found.release}, seed {found.seed}. In brackets: 95 % bootstrap intervals over the cases."
    for table in found.tables:
        yield from _table(table, compared=True)
    yield from ("", "MentorGraph on the written situations, by group:")
    for table in found.groups:
        yield from _table(table, compared=False)
    yield ""
    yield f"Forbidden recommendations in {found.situations} situations: {found.forbidden} (must be 0)"
    yield f"Stability, the first methods that stay when one answer is withdrawn: {_words(found.stability)}"
    name, path, share = found.least_stable
    yield f"  least stable: {share:.2f}, {name}, without {path}"
    lost = len(found.lost_by_more_time)
    yield f"Fitting methods lost by more time: {lost} in {found.times_compared} comparisons (must be 0)"
    yield from (f"  {line}" for line in found.lost_by_more_time)
    shown = ", ".join(f"{some} of {every} {kind}s" for kind, (some, every) in found.coverage.items())
    yield f"Coverage, ever among the first: {shown}"
    yield f"What differs from the expected answers: {len(found.errors)}"
    yield from (f"  {error.situation}: {error.kind}: {error.told}" for error in found.errors)


def _table(table: Table, compared: bool) -> Iterator[str]:
    few = "; so few that they tell little" if table.few else ""
    yield ""
    yield f"{table.title} ({table.cases} cases{few})"
    widest = max(len(row.name) for row in table.rows)
    heads = "".join(f"  {measure:<18}" for measure in MEASURES)
    yield f"  {'':<{widest}}{heads}" + ("  nDCG: ours is better by" if compared else "  cases")
    for row in table.rows:
        yield (
            f"  {row.name:<{widest}}"
            + "".join(f"  {_words(row.measures[m])}" for m in MEASURES)
            + _end(row, compared)
        )


def _end(row: Row, compared: bool) -> str:
    if not compared:
        return f"  {row.measures['nDCG'].cases}"
    return f"  {_words(row.better, signed=True)}" if row.better else ""


def _words(found: Estimate, signed: bool = False) -> str:
    """`0.71 [0.60, 0.80]`."""
    sign = "+" if signed else ""
    return f"{found.mean:{sign}.2f} [{found.low:{sign}.2f}, {found.high:{sign}.2f}]"
