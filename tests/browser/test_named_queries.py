"""Named queries in a browser: the form works with scripts and without, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, on_a_phone, without_scripts
from tests.browser.test_pages import violations

PILOTS = "/query/pilots-in-country"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/query/", 200),
        (PILOTS, 200),
        ("/query/what-a-document-says-about", 200),
        ("/query/factors-named-by-many-sources", 200),
        ("/query/who-says-that-trust-matters", 200),
        (PILOTS + "?country=mars", 422),
        ("/query/factors-named-by-many-sources?least=many", 422),
    ],
)
def test_axe_finds_nothing(page: Page, watch: Watched, site: str, path: str, status: int) -> None:
    if status != 200:
        watch.expect(str(status))
    answer = page.goto(site + path)
    assert answer is not None
    assert answer.status == status
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []


@without_scripts
def test_the_form_works_without_scripts(page: Page, site: str) -> None:
    page.goto(site + "/query/")
    page.get_by_role("link", name="Pilots in a country").click()
    page.get_by_label("Country").select_option(label="Georgia")
    page.get_by_role("button", name="Show the answer").click()
    assert page.url == site + PILOTS + "?country=georgia"
    rows = page.locator("table.results tbody tr")
    assert rows.count() == 1
    assert "Georgia: two schools" in rows.first.inner_text()
    assert page.get_by_label("Country").input_value() == "georgia"
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert "Georgia: two schools" in download.value.path().read_text()


@without_scripts
def test_text_with_every_trick_is_sent_and_shown_as_it_is(page: Page, site: str) -> None:
    page.goto(site + "/query/statements-with-word")
    hostile = "\"') } # <script>$word\\"
    page.get_by_label("Word or words").fill(hostile)
    page.get_by_role("button", name="Show the answer").click()
    assert page.get_by_label("Word or words").input_value() == hostile
    assert page.locator(".result .empty").is_visible()
    assert page.get_by_role("alert").count() == 0


def test_the_answer_leads_on_to_the_editor(page: Page, site: str) -> None:
    page.goto(site + PILOTS + "?country=norway")
    shown = page.locator("table.results tbody tr").count()
    page.get_by_text("The query in SPARQL").click()
    page.get_by_role("link", name="Open in the editor").click()
    expect(page.locator(".query-editor .cm-content")).to_contain_text("country/norway")
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("table.results tbody tr")).to_have_count(shown)


@on_a_phone
def test_on_a_phone_nothing_sticks_out(page: Page, site: str) -> None:
    for path in ("/query/", PILOTS, "/query/statements-by-source"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
