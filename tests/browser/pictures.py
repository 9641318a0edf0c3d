"""Make the pictures of the adviser in docs/images: `python -m tests.browser.pictures http://127.0.0.1:8000`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from service.advice import links
from tests.browser.conftest import DESK, FLAGS, PHONE

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PROFILE = {
    "goal": "Our colleagues are afraid of the new tablets and nobody has time.",
    "schools": "several",
    "country": "hungary",
    "school_levels": ["primary"],
    "time": {"hours": 6},
    "mentor": "external",
}


def main(site: str) -> None:
    """Form, result and plan at desk and phone width, and the plan as it prints; from a running server."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, size in (("desk", DESK), ("phone", PHONE)):
            page = browser.new_page()
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            page.goto(f"{site}/advice?answers={links.encode(PROFILE)}")
            page.screenshot(path=FOLDER / f"advice-form-{name}.png")
            page.goto(f"{site}/advice?run=1&answers={links.encode(PROFILE)}")
            page.evaluate("document.getElementById('list-methods').scrollIntoView()")
            page.screenshot(path=FOLDER / f"advice-result-{name}.png")
            page.evaluate("document.getElementById('way').scrollIntoView()")
            page.screenshot(path=FOLDER / f"advice-plan-{name}.png")
            page.emulate_media(media="print")
            page.evaluate("document.getElementById('way').scrollIntoView()")
            page.screenshot(path=FOLDER / f"advice-print-{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
