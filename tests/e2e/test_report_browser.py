"""The report in a real browser: nothing loaded, nothing complained of, nothing wider than the screen."""

import os
import sys
from pathlib import Path

import pytest

from fabula import report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
sys.path.insert(0, str(Path(__file__).parents[1] / "report"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not CHROMIUM.exists():
        pytest.skip(f"no chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        env = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
        arguments = ["--no-sandbox", "--disable-gpu"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, env=env)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    from finished_run import make_run

    folder = tmp_path_factory.mktemp("browser")
    return report.write([make_run(folder / "demo")], folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_opens_from_a_file_alone(browser, address, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (brightness(ink) > brightness(paper)) == (scheme == "dark")
    page.close()


def brightness(colour: str) -> int:
    return sum(map(int, colour[4:-1].split(",")))


def test_the_keyboard_reaches_the_content_first(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.close()


def test_the_page_prints(browser, address):
    page = browser.new_page()
    page.goto(address)
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()
