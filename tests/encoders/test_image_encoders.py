"""Laws of the single ways to read a picture; what all of them keep stands in test_components.py."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from fabula.encoders import IMAGE_ENCODERS
from fabula.encoders.image_spatial import SpatialAttention
from fabula.layers.maps import Pooled, Shape
from fabula.layers.seen import Seen
from fabula.roles import ImageEncoder
from fabula.story import Size

DIM, SIZE = 16, Size(24, 40)
MAPS = [("conv", "map"), ("conv", "both"), ("spatial_attention", "map"), ("resnet", "both"), ("global_map", None)]


def build(kind: str, size: Size = SIZE, **options) -> ImageEncoder:
    torch.manual_seed(0)
    return IMAGE_ENCODERS[kind](DIM, size, **options).eval()


def pictures(size: Size = SIZE, count: int = 2) -> Tensor:
    return torch.randn(count, 3, *size, generator=torch.Generator().manual_seed(3)).tanh()


def maps(height: int, width: int, count: int = 2) -> Tensor:
    return torch.randn(count, 8, height, width, generator=torch.Generator().manual_seed(4))


class As(nn.Module):
    """Stages that always give this map."""

    def __init__(self, features: Tensor):
        super().__init__()
        self.features = features

    def forward(self, images: Tensor) -> Tensor:
        return self.features


@pytest.mark.parametrize(("kind", "told"), MAPS)
def test_the_last_tokens_are_the_map_in_row_order(kind, told):
    """A map that is 1 at one position and 0 elsewhere changes that token alone."""
    encoder = build(kind, channels=(8, 8, 8), **({"tokens": told} if told else {}))
    rows, columns = encoder.grid
    grey, lit = torch.zeros(1, 8, rows, columns), torch.zeros(1, 8, rows, columns)
    lit[:, :, rows - 1, columns - 2] = 1
    said = []
    for features in (grey, lit):
        encoder.stages = As(features)
        said.append(encoder(pictures(count=1)).values[0, -rows * columns :])
    changed = (said[0] != said[1]).any(1)
    assert changed.nonzero().flatten().tolist() == [(rows - 1) * columns + columns - 2]


@pytest.mark.parametrize("kind", ["conv", "spatial_attention", "resnet"])
def test_without_a_map_there_is_no_grid(kind):
    encoder = build(kind, tokens="pooled")
    assert encoder.grid is None
    assert encoder(pictures()).values.shape == (2, 1, DIM)


@pytest.mark.parametrize("kind", ["conv", "spatial_attention", "resnet"])
def test_both_is_the_vector_and_then_the_map(kind):
    both = build(kind, tokens="both")
    tokens = both(pictures()).values
    for part, kept in (("pooled", tokens[:, :1]), ("map", tokens[:, 1:])):
        one = build(kind, tokens=part)
        one.load_state_dict(both.state_dict(), strict=False)
        torch.testing.assert_close(one(pictures()).values, kept)


def test_the_whole_of_a_global_map_does_not_say_where():
    whole, laid_out = Pooled(Shape(8, 3, 5), DIM, (1, 1)), Pooled(Shape(8, 3, 5), DIM, (4, 8))
    features = maps(3, 5)
    torch.testing.assert_close(whole(features), whole(features.flip(-1)))
    assert not torch.allclose(laid_out(features), laid_out(features.flip(-1)))
    assert build("global_map").read.in_features == build("global_map").positions.in_features


def test_two_stacks_that_differ_are_both_heard():
    encoder = build("dual")
    assert encoder.grid is None
    before = encoder(pictures()).values
    assert before.shape == (2, 1, DIM)
    stacks = {"content": encoder.stages.content, "context": encoder.stages.context}
    assert not torch.equal(stacks["content"](pictures()), stacks["context"](pictures()))
    for name, stack in stacks.items():
        setattr(encoder.stages, name, As(torch.zeros_like(stack(pictures()))))
        assert not torch.allclose(encoder(pictures()).values, before, atol=1e-3), name
        setattr(encoder.stages, name, stack)


def looked_at(temperature: float, gamma: float, features: Tensor, seed: int = 0) -> tuple[Tensor, Tensor]:
    """The map as it is given on, and the weights as they are seen, in row order."""
    torch.manual_seed(seed)
    attention = SpatialAttention(features.shape[1], temperature, gamma)
    shown = []
    attention.seen.register_forward_hook(lambda module, given, weights: shown.append(weights))
    with torch.no_grad():
        given_on = attention(features)
    return given_on, shown[0].flatten(1)


SIDES, HEAT = st.integers(1, 9), st.floats(0, 20)


@given(SIDES, SIDES, st.integers(0, 100))
def test_at_temperature_0_and_gamma_1_the_weights_are_even_and_the_map_stays(height, width, seed):
    features = maps(height, width)
    given_on, weights = looked_at(0.0, 1.0, features, seed)
    torch.testing.assert_close(weights, torch.full((2, height * width), 1 / (height * width)))
    torch.testing.assert_close(given_on, features)


@given(SIDES, SIDES, HEAT, st.floats(0, 4), st.integers(0, 100))
def test_weights_sum_to_1_and_differ_by_the_temperature_at_most(height, width, temperature, gamma, seed):
    given_on, weights = looked_at(temperature, gamma, maps(height, width), seed)
    torch.testing.assert_close(weights.sum(1), torch.ones(2))
    assert weights.log().amax(1).sub(weights.log().amin(1)).max() <= temperature + 1e-4
    scales = (weights * height * width).pow(gamma).view(2, 1, height, width)
    torch.testing.assert_close(given_on, maps(height, width) * scales)


@given(HEAT)
def test_at_gamma_0_the_map_stays(temperature):
    torch.testing.assert_close(looked_at(temperature, 0.0, maps(3, 4))[0], maps(3, 4))


def test_weights_stand_in_row_order_and_sharpen_with_the_temperature():
    features = maps(3, 4)
    mild, sharp = (looked_at(heat, 1.0, features)[1] for heat in (1.0, 8.0))
    assert (sharp.amax(1) > mild.amax(1)).all()
    _, flipped = looked_at(1.0, 1.0, features.flip(2))
    torch.testing.assert_close(flipped.view(2, 3, 4), mild.view(2, 3, 4).flip(1))


def test_the_weights_of_spatial_attention_can_be_watched():
    encoder = build("spatial_attention", tokens="both")
    (seen,) = [module for module in encoder.modules() if isinstance(module, Seen)]
    shown = []
    seen.register_forward_hook(lambda module, given, weights: shown.append(weights))
    encoder(pictures())
    assert seen.axes == "N H W"
    assert shown[0].shape == (2, *encoder.grid)


def test_resnet_has_the_weights_of_a_resnet_18_and_halves_five_times():
    encoder = build("resnet", Size(64, 128), tokens="map")
    assert sum(weight.numel() for weight in encoder.stages.parameters()) == 11_176_512  # all but its classifier
    assert encoder.grid == (2, 4)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in encoder.modules())


def test_vit_reads_a_picture_that_does_not_fit_as_one_filled_up_with_grey():
    ragged, whole = build("vit", Size(12, 21), patch=8), build("vit", Size(16, 24), patch=8)
    picture = pictures(Size(12, 21))
    filled = torch.zeros(2, 3, 16, 24)
    filled[:, :, :12, :21] = picture
    assert ragged.grid == whole.grid == (2, 3)
    torch.testing.assert_close(ragged(picture).values, whole(filled).values)


def test_vit_gives_the_whole_and_then_the_patches_in_row_order():
    encoder = build("vit", Size(16, 24), patch=8)
    encoder.layers = nn.Identity()  # so that no token hears another
    dark, lit = torch.zeros(1, 3, 16, 24), torch.zeros(1, 3, 16, 24)
    lit[:, :, 15, 9] = 1  # second row, second column
    changed = (encoder(dark).values != encoder(lit).values).any(-1)[0]
    assert changed.nonzero().flatten().tolist() == [5]  # behind the whole and four patches
