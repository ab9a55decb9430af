"""What a caption decoder read while it wrote: weights that sum to 1, none for absent frames, as in the writing."""

import pytest
import torch
from test_maps import LENGTHS, VOCABULARY, B, K, L, context, model, ones
from torch.testing import assert_close

from fabula.drawing.maps.placing import Read, placed
from fabula.drawing.maps.watching import look, watching
from fabula.recipe import Tell
from fabula.spec import Spec
from fabula.writing import write

ASKING = {"gru": {"attention": True}, "lstm": {"attention": True}, "transformer": {"layers": 1}, "pointer": {}}
MEMORIES = {"frames": Spec("gru", {"gives": "frames"}), "tokens": Spec("transformer", {"gives": "tokens"})}
DICE = [torch.Generator().manual_seed(0) for _ in range(B)]


def told(it, given) -> torch.Tensor:
    """Greedy captions (B, L) of random weights, the second cut short."""
    ids = write(it.caption_decoder, it.eval().remember(given), L, VOCABULARY, Tell(strategy="greedy"), DICE)
    ids[1, 3], ids[1, 4:] = VOCABULARY.end, VOCABULARY.pad
    return ids


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("gives", MEMORIES)
def test_shares_sum_to_one_and_absent_frames_get_none(kind, gives):
    it, given = model(temporal=MEMORIES[gives], caption_decoder=Spec(kind, ASKING[kind])), context()
    found = look(it, given, told(it, given))
    asked = [each for name, each in found.items() if name.startswith("caption_decoder")]
    (share,) = [each.written for each in asked if each.written is not None]
    assert share.shape == (B, K)
    assert_close(share.sum(1), torch.ones(B))
    assert (share[~given.present] == 0).all()
    assert (share[given.present] > 0).all()


def test_without_a_told_caption_nothing_was_read_for_it():
    it = model(temporal=MEMORIES["frames"], caption_decoder=Spec("transformer"))
    assert not any(name.startswith("caption_decoder") for name in look(it, context()))


@pytest.mark.parametrize("temporal", [Spec("mean"), Spec("last"), Spec("gru", {"last_state": True})])
def test_a_memory_whose_tokens_are_no_frames_gives_no_shares(temporal):
    it, given = model(temporal=temporal, caption_decoder=Spec("transformer")), context()
    assert not any(name.startswith("caption_decoder") for name in look(it, given, told(it, given)))


@torch.no_grad()
def test_one_pass_weighs_as_the_writing_did_word_by_word():
    it, given = model(temporal=MEMORIES["frames"], caption_decoder=Spec("gru", {"attention": True})).eval(), context()
    words, memory, steps = told(it, given), it.remember(given), []
    carry, last = it.caption_decoder.begin(memory), torch.full((B,), VOCABULARY.begin)
    for place in range(L):
        with watching(it) as seen:
            _, carry = it.caption_decoder.step(last, carry)
        steps.append(seen["caption_decoder.ask.attention.seen"].values[:, 0])
        last = words[:, place]
    there = (words != VOCABULARY.pad)[..., None]
    mean = (torch.stack(steps, 1) * there).sum(1) / there.sum(1)
    assert_close(look(it, given, words)["caption_decoder.ask.attention"].written, mean)


def test_who_points_weighs_every_word_of_the_context_and_no_padding():
    it, given = model(caption_decoder=Spec("pointer")), context()
    seen = look(it, given, told(it, given))["caption_decoder.speak"]
    assert seen.words.shape == (B, K, L)
    assert_close(seen.words.sum((1, 2)), torch.ones(B))
    real = given.present[..., None] & (given.captions != VOCABULARY.pad) & (given.captions != VOCABULARY.end)
    assert ((seen.words > 0) == real).all()
    assert_close(seen.written, seen.words.sum(2))
    assert (seen.words[0] > 0).sum(1).tolist() == [length - 1 for length in LENGTHS]


def test_notes_behind_the_memory_count_for_their_frames():
    present, mask = torch.tensor([[True, True]]), torch.ones(2, 1, dtype=torch.bool)
    read = Read(present, 1, None, mask, mask, mask, mask, gives="frames", written=torch.tensor([[True, True, False]]))
    weights = torch.tensor([[[0.1, 0.3, 0.2, 0.1, 0.1, 0.2], [0.3, 0.3, 0, 0, 0.2, 0.2], [float("nan")] * 6]])
    share = placed("caption_decoder.ask", "B L S", weights, read).written  # two frames, then two notes of each
    assert_close(share, torch.tensor([[0.35, 0.65]]))
    assert_close(share.sum(1), ones(share.sum(1)))
