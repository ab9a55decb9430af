"""The page of an audit in a real browser: pairs side by side, what is shared marked, nothing from elsewhere."""

import pytest
from browser import AnyPage
from planted import jpeg, story, with_frame, write

from fabula.cli import main


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One story in each split, which share a picture and a caption."""
    folder, train, test = tmp_path_factory.mktemp("audited"), story("train", 0), story("test", 0)
    copied = jpeg(train.frames[1].picture)
    told = with_frame(test, 0, picture=copied, caption=train.frames[1].caption)
    source = write(folder / "data", train=[train], test=[told])
    assert main(["audit", source, "--html", str(folder / "audit.html")]) == 1
    return (folder / "audit.html").as_uri()


class TestThePage(AnyPage):
    pictures = 2


def test_a_finding_is_reached_from_the_table(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="repeated captions").click()
    page.wait_for_url("**#finding-2", timeout=10_000)
    marks = page.locator(".finding", has=page.locator("#finding-2")).locator(".pair mark")
    assert len(set(marks.all_text_contents())) == 1
    one, other = (marks.nth(number).bounding_box() for number in range(2))
    assert one["x"] < other["x"]
    page.close()
