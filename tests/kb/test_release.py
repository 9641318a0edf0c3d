"""Releases on disk: publishing, keeping ten, going back, and noticing damage."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kb import release as releases
from kb.local import LocalStore
from kb.release import Release, ReleaseError, current_id, open_release, rollback, verify, write


def publish(out: Path, number: int) -> Release:
    lines = [f"<http://e/{number}> <http://e/p> <http://e/o> {graph}.\n" for graph in ("", "<http://e/g> ")]
    counts = {"triples": 1, "quads": 1, "graphs": 1}
    made, _ = write(out, "1.0.0", lines, {"void.ttl": "# nothing\n"}, counts, {"a.trig": "0" * 64})
    return made


def test_a_release_is_what_the_contract_says(tmp_path: Path) -> None:
    made = publish(tmp_path, 1)
    assert sorted(path.name for path in made.path.iterdir()) == ["dataset.nq.gz", "manifest.json", "void.ttl"]
    packed = made.dataset.read_bytes()
    assert packed[3] == 0  # gzip: no name, no comment
    assert packed[4:8] == bytes(4)  # gzip: no time
    lines = gzip.decompress(packed).decode().splitlines()
    assert lines == sorted(lines)
    manifest = json.loads((made.path / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {"id", "version", "counts", "files", "sources"}
    assert manifest["files"]["void.ttl"]["bytes"] == 10
    assert made.path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "current").readlink() == Path(made.id)


def test_the_last_ten_and_the_current_one_are_kept(tmp_path: Path) -> None:
    made = [publish(tmp_path, number) for number in range(12)]
    kept = [release.id for release in releases.releases(tmp_path)]
    assert kept == [release.id for release in reversed(made[2:])]
    rollback(tmp_path, made[2].id)
    write(tmp_path, "1.0.0", [], {}, {}, {})
    assert current_id(tmp_path) not in {release.id for release in made}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_rollback_goes_one_back_or_to_a_named_one(tmp_path: Path) -> None:
    first, second, third = (publish(tmp_path, number) for number in range(3))
    assert rollback(tmp_path).id == second.id
    assert current_id(tmp_path) == second.id
    assert rollback(tmp_path).id == first.id
    with pytest.raises(ReleaseError, match="no release before"):
        rollback(tmp_path)
    assert rollback(tmp_path, third.id).id == third.id
    assert open_release(tmp_path / "current").id == third.id
    with pytest.raises(ReleaseError, match="no release nope"):
        rollback(tmp_path, "nope")


def test_publishing_an_equal_release_again_makes_it_current(tmp_path: Path) -> None:
    first, second = publish(tmp_path, 1), publish(tmp_path, 2)
    assert current_id(tmp_path) == second.id
    assert publish(tmp_path, 1).id == first.id
    assert current_id(tmp_path) == first.id
    assert [release.id for release in releases.releases(tmp_path)] == [first.id, second.id]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, 1)
    before = sorted(path.name for path in tmp_path.iterdir())

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(releases, "_write_durably", full)
    with pytest.raises(OSError, match="No space"):
        publish(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["dataset.nq.gz", "void.ttl"])
def test_damage_is_found_and_not_rolled_back_to(tmp_path: Path, name: str) -> None:
    first, _ = publish(tmp_path, 1), publish(tmp_path, 2)
    assert verify(first) == []
    content = bytearray((first.path / name).read_bytes())
    content[-1] ^= 1
    (first.path / name).write_bytes(content)
    assert verify(first) == [f"{name} is not as it was published"]
    with pytest.raises(ReleaseError, match="damaged"):
        rollback(tmp_path)
    (first.path / name).unlink()
    assert verify(first) == [f"{name} is missing"]


def test_a_manifest_that_does_not_fit_its_dataset_is_found(tmp_path: Path) -> None:
    made = publish(tmp_path, 1)
    made.manifest["counts"]["triples"] = 7
    assert verify(made) == ["1 triples, but the manifest says 7"]
    made.manifest["version"] = "2.0.0"
    assert len(verify(made)) == 2


def test_a_folder_that_is_no_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="mentorgraph build"):
        open_release(tmp_path / "current")
    assert releases.releases(tmp_path) == []
    assert current_id(tmp_path) is None


def test_a_local_store_answers_select_queries_only(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    store = LocalStore(tmp_path / "current")
    rows = store.rows("SELECT ?s ?x { ?s <http://e/p> ?o OPTIONAL { ?s <http://e/none> ?x } }")
    assert [{name: term.value for name, term in row.items()} for row in rows] == [{"s": "http://e/1"}]  # type: ignore[union-attr]
    with pytest.raises(TypeError, match="SELECT"):
        store.rows("ASK {}")
