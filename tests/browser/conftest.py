"""A real Chromium over a real server, for every browser test; skipped, saying so, where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kb.release import Release
from tests.http.server import running_server
from tests.service.pages.hostile import hostile_quads
from tests.service.sparql.releases import write_release

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless: the one that CHROMIUM names, or that is installed."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("no Chromium: install it, or name its program in CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the real release."""
    with running_server(release.path, tmp_path_factory.mktemp("site") / "log") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a release that means harm."""
    folder = tmp_path_factory.mktemp("hostile")
    release = write_release(folder / "release", "0-hostile", hostile_quads())
    with running_server(release, folder / "log") as server:
        yield f"http://127.0.0.1:{server.port}"


class Watched:
    """What went wrong in a page: errors of scripts, violations of the policy, requests to elsewhere."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        context.on("console", lambda message: self._note(message.type == "error", message.text))
        context.on("weberror", lambda error: self._note(True, str(error.error)))
        context.on("dialog", lambda dialog: self._note(True, f"a dialog: {dialog.message}"))
        context.on("request", lambda request: self._note(not _is_local(request.url), request.url))

    def _note(self, is_fault: bool, text: str) -> None:
        if is_fault and not any(words in text for words in self.expected):
            self.faults.append(text)

    def expect(self, *words: str) -> None:
        """Let errors with these words pass, such as a status of 400 that the test provokes."""
        self.expected += words


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "about:", "data:", "blob:"))


@pytest.fixture
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, Watched]]:
    """A fresh page and its watch; the test fails if the page did anything it should not.

    Options for the context (viewport, java_script_enabled, …) come by indirect parameters.
    """
    options: dict[str, Any] = {"viewport": DESK, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    watch = Watched(context)
    yield context.new_page(), watch
    context.close()
    assert watch.faults == []


@pytest.fixture
def page(watched: tuple[Page, Watched]) -> Page:
    return watched[0]


@pytest.fixture
def watch(watched: tuple[Page, Watched]) -> Watched:
    return watched[1]


without_scripts = pytest.mark.parametrize("watched", [{"java_script_enabled": False}], indirect=True)
on_a_phone = pytest.mark.parametrize("watched", [{"viewport": PHONE}], indirect=True)
in_the_dark = pytest.mark.parametrize("watched", [{"color_scheme": "dark"}], indirect=True)
