"""Changed contexts, weights and samples in a real browser, on a screen and on a phone, by day and by night."""

import pytest
from browser import check_page, check_print
from drawn_run import make_drawn

from fabula import report


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawings")
    return report.write([make_drawn(folder / "drawn")], folder / "report.html").as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (360, "dark")])
def test_the_drawings_fit_and_nothing_is_complained_of(browser, address, width, scheme):
    check_page(browser, address, width, scheme, pictures=40)


def test_each_drawing_is_there_and_within_its_place(browser, address):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for drawn, least in ((".costs", 3), (".weighed .share", 12), (".word", 40), (".strip .frame", 15)):
        boxes = page.evaluate(
            "name => [...document.querySelectorAll(name)].map(part => part.getBoundingClientRect())"
            ".map(box => [box.left, box.right])",
            drawn,
        )
        assert len(boxes) >= least, drawn
        assert all(left >= 0 and right <= 360 and right > left for left, right in boxes), drawn
    page.close()


def test_the_heaviest_word_has_the_strongest_ground(browser, address):
    page = browser.new_page()
    page.goto(address)
    grounds = page.evaluate("[...document.querySelectorAll('.word')].map(e => getComputedStyle(e).backgroundColor)")
    assert len(set(grounds[:8])) == 2
    assert grounds[1] not in (grounds[0], *grounds[2:8])
    page.close()


def test_it_prints(browser, address):
    check_print(browser, address)
