"""A browser for the pages, and what holds for every one of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")


class AnyPage:
    """What is asked of every page; a test class of its own says how many pictures it shows at least.

    Its module has the fixture `address`.
    """

    pictures = 0

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1200, 360])
    def test_it_opens_from_a_file_alone(self, browser, address, width, scheme):
        check_page(browser, address, width, scheme, pictures=self.pictures)

    def test_the_keyboard_reaches_the_content_first(self, browser, address):
        check_keyboard(browser, address)

    def test_it_prints(self, browser, address):
        check_print(browser, address)


@contextmanager
def opened(home: Path) -> Iterator:
    """The test that asks is skipped where there is no chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"no chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        env, arguments = {**os.environ, "HOME": str(home)}, ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, env=env)
        yield browser
        browser.close()


def check_page(browser, address: str, width: int, scheme: str, *, pictures: int) -> None:
    """Nothing complained of, nothing loaded but the page, nothing wider than the screen, and as light as was asked."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.wait_for_load_state("networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert page.evaluate("document.images.length") >= pictures
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = (page.evaluate(f"getComputedStyle(document.body).{of}") for of in ("color", "backgroundColor"))
    assert (brightness(ink) > brightness(paper)) == (scheme == "dark")
    page.close()


def brightness(colour: str) -> int:
    return sum(map(int, colour[4:-1].split(",")))


def check_keyboard(browser, address: str) -> None:
    """The first key leads to the content."""
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#content", timeout=10_000)  # the key is answered when the page has time for it
    page.close()


def check_print(browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()
