"""The pictures of the README, made by a conversation with the default engine and catalog.

`CONCIERGE_PICTURES=docs/pictures .venv/bin/python -m pytest tests/ui/test_pictures.py` writes them anew; any other run
makes them in a temporary folder and checks that they can be made.
"""

import os
from pathlib import Path

import pytest
from rich.console import Console

from assistant.launch import assembled
from assistant.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.realdata, pytest.mark.timeout(900)]

LARGEST = 300_000
"""Bytes of one picture: a README should open at once."""


@pytest.fixture
def folder(tmp_path):
    folder = Path(os.environ.get("CONCIERGE_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.figures
def test_pictures_for_the_readme(serve, open_page, talk, folder):
    def picture(page, name):
        page.wait_for_timeout(500)
        page.screenshot(path=folder / f"{name}.png")
        assert (folder / f"{name}.png").stat().st_size < LARGEST

    def top(page):
        page.evaluate("document.activeElement.blur(); document.querySelector('.turn:last-child').scrollIntoView()")

    with assembled(Settings(CONCIERGE_ENGINE="llama.cpp"), Console(quiet=True)) as assistant:
        address = serve(assistant)
        page = open_page(address, width=1440, height=1000)
        page.set_default_timeout(180_000)
        picture(page, "welcome")
        talk(page, "I loved The Matrix and Inception, something mind-bending after 2005, no horror")
        top(page)
        picture(page, "conversation")
        page.locator(".act-like").nth(1).click()
        page.wait_for_selector(".part-notes p")
        page.locator(".ask-why").first.click()
        picture(page, "why")
        page.keyboard.press("Escape")
        page.locator(".act-compare").nth(0).click()
        page.locator(".act-compare").nth(1).click()
        page.wait_for_selector("dialog[open] .versus")
        picture(page, "compare")
        phone = open_page(address, width=390, height=844, dark=True)
        phone.set_default_timeout(180_000)
        talk(phone, "A tense thriller under 100 minutes, nothing with ghosts")
        top(phone)
        picture(phone, "phone-dark")
