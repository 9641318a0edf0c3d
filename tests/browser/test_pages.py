"""The pages in a browser: accessible, usable by keyboard, on a phone, in the dark and on paper."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Watched, in_the_dark, on_a_phone
from tests.service.pages.test_pages import KINDS

every_kind = pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _open(page: Page, watch: Watched, address: str) -> None:
    if "nothing-such" in address:
        watch.expect("404")
    page.goto(address)


def violations(page: Page) -> list[str]:
    """What axe finds on the page, one line each."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


@every_kind
def test_axe_finds_nothing(page: Page, watch: Watched, site: str, path: str) -> None:
    _open(page, watch, site + path)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate("document.querySelectorAll('.term:nth-of-type(n+30)').forEach((one) => one.remove())")
    assert violations(page) == []


@in_the_dark
@pytest.mark.parametrize("path", [KINDS["method"], KINDS["passage"], KINDS["query"], KINDS["home"]])
def test_axe_finds_nothing_in_the_dark(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    assert violations(page) == []


@on_a_phone
@every_kind
def test_nothing_is_wider_than_a_phone(page: Page, watch: Watched, site: str, path: str) -> None:
    _open(page, watch, site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@on_a_phone
def test_links_and_buttons_are_large_enough_for_a_thumb(page: Page, site: str) -> None:
    """WCAG 2.2, 2.5.8: targets of 24 by 24 pixels, links within sentences excepted."""
    page.goto(site + KINDS["method"])
    targets = "header a, header button, header input, footer a, summary, .tag[href]"
    small = page.eval_on_selector_all(
        targets,
        "all => all.filter(e => e.offsetParent && e.offsetHeight < 24).map(e => e.innerText)",
    )
    assert small == []


def test_the_first_tab_stop_skips_to_the_content(page: Page, site: str) -> None:
    page.goto(site + "/browse")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, (
        "it shows when it has the focus"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_is_visible_everywhere(page: Page, site: str) -> None:
    page.goto(site + KINDS["method"])
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_a_citation_opens_by_keyboard(page: Page, site: str) -> None:
    page.goto(site + KINDS["method"])
    citation = page.locator("details.citation").first
    assert not citation.locator(".citation-body").is_visible()
    citation.locator("summary").focus()
    page.keyboard.press("Enter")
    assert citation.locator(".citation-body").is_visible()
    assert "See the passage" in citation.inner_text()


def test_the_search_in_the_header_finds(page: Page, site: str) -> None:
    page.goto(site + "/about")
    page.get_by_role("search").get_by_role("searchbox").fill("colegial tutoring")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Collegial tutoring").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Collegial tutoring"


def test_on_paper_every_citation_is_open_and_the_menu_gone(page: Page, site: str) -> None:
    page.goto(site + KINDS["method"])
    assert not page.locator(".citation-body").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".citation-body").first.is_visible()
    assert not page.locator(".site-nav").is_visible()
    assert page.locator("h1").is_visible()


def test_hostile_data_harm_nobody(page: Page, watch: Watched, hostile_site: str) -> None:
    paths = [
        "/",
        "/browse",
        "/browse/method",
        "/id/method/harm.html",
        "/id/document/bad-document.html",
        "/about",
    ]
    paths += ["/id/passage/bad-document/L1-2.html", "/search?q=harm", "/ontology.html"]
    for path in paths:
        page.goto(hostile_site + path)
        assert page.evaluate("window.harmed") is None, path
        assert page.locator("img").count() == 0
    page.goto(hostile_site + "/search?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.harmed%3D1%3E")
    assert page.evaluate("window.harmed") is None
