"""How advice grows with the catalogue: made-up methods and pilots, ranked for one school."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.table import Table

from kb.local import LocalStore
from recommender.catalogue import Catalogue, Method
from recommender.facts import Fact
from recommender.profile import Profile
from recommender.ranking import rank
from service.advice.library import read_catalogue

_RUNS = 5
_SCHOOL = Profile(
    goal="Our colleagues are afraid of the new tablets, and experienced teachers should help them every day.",
    schools="one",
    country="estonia",
    people_who="whole-staff",
    time_hours=10,
)


def many(catalogue: Catalogue, methods: int, pilots: int, seed: int = 0) -> Catalogue:
    """The catalogue with so many methods and pilots, copies of its own, with words in other mixtures."""
    rng = random.Random(seed)
    words = [word for one in catalogue.methods.values() for fact in one.aim for word in fact.value.split()]
    originals, cases = list(catalogue.methods.values()), list(catalogue.pilots.values())
    found = {}
    for number in range(pilots):
        pilot = cases[number % len(cases)]
        found[f"{pilot.iri}-{number}"] = replace(pilot, iri=f"{pilot.iri}-{number}")
    names = list(found)
    copies: dict[str, Method] = {}
    for number in range(methods):
        one = originals[number % len(originals)]
        aim = tuple(Fact(" ".join(rng.choices(words, k=12)), fact.citations) for fact in one.aim)
        uses = tuple(replace(use, pilot=rng.choice(names)) for use in one.uses)
        iri = f"{one.iri}-{number}"
        copies[iri] = replace(one, iri=iri, label=f"{one.label} {number}", aim=aim, uses=uses)
    return replace(catalogue, methods=copies, pilots=found)


def seconds(catalogue: Catalogue, methods: int, pilots: int) -> tuple[float, float]:
    """The time to make the index of texts, and the median time to rank all methods for a school."""
    large = many(catalogue, methods, pilots)
    start = perf_counter()
    _ = large.texts
    made = perf_counter() - start
    rank(_SCHOOL, large)  # what is remembered between answers is remembered now
    times = []
    for _ in range(_RUNS):
        start = perf_counter()
        rank(_SCHOOL, large)
        times.append(perf_counter() - start)
    return made, median(times)


def advice(release: Path, methods: int, pilots: int, console: Console) -> None:
    """Print the times at a quarter, half and all of the sizes."""
    store = LocalStore(release)
    catalogue = read_catalogue(store.release.id, store.rows)
    table = Table("methods", "cases", "index of texts, s", f"one ranking, ms (median of {_RUNS})")
    for part in (4, 2, 1):
        made, ranked = seconds(catalogue, methods // part, pilots // part)
        table.add_row(f"{methods // part:,}", f"{pilots // part:,}", f"{made:.1f}", f"{ranked * 1000:,.0f}")
    console.print(table)
