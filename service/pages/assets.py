"""Styles, scripts and pictures: their addresses in pages, and the route that serves them."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Response

from service.assets.bundle import ASSETS, DIST, MANIFEST
from service.errors import Problem

PREFIX = "/assets/"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class Assets:
    """What `bundle` made, or, before it ran, the styles as they are written (scripts need the bundle)."""

    def __init__(self, dist: Path = DIST, sources: Path = ASSETS) -> None:
        self._dist = dist
        self._sources = sources
        manifest = dist / MANIFEST
        self._names: dict[str, str] = (
            json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        )

    @property
    def fingerprint(self) -> str:
        return json.dumps(self._names, sort_keys=True)

    def address(self, name: str) -> str:
        """Where a page gets `style.css` or `query.js`; "" for a script that was not bundled."""
        if name in self._names:
            return PREFIX + self._names[name]
        return PREFIX + name if not name.endswith(".js") and (self._sources / name).is_file() else ""

    def serve(self, name: str) -> Response:
        """A file by its name in `dist`, or an unbundled style. Raises Problem 404."""
        kind = _TYPES.get(Path(name).suffix, "")
        for folder, known in ((self._dist, self._served()), (self._sources, self._unbundled())):
            if kind and name in known:
                response = Response((folder / name).read_bytes(), content_type=kind)
                hashed = name in self._names.values()
                response.headers["Cache-Control"] = _FOR_EVER if hashed else "no-cache"
                return response
        raise Problem(
            404, "not-found", "No such file", f"There is no file {name[:100]} among the pages' files."
        )

    def _served(self) -> frozenset[str]:
        return frozenset({*self._names.values(), "licences.txt"} if self._names else ())

    def _unbundled(self) -> frozenset[str]:
        return (
            frozenset()
            if self._names
            else frozenset(path.name for path in self._sources.iterdir() if path.suffix in (".css", ".svg"))
        )
