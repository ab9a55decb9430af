"""What each way of remembering promises beyond its role."""

import pytest
import torch
from torch import Tensor, nn

from fabula.layers.attention import ContentQueryAttention
from fabula.layers.seen import Seen
from fabula.temporal import TEMPORALS
from fabula.temporal.transformer import ages
from fabula.types import Tokens

DIM, K, F = 8, 5, 3
RECURRENT = ["gru", "lstm"]
ATTENDING = [*RECURRENT, "transformer"]
GIVEN = [
    *((kind, {"pool": pool}) for kind in ATTENDING for pool in ("fixed", "content", "last")),
    *((kind, {"gives": "frames"}) for kind in ATTENDING),
    ("transformer", {"gives": "tokens"}),
]
every = pytest.mark.parametrize(("kind", "options"), GIVEN)


def temporal(kind: str, **options) -> nn.Module:
    torch.manual_seed(0)
    return TEMPORALS[kind](DIM, **options).eval()


def story(frames: int = K, seed: int = 0, *, long: int = K) -> Tokens:
    """One story of so many frames, oldest first, then absent ones that hold noise."""
    values = torch.randn((1, frames, F, DIM), generator=torch.Generator().manual_seed(seed))
    noise = torch.full((1, long - frames, F, DIM), float("nan"))
    mask = (torch.arange(long) < frames)[None, :, None].expand(1, long, F).clone()
    return Tokens(torch.cat([values, noise], 1), mask)


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@every
def test_a_hole_in_a_story_closes_up(kind, options):
    whole = story(3, long=3)
    holed = Tokens(torch.full((1, K, F, DIM), float("nan")), torch.zeros(1, K, F, dtype=torch.bool))
    for part, place in zip(range(3), (0, 2, 3), strict=True):
        holed.values[:, place], holed.mask[:, place] = whole.values[:, part], whole.mask[:, part]
    remember = temporal(kind, **options)
    one, other = remember(whole), remember(holed)
    close(one.values[one.mask], other.values[other.mask])


@every
def test_the_order_of_the_frames_is_heard(kind, options):
    remember, frames = temporal(kind, **options), story()
    turned = Tokens(frames.values.flip(1), frames.mask)
    assert not torch.allclose(remember(frames).mean(), remember(turned).mean(), atol=1e-4)


@pytest.mark.parametrize("kind", ATTENDING)
def test_frames_are_one_token_each_and_the_last_is_the_newest_state(kind):
    frames = temporal(kind, gives="frames")
    newest = temporal(kind, pool="last")
    given, state = frames(story(3)), newest(story(3))
    assert given.mask.tolist() == [[True, True, True, False, False]]
    assert not given.values[~given.mask].any()
    close(given.values[:, 2], state.values[:, 0])


def test_every_token_of_every_frame_is_given_and_reads_all_the_others():
    remember, frames = temporal("transformer", gives="tokens"), story(3)
    given = remember(frames)
    assert given.values.shape == (1, K * F, DIM)
    assert torch.equal(given.mask, frames.mask.flatten(1, 2))
    frames.values[0, 0, 1] *= -1
    changed = (remember(frames).values - given.values).abs().amax(-1)[0]
    assert (changed[: 3 * F] > 1e-6).all()


def test_a_masked_token_of_a_present_frame_changes_nothing():
    remember, frames = temporal("transformer", gives="tokens"), story()
    frames.mask[0, 1, 2] = False
    before = remember(frames).values
    frames.values[0, 1, 2] = float("nan")
    assert torch.equal(before, remember(frames).values)


def test_ages_are_counted_from_the_newest_present_frame():
    present = torch.tensor([[1, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0]], dtype=torch.bool)
    counted = ages(present)
    assert counted[0, :3].tolist() == [2, 1, 0]
    assert counted[1, [0, 2, 3]].tolist() == [2, 1, 0]
    assert counted[2, 0] == 0


@pytest.mark.parametrize("kind", ATTENDING)
def test_last_state_stands_beside_what_the_pool_gives(kind):
    both, state = temporal(kind, last_state=True), temporal(kind)
    newest = temporal(kind, pool="last")
    given = both(story(4)).values
    assert torch.equal(given[:, :1], state(story(4)).values)
    close(given[:, 1:], newest(story(4)).values)


@pytest.mark.parametrize("kind", ATTENDING)
@pytest.mark.parametrize("pool", ["fixed", "content"])
def test_weights_over_frames_can_be_seen(kind, pool):
    remember, looked = temporal(kind, pool=pool), []
    seen = [part for part in remember.modules() if isinstance(part, Seen) and part.axes == "B K"]
    seen[0].register_forward_hook(lambda part, asked, weights: looked.append(weights))
    remember(story(3))
    assert len(seen) == 1
    assert looked[0].shape == (1, K)
    assert looked[0][0, 3:].tolist() == [0, 0]
    close(looked[0].sum(1), torch.ones(1))


def test_what_is_asked_of_the_past_depends_on_the_newest():
    attend, mask = ContentQueryAttention(DIM), torch.tensor([[True, True, True, False]])
    values = torch.randn((1, 4, DIM), generator=torch.Generator().manual_seed(0))
    other = values.clone()
    other[:, 2] = -2 * values[:, 2]
    ratios = [weights[0, 0] / weights[0, 1] for weights in (attend.weights(v, mask) for v in (values, other))]
    assert (ratios[0] - ratios[1]).abs() > 1e-3
    other[:, 3] = 100
    close(attend(values, mask), attend(torch.cat([values[:, :3], other[:, 3:]], 1), mask))


@pytest.mark.parametrize("kind", ATTENDING)
def test_an_option_that_nobody_would_hear_is_refused(kind):
    for wrong in ({"gives": "frames", "pool": "last"}, {"gives": "frames", "last_state": True}):
        with pytest.raises(ValueError, match=r"^(pool|last_state): what gives 'frames'"):
            TEMPORALS[kind](DIM, **wrong)
    with pytest.raises(ValueError, match=r"^last_state: the pool"):
        TEMPORALS[kind](DIM, pool="last", last_state=True)
    with pytest.raises(ValueError, match=r"^heads: 3"):
        TEMPORALS["transformer"](DIM, heads=3)
