"""Writes small releases by hand, as docs/architecture.md describes them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

EX = "https://example.org/"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"


def small_quads(methods: int = 30) -> list[str]:
    """Methods with phases and labels, each statement in the default graph once and in some passage graphs.

    Graph `passage/1` states every label, `passage/2` every label again, `passage/3` every phase.
    """
    lines = []
    for number in range(methods):
        thing = f"<{EX}method/{number}>"
        label = f'{thing} {LABEL} "method {number}"@en'
        phase = f"{thing} <{EX}phase> <{EX}phase/{number % 5}>"
        order = f'{thing} <{EX}order> "{number}"^^{INTEGER}'
        lines += [f"{statement} ." for statement in (label, phase, order)]
        lines += [f"{label} <{EX}passage/{graph}> ." for graph in (1, 2)]
        lines.append(f"{phase} <{EX}passage/3> .")
    return lines


def write_release(folder: Path, release_id: str, quads: Iterable[str] | None = None) -> Path:
    """A release folder with N-Quads lines; gives the folder."""
    folder.mkdir(parents=True)
    lines = small_quads() if quads is None else quads
    with gzip.open(folder / "dataset.nq.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    (folder / "manifest.json").write_text(json.dumps({"id": release_id, "version": "0", "counts": {}}))
    return folder


def publish(folder: Path, link: Path) -> None:
    """Point `link` at a release folder, atomically, as the builder does."""
    fresh = link.with_suffix(".new")
    fresh.symlink_to(folder)
    fresh.replace(link)
