"""A release as a store on disk, for one too large for memory: made once, then opened read-only by workers.

The store is a folder `<release>-<default graph>-<fingerprint>` in a cache folder, by default `.disk` beside
the releases. It is made under another name and then renamed, so that half of one is never served, and removed
when its release is gone.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from service.settings import Settings

DATASET = "dataset.nq.gz"
FOLDER = ".disk"
# Measured on the real release and on generated ones of 0.4 and 4 million quads: 34 to 41 (340 bytes a quad).
MEMORY_PER_PACKED_BYTE = 40


def folder_for(settings: Settings, release: Path) -> Path | None:
    """The cache folder for a release that is served from disk; None for one that is held in memory."""
    dataset = release / DATASET
    needed = dataset.stat().st_size * MEMORY_PER_PACKED_BYTE if dataset.exists() else 0
    if settings.store == "memory" or (settings.store == "auto" and needed <= settings.store_memory_mb << 20):
        return None
    return settings.store_folder or release.parent / FOLDER


@dataclass(frozen=True)
class DiskStore:
    """A finished store: its folder and how many quads it holds."""

    folder: Path
    quads: int

    def open(self) -> ox.Store:
        """Read-only. Raises OSError, RuntimeError."""
        return ox.Store.read_only(str(self.folder / "store"))


def prepare(
    release: Path, default_graph: str, cache: Path, fill: Callable[[ox.Store, Path, str], None]
) -> DiskStore:
    """The store of a release, made by `fill` unless it is there. Raises OSError and what `fill` raises.

    Two processes do not make the same: one waits for the other.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel gives it back even if this process is killed
        _remove_orphans(cache)
        final = cache / _name(release, default_graph)
        if not final.exists():
            building = cache / f"{final.name}.part"
            building.mkdir()
            store = ox.Store(str(building / "store"))
            fill(store, release, default_graph)
            store.flush()
            store.optimize()
            about = {"release": str(release), "default_graph": default_graph, "quads": len(store)}
            del store  # closes it
            (building / "about.json").write_text(json.dumps(about))
            building.rename(final)
        return DiskStore(final, int(json.loads((final / "about.json").read_text())["quads"]))


def _name(release: Path, default_graph: str) -> str:
    dataset = (release / DATASET).stat()
    seen = f"{release.resolve()} {dataset.st_size} {dataset.st_mtime_ns}"
    return f"{release.name}-{default_graph}-{hashlib.sha256(seen.encode()).hexdigest()[:12]}"


def _remove_orphans(cache: Path) -> None:
    """Remove what was begun and not finished, and the stores of releases that are gone or have changed."""
    for folder in cache.iterdir():
        if not folder.is_dir():
            continue
        try:
            about = json.loads((folder / "about.json").read_text())
            wanted = folder.name == _name(Path(about["release"]), about["default_graph"])
        except (OSError, ValueError, KeyError, TypeError):
            wanted = False
        if not wanted:
            shutil.rmtree(folder)
