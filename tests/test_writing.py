"""Ways of writing against each other, and against all captions that there are where they can be counted."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.decoders import CAPTION_DECODERS
from fabula.recipe import Tell
from fabula.roles import CaptionDecoder
from fabula.types import Compared, Frames, Memory, Tokens, Vocabulary
from fabula.writing import draw, write, write_by_beam

DIM, LENGTH, VOCABULARY = 12, 9, Vocabulary(31, pad=3, begin=1, end=2)
GREEDY = Tell("greedy", repetition_penalty=1.0)
seeds = st.integers(0, 2**32 - 1)


def memory(count: int, dim: int = DIM, seed: int = 0) -> Memory:
    values = torch.randn(count, 1, dim, generator=torch.Generator().manual_seed(seed)) * 3
    there = torch.ones(count, 1, dtype=torch.bool)
    return Memory(Tokens(values, there), Frames(torch.zeros(count, 1, 3, 1, 1), torch.zeros(count, 1, 1).long(), there))


def decoder(kind: str = "gru", vocabulary: Vocabulary = VOCABULARY) -> CaptionDecoder:
    """Untrained, but of strong opinions."""
    torch.manual_seed(3)
    made = CAPTION_DECODERS[kind](DIM, vocabulary).eval()
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(3)
    return made


def dice(*stories: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(story) for story in stories]


def written(tell: Tell, count: int = 5, kind: str = "gru", seed: int = 0) -> torch.Tensor:
    with torch.inference_mode():
        return write(decoder(kind), memory(count, seed=seed), LENGTH, VOCABULARY, tell, dice(*range(count)))


def log_probability(ids: torch.Tensor, of: CaptionDecoder, known: Memory) -> torch.Tensor:
    """(B,) of whole captions, words that are never written left out."""
    logits = of(known, ids).predicted.double()
    logits[..., [VOCABULARY.pad, VOCABULARY.begin]] = -torch.inf
    each = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    return each.masked_fill(ids == VOCABULARY.pad, 0).sum(-1)


@pytest.mark.parametrize("kind", CAPTION_DECODERS)
@pytest.mark.parametrize("tell", [GREEDY, Tell("sample", top_p=1.0), Tell("sample"), Tell("beam")], ids=str)
def test_what_is_written_is_words_then_the_end_then_padding(kind, tell):
    for seed in range(4):
        ids = written(tell, kind=kind, seed=seed)
        assert ids.shape == (5, LENGTH)
        assert not (ids == VOCABULARY.begin).any()
        for row in ids.tolist():
            words = row[: row.index(VOCABULARY.end)] if VOCABULARY.end in row else row
            assert VOCABULARY.pad not in words
            assert set(row[len(words) + 1 :]) <= {VOCABULARY.pad}


def test_both_endings_occur_in_these_tests():
    ids = torch.cat([written(Tell("sample"), seed=seed) for seed in range(4)])
    ended = (ids == VOCABULARY.end).any(-1)
    assert ended.any()
    assert not ended.all()


@pytest.mark.parametrize("kind", CAPTION_DECODERS)
@pytest.mark.parametrize("penalty", [1.0, 1.4])
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_the_narrowest_choices_are_greedy(kind, penalty, seed):
    greedy = written(Tell("greedy", repetition_penalty=penalty), kind=kind, seed=seed)
    narrow = [
        Tell("sample", temperature=1.0, top_k=1, top_p=1.0, repetition_penalty=penalty),
        Tell("sample", temperature=1e-7, top_p=1.0, repetition_penalty=penalty),
        Tell("sample", temperature=1e-30, repetition_penalty=penalty),
        Tell("sample", temperature=0.0, repetition_penalty=penalty),
        Tell("sample", temperature=1.0, top_p=1e-9, repetition_penalty=penalty),
        Tell("beam", beams=1, repetition_penalty=penalty),
    ]
    for tell in narrow:
        assert torch.equal(written(tell, kind=kind, seed=seed), greedy), tell


@pytest.mark.parametrize(
    "tell", [GREEDY, Tell("sample", temperature=1.3), Tell("beam")], ids=["greedy", "sample", "beam"]
)
@settings(max_examples=10, deadline=None)
@given(seed=seeds, order=st.permutations(range(5)))
def test_a_story_alone_in_a_batch_or_in_another_order_is_the_same(tell, seed, order):
    known, writer = memory(5, seed=seed), decoder("lstm")

    def write_some(*stories: int) -> torch.Tensor:
        some = Memory(Tokens(*(part[list(stories)] for part in known.state)), known.context)
        with torch.inference_mode():
            return write(writer, some, LENGTH, VOCABULARY, tell, dice(*stories))

    together = write_some(0, 1, 2, 3, 4)
    assert torch.equal(write_some(*order), together[list(order)])
    assert torch.equal(torch.cat([write_some(story) for story in range(5)]), together)


def test_samples_follow_from_the_dice_alone():
    writer, tell = decoder(), Tell("sample", temperature=1.5)

    def once(seed: int) -> list[int]:
        return write(writer, memory(1), LENGTH, VOCABULARY, tell, dice(seed))[0].tolist()

    first = once(4)
    torch.manual_seed(99)
    assert once(4) == first
    assert len({tuple(once(seed)) for seed in range(9)}) > 3


@settings(deadline=None)
@given(seeds, st.floats(0.01, 0.99), st.floats(0.2, 3), st.integers(0, 12))
def test_only_words_of_the_nucleus_are_drawn(seed, mass, temperature, top_k):
    die = torch.Generator().manual_seed(seed)
    scores = torch.randn(1, 300, generator=die) * 2
    chances = (scores[0].double() / temperature).softmax(-1).sort(descending=True)
    kept = chances.values[:top_k] / chances.values[:top_k].sum() if top_k else chances.values
    count = int((kept.cumsum(0) < mass - 1e-9).sum()) + 1
    luck = torch.cat([torch.tensor([0.0, 1 - 2**-53]), torch.rand(200, generator=die)]).double()
    drawn = draw(scores.expand(len(luck), -1), luck, Tell("sample", temperature, top_k, mass))
    assert set(drawn.tolist()) <= set(chances.indices[:count].tolist())
    assert drawn[0] == scores.argmax()


def test_words_are_drawn_as_often_as_they_are_likely():
    scores = torch.tensor([[0.0, 2.0, -torch.inf, 1.0]])
    even = (torch.arange(20_000, dtype=torch.double) + 0.5) / 20_000
    for tell in (Tell("sample", 1.0, 0, 1.0), Tell("sample", 0.5, 0, 1.0), Tell("sample", 1.0, 2, 1.0)):
        drawn = draw(scores.expand(len(even), -1), even, tell)
        chances = (scores[0].double() / tell.temperature).softmax(-1)
        if tell.top_k:
            chances[0] = 0
            chances = chances / chances.sum()
        assert drawn.bincount(minlength=4).div(len(even)).tolist() == pytest.approx(chances.tolist(), abs=2e-4)


def test_the_nucleus_of_a_flat_distribution_is_not_cut_short():
    scores, even = torch.zeros(1, 500), (torch.arange(4_000, dtype=torch.double) + 0.5) / 4_000
    drawn = draw(scores.expand(len(even), -1), even, Tell("sample", 1.0, 0, 0.9))
    assert len(drawn.unique()) == pytest.approx(450, abs=1)


class Stutter(CaptionDecoder):
    """Always wants the same word most, and the next ones a little less."""

    def forward(self, memory: Memory, target: torch.Tensor) -> Compared:
        raise NotImplementedError

    def begin(self, memory: Memory) -> tuple[torch.Tensor, ...]:
        return (memory.state.mean(),)

    def step(self, words: torch.Tensor, carry: tuple[torch.Tensor, ...]):
        return -torch.arange(VOCABULARY.size).float().roll(5).expand(len(words), -1) * 0.1 - 100, carry


def test_a_penalty_for_repetition_makes_words_give_way():
    plain = write(Stutter(), memory(2), LENGTH, VOCABULARY, GREEDY, [])
    varied = write(Stutter(), memory(2), LENGTH, VOCABULARY, Tell("greedy", repetition_penalty=2.0), [])
    assert len(plain[0].unique()) == 1
    assert len(varied[0].unique()) == LENGTH


def test_writing_stops_when_all_have_ended():
    class Short(Stutter):
        steps = 0

        def step(self, words: torch.Tensor, carry: tuple[torch.Tensor, ...]):
            self.steps += 1
            wanted = torch.where(words == VOCABULARY.begin, 7, VOCABULARY.end)
            return torch.nn.functional.one_hot(wanted, VOCABULARY.size).float() * 50, carry

    for tell in (GREEDY, Tell("sample"), Tell("beam", beams=2)):
        writer = Short()
        ids = write(writer, memory(3), LENGTH, VOCABULARY, tell, dice(0, 1, 2))
        assert writer.steps <= 3
        assert ids[:, :3].tolist() == [[7, VOCABULARY.end, VOCABULARY.pad]] * 3


SMALL, SHORT = Vocabulary(6, pad=3, begin=1, end=2), 3


def test_captions_that_have_ended_are_no_longer_computed():
    made, rows = decoder(), []
    step = made.step
    made.step = lambda words, carry: (rows.append(len(words)), step(words, carry))[1]  # type: ignore[method-assign]
    with torch.inference_mode():
        ids = write(made, memory(40), 60, VOCABULARY, Tell("sample", temperature=4, top_p=1.0), dice(*range(40)))
    lengths = (ids != VOCABULARY.pad).sum(1)
    assert rows == sorted(rows, reverse=True)
    assert rows[-1] < rows[0] == 40
    assert all(count >= int((lengths > place).sum()) for place, count in enumerate(rows))


def all_captions() -> torch.Tensor:
    """Every caption of at most SHORT tokens over the small vocabulary, ended or cut."""
    words = [word for word in range(SMALL.size) if word not in (SMALL.pad, SMALL.begin, SMALL.end)]
    ended = [[*said, SMALL.end] for count in range(SHORT) for said in product(words, repeat=count)]
    cut = [list(said) for said in product(words, repeat=SHORT)]
    return torch.tensor([said + [SMALL.pad] * (SHORT - len(said)) for said in ended + cut])


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_wide_beam_finds_the_best_of_all_captions(seed):
    writer, captions = decoder(vocabulary=SMALL), all_captions()
    known = memory(1, seed=seed)
    many = Memory(Tokens(*(part.expand(len(captions), *part.shape[1:]) for part in known.state)), known.context)
    with torch.inference_mode():
        means = log_probability(captions, writer, many) / (captions != SMALL.pad).sum(-1)
        beam = write_by_beam(writer, known, SHORT, SMALL, Tell("beam", repetition_penalty=1.0, beams=64))
    assert means.exp().isfinite().all()
    assert beam[0].tolist() in captions.tolist()
    assert means[captions.tolist().index(beam[0].tolist())].item() == pytest.approx(means.max().item())


def test_beams_are_likelier_than_greed():
    writer, known = decoder(), memory(64)
    with torch.inference_mode():
        greedy = write(writer, known, LENGTH, VOCABULARY, GREEDY, [])
        beam = write(writer, known, LENGTH, VOCABULARY, Tell("beam", repetition_penalty=1.0, beams=8), [])
        gain = [log_probability(ids, writer, known) / (ids != VOCABULARY.pad).sum(-1) for ids in (beam, greedy)]
    assert (gain[0] >= gain[1] - 1e-6).double().mean() > 0.9
    assert gain[0].mean() > gain[1].mean()


@settings(deadline=None, max_examples=30)
@given(seeds, st.sampled_from([0, 5, 400]), st.sampled_from([0.503, 0.901, 1.0]))
def test_a_row_is_drawn_alone_as_beside_a_flat_one_and_ties_too(seed, top_k, mass):
    die = torch.Generator().manual_seed(seed)
    sharpness = torch.tensor([0.0, 0.1, 4.0, 40.0])[:, None]
    scores = (torch.randn(4, 700, generator=die) * sharpness).round(decimals=1)  # equal chances abound
    luck = torch.rand(4, generator=die, dtype=torch.double)
    tell = Tell("sample", 0.8, top_k, mass)
    together = draw(scores, luck, tell)
    assert torch.equal(torch.cat([draw(scores[i : i + 1], luck[i : i + 1], tell) for i in range(4)]), together)
    ordered = scores.sort(dim=-1, descending=True, stable=True)
    chances = (ordered.values.double() / 0.8).softmax(-1)[:, : top_k or None]
    chances = chances / chances.sum(-1, keepdim=True)
    chances = chances * (chances.cumsum(-1) - chances < mass - 1e-6)
    reached = (chances.cumsum(-1) / chances.sum(-1, keepdim=True)).where(chances > 0, 2.0)
    near = ((reached - luck[:, None]).abs() < 1e-4).any(-1)  # where rounding may decide
    expected = ordered.indices.gather(1, (reached <= luck[:, None]).sum(-1, keepdim=True))[:, 0]
    assert torch.equal(together[~near], expected[~near])
