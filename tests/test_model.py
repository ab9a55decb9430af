"""The whole model: leaks, absent frames, absent decoders, faults of recipes, and that it can learn."""

from dataclasses import replace

import pytest
import torch

from fabula import recipe as recipes
from fabula.building import CATALOGUES, build_model, build_unconditional, check_model, complete_losses, complete_model
from fabula.errors import FabulaError
from fabula.objective import Objective
from fabula.spec import Spec, complete, recipe_options
from fabula.story import Size
from fabula.types import Frames, StoryBatch, Vocabulary
from fabula.writing import write

SIZE, VOCABULARY, LENGTH = Size(12, 20), Vocabulary(300, pad=3, begin=1, end=2), 8
LOSSES = {name: recipes.Loss(Spec(name)) for name in ("l1", "mse", "caption", "context")}


def section(**slots) -> recipes.Model:
    usual = {
        "image_encoder": Spec("conv", {"channels": [16, 32]}),
        "text_encoder": Spec("gru"),
        "fusion": Spec("concat"),
        "temporal": Spec("gru"),
        "image_decoder": Spec("conv", {"channels": [32, 16]}),
        "caption_decoder": Spec("gru"),
        "dim": 32,
    }
    return recipes.Model(**{**usual, **slots})


def model(recipe: recipes.Model | None = None, size: Size = SIZE):
    torch.manual_seed(0)
    return build_model(recipe or section(), size, VOCABULARY)


def frames(*shape: int, seed: int = 0, size: Size = SIZE) -> Frames:
    die = torch.Generator().manual_seed(seed)
    words = torch.randint(4, VOCABULARY.size, (*shape, LENGTH), generator=die)
    words[..., -3] = VOCABULARY.end
    words[..., -2:] = VOCABULARY.pad
    images = torch.rand(*shape, 3, *size, generator=die) * 2 - 1
    return Frames(images, words, torch.ones(shape, dtype=torch.bool))


def batch(seed: int = 0, size: Size = SIZE) -> StoryBatch:
    return StoryBatch(frames(3, 4, seed=seed, size=size), frames(3, 1, seed=seed + 1, size=size))


@pytest.mark.parametrize("temporal", CATALOGUES["temporal"])
@pytest.mark.parametrize("noise", [0.7, float("nan")])
def test_what_stands_in_absent_frames_changes_nothing(temporal, noise):
    it, context = model(section(temporal=Spec(temporal))).eval(), frames(3, 4)
    present = torch.arange(4) < torch.tensor([4, 2, 0])[:, None]
    images = torch.where(present[..., None, None, None], context.images, noise)
    words = torch.where(present[..., None], context.captions, 9)
    one = it.remember(replace(context, present=present))
    other = it.remember(Frames(images, words, present))
    shorter = it.remember(Frames(context.images[1:2, :2], context.captions[1:2, :2], present[1:2, :2]))
    torch.testing.assert_close(one.state.mean(), other.state.mean())
    torch.testing.assert_close(one.state.mean()[1:2], shorter.state.mean(), atol=1e-5, rtol=1e-4)
    assert one.state.mean().isfinite().all()


def test_a_story_without_frames_gives_finite_gradients():
    it, context = model(), frames(3, 4)
    nothing = Frames(context.images * float("nan"), context.captions, torch.zeros_like(context.present))
    output = it(StoryBatch(nothing, frames(3, 1)))
    Objective(LOSSES)(output, StoryBatch(nothing, frames(3, 1)), 0)[0].backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in it.parameters())


def test_a_changed_target_changes_no_memory():
    it, one = model().eval(), batch()
    other = replace(one, target=frames(3, 1, seed=99))
    assert torch.equal(it(one).memory.state.values, it(other).memory.state.values)
    assert torch.equal(it(one).image.predicted, it(other).image.predicted)
    assert torch.equal(it(one).caption.predicted[:, 0], it(other).caption.predicted[:, 0])


def test_the_context_changes_memory_picture_and_caption():
    it, one = model().eval(), batch()
    for part in ("images", "captions"):
        context = replace(one.context, **{part: getattr(frames(3, 4, seed=50), part)})
        other = it(replace(one, context=context))
        assert not torch.allclose(it(one).memory.state.mean(), other.memory.state.mean(), atol=1e-5)
        assert not torch.equal(it(one).image.predicted, other.image.predicted)
        assert not torch.equal(it(one).caption.predicted, other.caption.predicted)


@pytest.mark.parametrize("size", [Size(60, 125), Size(64, 128), Size(33, 47), Size(1, 1)], ids=str)
def test_any_picture_size(size):
    it, one = model(size=size), batch(size=size)
    output = it(one)
    assert output.image.predicted.shape == (3, 3, *size)
    assert Objective(LOSSES, it.offers)(output, one, 0)[0].isfinite()


def test_the_source_systems_layers_at_their_size():
    source = section(
        image_encoder=Spec(
            "conv", {"channels": [16, 32, 64], "norm": "group", "groups": 8, "activation": "leaky_relu"}
        ),
        image_decoder=Spec("conv", {"channels": [64, 32, 16], "slope": 0.1, "context": True}),
        dim=16,
    )
    it = model(source, Size(60, 125))
    convolutions = [m for m in it.image_encoder.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [(c.in_channels, c.out_channels) for c in convolutions] == [(3, 16), (16, 32), (32, 64)]
    assert {m.num_groups for m in it.modules() if isinstance(m, torch.nn.GroupNorm)} == {8}
    assert {m.negative_slope for m in it.modules() if isinstance(m, torch.nn.LeakyReLU)} == {0.1}


@pytest.mark.parametrize("absent", ["image", "caption"])
def test_a_model_may_lack_a_decoder(absent):
    it, one = model(section(**{f"{absent}_decoder": None})), batch()
    output = it(one)
    assert getattr(output, absent) is None
    assert absent not in it.offers
    wanted = {name: loss for name, loss in LOSSES.items() if (name == "caption") == (absent == "image")}
    assert Objective(wanted, it.offers)(output, one, 0)[0].isfinite()


def test_a_context_head_is_an_option_that_its_loss_needs():
    without = section(image_decoder=Spec("conv", {"channels": [16], "context": False}))
    assert "context_picture" not in model(without).offers
    with pytest.raises(FabulaError, match=r"losses\.context: this loss needs 'context_picture'"):
        check_model(recipes.Recipe("test", without, LOSSES))


def test_check_names_every_fault_at_once():
    wrong = section(
        image_encoder=Spec("conf", where="model.image_encoder"),
        text_encoder=Spec("gru", {"layer": 2}, "model.text_encoder"),
        temporal=Spec("gru", {"layers": "two"}, "model.temporal"),
        image_decoder=Spec("conv", {"channels": [12]}, "model.image_decoder"),
    )
    losses = {"picture": recipes.Loss(Spec("captions", where="losses.picture.use"))}
    with pytest.raises(FabulaError) as told:
        check_model(recipes.Recipe("test", wrong, losses))
    lines = str(told.value).splitlines()
    assert len(lines) == 5
    for line, start, meant in zip(
        lines,
        ["model.image_encoder", "model.text_encoder", "model.temporal", "model.image_decoder", "losses.picture"],
        [
            "Did you mean 'conv'",
            "Did you mean 'layers'",
            "'two'",
            "split into 8 groups",
            "Did you mean 'caption'",
        ],
        strict=True,
    ):
        assert line.startswith(start)
        assert meant in line


def test_check_takes_a_good_recipe_in_no_time():
    check_model(recipes.Recipe("test", section(dim=4096), LOSSES))


@pytest.mark.parametrize(
    ("slot", "option", "value"),
    [
        ("image_encoder", "channels", []),
        ("image_encoder", "channels", [16, 0]),
        ("image_encoder", "tokens", "some"),
        ("text_encoder", "layers", 0),
        ("text_encoder", "embedding", 0),
        ("caption_decoder", "dropout", 1.0),
        ("caption_decoder", "word_dropout", -0.1),
    ],
)
def test_options_out_of_range_are_told_by_name(slot, option, value):
    kind = getattr(section(), slot).kind
    wrong = section(**{slot: Spec(kind, {option: value}, f"model.{slot}")})
    with pytest.raises(FabulaError, match=rf"^model\.{slot}\.{option}"):
        build_model(wrong, SIZE, VOCABULARY)


def test_a_complete_recipe_has_every_option_and_builds_the_same_model():
    whole = complete_model(section())
    for slot, catalogue in CATALOGUES.items():
        spec = getattr(whole, slot) or complete(catalogue, Spec("gru"))
        assert spec.options.keys() == recipe_options(catalogue[spec.kind]).keys()
    assert complete_model(whole) == whole
    one, other = model().state_dict(), model(whole).state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert complete_model(section(image_decoder=None)).image_decoder is None
    assert complete_losses(LOSSES)["caption"].use.options == {"smoothing": 0.0}


def test_similarity_is_a_cosine_of_each_present_frame():
    it, context = model().eval(), frames(3, 4)
    present = torch.arange(4) < torch.tensor([4, 2, 0])[:, None]
    similar = it.similarity(replace(context, present=present))
    assert similar.shape == (6,)
    assert similar.abs().max() <= 1 + 1e-6
    torch.testing.assert_close(similar, it.similarity(context)[present.flatten()])


def test_an_unconditional_writer_hears_no_story():
    torch.manual_seed(0)
    writer = build_unconditional(section(), VOCABULARY).eval()
    captions = frames(5, seed=1).captions
    said = writer(captions)
    assert said.predicted.shape == (5, LENGTH, VOCABULARY.size)
    again = writer(captions[:1].expand(5, LENGTH)).predicted
    torch.testing.assert_close(again[0], again[4])
    ids = write(writer.decoder, writer.nothing(2), LENGTH, VOCABULARY, recipes.Tell("greedy"), [])
    assert torch.equal(ids[0], ids[1])
    with pytest.raises(FabulaError, match="caption_decoder"):
        build_unconditional(section(caption_decoder=None), VOCABULARY)


def test_a_batch_can_be_learned_by_heart():
    still = {"dropout": 0.0, "word_dropout": 0.0}
    it, one = model(section(dim=48, caption_decoder=Spec("lstm", still))), batch()
    objective = Objective({name: LOSSES[name] for name in ("l1", "caption")})
    optimizer = torch.optim.Adam(it.parameters(), 6e-3)
    for step in range(150):
        total, parts = objective(it(one), one, step)
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(it.parameters(), 1.0)
        optimizer.step()
    assert parts["l1"] < 0.12  # noise: half a unit before
    assert parts["caption"] < 0.05
    memory = it.eval().remember(one.context)
    assert torch.equal(
        write(it.caption_decoder, memory, LENGTH, VOCABULARY, recipes.Tell("greedy", repetition_penalty=1.0), []),
        one.target.captions[:, 0],
    )
