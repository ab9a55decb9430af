"""Changed contexts drawn, weights under the frames, several futures: what is drawn is what the files say."""

import re

import pytest
from drawn_run import COSTS, figures, make_drawn
from finished_run import CAPTIONS, make_run
from hypothesis import given
from hypothesis import strategies as st

from fabula import report
from fabula.report.chapter import chapter
from fabula.report.reading import read_run
from fabula.report.samples import reading, sampled
from fabula.report.sensitivity import sensitivities

COST = st.tuples(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_drawn(tmp_path_factory.mktemp("drawn") / "run")


@pytest.fixture(scope="module")
def held(folder):
    return chapter(read_run(folder))


@pytest.fixture(scope="module")
def html(folder, tmp_path_factory):
    return report.write([folder], tmp_path_factory.mktemp("page") / "report.html").read_text("utf-8")


def places(svg: str, mark: str) -> list[float]:
    return [float(place) for place in re.findall(rf'class="{mark}" (?:cx|x1)="([\d.]+)%"', svg)]


def scores_of(costs):
    entries = {f"c{n}": {"picture.mae": {"value": v, "low": v - a, "high": v + b}} for n, (v, a, b) in enumerate(costs)}
    return {"probes": {"model": {"conditions": entries}}, "tellers": {}}


@given(st.lists(COST, min_size=1, max_size=6))
def test_a_mark_is_right_of_zero_where_it_costs_and_filled_where_that_is_shown(costs):
    (found,) = sensitivities(scores_of(costs))
    svg = str(found.panels[0].svg)
    (zero,) = places(svg, "zero")
    marks = re.findall(r'<circle class="(\w+)" cx="([\d.]+)%"', svg)
    assert len(marks) == len(costs)
    for (kind, place), (value, less, _) in zip(marks, costs, strict=True):
        assert (float(place) - zero) * value >= -1e-6 - 0.02 * abs(value)
        assert (kind == "shown") == (value - less > 0)
    drawn = [float(end) for end in re.findall(r'"([\d.-]+)%"', svg)]
    assert all(0 <= end <= 100 for end in drawn)


def test_every_condition_has_its_interval_and_its_words_in_every_panel(held):
    (found,) = held.sensitivities
    assert [panel.label for panel in found.panels] == ["Log-loss per word, nats", "MAE"]
    assert [panel.label for panel in found.answers] == ["Who, captions"]
    for panel in (*found.panels, *found.answers):
        assert str(panel.svg).count('class="interval"') == len(COSTS)
        assert "frames in reversed order" in panel.svg
    assert found.said[0].startswith("The model uses the context")


def test_world_questions_share_one_axis():
    def scores(*values):
        costs = {
            f"world.caption.{name}": {"value": v, "low": v, "high": v} for name, v in zip("ab", values, strict=True)
        }
        return {"probes": {"model": {"conditions": {"shuffled": costs}}}}

    (small, large) = sensitivities(scores(0.1, 0.4))[0].answers
    left, right = (places(str(panel.svg), "shown")[0] - places(str(panel.svg), "zero")[0] for panel in (small, large))
    assert right == pytest.approx(4 * left, abs=0.1)


def test_the_heaviest_word_is_the_strongest_and_all_words_stand(held):
    weighed = held.moments[0].weighed
    assert len(weighed) == 4
    for place, frame in enumerate(weighed):
        (caption,) = frame.captions
        assert [word for word, _ in caption.words] == CAPTIONS[place].split()
        assert [strength for _, strength in caption.words].index(1.0) == 1
        assert caption.heaviest.startswith(f"{CAPTIONS[place].split()[1]} 20 %")
    assert [frame.bars[0].share for frame in weighed] == pytest.approx([10, 20, 30, 40])
    assert all(len(frame.pictures) == 1 for frame in weighed)


def test_the_page_says_that_a_weight_is_what_was_read(html, tmp_path):
    assert "A weight says what was read, not what it was good for." in html
    assert "(temporal gru, attend)" in html
    plain = report.write([make_run(tmp_path / "plain")], tmp_path / "plain.html").read_text("utf-8")
    assert 'class="weighing' not in plain
    assert "Several futures" not in plain


def test_samples_that_are_one_are_said_to_be(tmp_path):
    assert reading(figures(same=True)) == (
        "Sampling changes nothing: the four samples of a window are the same picture and the same caption."
    )
    one = {**figures(same=False), "picture.distinct": {"value": 1.0}}
    assert reading(one).startswith("The four samples are the same picture. The four captions differ; 3.5 of 4")
    assert reading(figures(same=False)).startswith("The four pictures differ")


def test_coverage_is_compared_with_what_another_window_reaches():
    own = figures(same=False)
    assert "one of another window's in 10 %." in reading(own)
    level = {**own, "picture.coverage_by_strangers": own["picture.coverage"]}
    assert "their intervals meet" in reading(level)


def test_strips_show_the_truth_and_every_sample(folder, held):
    (found,) = held.samples
    assert found == sampled(folder / "evaluation", read_run(folder).scores)[0]
    assert [len(strip.frames) for strip in found.strips] == [5, 5, 5]
    assert all(frame.picture for strip in found.strips for frame in strip.frames)
    assert found.columns == ("Picture error, MAE", "Picture, similarity", "Caption, similarity")
    assert [label for label, _ in found.rows][:3] == ["Best of them", "Mean of them", "Spread within a window"]
