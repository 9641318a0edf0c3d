"""The adviser in a browser: from the form to a passage, by keyboard, without scripts, on a phone."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, in_the_dark, on_a_phone, without_scripts
from tests.browser.test_pages import violations

GOAL = "We want to find out where we stand and map our needs."


def ask(page: Page, site: str, **chosen: str) -> None:
    """Fill in the form: the goal, and selects by the name of their field."""
    page.goto(f"{site}/advice")
    page.get_by_label("What would you like to change or achieve?").fill(GOAL)
    for name, value in {"schools": "one", "country": "finland", **chosen}.items():
        page.locator(f'select[name="{name}"]').select_option(value)
    page.get_by_role("button", name="Get advice").click()


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@without_scripts
def test_from_the_form_to_the_passage_that_says_so(page: Page, site: str) -> None:
    ask(page, site)
    expect(page).to_have_title("Your advice · MentorGraph")
    card = page.get_by_role("article").filter(has=page.get_by_role("link", name="Digipeda workshop"))
    reason = card.get_by_role("listitem").filter(has_text="Suitable for step 4").first
    reason.locator("summary").first.click()
    expect(reason).to_contain_text("The method is suitable to be used in Phase 4.")
    reason.get_by_role("link", name="See the passage").first.click()
    expect(page.locator("main")).to_contain_text("The method is suitable to be used in Phase 4.")
    assert "ihub4schools-d3.2" in page.url


@without_scripts
def test_what_is_ruled_out_says_why(page: Page, site: str) -> None:
    ask(page, site)
    out = page.get_by_role("region", name="Ruled out")
    expect(out).to_contain_text("Digital Mirror")
    expect(out).to_contain_text("Made for schools in Estonia, not for yours.")
    expect(page.get_by_role("region", name="Instruments")).not_to_contain_text("Digital Mirror")


@without_scripts
def test_a_question_is_answered_where_it_is_asked(page: Page, site: str) -> None:
    page.goto(f"{site}/advice")
    page.get_by_role("button", name="Get advice").click()
    asked = page.get_by_role("region", name="Tell us this first")
    expect(asked.get_by_text("From one answer to another")).to_have_count(3)
    asked.get_by_role("combobox").first.select_option(index=1)
    asked.get_by_role("button", name="Update the advice").click()
    expect(page).to_have_title("Your advice · MentorGraph")


@without_scripts
def test_faults_lead_to_their_answers_which_are_kept(page: Page, watch: Watched, site: str) -> None:
    watch.expect("422")
    page.goto(f"{site}/advice")
    page.get_by_label("What would you like to change or achieve?").fill(GOAL)
    page.get_by_label("How many months may the whole development take?").fill("soon")
    page.get_by_role("button", name="Get advice").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("One answer needs another look")
    alert.get_by_role("link").click()
    expect(page.locator(":target")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What would you like to change or achieve?")).to_have_value(GOAL)


def test_answers_can_be_kept_in_a_file_and_used_again(page: Page, site: str, tmp_path: Path) -> None:
    ask(page, site)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download answers").click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    assert json.loads(file.read_text(encoding="utf-8"))["country"] == "finland"
    page.goto(f"{site}/advice")
    page.get_by_text("Go on with answers that you downloaded").click()
    page.get_by_label("Your file of answers").set_input_files(file)
    page.get_by_role("button", name="Fill in the form").click()
    expect(page.get_by_label("What would you like to change or achieve?")).to_have_value(GOAL)
    expect(page.locator('select[name="country"]')).to_have_value("finland")


@without_scripts
def test_a_changed_answer_tells_what_changed(page: Page, site: str) -> None:
    ask(page, site)
    page.get_by_role("button", name="Change answers").click()
    page.locator('select[name="country"]').select_option("estonia")
    page.get_by_role("button", name="Get advice").click()
    changed = page.get_by_role("region", name="What changed since your last answers")
    expect(changed.get_by_role("row").filter(has_text="In which country?")).to_contain_text("Estonia")


@without_scripts
def test_a_link_holds_the_answers(page: Page, site: str) -> None:
    ask(page, site)
    page.get_by_text("Keep these answers, or compare them").click()
    page.get_by_role("link", name="A link that holds your answers").click()
    expect(page.get_by_label("What would you like to change or achieve?")).to_have_value(GOAL)
    expect(page).to_have_title("Get advice · MentorGraph")


def test_the_form_is_filled_in_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/advice")
    page.get_by_label("What would you like to change or achieve?").focus()
    page.keyboard.type(GOAL)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Get advice":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_title("Your advice · MentorGraph")


def test_axe_finds_nothing_on_form_and_advice(page: Page, watch: Watched, site: str) -> None:
    page.goto(f"{site}/advice")
    open_all(page)
    assert violations(page) == []
    ask(page, site, schools="several", country="hungary")
    open_all(page)
    assert violations(page) == []
    page.get_by_role("button", name="Change answers").click()
    page.locator('select[name="country"]').select_option("estonia")
    page.get_by_role("button", name="Get advice").click()
    assert violations(page) == []
    watch.expect("422")
    page.goto(f"{site}/advice")
    page.get_by_label("How many months may the whole development take?").fill("soon")
    page.get_by_role("button", name="Get advice").click()
    assert violations(page) == []


@in_the_dark
def test_axe_finds_nothing_in_the_dark(page: Page, site: str) -> None:
    ask(page, site)
    assert violations(page) == []


@on_a_phone
def test_nothing_is_wider_than_a_phone(page: Page, site: str) -> None:
    page.goto(f"{site}/advice")
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ask(page, site)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_there_are_no_buttons(page: Page, site: str) -> None:
    ask(page, site)
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Change answers").is_visible()
    assert page.get_by_role("heading", name="Methods").is_visible()
