"""A comparison in a real browser: verdict first, what was kept is shown, and nothing is loaded from elsewhere."""

import numpy as np
import pytest
from browser import AnyPage
from evaluated import EACH, STORIES, errors, keep_pictures, run

from fabula.compare import compare, read_sides, write


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder, noise = tmp_path_factory.mktemp("compared"), np.random.default_rng(0).normal(0, 0.02, STORIES * EACH)
    runs = [run(folder / "one"), run(folder / "two", errors() - 0.05 + noise, errors(2), "then it rained")]
    for each in runs:
        keep_pictures(each, range(STORIES * EACH // 2))
    sides = read_sides([*map(str, runs), f"{runs[0]}:copy_last"])
    return write(compare(sides), sides, folder / "out").as_uri()


class TestThePage(AnyPage):
    pictures = 10


def test_the_verdict_stands_before_the_tables(browser, address):
    page = browser.new_page()
    page.goto(address)
    verdict, table = page.locator(".verdict p").first, page.locator("table").first
    assert verdict.text_content().startswith("two is better than one on MAE")
    assert verdict.bounding_box()["y"] < table.bounding_box()["y"]
    page.close()


def test_a_section_is_reached_from_the_top_and_opens(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="two, MAE").click()
    page.wait_for_url("**#moved-1-picture", timeout=10_000)
    more = page.locator("details.more").first
    assert not more.locator("article").first.is_visible()
    more.locator("summary").press("Enter")
    assert more.locator("article").first.is_visible()
    page.close()
