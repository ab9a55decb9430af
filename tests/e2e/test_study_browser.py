"""The page of a study in a real browser: nothing loaded, nothing wider than the screen, arms go when switched off."""

import os
import sys
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "study")]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    from forks import Forked, plain
    from smallest import RECIPE

    from fabula.cli import main

    folder = tmp_path_factory.mktemp("study")
    text = f"name: two\nparent: {RECIPE}\narms: {{first: [], second: [model.dim=12]}}\n"
    (folder / "plan.yaml").write_text(text + "seeds: [0]\nbudget: {steps: 4}\nlimit: 8\n")
    with pytest.MonkeyPatch.context() as monkeypatch:
        plain(monkeypatch, Forked)
        main(["ablate", str(folder / "plan.yaml"), "--run", str(folder / "run"), "--jobs", "2"])
    return (folder / "run" / "study.html").as_uri()


@pytest.fixture(scope="module")
def browser(address, tmp_path_factory):
    """After the study: its children are forks, and no browser may be open in them."""
    if not CHROMIUM.exists():
        pytest.skip(f"no chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        env = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], env=env)
        yield opened
        opened.close()


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
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.wait_for_load_state("networkidle")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [address]
    assert page.evaluate("document.images.length > 10")
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def shown(found, style: str) -> list[str]:
    return found.evaluate_all(f"all => all.map(each => getComputedStyle(each).{style})")


def test_an_arm_that_is_switched_off_is_gone(browser, address):
    page = browser.new_page()
    page.goto(address)
    lines, pictures = page.locator("polyline.arm-1"), page.locator("li.frame.arm-1")
    assert "none" not in shown(lines, "display")
    assert set(shown(lines, "stroke")).isdisjoint(shown(page.locator("polyline.arm-0"), "stroke"))
    page.get_by_role("checkbox", name="second").uncheck()
    assert set(shown(lines, "display")) == set(shown(pictures, "display")) == {"none"}
    assert page.locator("li.frame.arm-0").first.is_visible()
    page.close()
