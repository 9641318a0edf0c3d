"""The query page in a browser, with scripts and without."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, in_the_dark, on_a_phone, without_scripts
from tests.browser.test_pages import violations
from tests.service.pages import hostile

EDITOR = ".query-editor .cm-content"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
PREFIX = "PREFIX smm: <https://w3id.org/school-mentoring/ontology#>\n"
PASSAGES = PREFIX + "SELECT * { GRAPH ?passage { ?method smm:suitableForPhase ?phase } }"
COUNTRIES = (
    PREFIX
    + """SELECT ?country (COUNT(?i) AS ?n) { ?i a smm:Initiative ; smm:inCountry ?country }
GROUP BY ?country ORDER BY DESC(?n)"""
)
GRAPH = PREFIX + "CONSTRUCT { ?m smm:suitableForPhase ?p } WHERE { ?m smm:suitableForPhase ?p }"
SLOW = PREFIX + "SELECT * { ?a a smm:Pilot . ?b a smm:Method FILTER NOT EXISTS { ?a smm:text 'x' } }"


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


def test_completion_explains_a_term_and_brings_its_prefix(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    _write(page, "SELECT * { ?m a smm:PracticalMeth")
    page.keyboard.press("Control+Space")
    option = page.locator(".cm-tooltip-autocomplete li[aria-selected]", has_text="smm:PracticalMethod")
    expect(option).to_contain_text("practical method")
    expect(page.locator(".cm-completionInfo")).to_contain_text("method")
    option.click()
    expect(page.locator(EDITOR)).to_contain_text("PREFIX smm: <https://w3id.org/school-mentoring/ontology#>")
    expect(page.locator(EDITOR)).to_contain_text("?m a smm:PracticalMethod")


def test_a_header_sorts_in_place(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": COUNTRIES, "run": "1"}))
    numbers = (
        "[...document.querySelectorAll('table.results tbody tr')].map(r => Number(r.cells[2].textContent))"
    )
    names = "[...document.querySelectorAll('table.results tbody tr')].map(r => r.cells[1].innerText.trim())"
    before = page.evaluate(numbers)
    assert before == sorted(before, reverse=True)
    address = page.url
    header = page.locator("th", has=page.get_by_role("button", name="n", exact=True))
    header.get_by_role("button").press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate(numbers) == sorted(before)
    page.get_by_role("button", name="country", exact=True).click()
    expect(header).to_have_attribute("aria-sort", "none")
    shown = page.evaluate(names)
    assert shown == sorted(shown, key=str.casefold)
    assert (
        page.evaluate("[...document.querySelectorAll('tbody tr')].map(r => r.cells[0].textContent)[0]") == "1"
    )
    assert page.url == address, "nothing was asked again"


@without_scripts
def test_a_header_sorts_without_scripts(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": COUNTRIES, "run": "1"}))
    first = page.locator("table.results tbody tr").first
    most = first.locator("td").nth(2).inner_text()
    page.get_by_role("button", name="n", exact=True).click()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.get_by_role("button", name="n", exact=True).click()
    assert page.locator("th[aria-sort=descending]").count() == 1
    assert first.locator("td").nth(2).inner_text() == most
    assert page.get_by_label("Query").input_value() == COUNTRIES


@without_scripts
def test_pictures_are_switched_without_scripts(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": COUNTRIES, "run": "1"}))
    chart = page.get_by_role("img", name="Map of n by country")
    assert chart.is_visible()
    assert page.locator("table.results").is_visible(), "the table stays"
    page.get_by_role("radio", name="Bars of n").check()
    assert not chart.is_visible()
    assert page.get_by_role("img", name="Bars of n by country").is_visible()
    page.get_by_role("radio", name="Table only").check()
    assert page.locator(".chart:visible").count() == 0
    iri = page.locator(".by-iri").first
    assert not iri.is_visible()
    page.get_by_label("Show IRIs").check()
    assert iri.is_visible()


@without_scripts
def test_the_passage_behind_a_row_opens_without_scripts(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": PASSAGES, "run": "1"}))
    behind = page.locator("details.behind").first
    assert not behind.locator("p").first.is_visible()
    behind.locator("summary").focus()
    page.keyboard.press("Enter")
    assert "“" in behind.locator(".quote").locator("..").inner_text()
    assert "section" in behind.inner_text()


def test_a_graphs_picture_is_walked_by_keyboard(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": GRAPH, "run": "1"}))
    node = page.locator(".chart--graph a").first
    node.focus()
    assert node.locator(".node").evaluate("e => getComputedStyle(e).strokeWidth") == "3px"
    href = node.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/**")
    assert page.url == site + str(href)


@without_scripts
def test_explain_works_without_scripts(page: Page, site: str) -> None:
    page.goto(site + "/sparql")
    page.get_by_label("Query").fill(SLOW)
    page.get_by_role("button", name="Explain it").click()
    assert page.locator(".explained .slow").count() == 2
    assert page.locator("table.results").count() == 0
    page.get_by_role("link", name="How to write it").first.click()
    assert "/hints#" in page.url
    assert page.locator(page.url[page.url.index("#") :]).is_visible()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [(PASSAGES, "run"), (COUNTRIES, "run"), (GRAPH, "run"), (SLOW, "explain")],
    ids=["passages", "countries", "graph", "explained"],
)
def test_axe_finds_nothing_in_any_kind_of_result(page: Page, site: str, query: str, wanted: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": query, wanted: "1"}))
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []


@in_the_dark
def test_axe_finds_nothing_in_results_in_the_dark(page: Page, site: str) -> None:
    page.goto(site + "/sparql?" + urlencode({"query": COUNTRIES, "run": "1"}))
    assert violations(page) == []


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
    for query in (wide, COUNTRIES, GRAPH):
        page.goto(site + "/sparql?" + urlencode({"query": query, "run": "1"}))
        expect(page.locator("table.results")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
