"""The report in a real browser: nothing loaded, nothing complained of, nothing wider than the screen."""

import pytest
from browser import check_keyboard, check_page, check_print, opened
from finished_run import make_run

from fabula import report


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    return report.write([make_run(folder / "demo")], folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_opens_from_a_file_alone(browser, address, width, scheme):
    check_page(browser, address, width, scheme, pictures=10)


def test_the_keyboard_reaches_the_content_first(browser, address):
    check_keyboard(browser, address)


def test_the_page_prints(browser, address):
    check_print(browser, address)
