"""The page of a study in a real browser: nothing loaded, nothing wider than the screen, arms go when switched off."""

import pytest
from browser import AnyPage, opened


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
    with opened(tmp_path_factory.mktemp("home")) as found:
        yield found


class TestThePage(AnyPage):
    pictures = 11


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
