"""A painter who listens hears the caption that is told, and what it costs to listen."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import torch
from listening import listening
from test_storyteller import TEXTS, TOKENIZER, contexts, frame, recipe, same, teller

from fabula.chance import contents, dice_of, keys_of
from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.images import to_picture, to_uint8
from fabula.layers.frames import with_caption
from fabula.recipe import Tell
from fabula.story import Frame
from fabula.writing import write

SAMPLED = Tell("sample", temperature=1.2)


def listener(tell=SAMPLED, **options):
    return listening(recipe(tell), TOKENIZER, **options)


@pytest.mark.parametrize("count", [1, 3])
def test_who_does_not_listen_tells_from_the_context_alone(count):
    """The whole of telling, written out: what is added for listeners changes nothing for others."""
    it, many = teller(SAMPLED), contexts(3, 1)
    told = [each for ways in it.samples(many, count, seed=5) for each in ways]
    with torch.inference_mode():
        read = to_frames(many, TOKENIZER, it.recipe.data)
        memory = it.model.remember(read).at(torch.arange(2).repeat_interleave(count))
        keys = keys_of(contents(read), count, 5)
        ids = write(it.model.caption_decoder, memory, 10, TOKENIZER.vocabulary, SAMPLED, dice_of(keys, "caption"))
        pixels = to_uint8(it.model.image_decoder.generate(memory, dice_of(keys, "picture")))
    for one, words, picture in zip(told, ids.tolist(), pixels, strict=True):
        assert same(one, Frame(to_picture(picture), TOKENIZER.decode(words)))


def test_what_is_heard_changes_the_picture_and_the_painter_hears_what_is_told():
    it, many = listener(), contexts(3, 1, 2)
    told = it.tell(many, seed=3)
    for one, other in zip(told, it.paint_told(many, [each.caption for each in told], seed=3), strict=True):
        assert same(one, other)
    others = it.paint_told(many, TEXTS[:3], seed=3)
    nothing = it.paint_told(many, None, seed=3)
    assert all(one.picture.tobytes() != other.picture.tobytes() for one, other in zip(told, others, strict=True))
    assert all(one.picture.tobytes() != other.picture.tobytes() for one, other in zip(told, nothing, strict=True))
    assert [each.caption for each in others] == TEXTS[:3]


def test_a_painter_with_nobody_who_writes_hears_nothing():
    it, many = listener(writes=False), contexts(3, 1)
    for one, other in zip(it.tell(many, seed=3), it.paint_told(many, None, seed=3), strict=True):
        assert same(one, other)


def test_listening_depends_on_no_other_story():
    it, many = listener(), contexts(3, 1, 2, 3)
    for context, told in zip(many, it.tell(many, seed=7), strict=True):
        assert same(told, it.tell([context], seed=7)[0])


def test_the_manner_of_painting_is_the_recipes():
    many = contexts(3, 1)
    guess = listener(replace(SAMPLED, picture="guess"))
    one, other = guess.tell(many, seed=1), guess.paint_told(many, guess.captions(many, seed=1), seed=2)
    assert all(same(*pair) for pair in zip(one, other, strict=True))
    loud = listener(replace(SAMPLED, guidance=3.0)).tell(many, seed=1)
    few = listener(replace(SAMPLED, flow_steps=2)).tell(many, seed=1)
    plain = listener().tell(many, seed=1)
    assert len({told[0].picture.tobytes() for told in (one, loud, few, plain)}) == 4
    assert len({told[0].caption for told in (one, loud, few, plain)}) == 1


def test_every_picture_is_encoded_once_and_each_caption_of_a_story_is_heard_once():
    it, looked, heard = listener(Tell("greedy")), [], []
    it.model.image_encoder.register_forward_hook(lambda _module, given, _out: looked.append(len(given[0])))
    hear = it.model.hear
    it.model.hear = lambda memory, ids: (heard.append(len(ids)), hear(memory, ids))[1]
    story = [frame(place) for place in range(4)]
    it.samples([story[:3], story[1:]], 5)
    assert looked == [4, 1]  # the frames that there are; a grey one
    assert heard == [2]  # who is greedy says the same five times


def by_hand(model, context, captions):
    return model.remember(with_caption(replace(context, same=None), captions, pad=TOKENIZER.pad))


def parts(memory) -> Iterable[torch.Tensor]:
    return (*memory.state, *memory.pictures, *memory.beside.values(), memory.context.captions, memory.context.present)


@pytest.mark.parametrize("lengths", [(3, 3), (1, 3, 2)])
def test_a_memory_made_longer_is_that_of_the_longer_story(lengths):
    it, many = listener(), contexts(*lengths)
    given = it.narrator.frames(many)
    captions = torch.from_numpy(TOKENIZER.encode([TEXTS[0]] * len(many), 10)[0])
    with torch.inference_mode():
        memory = it.model.remember(given)
        for one, other in zip(
            parts(it.model.hear(memory, captions)), parts(by_hand(it.model, given, captions)), strict=True
        ):
            np.testing.assert_allclose(one.double(), other.double(), atol=1e-5)
        images = torch.rand(len(many), 3, *it.recipe.data.picture_size) * 2 - 1
        seen = it.model.further(memory, images, captions)
        again = it.model.remember(replace(seen.context, same=None))
        for one, other in zip(parts(seen), parts(again), strict=True):
            np.testing.assert_allclose(one.double(), other.double(), atol=1e-5)
        newest = seen.context.images[torch.arange(len(many)), torch.tensor(lengths)]
        assert torch.equal(newest, images)
        shared = it.model.remember(seen.context)  # what is marked as the same is the same
        for one, other in zip(parts(shared), parts(again), strict=True):
            np.testing.assert_allclose(one.double(), other.double(), atol=1e-5)


def test_stories_are_taken_out_of_a_memory_by_their_places():
    it, many = listener(), contexts(3, 1, 2)
    rows = torch.tensor([2, 0, 2])
    with torch.inference_mode():
        taken = it.model.remember(it.narrator.frames(many)).at(rows)
        there = it.model.remember(it.narrator.frames([many[row] for row in rows.tolist()]))
        again = it.model.remember(taken.context)
    for one, other, third in zip(parts(taken), parts(there), parts(again), strict=True):
        np.testing.assert_allclose(one.double(), other.double(), atol=1e-5)
        np.testing.assert_allclose(one.double(), third.double(), atol=1e-5)


def test_what_was_told_last_is_not_told_again_and_is_what_would_be_told():
    it, many = listener(replace(SAMPLED, candidates=2)), contexts(3, 1)
    told = [each.caption for each in it.tell(many, seed=1)]
    it.model.caption_decoder.step = None  # who writes now fails
    assert it.captions(many, seed=1) == told
    assert listener(replace(SAMPLED, candidates=2)).captions(many, seed=1) == told
    assert it.captions([], seed=1) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"picture": "gess"}, "Did you mean 'guess'"),
        ({"guidance": 0}, "tell.guidance"),
        ({"flow_steps": 0}, "tell.flow_steps"),
        ({"candidates": -1}, "tell.candidates"),
        ({"candidate": 1}, "Did you mean 'candidates'"),
    ],
)
def test_another_manner_that_makes_no_sense_is_refused(changes, said):
    with pytest.raises(FabulaError, match=said) as caught:
        listener().telling(**changes)
    assert "\n" not in str(caught.value)


def test_a_painter_with_one_way_to_paint_is_not_asked_for_another():
    it = teller(SAMPLED)
    assert it.telling(candidates=3).recipe.tell.candidates == 3
    for changes in ({"picture": "guess"}, {"guidance": 2.0}, {"flow_steps": 3}):
        with pytest.raises(FabulaError, match="one way to paint"):
            it.telling(**changes)
    assert it.manner == {"candidates": 1}
    assert listener().manner == {"candidates": 1, "picture": "sample", "flow_steps": 10, "guidance": 1.0}
