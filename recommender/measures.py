"""Measures of an order of methods, and the interval that few cases allow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

_RESAMPLES = 2000


@dataclass(frozen=True)
class Estimate:
    """A mean over `cases` with its 95 % bootstrap interval; all three are nan without cases."""

    mean: float
    low: float
    high: float
    cases: int


def hit(order: Sequence[str], right: Collection[str], first: int) -> float:
    """1 when a right one is among the `first`, else 0."""
    return float(any(iri in right for iri in order[:first]))


def ndcg(order: Sequence[str], right: Collection[str]) -> float:
    """Normalised discounted cumulative gain of the whole order, 0 to 1; each right one gains 1."""
    gained = sum(1 / log2(place + 2) for place, iri in enumerate(order) if iri in right)
    return gained / sum(1 / log2(place + 2) for place in range(len(right)))


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """The share of the longer list that both have; 1 for two empty ones."""
    longest = max(len(one), len(other))
    return len(set(one) & set(other)) / longest if longest else 1.0


def estimate(values: Sequence[float], seed: int) -> Estimate:
    """The mean of one value for each case; cases are drawn again with replacement, the same for a seed."""
    if not values:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    found = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(found), size=(_RESAMPLES, len(found)))
    low, high = np.percentile(found[drawn].mean(axis=1), [2.5, 97.5])
    return Estimate(float(found.mean()), float(low), float(high), len(found))
