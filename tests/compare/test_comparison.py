"""Runs against each other: what is the same is called the same, what is better is found, what differs is refused."""

import json
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from evaluated import EACH, STORIES, edit, errors, evaluation, keep_pictures, run
from hypothesis import given
from hypothesis import strategies as st

from fabula.cli import main
from fabula.compare import compare, read_sides, write
from fabula.compare.differences import add_up, differences
from fabula.compare.moved import most, moved
from fabula.compare.windows import OF_WORDS, Windows
from fabula.compare.words import notes
from fabula.errors import FabulaError
from fabula.evaluate.rows import SCORES
from fabula.metrics import MEASURES, STATISTICS, WINDOWS, Told

BETTER = {name for name in MEASURES if MEASURES[name].better}


def compared(*given):
    return compare(read_sides([str(each) for each in given]))


def test_a_run_is_no_better_than_itself(tmp_path):
    one = run(tmp_path / "one")
    found = compared(one, one)
    [rows] = found["differences"].values()
    assert {"picture.mae", "caption.log_loss_word", "caption.bleu", "caption.chrf"} <= set(rows)
    for measure, row in rows.items():
        assert (row["value"], row["low"], row["high"], row["verdict"]) == (0, 0, 0, None)
        if measure in BETTER:
            assert (row["p"], row["p_holm"], row["even_stories"]) == (1, 1, STORIES)
    [sentence] = found["verdict"]
    assert "cannot be told apart" in sentence


def test_swapped_runs_swap_the_signs(tmp_path):
    dice = np.random.default_rng(3)
    one = run(tmp_path / "one", caption="a frame was seen")
    two = run(tmp_path / "two", errors() + dice.normal(0, 0.2, STORIES * EACH), errors(4))
    there, back = compared(one, two)["differences"]["two"], compared(two, one)["differences"]["one"]
    assert there.keys() == back.keys()
    other = {"better": "worse", "worse": "better", None: None}
    for measure, row in there.items():
        assert row["value"] == pytest.approx(-back[measure]["value"])
        assert (row["low"], row["high"]) == pytest.approx((-back[measure]["high"], -back[measure]["low"]))
        assert row["verdict"] == other[back[measure]["verdict"]]
        if measure in BETTER:
            assert (row["better_stories"], row["p_holm"]) == (back[measure]["worse_stories"], back[measure]["p_holm"])


def test_a_planted_better_run_is_found(tmp_path):
    dice = np.random.default_rng(5)
    less = errors() - 0.05 + dice.normal(0, 0.03, STORIES * EACH)  # stories differ by twenty times as much
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", less))
    row = found["differences"]["two"]["picture.mae"]
    assert row["low"] < row["value"] < row["high"] < 0
    assert row["verdict"] == "better"
    assert found["verdict"][0] == "two is better than one on MAE."
    assert found["differences"]["two"]["caption.log_loss_word"]["verdict"] is None


def test_one_story_that_outweighs_all_others_is_not_enough(tmp_path):
    """The mean is lower, yet most stories are not: the test counts stories."""
    mixed = errors() + 0.01
    mixed[: 2 * EACH] -= 5
    row = compared(run(tmp_path / "one"), run(tmp_path / "two", mixed))["differences"]["two"]["picture.mae"]
    assert row["value"] < 0
    assert (row["better_stories"], row["worse_stories"]) == (2, STORIES - 2)
    assert row["verdict"] is None


def test_p_is_corrected_for_all_measures_and_runs(tmp_path):
    runs = [run(tmp_path / name, errors() + shift) for name, shift in (("a", 0), ("b", -0.1), ("c", 0.1))]
    two, three = compared(*runs[:2]), compared(*runs)
    assert three["tests"] == 2 * two["tests"]
    row, again = (found["differences"]["b"]["picture.mae"] for found in (two, three))
    assert row["p"] == again["p"] < row["p_holm"] < again["p_holm"]
    assert three["differences"]["c"]["picture.mae"]["verdict"] == "worse"


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=2, max_size=30), st.integers(2, 6))
def test_whatever_was_told_the_numbers_agree(pairs, stories):
    """Value is the difference of means, stories are counted once each, and a verdict has both reasons."""
    targets = [(f"s{n % stories}", n) for n in range(len(pairs))]
    sides = [
        add_up(
            Windows(targets, [""] * len(pairs), {WINDOWS: np.ones(len(pairs)), "picture.mae": column}), ["picture.mae"]
        )
        for column in np.array(pairs, dtype=np.float64).T
    ]
    [[row]] = [[each["picture.mae"] for each in differences(sides[0], sides[1:], [["picture.mae"]])]]
    assert row.value == pytest.approx(np.mean([b - a for a, b in pairs]), abs=1e-9)
    assert row.better_stories + row.worse_stories + row.even_stories == len({story for story, _ in targets})
    assert row.low - 1e-9 <= row.high
    assert row.p <= row.p_holm <= 1
    if row.verdict:
        assert row.p_holm < 0.05
        assert (row.high < 0) if row.verdict == "better" else (row.low > 0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"data": "hub:other"}, "data is hub:other here and world there"), ({"split": "hard"}, "split is hard"),
     ({"picture_size": "9x9", "content": "x"}, "picture size is 9x9 here and 8x12 there"),
     ({"fit": "pad"}, "fit is pad"),
     ({"equalise": True}, "equalise is True"), ({"caption_length": 7}, "caption length is 7 here and 40 there"),
     ({"content": "others"}, "content is others here and stories there"), ({"context": 0}, "frames of themselves")],
)  # fmt: skip
def test_what_differs_is_refused_by_its_name(tmp_path, changed, said):
    with pytest.raises(FabulaError) as refused:
        compared(run(tmp_path / "one"), run(tmp_path / "two", **changed))
    assert said in str(refused.value)
    assert ("content is" in str(refused.value)) == (said.startswith("content"))
    assert "\n" not in str(refused.value)


def test_true_captions_that_are_others_are_refused(tmp_path):
    one, two = run(tmp_path / "one"), run(tmp_path / "two")
    path = two / "evaluation" / "windows.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("truth")
    pq.write_table(table.set_column(place, "truth", [["another"] * len(table)]), path)
    with pytest.raises(FabulaError, match="true captions are others"):
        compared(one, two)


def test_another_tokenizer_takes_away_what_counts_tokens(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", tokenizer="xyz"))
    assert found["left_out"]["two"] == {"caption.perplexity": "their tokenizers are not the same"}
    assert "caption.perplexity" not in found["differences"]["two"]
    assert "caption.perplexity_word" in found["differences"]["two"]


def test_captions_cut_at_other_places_are_not_held_against_each_other(tmp_path):
    told = {"kind": "model", "mae": errors(), "nats": errors(1), "words": 7, "caption": "so"}
    one, two = run(tmp_path / "one"), evaluation(tmp_path / "two" / "evaluation", {"model": told}, tokenizer="xyz")
    found = compared(one, two)["differences"]["two"]
    assert not {name for name in found if MEASURES[name].regime == "teacher-forced"}
    assert {"picture.mae", "caption.chrf"} <= set(found)


def test_only_windows_that_all_have_told_count(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", skip=7))
    assert found["windows"] == STORIES * EACH - 7
    assert found["differences"]["two"]["picture.mae"]["value"] == 0
    assert any("one 80, two 73" in note for note in notes(found))


def test_another_number_of_given_frames_is_compared_and_said(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", context=1))
    assert any("different numbers of frames: one 2, two 1" in note for note in notes(found))


def test_another_way_of_telling_is_said(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", tell={"strategy": "sample"}))
    assert any("how captions are written" in note for note in notes(found))


def test_few_stories_are_called_few(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", errors() - 1, skip=(STORIES - 4) * EACH))
    assert found["differences"]["two"]["picture.mae"]["high"] < 0
    assert found["differences"]["two"]["picture.mae"]["verdict"] is None
    assert any("4 stories are few" in sentence for sentence in found["verdict"])


def test_one_story_alone_has_no_interval(tmp_path):
    found = compared(run(tmp_path / "one"), run(tmp_path / "two", errors() - 1, skip=(STORIES - 1) * EACH))
    assert "low" not in found["differences"]["two"]["picture.mae"]
    assert any("one story" in sentence for sentence in found["verdict"])


def test_a_floor_is_named_after_a_colon(tmp_path):
    one = run(tmp_path / "one")
    found = compared(one, f"{one}:copy_last")
    assert list(found["sides"]) == ["one", "copy last of one"]
    assert found["differences"]["copy last of one"]["picture.mae"]["verdict"] == "worse"
    assert "caption.chrf" in found["left_out"]["copy last of one"]
    assert set(found["values"]["one"]) > set(found["values"]["copy last of one"]) >= {"picture.mae"}


def test_a_bare_evaluation_serves_and_no_name_stands_twice(tmp_path):
    one, two = run(tmp_path / "a" / "run"), run(tmp_path / "b" / "run")
    names = [side.name for side in read_sides([f"{one}/evaluation", str(two), str(two)])]
    assert names == [f"{one}/evaluation", str(two), f"{two} (2)"]


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "at least two"), (["one"], "at least two"), (["one", "nowhere"], "no such folder"),
     (["one", "empty"], "not evaluated yet"), (["one", "one:copy_lost"], "Did you mean 'copy_last'"),
     (["one", "floors"], "name a teller"), (["one", "broken"], "no scores of an evaluation")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, monkeypatch, given, said):
    monkeypatch.chdir(tmp_path)
    for name in ("one", "floors", "broken"):
        run(tmp_path / name)
    (tmp_path / "empty").mkdir()
    edit(tmp_path / "floors", lambda scores: scores["tellers"].pop("model"))
    edit(tmp_path / "broken", lambda scores: scores.pop("tellers"))
    with pytest.raises(FabulaError, match=said):
        read_sides(given)


@given(st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), max_size=12))
def test_the_most_gained_are_gains_and_no_others_gained_more(gains):
    rows = most(np.array(gains))
    assert len(rows) <= 3
    assert all(gains[row] > 0 for row in rows)
    others = [gain for row, gain in enumerate(gains) if row not in rows and gain > 0]
    assert not others or (len(rows) == 3 and max(others) <= min(gains[row] for row in rows))


def test_the_windows_that_moved_most_are_shown_with_what_was_kept(tmp_path):
    gained, lost = 9, 41
    changed = errors()
    changed[gained] -= 0.7
    changed[lost] += 0.7
    sides = read_sides([str(run(tmp_path / "one")), str(run(tmp_path / "two", changed, caption="then <b> rain"))])
    for folder in ("one", "two"):
        keep_pictures(tmp_path / folder, range(8, 12))
    [group] = moved(sides, {})
    assert [moment.title for moment in group.windows] == ["story-02, frame 4", "story-10, frame 4"]
    assert [moment.place for moment in group.windows] == ["gain", "loss"]
    first, second = group.windows
    assert [frame.picture is not None for frame, _ in first.next] == [True] * 3
    assert [frame.caption for frame, _ in first.next][1:] == ["so it went", "then <b> rain"]
    assert [(frame.label, frame.picture is not None) for frame in first.context] == [("Frame 3, given", True)]
    assert [(frame.picture, absent) for frame, absent in second.next] == [(None, "picture not kept")] * 3
    page = write(compare(sides), sides, tmp_path / "out").read_text("utf-8")
    assert "then &lt;b&gt; rain" in page
    assert "picture not kept" in page


def test_the_command_prints_and_writes_only_where_it_is_told(tmp_path, capsys):
    one, two = str(run(tmp_path / "one")), str(run(tmp_path / "two", errors() - 0.1))
    before = sorted(tmp_path.rglob("*"))
    assert main(["compare", one, two]) == 0
    assert sorted(tmp_path.rglob("*")) == before
    said = capsys.readouterr().out
    assert "two is better than one on MAE." in said
    assert "Pictures" in said
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    assert main(["compare", one, two, "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["compare.html", "compare.json", "mine.txt"]
    held = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert held["differences"]["two"]["picture.mae"]["verdict"] == "better"
    assert main(["compare", one, str(tmp_path / "nowhere")]) == 2


def test_it_needs_no_model(tmp_path):
    """Files alone: torch is never imported."""
    one = str(run(tmp_path / "one"))
    script = f"import sys; from fabula.cli import main; main(['compare', {one!r}, {one!r}]); "
    script += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0


def test_all_measures_follow_from_the_table_of_windows():
    """A new measure is compared by itself, or its columns belong among those that are kept."""
    nothing = Told(np.zeros((1, 0, 0, 3), np.uint8), ["it rained"], captions=["it snowed"])
    known = {WINDOWS, *SCORES, *(name for part in OF_WORDS for name in STATISTICS[part](nothing))}
    lost = {name for name, measure in MEASURES.items() if not known.issuperset(measure.reads)}
    assert not lost
