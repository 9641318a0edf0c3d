"""Time and memory of link discovery on two lists of made-up names: `python -m bench linking`.

Half of the second list are names of the first one, misspelt or in another order; the right pairs are known.
"""

from __future__ import annotations

import random
import resource
import time

import click

from kb.linking.records import Kind, Name, Record
from kb.linking.things import Index, match

_KINDS = ("University", "Institute", "School", "Academy", "Centre", "Agency", "College", "Laboratory")
_FIELDS = ("Teacher Education", "Applied Sciences", "Technology", "Fine Arts", "Economics", "Marine Research",
           "Public Health", "Music", "Law", "Forestry")  # fmt: skip
_SYLLABLES = (
    "ba",
    "ren",
    "ko",
    "lis",
    "mar",
    "ta",
    "vel",
    "no",
    "dra",
    "sin",
    "ur",
    "eth",
    "gol",
    "pri",
    "yan",
)


def names(number: int, chance: random.Random) -> list[str]:
    """Different made-up names of institutions."""
    found: set[str] = set()
    while len(found) < number:
        town = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))).title()
        field = f" of {chance.choice(_FIELDS)}" if chance.random() < 0.7 else ""
        found.add(f"{town} {chance.choice(_KINDS)}{field}")
    return sorted(found)


def changed(name: str, chance: random.Random) -> str:
    """`name` with its first word at the end, or with one letter left out."""
    first, _, rest = name.partition(" ")
    if chance.random() < 0.5:
        return f"{rest} {first}"
    cut = chance.randrange(1, len(name) - 1)
    return name[:cut] + name[cut + 1 :]


@click.command("linking")
@click.option("--number", default=10_000, show_default=True, help="Names on either side.")
@click.option("--seed", default=0, show_default=True)
def linking(number: int, seed: int) -> None:
    """Link a list of made-up names to another; print seconds, peak memory, precision and recall."""
    chance = random.Random(seed)
    all_names = names(number + number // 2, chance)
    chance.shuffle(all_names)
    targets = [Record(f"t:{n}", (Name(name),)) for n, name in enumerate(all_names[:number])]
    known = [Record(f"q:{n}", (Name(changed(all_names[n], chance)),)) for n in range(number // 2)]
    unknown = [Record(f"q:none{n}", (Name(name),)) for n, name in enumerate(all_names[number:])]
    start, start_cpu = time.perf_counter(), time.process_time()
    found = match(known + unknown, Index(targets, Kind.ORGANISATIONS))
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    right = sum(c.target.iri.partition(":")[2] == c.source.iri.partition(":")[2] for c in found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sides = f"{len(known) + len(unknown):,} × {number:,} names"
    click.echo(f"{sides}: {seconds:.1f} s, {cpu:.1f} s of processor time, {peak:,.0f} MB at the peak")
    click.echo(f"precision {right / max(1, len(found)):.3f}, recall {right / len(known):.3f}")
