"""What counts as a release folder, and a zygote that answers no more."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from service.sparql import process
from service.sparql.process import Release, ReleaseError, Zygote


@pytest.mark.parametrize("manifest", ["{", "[]", "3", "{}"])
def test_a_broken_manifest_is_no_release(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ReleaseError, match="no release here"):
        Release.find(tmp_path)


def test_a_zygote_that_answers_no_more_is_ended(small_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "ANSWER_SECONDS", 0.5)
    zygote = Zygote(Release.find(small_release), 1 << 28, "unnamed")
    os.kill(zygote._process.pid, signal.SIGSTOP)
    with pytest.raises(OSError, match="timed out"):
        zygote.fork()
    zygote._process.wait(5)
    assert not zygote.alive()
    zygote.close()
