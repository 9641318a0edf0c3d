"""Measure the pairs of queries on the page of hints: `python -m bench.hints [--release PATH] [--write]`.

Each query runs in this process over the release in memory, its rows read to the end. What counts is the
median of the processor time, which a busy machine changes little.
"""

from __future__ import annotations

import datetime
import json
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import click

from kb import queries
from kb.local import LocalStore
from kb.release import open_release
from service.pages.hints import FOLDER, MEASURED

RUNS = 9


@click.command()
@click.option(
    "--release", type=click.Path(path_type=Path), default=Path("releases/current"), show_default=True
)
@click.option("--write", is_flag=True, help="Write the figures to where the page reads them.")
def main(release: Path, write: bool) -> None:
    """Print what each query takes, in milliseconds of processor time, slow and fast."""
    opened = open_release(release)
    store = LocalStore(opened.path)
    names = [one.name for one in queries.all_queries() if one.name.startswith(FOLDER)]
    pairs = sorted({name.removeprefix(FOLDER).rpartition("-")[0] for name in names})
    found = {
        pair: [_median(store, queries.load(f"{FOLDER}{pair}-{side}").text) for side in ("slow", "fast")]
        for pair in pairs
    }
    for pair, (slow, fast) in found.items():
        click.echo(f"{pair:16} {slow:9.2f} {fast:9.2f} {slow / fast:8.1f}")
    if write:
        said = {
            "release": opened.id,
            "triples": opened.manifest["counts"]["triples"],
            "engine": f"pyoxigraph {version('pyoxigraph')}",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "runs": RUNS,
            "milliseconds": found,
        }
        MEASURED.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def _median(store: LocalStore, text: str) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        store.rows(text)
        taken.append((time.process_time() - start) * 1000)
    return round(statistics.median(taken), 2)


if __name__ == "__main__":
    main()
