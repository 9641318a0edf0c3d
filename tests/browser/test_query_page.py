"""The query page in a browser, with scripts and without."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, on_a_phone, without_scripts
from tests.browser.test_pages import violations
from tests.service.pages import hostile

EDITOR = ".query-editor .cm-content"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def _write(page: Page, query: str) -> None:
    page.locator(EDITOR).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(query)


def test_an_example_loads_and_runs(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    page.locator("aside summary", has_text="Methods").click()
    page.locator("aside .examples a").filter(visible=True).first.click()
    expect(page.locator(EDITOR)).to_contain_text("# title:")
    assert page.locator(".result").count() == 0, "opening an example runs nothing"
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("table.results")).to_be_visible()
    assert page.locator("table.results tbody tr").count() > 0
    assert page.evaluate("document.activeElement.id") == "result"
    assert violations(page) == []


def test_the_keyboard_runs_a_query(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    _write(page, COUNT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("table.results")).to_be_visible()
    assert int(page.locator("table.results td").nth(1).inner_text()) > 1000


def test_the_editor_is_no_trap_for_the_tab_key(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    page.locator(EDITOR).click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run the query"


def test_the_editor_has_its_look_under_the_policy(page: Page, site: str) -> None:
    """CodeMirror's styles arrive through constructed style sheets; a <style> element would be refused."""
    page.goto(site + "/sparql")
    colour = page.locator(".cm-line", has_text="SELECT").locator("span").first
    assert colour.evaluate("e => getComputedStyle(e).fontWeight") == "600"
    assert page.evaluate("document.querySelectorAll('style').length") == 0
    shadow = "document.querySelector('.query-editor').shadowRoot"
    assert page.evaluate(f"{shadow}.querySelectorAll('style').length") == 0
    assert page.evaluate(f"{shadow}.adoptedStyleSheets.length") > 0


def test_the_editor_completes_terms_of_the_ontology(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    _write(page, "SELECT * { ?m smm:suitableFor")
    page.keyboard.press("Control+Space")
    option = page.locator(".cm-tooltip-autocomplete li", has_text="smm:suitableForPhase")
    expect(option).to_be_visible()
    page.wait_for_timeout(200)  # the editor ignores a key that comes before a person could have read the list
    page.keyboard.press("Tab")
    expect(page.locator(EDITOR)).to_contain_text("smm:suitableForPhase")


def test_an_error_is_marked_where_it_is(page: Page, watch: Watched, site: str) -> None:
    watch.expect("400")
    page.goto(site + "/sparql")
    _write(page, "SELECT * WHERE {\n  ?s ?p\n")
    page.get_by_role("button", name="Run the query").click()
    expect(page.get_by_role("alert")).to_contain_text("Line")
    expect(
        page.locator(".query-editor .cm-lintRange-error, .query-editor .cm-lintPoint-error")
    ).to_have_count(1)
    expect(page.locator(EDITOR)).to_contain_text("?s ?p")
    assert violations(page) == []


def test_a_long_query_travels_in_the_body(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    _write(page, COUNT + "".join(f"\n# a comment that makes it long, line {n}" for n in range(300)))
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("table.results")).to_be_visible()
    assert page.url == site + "/sparql"


def test_results_can_be_downloaded(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": COUNT, "run": "1"}))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.path().read_text().startswith("n\n")


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("<img src=x onerror=window.harmed=1>" AS ?x) {}',
        f'SELECT (IRI("{hostile.JAVASCRIPT}") AS ?x) {{}}',
        "SELECT * WHERE { ?s ?p ?o }",
        f"SELECT * WHERE {{ <{hostile.THING}> ?p ?o }}",
        "</textarea><script>window.harmed=1</script>",
    ],
)
def test_hostile_results_harm_nobody(page: Page, watch: Watched, hostile_site: str, query: str) -> None:
    watch.expect("400")
    page.goto(hostile_site + "/sparql?" + urlencode({"query": query, "run": "1"}))
    expect(page.locator(EDITOR)).to_be_visible()
    hrefs = page.eval_on_selector_all("main a", "all => all.map(a => a.protocol)")
    assert set(hrefs) <= {"http:", "https:"}
    assert page.evaluate("window.harmed") is None


@without_scripts
def test_without_scripts_a_plain_form_does_the_same(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    box = page.get_by_label("Query")
    assert box.is_visible()
    box.fill(COUNT)
    page.get_by_role("button", name="Run the query").click()
    assert page.locator("table.results").is_visible()
    assert page.get_by_label("Query").input_value() == COUNT


@on_a_phone
def test_on_a_phone_results_scroll_in_their_own_box(page: Page, site: str) -> None:
    wide = "SELECT * WHERE { GRAPH ?g { ?s ?p ?o . ?s ?p2 ?o2 } } LIMIT 20"
    page.goto(site + "/sparql?" + urlencode({"query": wide, "run": "1"}))
    expect(page.locator("table.results")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
