"""Releases: write one as an immutable folder, publish it atomically, list, roll back, verify.

The same quads give the same bytes: sorted lines, no time stamps, gzip without name or time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

KEEP = 10
CURRENT = "current"
_DATASET = "dataset.nq.gz"
_MANIFEST = "manifest.json"


class ReleaseError(Exception):
    """A release that is missing, damaged or cannot be published. The text says what to do."""


@dataclass(frozen=True)
class Release:
    """A published release. ``manifest`` is the parsed ``manifest.json``."""

    path: Path
    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    @property
    def dataset(self) -> Path:
        return self.path / _DATASET


def default_graph(quads: Iterable[ox.Quad]) -> list[str]:
    """N-Quads lines of the default graph: every statement of every graph once, unsorted."""
    return list({f"{quad.triple} .\n" for quad in quads})


def named_graphs(quads: Iterable[ox.Quad]) -> list[str]:
    """N-Quads lines of the statements in named graphs, each once, unsorted."""
    return list({f"{quad} .\n" for quad in quads if isinstance(quad.graph_name, ox.NamedNode)})


def write(
    out: Path,
    version: str,
    lines: Iterable[str],
    texts: Mapping[str, str],
    counts: Mapping[str, int],
    sources: Mapping[str, str],
) -> tuple[Release, bool]:
    """Write and publish a release; returns it and whether it is new.

    ``lines``: N-Quads of the dataset, sorted here. ``texts``: further files, name → content. ``sources``:
    name → SHA-256. An equal release that exists already is published as it is.
    """
    dataset = "".join(sorted(lines)).encode("utf-8")
    identifier = f"{version}-{hashlib.sha256(dataset).hexdigest()[:12]}"
    final = out / identifier
    is_new = not final.exists()
    if is_new:
        out.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
        try:
            building.chmod(0o755)
            contents = {
                _DATASET: _compress(dataset),
                **{name: text.encode("utf-8") for name, text in texts.items()},
            }
            manifest = _manifest(identifier, version, contents, counts, sources)
            for name, content in {**contents, _MANIFEST: manifest}.items():
                _write_durably(building / name, content)
            try:
                building.rename(final)
            except OSError:
                if not final.exists():  # else another build of the same sources was quicker
                    raise
                shutil.rmtree(building)
                is_new = False
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
    os.utime(final)  # the order of publishing, which `releases` lists by
    _point_to(out, identifier)
    _prune(out)
    return open_release(final), is_new


def _compress(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=9, mtime=0)


def _manifest(
    identifier: str,
    version: str,
    contents: Mapping[str, bytes],
    counts: Mapping[str, int],
    sources: Mapping[str, str],
) -> bytes:
    files = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(contents.items())
    }
    document = {
        "id": identifier,
        "version": version,
        "counts": dict(counts),
        "files": files,
        "sources": dict(sorted(sources.items())),
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _point_to(out: Path, identifier: str) -> None:
    """Swap the link ``current`` in one step, so that a reader sees the old or the new release, never none."""
    with tempfile.TemporaryDirectory(prefix=".swap-", dir=out) as folder:
        link = Path(folder) / CURRENT
        link.symlink_to(identifier)
        link.replace(out / CURRENT)


def _prune(out: Path) -> None:
    keep = {current_id(out), *(release.id for release in releases(out)[:KEEP])}
    for release in releases(out):
        if release.id not in keep:
            shutil.rmtree(release.path)


def releases(out: Path) -> list[Release]:
    """All releases in ``out``, the last published first."""
    folders = [path.parent for path in out.glob(f"*/{_MANIFEST}") if not path.parent.is_symlink()]
    folders = [folder for folder in folders if not folder.name.startswith(".")]
    return [
        open_release(f) for f in sorted(folders, key=lambda f: (f.stat().st_mtime_ns, f.name), reverse=True)
    ]


def current_id(out: Path) -> str | None:
    link = out / CURRENT
    return link.readlink().name if link.is_symlink() else None


def open_release(path: Path) -> Release:
    """The release in a folder (or behind a link such as ``releases/current``)."""
    folder = path.resolve()
    try:
        return Release(folder, json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{path} is no release ({error}); build one with: mentorgraph build") from None


def rollback(out: Path, identifier: str | None = None) -> Release:
    """Publish an earlier release: the one named, or the one published before the current one."""
    known = releases(out)
    found = _named(known, identifier) if identifier else _before(known, current_id(out))
    faults = verify(found)
    if faults:
        raise ReleaseError(f"release {identifier} is damaged ({'; '.join(faults)}); choose another one")
    _point_to(out, found.id)
    return found


def pair(out: Path, old: str | None = None, new: str | None = None) -> tuple[Release, Release]:
    """Two releases to compare: by default the current one, and the one published before the later of them."""
    known = releases(out)
    later = _named(known, new or current_id(out) or "")
    return (_named(known, old) if old else _before(known, later.id)), later


def _named(known: list[Release], identifier: str) -> Release:
    found = next((release for release in known if release.id == identifier), None)
    if found is None:
        listed = ", ".join(release.id for release in known) or "none; build one with: mentorgraph build"
        raise ReleaseError(f"no release {identifier}; known: {listed}")
    return found


def _before(known: list[Release], identifier: str | None) -> Release:
    """The release published before one, or the last one where that is unknown."""
    order = [release.id for release in known]
    earlier = known[order.index(identifier) + 1 :] if identifier in order else known
    if not earlier:
        raise ReleaseError("there is no release before the current one; see: mentorgraph releases")
    return earlier[0]


def verify(release: Release) -> list[str]:
    """Read everything again: hashes, sizes, the id, and the counts of statements. Returns what is wrong."""
    faults: list[str] = []
    for name, expected in release.manifest["files"].items():
        path = release.path / name
        if not path.is_file():
            faults.append(f"{name} is missing")
            continue
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != expected["sha256"] or len(content) != expected["bytes"]:
            faults.append(f"{name} is not as it was published")
    return faults or _verify_dataset(release)


def _verify_dataset(release: Release) -> list[str]:
    dataset = gzip.decompress(release.dataset.read_bytes())
    faults: list[str] = []
    digest = hashlib.sha256(dataset).hexdigest()[:12]
    if release.id != f"{release.manifest['version']}-{digest}":
        faults.append(f"the dataset's hash {digest} is not the one in the id")
    found = count(ox.parse(input=dataset, format=ox.RdfFormat.N_QUADS))
    for name, number in found.items():
        if release.manifest["counts"].get(name) != number:
            faults.append(f"{number} {name}, but the manifest says {release.manifest['counts'].get(name)}")
    return faults


def count(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """``triples`` of the default graph, ``quads`` in named graphs, and how many ``graphs`` there are."""
    triples = quads_in_graphs = 0
    graphs: set[ox.NamedNode] = set()
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            quads_in_graphs += 1
            graphs.add(quad.graph_name)
        else:
            triples += 1
    return {"triples": triples, "quads": quads_in_graphs, "graphs": len(graphs)}
