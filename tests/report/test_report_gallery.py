"""What the gallery says is what windows.parquet says; what a page cannot hold is thinned, what is broken is said."""

import json
import re
import shutil

import numpy as np
import pytest
from told_windows import CAPTION, CLOZE, PICTURE, SCORED, STRANGE, columns, make_evaluation

from fabula import report
from fabula.errors import FabulaError
from fabula.report import gallery as galleries
from fabula.report import tiles as kept
from fabula.report.gallery import AT_ONCE, chosen, gallery
from fabula.report.reading import read_run
from fabula.report.tiles import read_tiles
from fabula.report.windows import read_windows

COUNT, TILES = 200, 40


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return make_evaluation(tmp_path_factory.mktemp("evaluated") / "run", COUNT, TILES, words=12)


def found(folder):
    run = read_run(folder)
    return gallery(run, run.scores["tellers"])


def data(shown):
    return json.loads(str(shown.data))


def test_every_window_is_in_the_page_as_the_table_has_it(evaluation):
    held, table = data(found(evaluation)), columns(evaluation)
    texts = held["texts"]
    assert held["windows"] == table["window"]
    assert held["frames"] == table["number"]
    assert [texts[place] for place in held["stories"]] == table["story_id"]
    floor = columns(evaluation, "copy_last_caption")["caption"]
    for places, column in zip(held["said"], (table["truth"], table["caption"], floor), strict=True):
        assert [texts[place] for place in places] == column
    for values, name in zip(held["scores"], SCORED, strict=True):
        assert [value is None for value in values] == [value is None for value in table[name]]
        known = [(one, other) for one, other in zip(values, table[name], strict=True) if one is not None]
        np.testing.assert_allclose(*zip(*known, strict=True), rtol=1e-8)


def test_an_answer_is_right_where_it_has_the_whole_point(evaluation):
    windows, table = read_windows(evaluation / "windows.parquet", ["model"]), columns(evaluation)
    assert windows is not None
    assert list(windows.questions) == [CAPTION, PICTURE, CLOZE]
    for question, letters in windows.questions.items():
        points, asked = table[f"{question}.right"], table[f"{question}.asked"]
        pairs = zip(points, asked, strict=True)
        assert letters == "".join("-" if not times else "1" if point == 1 else "0" for point, times in pairs)


def test_texts_stand_once(evaluation):
    texts = data(found(evaluation))["texts"]
    assert len(texts) == len(set(texts))
    assert len(texts) < 2.5 * COUNT  # what the floor copied is nothing new


def test_every_picture_is_in_the_page_once(evaluation):
    shown = found(evaluation)
    drawn, held = {card.window for card in shown.cards}, set(map(int, data(shown)["tiles"]))
    assert len(shown.cards) == AT_ONCE
    assert all(card.picture for card in shown.cards)
    assert not drawn & held
    assert drawn | held == {number * COUNT // TILES for number in range(TILES)}


def test_no_text_ends_the_script(evaluation, tmp_path):
    html = report.write([evaluation], tmp_path / "page.html").read_text("utf-8")
    (held,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert STRANGE in json.loads(held)["texts"]
    assert html.count("<script") == html.count("</script>") == 2
    assert "<b>" not in html.split('class="cards"')[1]


def test_without_pictures_the_first_windows_are_shown(evaluation, tmp_path):
    folder = shutil.copytree(evaluation, tmp_path / "run")
    shutil.rmtree(folder / "gallery")
    shown = found(folder)
    assert [card.window for card in shown.cards] == list(range(AT_ONCE))
    assert (shown.tiles, shown.legend, data(shown)["tiles"]) == (0, "", {})
    assert "With pictures only" not in report.write([folder], tmp_path / "page.html").read_text("utf-8")


def test_an_evaluation_without_windows_has_no_gallery(evaluation, tmp_path):
    folder = shutil.copytree(evaluation, tmp_path / "run")
    (folder / "windows.parquet").unlink()
    assert found(folder) is None
    assert "<script" not in report.write([folder], tmp_path / "page.html").read_text("utf-8")


def test_nothing_given_is_not_said_to_be_given(evaluation, tmp_path):
    folder = shutil.copytree(evaluation, tmp_path / "run")
    (folder / "gallery" / "tiles.json").write_text('{"given": 0, "told": ["model"]}')
    shown = found(folder)
    assert "given" not in shown.legend + shown.cards[0].picture.alt
    assert "given" in found(evaluation).legend


def test_galleries_of_several_runs_stand_in_one_page(evaluation, tmp_path):
    html = report.write([evaluation, evaluation], tmp_path / "page.html").read_text("utf-8")
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r' for="([^"]+)"', html)) <= set(ids)
    assert html.count('<script type="module">') == 1


def test_floors_alone_have_a_gallery(evaluation):
    run = read_run(evaluation)
    tellers = {name: teller for name, teller in run.scores["tellers"].items() if name != "model"}
    shown = gallery(run, tellers)
    assert shown is not None
    assert shown.teller == "copy last caption"
    assert [said.label for said in shown.cards[0].said] == ["True", "Told by copy last caption"]


@pytest.mark.parametrize("most", [1, 30, 60, 199, 200])
def test_a_page_has_no_more_windows_than_it_can_hold(monkeypatch, most):
    monkeypatch.setattr(galleries, "MOST", most)
    numbers, pictured = np.arange(COUNT) * 3, range(0, 3 * COUNT, 15)
    rows = chosen(numbers, pictured)
    assert len(rows) == len(set(rows.tolist())) == max(most, len(pictured))
    assert set(pictured) <= set(numbers[rows].tolist())
    assert np.all(np.diff(rows) > 0)


def test_pictures_that_are_too_heavy_are_thinned_evenly(evaluation, monkeypatch):
    whole = read_tiles(evaluation / "gallery").pictures
    monkeypatch.setattr(kept, "HEAVIEST", sum(map(len, whole.values())) // 3)
    some = read_tiles(evaluation / "gallery").pictures
    assert sum(map(len, some.values())) <= kept.HEAVIEST * 1.1
    assert set(np.diff(list(some))) == {4 * COUNT // TILES}


def test_what_was_left_out_is_said(evaluation, monkeypatch, tmp_path):
    monkeypatch.setattr(galleries, "MOST", 100)
    html = report.write([evaluation], tmp_path / "page.html").read_text("utf-8")
    assert "in 100 of 200 windows at even distances" in html


@pytest.mark.parametrize("broken", ["windows.parquet", "gallery/000000.webp", "gallery/tiles.json"])
@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_what_is_broken_is_said_in_one_line(evaluation, tmp_path, broken, content):
    folder = shutil.copytree(evaluation, tmp_path / "run")
    (folder / broken).write_text(content)
    with pytest.raises(FabulaError, match=re.escape(broken.split("/")[-1])):
        report.write([folder], tmp_path / "page.html")
