"""Confusions on the page: what is folded loses nothing, what is said follows from the counts, other data have none."""

import re

import numpy as np
import pytest
from confused_run import WINDOWS, confusions, entry, make_confused
from finished_run import make_run
from hypothesis import given
from hypothesis import strategies as st

from fabula import report
from fabula.metrics.answers import ANSWERS, CAPTION, NEVER_TRUE, SILENT
from fabula.report.confusions import confused
from fabula.report.folding import MOST, REST, all_answers, counts_of, folded, listed
from fabula.report.mistaken import greatest

WHERE = f"{CAPTION}.where"


@pytest.mark.parametrize("question", ANSWERS)
def test_folding_keeps_every_window_and_every_right_answer(question):
    each = entry(question, 0, 0.5)
    answers = all_answers(question, [each])
    counts = counts_of(each, answers)
    own = listed(answers, counts.sum(1))
    rows, columns, whole = folded(counts, answers, own)
    assert whole.sum() == WINDOWS
    assert len(own) <= MOST
    assert len(columns) == len(set(columns))
    for answer in own:
        place = answers.index(answer)
        assert whole[rows.index(answer), columns.index(answer)] == counts[place, place]
        assert whole[rows.index(answer)].sum() == counts[place].sum()
    assert (REST in columns) == (len(own) + len(set(answers) & set(NEVER_TRUE)) < len(answers))
    dropped = [counts[answers.index(answer)].sum() for answer in answers if answer not in (*own, *NEVER_TRUE)]
    assert max(dropped, default=0) <= min(counts[answers.index(answer)].sum() for answer in own)


def test_all_tellers_have_the_same_columns_and_rows():
    for group in confused({"confusions": confusions()}):
        for question in group.questions:
            assert len({square.columns for square in question.squares}) == 1
            assert len({tuple(line.answer for line in square.lines) for square in question.squares}) == 1


@given(st.data())
def test_the_greatest_confusion_is_one_of_the_counts(data):
    answers = [*ANSWERS[WHERE][:4], SILENT]
    counts = np.array(data.draw(st.lists(st.lists(st.integers(0, 9), min_size=5, max_size=5), min_size=5, max_size=5)))
    counts[-1] = 0
    said = greatest(WHERE, answers, counts.astype(float))
    wrong = counts[:4, :4] * (1 - np.eye(4, dtype=int))
    if not wrong.any():
        assert said.startswith("never gives a wrong answer")
        return
    told, count, row, true = re.match(r"says “(.+?)” for (\d+) of (\d+) frames (?:in|on|by) the (\w+)", said).groups()
    assert int(count) == wrong.max() == wrong[answers.index(true), answers.index(told)]
    assert int(row) == counts[answers.index(true)].sum()


def test_what_is_said_is_a_sentence():
    counts = np.zeros((3, 3))
    counts[0], counts[1] = [20, 8, 3], [0, 9, 0]
    said = greatest(WHERE, ["beach", "forest", SILENT], counts)
    assert said == "says “forest” for 8 of 31 frames on the beach; says nothing of it for 3 of 40"


@pytest.mark.parametrize("question", ANSWERS)
def test_every_question_has_its_words(question):
    """No answer is left in the raw where a frame is spoken of."""
    answers = [answer for answer in ANSWERS[question] if answer not in NEVER_TRUE]
    for true in range(len(answers)):
        counts = np.zeros((len(answers),) * 2)
        counts[true, (true + 1) % len(answers)] = 1
        said = greatest(question, answers, counts)
        assert re.search(r" for 1 of 1 (frames (about|in|on|by|at|with|of) .+|\w+ shots)$", said)


def test_the_page_shows_who_is_right_and_what_the_commonest_answer_would_get(tmp_path):
    text = report.write([make_confused(tmp_path / "run")], tmp_path / "page.html").read_text("utf-8")
    assert text.count('class="heat"') == 3 * len(ANSWERS)
    held = entry(WHERE, 0, 0.6)
    counts = np.array(held["counts"])
    most = counts.sum(1).argmax()
    always = f"always “{held['answers'][most]}” {counts.sum(1).max()} of {WINDOWS}"
    assert f"Right: the model {np.trace(counts)} of {WINDOWS}" in text
    assert always in text
    assert "chance 1 of 4" in text


def test_data_of_no_world_have_no_confusions(tmp_path):
    text = report.write([make_run(tmp_path / "run")], tmp_path / "page.html").read_text("utf-8")
    assert "Confusions by fact" not in text
    assert confused({"confusions": {}}) == confused({}) == []


def test_answers_of_another_version_have_a_place():
    held = {"windows": 3, "answers": ["moon", "beach"], "counts": [[1, 1], [0, 1]]}
    (group,) = confused({"confusions": {"model": {WHERE: held}}})
    (question,) = group.questions
    assert question.squares[0].columns == ("beach", "moon")
    assert question.squares[0].sentence == "The model says “beach” for 1 of 2 frames of “moon”."
