"""The gallery of 5,000 windows in a real browser: it fits, it filters as the table says, hands and ears reach it."""

import pytest
from browser import check_keyboard, check_page, check_print
from told_windows import CAPTION, PICTURE, STRANGE, columns, make_evaluation

from fabula import report

COUNT, TILES, AT_ONCE = 5_000, 256, 24
HEAVIEST = 15_000_000  # bytes of the page
BY_HAND = """() => document.activeElement.getAttribute("name") || document.activeElement.textContent.trim()"""


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return make_evaluation(tmp_path_factory.mktemp("evaluated") / "run", COUNT, TILES)


@pytest.fixture(scope="module")
def table(evaluation):
    return columns(evaluation)


@pytest.fixture(scope="module")
def path(evaluation):
    return report.write([evaluation], evaluation.parent / "report.html")


@pytest.fixture(scope="module")
def one(browser, path):
    """One page for all that is done by pointer: it is opened once, and its filters are reset before each test."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(path.as_uri())
    yield page
    page.close()


@pytest.fixture
def gallery(one):
    one.get_by_role("button", name="Reset").click()
    one.wait_for_function(f"document.querySelector('.count').textContent === '{TILES} of {COUNT:,} windows'")
    return one.locator("section.gallery")


def all_windows(gallery):
    gallery.get_by_label("With pictures only").uncheck()
    assert count(gallery) == COUNT


def count(gallery) -> int:
    said, _, whole = gallery.locator(".count").text_content().removesuffix(" windows").partition(" of ")
    assert whole == f"{COUNT:,}"
    return int(said.replace(",", ""))


def windows(gallery) -> list[int]:
    return gallery.locator(".card").evaluate_all("cards => cards.map(card => Number(card.dataset.window))")


def with_tiles() -> list[int]:
    return [number * COUNT // TILES for number in range(TILES)]


def test_the_page_can_be_sent(path):
    assert 3_000_000 < path.stat().st_size < HEAVIEST


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (360, "dark")])
def test_the_page_opens_from_a_file_alone(browser, path, width, scheme):
    check_page(browser, path.as_uri(), width, scheme, pictures=AT_ONCE)


def test_windows_with_pictures_come_first_and_the_others_on_demand(gallery):
    assert windows(gallery) == with_tiles()[:AT_ONCE]
    assert gallery.locator(".card img").count() == AT_ONCE
    all_windows(gallery)
    assert windows(gallery) == list(range(AT_ONCE))
    assert gallery.locator(".card img").count() == sum(number < AT_ONCE for number in with_tiles())


@pytest.mark.parametrize("text", ["Wind WAS", "tale-31", "cold 49", "a caption that nobody told"])
def test_text_is_found_in_captions_and_names_of_stories(gallery, table, text):
    all_windows(gallery)
    gallery.get_by_label("Text in a caption, or a story").fill(text)
    every = zip(table["story_id"], table["truth"], table["caption"], strict=True)
    own = [any(text.lower() in said.lower() for said in row) for row in every]
    assert count(gallery) == sum(own)
    assert windows(gallery) == [number for number, fits in enumerate(own) if fits][:AT_ONCE]


@pytest.mark.parametrize("question", [CAPTION, PICTURE])
@pytest.mark.parametrize("wanted", ["right", "wrong"])
def test_what_was_right_or_wrong_is_found(gallery, table, question, wanted):
    all_windows(gallery)
    _, room, label = question.split(".")
    gallery.get_by_label("Right or wrong").select_option(label=f"{room.capitalize()}, {label}: {wanted}")
    pairs = list(zip(table[f"{question}.right"], table[f"{question}.asked"], strict=True))
    assert 0 < count(gallery) == sum(asked and (point == 1) == (wanted == "right") for point, asked in pairs)
    answers = gallery.locator(".card .answers", has_text=f"{room.capitalize()}:").all_text_contents()
    assert len(answers) == AT_ONCE
    assert all(f"{label} {wanted}" in answer for answer in answers)


@pytest.mark.parametrize(
    ("score", "name"), [("MAE", "picture.mae"), ("log-loss", "caption.log_loss_word"), ("chrF", "caption.chrf")]
)
def test_scores_are_ranged_and_ordered(gallery, table, score, name):
    all_windows(gallery)
    values, better = table[name], min if name != "caption.chrf" else max
    chosen = gallery.locator("[name=score] option", has_text=score)
    gallery.get_by_label("Score", exact=True).select_option(chosen.get_attribute("value"))
    for order, last in (("best first", False), ("worst first", True)):
        gallery.get_by_label("Order").select_option(order)
        known = [value for value in values if value is not None]
        first = better(known) if not last else (max if better is min else min)(known)
        assert windows(gallery)[0] == values.index(first)
        assert count(gallery) == COUNT
    gallery.get_by_label("Score from").fill("0.15")
    gallery.get_by_label("Score to").fill("0.25")
    assert 0 < count(gallery) == sum(value is not None and 0.15 <= value <= 0.25 for value in values)


def test_filters_hold_together(gallery, table):
    gallery.get_by_label("Text in a caption, or a story").fill("fox")
    gallery.get_by_label("Score to").fill("0.2")
    has = set(with_tiles())
    every = zip(table["window"], table["truth"], table["caption"], table["picture.mae"], strict=True)
    fits = [w for w, true, told, mae in every if w in has and ("fox" in true or "fox" in told) and mae <= 0.2]
    assert 0 < count(gallery) == len(fits)


def test_more_is_shown_until_nothing_is_left(gallery):
    gallery.get_by_label("Text in a caption, or a story").fill("tale-1")
    expected = count(gallery)
    more = gallery.locator(".onwards button")
    for shown in range(2 * AT_ONCE, expected + AT_ONCE, AT_ONCE):
        more.click()
        assert len(windows(gallery)) == min(shown, expected)
    assert not more.is_visible()
    assert len(set(windows(gallery))) == expected


def test_a_card_drawn_later_is_like_one_that_was_written(gallery):
    read = "cards => cards.map(card => card.outerHTML.replace(/\\s+/g, ' ').replace(/> /g, '>').replace(/ </g, '<'))"
    drawn = gallery.locator(".card").evaluate_all(read)
    page = gallery.page.context.browser.new_context(java_script_enabled=False).new_page()
    page.goto(gallery.page.url.split("#")[0])
    assert page.locator(".gallery .card").evaluate_all(read) == drawn
    page.context.close()


def test_without_scripts_and_on_paper_the_first_windows_stand(browser, path):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".gallery form").is_visible()
    assert not page.locator(".gallery .onwards").is_visible()
    assert page.locator(".gallery .card img:visible").count() == AT_ONCE
    assert page.locator(".gallery .count").text_content() == "The first 24 windows with pictures"
    page.context.close()


def test_on_paper_stands_what_was_looked_for(gallery):
    gallery.get_by_label("Text in a caption, or a story").fill("tale-3")
    gallery.page.emulate_media(media="print")
    assert not gallery.locator("form").is_visible()
    assert not gallery.locator(".onwards button").is_visible()
    assert gallery.locator(".onwards").get_attribute("data-left") == str(count(gallery) - AT_ONCE)
    assert gallery.locator(".count").is_visible()
    assert gallery.locator(".card").first.is_visible()
    gallery.page.emulate_media(media="screen")


def test_everything_is_done_by_keys(browser, path):
    page = browser.new_page()
    page.goto(path.as_uri())
    press = page.keyboard.press
    page.get_by_label("Text in a caption, or a story").focus()
    page.keyboard.type("tale-3")
    reached = []
    for _ in range(8):
        press("Tab")
        reached.append(page.evaluate(BY_HAND))
    assert reached == ["answer", "order", "score", "least", "most", "pictured", "Reset", "Show 21 more"]
    before = len(windows(page))
    press("Enter")
    cards = page.locator(".card")
    page.wait_for_function(f"document.querySelectorAll('.card').length > {before}")
    assert page.evaluate(BY_HAND) == cards.nth(AT_ONCE).locator("h3").text_content()  # where reading goes on
    press("Shift+Tab")
    press("Shift+Tab")
    assert page.evaluate(BY_HAND) == "pictured"
    press("Space")
    page.wait_for_function(f"document.querySelectorAll('.card').length === {AT_ONCE}")
    assert count(page) == 8 * sum(str(number).startswith("3") for number in range(COUNT // 8))
    page.close()


def test_what_cannot_be_seen_is_said(gallery):
    assert gallery.locator(".count").get_attribute("aria-live") == "polite"
    assert gallery.get_by_role("search", name="Filter the windows").is_visible()
    fields = gallery.locator("form input, form select")
    assert all(
        fields.evaluate_all("all => all.map(field => field.labels.length === 1 && field.labels[0].textContent !== '')")
    )
    assert all(
        gallery.locator(".card img").evaluate_all("all => all.map(image => image.alt.includes('told by the model'))")
    )
    assert " right" in gallery.locator(".card .answers .right").first.text_content()


def test_text_of_a_story_is_text(gallery):
    all_windows(gallery)
    assert gallery.locator(".card").first.locator(".true dd").text_content() == STRANGE
    gallery.get_by_label("Text in a caption, or a story").fill("</script><b>")
    assert count(gallery) == 1
    assert gallery.locator(".card b").count() == 0


def test_the_keyboard_reaches_the_content_first(browser, path):
    check_keyboard(browser, path.as_uri())


def test_the_page_prints(browser, path):
    check_print(browser, path.as_uri())
