"""A model as a storyteller: what it tells follows from its context and the seed, and from nothing else."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from smallest import SMALL_MODEL

from fabula.building import build_model
from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.images import to_uint8
from fabula.recipe import Data, Loss, Recipe, Tell
from fabula.spec import Spec
from fabula.story import Frame, Scorer, Size, Storyteller
from fabula.storyteller import ModelStoryteller
from fabula.tokenizer import Tokenizer

TEXTS = ["The fox found a lamp.", "Rain fell, and Mira ran home.", "She lit the lamp; the fox slept.", "A quiet night."]
SIZE = Size(14, 22)
TOKENIZER = Tokenizer.train(TEXTS, 300)


def recipe(tell: Tell | None = None, **slots) -> Recipe:
    data = Data(context=3, picture_size=SIZE, caption_length=10)
    tell = tell or Tell("sample", temperature=1.2)
    return Recipe("test", replace(SMALL_MODEL, **slots), {"words": Loss(Spec("caption"))}, data, tell=tell)


def teller(tell: Tell | None = None, **slots) -> ModelStoryteller:
    torch.manual_seed(0)
    told = recipe(tell, **slots)
    return ModelStoryteller(build_model(told.model, SIZE, TOKENIZER.vocabulary), TOKENIZER, told)


def frame(seed: int) -> Frame:
    pixels = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)
    return Frame(Image.fromarray(pixels), TEXTS[seed % len(TEXTS)])


def contexts(*lengths: int) -> list[list[Frame]]:
    return [[frame(10 * story + place) for place in range(length)] for story, length in enumerate(lengths)]


def same(one: Frame, other: Frame) -> bool:
    """The same words, and the same picture but for a last bit of arithmetic."""
    if one.caption != other.caption or (one.picture is None) != (other.picture is None):
        return False
    if one.picture is None or other.picture is None:
        return True
    return int(np.abs(np.asarray(one.picture, int) - np.asarray(other.picture, int)).max()) <= 1


def test_it_tells_a_picture_of_its_size_and_a_caption():
    it = teller()
    protocols: tuple[Storyteller, Scorer] = (it, it)
    assert protocols
    for told in it.tell(contexts(1, 2, 3, 7)):
        assert told.picture is not None
        assert told.picture.size == (SIZE.width, SIZE.height)
        assert told.picture.mode == "RGB"
        assert isinstance(told.caption, str)


@pytest.mark.parametrize("tell", [Tell("greedy"), Tell("sample", temperature=1.2), Tell("beam")], ids=str)
def test_no_story_depends_on_the_others(tell):
    it, many = teller(tell), contexts(3, 1, 2, 3)
    together = it.tell(many, seed=7)
    alone = [it.tell([context], seed=7)[0] for context in many]
    backwards = it.tell(many[::-1], seed=7)[::-1]
    for one, other, third in zip(together, alone, backwards, strict=True):
        assert same(one, other)
        assert same(one, third)


def test_the_seed_decides_and_nothing_else():
    it, many = teller(), contexts(3, 2)
    first = it.tell(many, seed=1)
    torch.manual_seed(1234)
    assert [told.caption for told in it.tell(many, seed=1)] == [told.caption for told in first]
    assert len({it.tell(many[:1], seed=seed)[0].caption for seed in range(6)}) > 1


def test_one_seed_does_not_make_two_stories_alike():
    torch.manual_seed(0)
    it = teller()
    with torch.no_grad():
        for weight in it.model.caption_decoder.parameters():
            weight.zero_()  # it hears no context: what differs is the dice alone
    assert len({told.caption for told in it.tell(contexts(1, 1, 1, 1), seed=3)}) > 1


def test_samples_begin_with_what_is_told_and_differ():
    it, many = teller(), contexts(3, 1)
    sampled = it.samples(many, 5, seed=2)
    assert [len(frames) for frames in sampled] == [5, 5]
    for told, frames in zip(it.tell(many, seed=2), sampled, strict=True):
        assert same(told, frames[0])
        assert len({said.caption for said in frames}) > 1
    for few, all_of_them in zip(it.samples(many, 2, seed=2), sampled, strict=True):
        assert same(few[1], all_of_them[1])


def test_the_memory_is_read_once_for_both_decoders_and_all_samples():
    it, count = teller(), 0
    remember = it.model.remember

    def counted(context):
        nonlocal count
        count += 1
        return remember(context)

    it.model.remember = counted  # type: ignore[method-assign]
    it.samples(contexts(3, 2), 6)
    assert count == 1


def test_a_frame_of_several_contexts_is_encoded_once_and_nothing_changes():
    it, seen = teller(), []
    story = [frame(place) for place in range(5)]
    windows = [story[start : start + 3] for start in range(3)] + [story[:1]]
    it.model.image_encoder.register_forward_hook(lambda _module, given, _out: seen.append(len(given[0])))
    shared = it.tell(windows, seed=3)
    copied = it.tell([[replace(each) for each in window] for window in windows], seed=3)
    assert seen == [5 + 1, 3 * 3 + 1 + 1]  # the frames there are, and the absent one
    assert all(map(same, shared, copied))


@pytest.mark.parametrize("absent", ["image_decoder", "caption_decoder"])
def test_a_model_that_only_paints_or_only_writes(absent):
    it = teller(**{absent: None})
    assert (it.paints, it.writes) == (absent == "caption_decoder", absent == "image_decoder")
    (told,) = it.tell(contexts(2))
    assert (told.picture is not None, told.caption != "") in [(it.paints, it.writes), (it.paints, False)]
    if not it.writes:
        with pytest.raises(FabulaError, match="no captions"):
            it.log_loss(contexts(2), ["A fox."])


def test_log_loss_is_the_sum_over_the_words_and_the_end():
    it = teller()
    assert it.model.caption_decoder is not None
    with torch.no_grad():
        for weight in it.model.caption_decoder.parameters():
            weight.zero_()
    uniform = math.log(TOKENIZER.vocabulary.size)
    captions = ["A fox.", "", "word " * 50]
    tokens = [min(10, int(n) + 1) for n in TOKENIZER.count(captions)]
    nats = it.log_loss(contexts(3, 1, 2), captions)
    assert nats == pytest.approx([uniform * count for count in tokens], rel=1e-5)


def test_log_loss_of_a_caption_does_not_depend_on_the_others():
    it, many, said = teller(), contexts(3, 1, 2), TEXTS[:3]
    together = it.log_loss(many, said)
    assert together == pytest.approx([it.log_loss([c], [s])[0] for c, s in zip(many, said, strict=True)], rel=1e-5)
    assert it.log_loss(many, said) == together
    assert it.model.training is False


def test_what_follows_a_cut_caption_is_not_scored():
    it = teller()
    long = "fox " * 30
    one, other = it.log_loss(contexts(2, 2)[:1] * 2, [long + "lamp", long + "night"])
    assert one == pytest.approx(other, rel=1e-6)


def test_many_contexts_are_told_in_parts():
    it = teller()
    many = contexts(*[1 + story % 3 for story in range(70)])
    assert len(it.tell(many)) == 70
    assert len(it.log_loss(many, ["A fox."] * 70)) == 70


def test_no_contexts_give_no_frames_and_an_empty_one_is_refused():
    it = teller()
    assert it.tell([]) == []
    assert it.log_loss([], []) == []
    with pytest.raises(FabulaError, match="at least one frame"):
        it.tell([[frame(0)], []])


def test_a_frame_may_lack_its_picture_or_its_words():
    it = teller()
    told = it.tell([[Frame(None, TEXTS[0])], [Frame(frame(1).picture, "")], [Frame(None, "")]])
    assert all(frame.picture is not None for frame in told)


def test_telling_and_scoring_at_once_read_each_context_once_and_give_the_same():
    it, many = teller(), contexts(*[1 + story % 3 for story in range(40)])
    said = [TEXTS[story % 4] for story in range(40)]
    told, nats = it.tell(many, seed=5), it.log_loss(many, said)
    sizes, remember = [], it.model.remember

    def counted(context):
        sizes.append(len(context.present))
        return remember(context)

    it.model.remember = counted  # type: ignore[method-assign]
    again, nats_again = it.tell_and_score(many, said, seed=5)
    assert sum(sizes) == 40
    assert nats_again == nats
    for one, other in zip(told, again, strict=True):
        assert (one.caption, one.picture.tobytes()) == (other.caption, other.picture.tobytes())


def test_what_is_told_beside_scoring_does_not_see_the_captions():
    it, many = teller(), contexts(3, 2)
    (one, _), (other, _) = (it.tell_and_score(many, said, seed=1) for said in (TEXTS[:2], TEXTS[2:]))
    assert [frame.caption for frame in one] == [frame.caption for frame in other]


@pytest.mark.parametrize("equalise", [False, True])
def test_a_told_picture_is_read_back_as_it_was_painted(equalise):
    """A model that has seen equalised pictures alone paints such; to equalise them again would change them."""
    told = recipe()
    told = replace(told, data=replace(told.data, equalise=equalise))
    torch.manual_seed(0)
    it = ModelStoryteller(build_model(told.model, SIZE, TOKENIZER.vocabulary), TOKENIZER, told)
    (painted,) = it.tell(contexts(2))
    read = to_frames([[painted]], TOKENIZER, told.data)
    np.testing.assert_array_equal(to_uint8(read.images[0, 0]), np.asarray(painted.picture))
    assert (np.asarray(ImageOps.equalize(painted.picture)) != np.asarray(painted.picture)).any()
