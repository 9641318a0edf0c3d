"""Styles and scripts: what the bundler makes, what pages load, what is served; rules for templates."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.assets import bundle
from service.errors import Problem
from service.pages.assets import Assets
from service.pages.responses import TEMPLATES

ROOT = bundle.ROOT


def test_styles_are_copied_under_names_that_change_with_their_content(tmp_path: Path) -> None:
    for folder, content in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "style.css").write_text(content)
    out = tmp_path / "out"
    out.mkdir()
    names = [bundle.copy_styles(tmp_path / folder, out)["style.css"] for folder in "abc"]
    assert names[0] == names[1] != names[2]
    assert (out / names[0]).read_text() == "x"


def test_a_new_bundle_replaces_the_old_one_which_a_running_service_can_still_serve(tmp_path: Path) -> None:
    dist, out = tmp_path / "dist", tmp_path / "out"
    dist.mkdir()
    out.mkdir()
    (dist / "old.css").write_text("old")
    (dist / "older.css").write_text("older")
    os.utime(dist / "older.css", (0, 0))
    (out / "new.css").write_text("new")
    (out / bundle.MANIFEST).write_text("{}")
    bundle.replace(dist, out, complete=True)
    assert sorted(path.name for path in dist.iterdir()) == [".built", bundle.MANIFEST, "new.css", "old.css"]


def test_without_node_the_styles_are_made_and_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(program: str, path: str = "") -> None:
        return None

    monkeypatch.setattr(bundle.shutil, "which", nothing)
    monkeypatch.setattr(bundle, "DIST", tmp_path / "dist")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    bundle.main()
    said = capsys.readouterr().out
    assert "there is no node" in said
    assert "plain text box" in said
    assert not (tmp_path / "dist" / ".built").exists(), "make tries again"
    names = json.loads((tmp_path / "dist" / bundle.MANIFEST).read_text())
    assert "style.css" in names
    assert not any(name.endswith(".js") for name in names)


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "://" not in re.sub(r'"url": "[^"]*"', "", lock)
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()


def test_versions_of_script_libraries_are_exact() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_before_the_bundle_is_made_pages_use_the_styles_as_written(tmp_path: Path) -> None:
    assets = Assets(tmp_path / "dist")
    assert assets.address("style.css") == "/assets/style.css"
    assert assets.address("query.js") == ""
    served = assets.serve("style.css")
    assert served.headers["Content-Type"] == "text/css; charset=utf-8"
    assert served.headers["Cache-Control"] == "no-cache"
    for name in ("query.js", "bundle.py", "__init__.py", "../app.py"):
        with pytest.raises(Problem):
            assets.serve(name)


def test_hashed_files_may_be_kept_for_ever(tmp_path: Path) -> None:
    (tmp_path / "style-1.css").write_text("x")
    (tmp_path / "secret.css").write_text("x")
    (tmp_path / bundle.MANIFEST).write_text('{"style.css": "style-1.css"}')
    assets = Assets(tmp_path)
    assert assets.address("style.css") == "/assets/style-1.css"
    assert "immutable" in assets.serve("style-1.css").headers["Cache-Control"]
    with pytest.raises(Problem):
        assets.serve("secret.css")


def test_pages_load_only_from_here(client: FlaskClient) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', answer.text):
        assert client.get(address).status_code == 200


def test_every_template_escapes_and_has_no_script_or_style_of_its_own(site: Flask) -> None:
    templates = sorted(TEMPLATES.rglob("*"))
    for path in templates:
        if path.is_dir():
            continue
        assert path.suffix == ".html", "only .html is escaped by default"
        text = path.read_text(encoding="utf-8")
        assert site.jinja_env.autoescape(path.name) is True  # type: ignore[operator]
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
        # Data, which is not run:
        text = text.replace('<script type="application/ld+json">{{ schema_org }}</script>', "")
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)
