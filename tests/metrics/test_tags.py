"""Tags of told captions: whole, closed, and of somebody known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.markup import print_story
from fabula.metrics import Scores, Told
from fabula.metrics.tags import known_ids, statistics, tags_valid
from fabula.metrics.truth import Truth
from fabula.story import Entity, Frame, Mention, Size
from fabula.world import make_story

CONTEXT = [
    Frame(None, "Theo ran.", entities=(Entity("char1", "character", "Theo"), Entity("bg2", "background", "village"))),
    Frame(None, "A dog.", mentions=(Mention("gdo", ("char2",), 2, 5),)),
]
pieces = st.sampled_from(["<gdo char1>", "</gdo>", "<gda char9>", "</gda>", "<gdl", "Theo", " ran", "<", "</gdi>", ">"])


def told_of(told):
    nothing, true = np.zeros((len(told), 0, 0, 3), np.uint8), [""] * len(told)
    return Told(nothing, true, captions=told, truth=Truth(nothing, true, contexts=[CONTEXT] * len(told)))


def value(told):
    scores = Scores()
    scores.add(told_of(told))
    return scores.values(np.arange(len(told)))["caption.tags_valid"]["value"]


@pytest.mark.parametrize(
    ("caption", "valid"),
    [
        ("<gdo char1>Theo</gdo> <gda char1 char2>ran</gda> to the <gdl bg2>village</gdl>.", True),
        ("<gdo char1>Theo <gda char2>ran</gda></gdo>", True),  # one inside the other
        ("<gdo char1>Theo ran.", False),  # never closed
        ("Theo</gdo> ran.", False),  # closes nothing
        ("<gdo char1>Theo</gda> ran.", False),  # closed by another name
        ("<gdo char1>Theo <gda char1>ran</gdo> off</gda>", False),  # overlap
        ("<gdo>Theo</gdo> ran.", False),  # of nobody
        ("<gdo char1 Theo</gdo> ran.", False),  # torn
        ("<gdf char1>Theo</gdf> ran.", False),  # no such tag
        ("<gdo char1></gdo> ran.", False),  # around nothing
        ("<gdo char3>Hugo</gdo> ran.", False),  # whom the context does not know
        ("<gdi image2>Theo ran.</gdi>", False),  # a caption is one image's already
    ],
)
def test_by_hand(caption, valid):
    assert tags_valid(caption, known_ids(CONTEXT)) is valid


def test_the_share_is_of_the_captions_with_tags():
    good, bad = "<gdo char1>Theo</gdo> ran.", "<gdo char1>Theo ran."
    assert value(["No tags.", good, bad, good, ""]) == pytest.approx(2 / 3)
    assert value([bad, "", good, "No tags.", good]) == pytest.approx(2 / 3)
    assert value(["a < b", ""]) is None


def test_the_worlds_own_tags_are_valid():
    frames = make_story("test", 0, 3, Size(16, 16)).frames
    printed = print_story(frames)[0].split("<gdi image")[1:]
    told = [text[text.index(">") + 1 : text.rindex("</gdi>")] for text in printed]
    assert all("<gd" in caption for caption in told)
    assert all(tags_valid(caption, known_ids(frames)) for caption in told)
    assert not any(tags_valid(caption, ()) for caption in told)


@given(st.lists(pieces, max_size=8).map("".join) | st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_whatever_is_told_is_read_and_an_open_tag_is_never_valid(caption):
    valid, tagged = statistics(told_of([caption])).values()
    assert valid[0] <= tagged[0] <= 1
    assert not tags_valid(f"{caption}<gdo char1>x", ("char1",))


def test_it_is_not_measured_where_nobody_wrote_or_knows_the_contexts():
    nothing = np.zeros((1, 0, 0, 3), np.uint8)
    assert statistics(Told(nothing, ["a"], truth=Truth(nothing, ["a"], contexts=[CONTEXT]))) == {}
    assert statistics(Told(nothing, ["a"], captions=["<gdo char1>a</gdo>"])) == {}
