"""What each way of reading a caption promises beyond its role."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from fabula.encoders import TEXT_ENCODERS
from fabula.layers.bidirectional import turned
from fabula.layers.positions import sinusoids
from fabula.types import Tokens, Vocabulary

WORDS = Vocabulary(20, pad=3, begin=1, end=2)
DIM = 8
KINDS = [("gru", {}), ("lstm", {"layers": 2}), ("bilstm", {}), ("bilstm", {"layers": 2}), ("transformer", {})]
every = pytest.mark.parametrize(("kind", "options"), KINDS)
captions = st.lists(st.lists(st.integers(4, 19), max_size=6), min_size=1, max_size=4)


def encoder(kind: str, options: dict, **more) -> nn.Module:
    torch.manual_seed(0)
    return TEXT_ENCODERS[kind](DIM, WORDS, **options, **more).eval()


def padded(texts: list[list[int]], length: int = 6) -> Tensor:
    return torch.tensor([words + [WORDS.pad] * (length - len(words)) for words in texts])


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@every
@settings(max_examples=20)
@given(texts=captions, more=st.integers(0, 5))
def test_padding_and_company_change_no_word_and_no_sentence(kind, options, texts, more):
    read = encoder(kind, options, gives="both")
    together = read(padded(texts, 6 + more))
    for words, values, mask in zip(texts, *together, strict=True):
        alone = read(padded([words], max(1, len(words))))
        close(values[mask], alone.values[alone.mask])
        assert not values[~mask].any()
        assert mask.tolist() == [bool(words)] + [True] * len(words) + [False] * (6 + more - len(words))


@every
def test_an_absent_caption_is_zeros_without_a_mask(kind, options):
    for gives, length in [("words", 5), ("sentence", 1), ("both", 6)]:
        nothing = encoder(kind, options, gives=gives)(padded([[], []], 5))
        assert nothing.values.shape == (2, length, DIM)
        assert not nothing.mask.any()
        assert not nothing.values.any()


@every
def test_both_is_the_sentence_and_then_the_words(kind, options):
    ids = padded([[5, 6, 7], [8], []])
    whole, both = (encoder(kind, options, gives=gives) for gives in ("sentence", "both"))
    whole.load_state_dict(both.state_dict())
    words = encoder(kind, options)
    words.load_state_dict(both.state_dict(), strict=False)
    joined = whole(ids).followed_by(words(ids))
    assert torch.equal(both(ids).values, joined.values)
    assert torch.equal(both(ids).mask, joined.mask)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_the_sentence_is_the_state_after_the_last_word(kind):
    both: Tokens = encoder(kind, {}, gives="both")(padded([[5, 6, 7], [8]]))
    assert torch.equal(both.values[0, 0], both.values[0, 3])
    assert torch.equal(both.values[1, 0], both.values[1, 1])


@pytest.mark.parametrize(("kind", "ahead"), [("gru", False), ("lstm", False), ("bilstm", True), ("transformer", True)])
def test_who_reads_both_ways_knows_what_comes_after(kind, ahead):
    one, other = encoder(kind, {})(padded([[5, 6, 7, 8], [5, 6, 7, 9]])).values
    assert torch.equal(one[0], other[0]) is not ahead


@pytest.mark.parametrize("layers", [1, 2])
def test_both_ways_are_those_of_torch_on_packed_sequences(layers):
    ours = encoder("bilstm", {"layers": layers})
    theirs = nn.LSTM(DIM, DIM, layers, batch_first=True, bidirectional=True)
    for number, layer in enumerate(ours.layers):
        for way, lstm in (("", layer.onward), ("_reverse", layer.back)):
            for name, weight in lstm.named_parameters():
                getattr(theirs, name.replace("l0", f"l{number}{way}")).data.copy_(weight)
    ids = padded([[5, 6, 7, 8], [9, 4], [6]])
    packed = nn.utils.rnn.pack_padded_sequence(ours.embed(ids), torch.tensor([4, 2, 1]), batch_first=True)
    states, (last, _) = theirs(packed)
    expected = nn.utils.rnn.pad_packed_sequence(states, batch_first=True, total_length=6)[0]
    mask = ids != WORDS.pad
    close(ours(ids).values, ours.join(expected) * mask[..., None])
    ours.gives = "sentence"
    close(ours(ids).values[:, 0], ours.join(torch.cat([last[-2], last[-1]], -1)))


@given(texts=captions)
def test_turned_twice_is_as_before(texts):
    ids = padded(texts)
    once = turned(ids[..., None], ids != WORDS.pad)
    assert [row[: len(words)] for row, words in zip(once[..., 0].tolist(), texts, strict=True)] == [
        words[::-1] for words in texts
    ]
    assert torch.equal(turned(once, ids != WORDS.pad)[..., 0], ids)


def test_a_transformer_reads_captions_of_any_length():
    read = encoder("transformer", {})
    long = torch.randint(4, 20, (1, 700), generator=torch.Generator().manual_seed(0))
    assert read(long).values.isfinite().all()
    moved = torch.cat([long[:, 350:], long[:, :350]], 1)
    assert not torch.allclose(read(long).mean(), read(moved).mean(), atol=1e-4)


@pytest.mark.parametrize("dim", [1, 7, 8])
def test_every_place_is_another_vector(dim):
    places = sinusoids(torch.arange(40), dim)
    assert places.shape == (40, dim)
    apart = torch.cdist(places, places) + torch.eye(40)
    assert apart.min() > 1e-3
