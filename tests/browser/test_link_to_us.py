"""“Link to us” in a browser: terms are looked up without scripts, and the answer is for everyone to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import on_a_phone, without_scripts
from tests.browser.test_pages import violations

TERMS = "University of Helsinki\npeer learning\nAcme Rockets"
PREVIEW = "/reconcile/preview?id=id%2Forganisation%2Funiversity-of-helsinki"


def look_up(page: Page, site: str) -> None:
    page.goto(site + "/link-to-us")
    page.get_by_label("Your terms, one in each line").fill(TERMS)
    page.get_by_role("button", name="Look them up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which of your terms we have", timeout=20_000)


def test_axe_finds_nothing_in_the_answer(page: Page, site: str) -> None:
    look_up(page, site)
    assert violations(page) == []


@without_scripts
def test_terms_are_looked_up_and_taken_along_without_scripts(page: Page, site: str) -> None:
    look_up(page, site)
    expect(page.get_by_role("row", name="University of Helsinki")).to_contain_text("sure")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take along as CSV").click()
    assert download.value.suggested_filename == "matches.csv"


@on_a_phone
def test_the_answer_fits_a_phone(page: Page, site: str) -> None:
    look_up(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def client_of_ours(site: str) -> Iterator[str]:
    """The address of a page of another origin, a server of its own, with the preview in a frame."""
    html = f'<iframe src="{site}{PREVIEW}" width="430" height="260" title="preview"></iframe>'.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_preview_shows_in_a_frame_elsewhere(page: Page, client_of_ours: str) -> None:
    """As OpenRefine shows it: in a frame on a page of another origin."""
    page.goto(client_of_ours)
    heading = page.frame_locator("iframe").get_by_role("heading", name="University of Helsinki")
    expect(heading).to_be_visible(timeout=20_000)
