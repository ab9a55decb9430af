"""Which of several told frames is kept: it follows from context and candidates alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from listening import listening
from test_storyteller import TOKENIZER, contexts, recipe, same

from fabula.choosing import WEIGHTS, colours, places, standard
from fabula.recipe import Tell
from fabula.story import Frame

SAMPLED = Tell("sample", temperature=1.2)
NUMBERS = st.integers(-40, 40).map(lambda n: n / 8)
MATRICES = arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=NUMBERS)


def teller(**tell):
    return listening(recipe(Tell("sample", temperature=1.2, **tell)), TOKENIZER)


@given(MATRICES, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(scores, dice):
    """Each score is seen with others that disagree, so that sums may be equal."""
    said = {"likelihood": scores, "agreement": -scores[:, ::-1], "cast": np.abs(scores)}
    order = list(range(scores.shape[1]))
    dice.shuffle(order)
    first = places(said).argmin(1)
    again = places({name: column[:, order] for name, column in said.items()}).argmin(1)
    for row, (one, other) in enumerate(zip(first, again, strict=True)):
        assert all(column[row, one] == column[row, order[other]] for column in said.values())


@given(MATRICES)
def test_places_are_each_given_once_and_one_score_alone_ranks_by_itself(scores):
    found = places({"likelihood": scores})
    assert (np.sort(found, 1) == np.arange(1, scores.shape[1] + 1)).all()
    assert (np.take_along_axis(scores, found.argmin(1)[:, None], 1)[:, 0] == scores.max(1)).all()


@given(MATRICES, st.floats(0.1, 10), NUMBERS)
def test_a_standard_score_knows_neither_unit_nor_zero(scores, unit, zero):
    found = standard(scores)
    np.testing.assert_allclose(found.mean(1), 0, atol=1e-9)
    assert all(np.isclose(row.std(), 1) or not row.any() for row in found)
    np.testing.assert_allclose(standard(scores * unit + zero), found, atol=1e-9)


def test_what_a_company_changes_of_a_last_bit_is_no_difference():
    scores = np.array([[-2.0, -2.0 + 1e-7, -2.0 - 1e-7]])
    assert not standard(scores).any()


def test_histograms_of_colours_sum_to_one_and_tell_colours_apart():
    red, blue = torch.full((2, 3, 4, 5), -1.0)
    red[0], blue[2] = 1.0, 1.0
    found = colours(torch.stack([red, blue]))
    assert found.sum(-1).tolist() == [1, 1]
    assert torch.minimum(found[0], found[1]).sum() == 0


def test_every_judge_speaks_and_each_is_weighed():
    it, many = teller(), contexts(3, 1)
    judged = it.judged(many, it.samples(many, 3, seed=1))
    assert list(judged) == list(WEIGHTS)
    assert all(scores.shape == (2, 3) and np.isfinite(scores).all() for scores in judged.values())


def test_who_cannot_say_how_picture_and_caption_agree_does_not_say_it():
    it = listening(recipe(SAMPLED), TOKENIZER, captions=False)
    assert "agreement" not in it.judged(contexts(2), it.samples(contexts(2), 2))
    silent = listening(recipe(SAMPLED), TOKENIZER, writes=False)
    assert list(silent.judged(contexts(2), silent.samples(contexts(2), 2))) == ["place"]


def test_the_caption_agrees_with_the_picture_that_makes_it_likelier():
    """By as much as the writer says when it has seen the picture, beside what it says before."""
    it, (context,) = teller(), contexts(3)
    words = "The fox found a lamp."
    told = [[Frame(picture, words) for picture in (context[0].picture, context[1].picture)]]
    agreement = it.judged([context], told)["agreement"][0]
    read = it.narrator.frames([[*context[1:], told[0][0]], [*context[1:], told[0][1]]])
    seen = it.model.caption_decoder.captioned(it.model.remember(read)).detach().double().numpy()
    assert agreement[0] - agreement[1] == pytest.approx(seen[0] - seen[1], abs=1e-5)
    (nats,) = it.log_loss([context], [words])
    assert agreement[0] == pytest.approx(nats + seen[0], abs=1e-4)


def test_names_that_the_story_knows_and_its_colours_count_for_a_candidate():
    it = teller()
    context = [Frame(picture.picture, "Today Mira met Otto.") for picture in contexts(3)[0]]
    told = [Frame(context[0].picture, "So Mira ran."), Frame(contexts(1, 1)[1][0].picture, "So Zelda ran.")]
    judged = it.judged([context], [told])
    assert judged["cast"].tolist() == [[1.0, 0.0]]
    assert judged["place"][0, 0] == pytest.approx(1.0)
    assert judged["place"][0, 1] < 1


def test_one_candidate_is_no_choosing():
    many = contexts(3, 1)
    one, plain = teller(candidates=1), teller()
    for told, frames in zip(one.tell(many, seed=4), plain.samples(many, 1, seed=4), strict=True):
        assert same(told, frames[0])


def test_of_the_candidates_the_first_in_rank_is_told():
    it, many = teller(candidates=4), contexts(3, 1, 2)
    sampled = it.samples(many, 4, seed=4)
    ranks = it.ranks(many, sampled)
    told = it.tell(many, seed=4)
    assert {rank.index(1) for rank in ranks} != {0}
    for frame, rank, frames in zip(told, ranks, sampled, strict=True):
        assert same(frame, frames[rank.index(1)])


def test_candidates_tell_the_same_alone_and_in_company():
    it, many = teller(candidates=3), contexts(3, 1, 2, 3)
    together = it.tell(many, seed=7)
    for context, told, other in zip(many, together, it.tell(many[::-1], seed=7)[::-1], strict=True):
        assert same(told, it.tell([context], seed=7)[0])
        assert same(told, other)


def test_ways_begin_with_what_is_told_and_differ():
    it, many = teller(candidates=2), contexts(3, 1)
    for told, ways in zip(it.tell(many, seed=2), it.ways(many, 3, seed=2), strict=True):
        assert same(told, ways[0])
        assert len({way.picture.tobytes() for way in ways}) == 3


def test_a_changed_target_changes_neither_telling_nor_ranking():
    it, many = teller(candidates=3), contexts(3, 2)
    truths = [frames[0] for frames in contexts(1, 1)]
    sampled = it.samples(many, 3, seed=1)
    ranks, told = it.ranks(many, sampled), it.tell(many, seed=1)
    it.paint_in_sight(many, truths)
    frames, _ = it.tell_and_score(many, ["Another truth.", "And one more."], seed=1)
    assert [frame.picture.tobytes() for frame in frames] == [frame.picture.tobytes() for frame in told]
    assert [frame.caption for frame in frames] == [frame.caption for frame in told]
    assert it.ranks(many, sampled) == ranks
