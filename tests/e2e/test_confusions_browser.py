"""Confusions in a real browser: tables scroll within themselves, and what is hidden opens by key."""

import pytest
from browser import check_page, check_print
from confused_run import make_confused

from fabula import report

SECTION = "section[id$=confusions]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("confused")
    return report.write([make_confused(folder / "demo")], folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_is_no_wider_than_the_screen(browser, address, width, scheme):
    check_page(browser, address, width, scheme, pictures=10)


def test_a_wide_table_scrolls_within_itself_on_a_phone(browser, address):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    found = page.locator(f"{SECTION} details[open] .table").first
    assert found.is_visible()
    assert found.evaluate(
        "part => part.scrollWidth > part.clientWidth && part.getBoundingClientRect().right <= innerWidth"
    )
    found.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("part => part.scrollLeft > 0", arg=found.element_handle(), timeout=10_000)
    page.close()


def test_a_question_opens_by_key(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="Confusions by fact").click()
    closed = page.locator(f"{SECTION} details:not([open])").first
    handle = closed.element_handle()
    assert not handle.query_selector("table").is_visible()
    handle.query_selector("summary").press("Enter")
    assert handle.query_selector("table").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_their_colours(browser, address, scheme):
    """A contrast of 4.5 at least (WCAG 2.1), in whatever colour."""
    page = browser.new_page(color_scheme=scheme)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    cells = page.locator(f"{SECTION} td[style]").evaluate_all(
        """cells => {
          const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
          const seen = colour => {
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
          };
          return cells.map(cell => getComputedStyle(cell)).map(style => [style.color, style.backgroundColor].map(seen));
        }"""
    )
    assert len(cells) > 100
    assert min(contrast(ink, paper) for ink, paper in cells) >= 4.5
    page.close()


def contrast(one, other):
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [value / 255 for value in colour[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_page_prints(browser, address):
    check_print(browser, address)
