"""What counts as a release folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.sparql.process import Release, ReleaseError


@pytest.mark.parametrize("manifest", ["{", "[]", "3", "{}"])
def test_a_broken_manifest_is_no_release(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ReleaseError, match="no release here"):
        Release.find(tmp_path)
