"""Names of told captions: copied, lost, invented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.metrics import Scores, Told
from fabula.metrics.entities import COLUMNS, names, statistics
from fabula.metrics.truth import Truth
from fabula.story import Entity, Frame, Size
from fabula.world import make_story

NAMES = ["Mia", "Theo", "Hugo", "Tess"]
MEASURED = tuple(f"caption.names_{name}" for name in ("precision", "recall", "f1", "invented"))
captions = st.lists(st.sampled_from([*NAMES, "saw", "and", ".", "the"]), max_size=8).map(" ".join)


def with_people(caption, *people):
    entities = [Entity(f"char{i}", "character", name) for i, name in enumerate(people, 1)]
    return Frame(None, caption, entities=(*entities, Entity("obj1", "object", "Lamp")))


def told_of(told, true, contexts):
    nothing = np.zeros((len(true), 0, 0, 3), np.uint8)
    return Told(nothing, true, captions=told, truth=Truth(nothing, true, contexts=contexts))


def values(told, true, contexts):
    scores = Scores()
    scores.add(told_of(told, true, contexts))
    found = scores.values(np.arange(len(true)))
    return [found[name]["value"] for name in MEASURED]


def counts(told, true, context):
    return [int(column[0]) for column in statistics(told_of([told], [true], [context])).values()]


def test_copied_lost_and_invented_by_hand():
    context = [with_people("Theo saw the lamp.", "Theo", "Mia"), with_people("He met Hugo.", "Theo", "Hugo")]
    told, true = "Theo and Mia met Zora. Hm!", "Theo and Hugo met Tess."
    assert dict(zip(COLUMNS, counts(told, true, context), strict=True)) == {
        "caption.names_right": 1,  # Theo
        "caption.names_told": 3,  # Theo, Mia, Zora
        "caption.names_true": 2,  # Theo, Hugo
        "caption.names_new": 1,  # Zora
    }
    assert values([told], [true], [context]) == pytest.approx([1 / 3, 1 / 2, 2 / 5, 1 / 3])


def test_a_name_that_only_the_truth_has_counts_nowhere():
    context = [with_people("Theo ran.", "Theo")]
    assert counts("Then Theo met Tess.", "Then Theo met Tess.", context) == counts("Then Theo.", "Then Theo.", context)


def test_without_named_characters_capitals_inside_sentences_are_names():
    context = [Frame(None, "One day, Anansi climbed. The tree was high."), Frame(None, "Then I saw HIM and Nyame.")]
    assert names(context) == {"Anansi", "Nyame"}
    assert counts("Anansi fell.", "Anansi laughed at Nyame.", context) == [1, 1, 2, 0]


def test_an_article_is_no_name_and_neither_is_what_no_one_tells():
    context = [with_people("The Queen sat on the chair.", "The Queen")]
    assert names(context) == {"Queen"}
    assert values(["It rained."], ["It snowed."], [context]) == [None] * 4


def test_what_the_context_has_heard_is_never_invented():
    context = [with_people("On Tuesday Theo ran.", "Theo")]
    assert counts("It was Tuesday when Theo fell.", "Theo fell.", context) == [1, 1, 1, 0]


def test_a_script_without_capitals_is_read_inside_its_words():
    context = [with_people("\u5c0f\u660e\u8d70\u4e86\u3002", "\u5c0f\u660e")]
    assert counts("\u5c0f\u660e\u7761\u4e86", "\u5c0f\u660e\u5403\u4e86", context) == [1, 1, 1, 0]


def test_the_true_story_is_told_without_a_fault_and_another_one_is_not():
    frames, others = (make_story("test", 0, index, Size(16, 16)).frames[:6] for index in (0, 1))
    contexts, true = [frames[i : i + 3] for i in range(3)], [frame.caption for frame in frames[3:]]
    assert values(true, true, contexts) == [1, 1, 1, 0]
    precision, *_, invented = values([frame.caption for frame in others[3:]], true, contexts)
    assert precision < 0.5 < invented


@given(st.lists(st.tuples(captions, captions, captions), min_size=1, max_size=5), st.booleans(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_counts_are_parts_of_each_other_and_order_changes_nothing(windows, named, dice):
    def found(windows):
        told, true, before = map(list, zip(*windows, strict=True))
        return values(told, true, contexts(before)), statistics(told_of(told, true, contexts(before)))

    def contexts(before):
        return [[with_people(caption, *NAMES[:2]) if named else Frame(None, caption)] for caption in before]

    ours, columns = found(windows)
    right, told, true, new = columns.values()
    assert (right + new <= told).all()
    assert (right <= true).all()
    assert found(dice.sample(windows, len(windows)))[0] == ours
    copied = found([(true, true, before) for _, true, before in windows])[0]
    assert copied in ([1, 1, 1, 0], [None] * 4)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=10))
@settings(max_examples=200, deadline=None)
def test_any_text_is_counted(told, true, before, name):
    context = [with_people(before, name)]
    right, mine, theirs, new = counts(told, true, context)
    assert right + new <= mine
    assert right <= theirs
    assert counts("", true, context)[:2] == [0, 0]


def test_it_is_not_measured_where_nobody_wrote_or_knows_the_contexts():
    nothing = np.zeros((1, 0, 0, 3), np.uint8)
    assert statistics(Told(nothing, ["a"], truth=Truth(nothing, ["a"], contexts=[[Frame(None, "a")]]))) == {}
    assert statistics(Told(nothing, ["a"], captions=["a"])) == {}
