"""Every component of every catalogue keeps the promise of its role, with every option of its constructor."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
import torch
from safetensors.torch import load_model, save_model
from tiny_clip import tiny_clip

from fabula import roles
from fabula.building import CATALOGUES
from fabula.layers.words import IGNORED
from fabula.losses import LOSSES
from fabula.model import VECTORS
from fabula.spec import recipe_options
from fabula.story import Size
from fabula.types import Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens, Vocabulary

B, K, L, DIM, SIZE = 3, 4, 7, 16, Size(12, 20)
VOCABULARY = Vocabulary(23, pad=3, begin=1, end=2)
SIZES = [Size(60, 125), Size(64, 128), Size(33, 47), Size(2, 3)]
ROLES: dict[str, tuple[type, tuple[Any, ...]]] = {
    "image_encoder": (roles.ImageEncoder, (DIM, SIZE)),
    "text_encoder": (roles.TextEncoder, (DIM, VOCABULARY)),
    "fusion": (roles.Fusion, (DIM,)),
    "temporal": (roles.Temporal, (DIM,)),
    "image_decoder": (roles.ImageDecoder, (DIM, SIZE)),
    "caption_decoder": (roles.CaptionDecoder, (DIM, VOCABULARY)),
    "loss": (roles.Loss, ()),
}
EVERY: dict[str, Mapping[str, Any]] = {slot: CATALOGUES.get(slot, LOSSES) for slot in ROLES}

NEEDED: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {  # what a kind cannot be built without
    ("image_encoder", "clip"): lambda: {"path": tiny_clip(words=VOCABULARY.size)},
    ("text_encoder", "clip"): lambda: {"path": tiny_clip(words=VOCABULARY.size)},
}
QUICK: dict[tuple[str, str, str], list[Any]] = {  # where the usual other value takes long
    ("image_decoder", "flow", "cell"): [8],  # an even number
    ("image_encoder", "vit", "patch"): [5],  # 1 makes a token of every pixel
}


def other_values(hint: Any, default: Any) -> list[Any]:
    """Values of an option that are not its default."""
    if get_origin(hint) is Literal:
        return [choice for choice in get_args(hint) if choice != default]
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, int):
        return [2 if default == 1 else 1]
    if isinstance(default, float):
        return [0.3]
    if isinstance(default, tuple):
        return [default[::-1]]
    return [8] if default is None else []


def variants(slot: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each kind with its defaults, then with each option changed alone."""
    for kind, make in EVERY[slot].items():
        yield kind, {}
        for name, hint in recipe_options(make).items():
            default = inspect.signature(make).parameters[name].default
            for value in QUICK.get((slot, kind, name)) or other_values(hint, default):
                yield kind, {name: value}


def every(*slots: str) -> pytest.MarkDecorator:
    """Run a test for every variant of every component of these slots."""
    made = [
        pytest.param(slot, kind, options, id=f"{slot}-{kind}" + "".join(f"-{n}={v}" for n, v in options.items()))
        for slot in slots or EVERY
        for kind, options in variants(slot)
    ]
    return pytest.mark.parametrize(("slot", "kind", "options"), made)


def make(slot: str, kind: str, options: dict[str, Any], *given: Any, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    needed = NEEDED.get((slot, kind), dict)()
    made = EVERY[slot][kind](*(given or ROLES[slot][1]), **needed, **options)
    if slot == "caption_decoder":
        made.prepare(captions(6).numpy(), np.arange(6) // 2)
    return made


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def captions(count: int, length: int = L, seed: int = 0) -> torch.Tensor:
    """Ids (count, length): some words, the end token, padding; of unequal lengths, the last one full."""
    die = torch.Generator().manual_seed(seed)
    ids = torch.randint(4, VOCABULARY.size, (count, length), generator=die)
    ends = torch.randint(1, length - 1, (count,), generator=die)
    ends[-1] = length - 1
    places = torch.arange(length)
    ids = torch.where(places > ends[:, None], VOCABULARY.pad, ids)
    return torch.where(places == ends[:, None], VOCABULARY.end, ids)


def context(size: Size = SIZE) -> Frames:
    """Three stories: of four frames, of two, of none."""
    present = torch.arange(K) < torch.tensor([4, 2, 0])[:, None]
    words = captions(B * K).view(B, K, L).masked_fill(~present[..., None], VOCABULARY.pad)
    return Frames(random(B, K, 3, *size).tanh() * present[..., None, None, None], words, present)


def memory(size: Size = SIZE) -> Memory:
    mask = torch.tensor([[True, True, True], [True, False, True], [False, False, False]])
    return Memory(Tokens(random(B, 3, DIM) * mask[..., None], mask), context(size), pictures=story_tokens())


def picture(size: Size = SIZE) -> torch.Tensor:
    return random(B, 3, *size, seed=5).tanh()


def dice() -> list[torch.Generator]:
    return [torch.Generator().manual_seed(story) for story in range(B)]


def run(slot: str, component: Any) -> list[torch.Tensor]:
    """What a component gives for its role's usual input."""
    if slot == "image_encoder":
        return [component(picture()).values]
    if slot == "text_encoder":
        return [component(captions(B)).mean()]
    if slot == "fusion":
        return [component(frame_tokens(), frame_tokens(seed=1)).mean()]
    if slot == "temporal":
        return [component(story_tokens()).mean()]
    if slot == "image_decoder":
        return spoken(component(memory(), picture()))
    return spoken(component(memory(), captions(B, seed=3)))


def spoken(compared: Compared) -> list[torch.Tensor]:
    return [compared.predicted, *compared.beside.values()]


def frame_tokens(seed: int = 0) -> Tokens:
    mask = torch.tensor([[True] * 5, [True, False, True, False, False], [False] * 5])
    return Tokens(random(B, 5, DIM, seed=seed), mask)


def story_tokens() -> Tokens:
    return Tokens(random(B, K, 3, DIM), context().present[..., None].expand(B, K, 3))


def noisy(tokens: Tokens, noise: float) -> Tokens:
    return Tokens(torch.where(tokens.mask[..., None], tokens.values, noise), tokens.mask)


def close(one: torch.Tensor, other: torch.Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def of_stories(part: Any, stories: slice) -> Any:
    """Some stories of a memory, tokens or frames."""
    if isinstance(part, torch.Tensor) or part is None:
        return part if part is None else part[stories]
    if isinstance(part, Mapping):
        return {name: of_stories(value, stories) for name, value in part.items()}
    fields = part._asdict() if isinstance(part, Tokens) else vars(part)
    return type(part)(**{name: of_stories(value, stories) for name, value in fields.items()})


def test_no_catalogue_is_forgotten():
    assert {id(catalogue) for catalogue in EVERY.values()} == {id(c) for c in (*CATALOGUES.values(), LOSSES)}
    assert all(EVERY.values())


@every()
def test_component_is_of_its_role_and_builds(slot, kind, options):
    assert isinstance(make(slot, kind, options), ROLES[slot][0])


@pytest.mark.parametrize("slot", EVERY)
def test_every_recipe_option_has_a_type_and_a_default(slot):
    for component in EVERY[slot].values():
        parameters = inspect.signature(component).parameters.values()
        given = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        assert len(given) == len(ROLES[slot][1])
        assert all(p.default is not p.empty for p in parameters if p.kind is p.KEYWORD_ONLY)
        assert Any not in recipe_options(component).values()


@every("image_encoder", "text_encoder", "fusion", "temporal", "image_decoder", "caption_decoder")
def test_gradients_reach_every_parameter(slot, kind, options):
    component = make(slot, kind, options).train()
    torch.manual_seed(0)
    if not any(True for _ in component.parameters()):
        return
    torch.stack([(said * random(*said.shape, seed=9)).sum() for said in run(slot, component)]).sum().backward()
    learning = {name: p for name, p in component.named_parameters() if p.requires_grad}
    unreached = [name for name, p in learning.items() if p.grad is None or not p.grad.any()]
    assert not unreached
    assert all(p.grad.isfinite().all() for p in learning.values())


@every("image_encoder", "text_encoder", "fusion", "temporal", "image_decoder", "caption_decoder")
def test_saved_and_loaded_gives_the_same_output(slot, kind, options, tmp_path):
    first, second = make(slot, kind, options).eval(), make(slot, kind, options, seed=1).eval()
    save_model(first, str(tmp_path / "weights.safetensors"))
    load_model(second, tmp_path / "weights.safetensors")
    torch.manual_seed(2)
    before = run(slot, first)
    torch.manual_seed(2)
    for one, other in zip(before, run(slot, second), strict=True):
        assert torch.equal(one, other)


@every("image_encoder")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_image_encoder_gives_tokens_of_any_size(slot, kind, options, size):
    tokens = make(slot, kind, options, DIM, size).eval()(picture(size))
    assert tokens.values.shape == (*tokens.mask.shape, DIM)
    assert len(tokens.mask) == B
    assert tokens.values.isfinite().all()


@every("image_encoder")
def test_image_encoder_reads_each_picture_on_its_own(slot, kind, options):
    encoder = make(slot, kind, options).eval()
    close(encoder(picture()[:1]).values, encoder(picture()).values[:1])
    assert not torch.allclose(encoder(picture()).mean()[0], encoder(picture()).mean()[1], atol=1e-4)


@every("text_encoder")
def test_text_encoder_does_not_read_padding(slot, kind, options):
    encoder, words = make(slot, kind, options).eval(), captions(B)
    longer = torch.cat([words, torch.full((B, 4), VOCABULARY.pad)], 1)
    close(encoder(words).mean(), encoder(longer).mean())
    close(encoder(words[:1]).mean(), encoder(words).mean()[:1])


@every("text_encoder")
def test_text_encoder_reads_an_absent_caption_as_nothing(slot, kind, options):
    tokens = make(slot, kind, options).eval()(torch.full((2, L), VOCABULARY.pad))
    assert not tokens.mask.any()
    assert torch.equal(tokens.mean(), torch.zeros(2, DIM))


@every("text_encoder")
def test_text_encoder_hears_order(slot, kind, options):
    encoder, words = make(slot, kind, options).eval(), captions(B)[-1:]
    assert not torch.allclose(encoder(words).mean(), encoder(words.flip(1)).mean(), atol=1e-4)


@every("fusion")
@pytest.mark.parametrize("noise", [7.0, float("nan")])
def test_fusion_ignores_what_is_masked(slot, kind, options, noise):
    fusion, image, text = make(slot, kind, options).eval(), frame_tokens(), frame_tokens(seed=1)
    fused = fusion(image, text)
    assert fused.values.shape == (*fused.mask.shape, DIM)
    close(fused.mean(), fusion(noisy(image, noise), noisy(text, noise)).mean())


@every("fusion")
def test_fusion_hears_both_sides(slot, kind, options):
    fusion, image, text = make(slot, kind, options).eval(), frame_tokens(), frame_tokens(seed=1)
    fused = fusion(image, text).mean()[0]
    assert not torch.allclose(fused, fusion(frame_tokens(seed=2), text).mean()[0], atol=1e-4)
    assert not torch.allclose(fused, fusion(image, frame_tokens(seed=2)).mean()[0], atol=1e-4)


@every("temporal")
@pytest.mark.parametrize("noise", [7.0, float("nan")])
def test_what_stands_in_absent_frames_changes_nothing(slot, kind, options, noise):
    temporal, frames = make(slot, kind, options).eval(), story_tokens()
    state = temporal(frames)
    assert state.values.shape == (*state.mask.shape, DIM)
    assert state.values[state.mask].isfinite().all()
    close(state.mean(), temporal(noisy(frames, noise)).mean())


@every("temporal")
def test_more_absent_frames_change_nothing(slot, kind, options):
    temporal, frames = make(slot, kind, options).eval(), story_tokens()
    more = Tokens(*(torch.cat([part, torch.zeros_like(part)], 1) for part in frames))
    close(temporal(frames).mean(), temporal(more).mean())
    close(temporal(frames).mean()[1:2], temporal(Tokens(frames.values[1:2, :2], frames.mask[1:2, :2])).mean())


@every("temporal")
def test_a_story_without_frames_is_remembered_as_nothing(slot, kind, options):
    frames = story_tokens()
    values = frames.values.clone().requires_grad_()
    state = make(slot, kind, options)(Tokens(values, torch.zeros_like(frames.mask))).mean()
    assert torch.equal(state, torch.zeros(B, DIM))
    if state.requires_grad:
        state.sum().backward()
        assert values.grad is None or values.grad.isfinite().all()


@every("image_decoder")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_image_decoder_paints_exactly_the_size(slot, kind, options, size):
    painted = make(slot, kind, options, DIM, size).eval().generate(memory(size), dice())
    assert painted.shape == (B, 3, *size)
    assert painted.isfinite().all()
    assert painted.abs().max() <= 1


@every("image_decoder")
def test_image_decoder_paints_alone_as_in_a_batch(slot, kind, options):
    decoder = make(slot, kind, options).eval()
    together = decoder.generate(memory(), dice())
    close(together[1:2], decoder.generate(of_stories(memory(), slice(1, 2)), dice()[1:2]))
    assert not torch.allclose(together[0], together[1], atol=1e-6), "the same picture for two stories"


@every("image_decoder", "caption_decoder")
def test_decoder_says_what_it_offers(slot, kind, options):
    decoder = make(slot, kind, options)
    target = picture() if slot == "image_decoder" else captions(B)
    said = decoder(memory(), target)
    assert {*decoder.offers, *getattr(decoder, "measures", ())} == set(said.beside)


@every("image_decoder", "caption_decoder")
@pytest.mark.parametrize("noise", [7.0, float("nan")])
def test_decoder_ignores_what_is_masked(slot, kind, options, noise):
    decoder, known = make(slot, kind, options).eval(), memory()
    there = known.context.present
    images = torch.where(there[..., None, None, None], known.context.images, 0.5)
    words = torch.where(there[..., None], known.context.captions, 9)
    assert known.pictures is not None
    other = Memory(noisy(known.state, noise), Frames(images, words, there), pictures=noisy(known.pictures, noise))
    if slot == "image_decoder":
        close(decoder.generate(known, dice()), decoder.generate(other, dice()))
    else:
        close(decoder(known, captions(B)).predicted, decoder(other, captions(B)).predicted)


@every("image_decoder", "caption_decoder")
def test_a_changed_target_changes_no_generation(slot, kind, options):
    decoder = make(slot, kind, options).eval()

    def told() -> list[torch.Tensor]:
        if slot == "image_decoder":
            return [decoder.generate(memory(), dice())]
        carry = decoder.begin(memory())
        return [*carry, decoder.step(torch.full((B,), VOCABULARY.begin), carry)[0]]

    before = told()
    decoder(memory(), picture().neg() if slot == "image_decoder" else captions(B, seed=8))
    for one, other in zip(before, told(), strict=True):
        assert torch.equal(one, other)


@every("caption_decoder")
def test_a_word_is_told_from_the_words_before_it_alone(slot, kind, options):
    decoder, ids = make(slot, kind, options).eval(), captions(B, seed=4)
    logits = decoder(memory(), ids).predicted
    assert logits.shape == (B, L, VOCABULARY.size)
    for place in range(L):
        changed = ids.clone()
        changed[:, place] = (ids[:, place] - 4 + 1) % (VOCABULARY.size - 4) + 4
        other = decoder(memory(), changed).predicted
        close(logits[:, : place + 1], other[:, : place + 1])
        assert place == L - 1 or not torch.allclose(logits[:, place + 1], other[:, place + 1], atol=1e-6)


@every("caption_decoder")
def test_words_one_by_one_have_the_teacher_forced_logits(slot, kind, options):
    decoder, ids = make(slot, kind, options).eval(), captions(B, seed=4)
    ids[:] = ids[-1]  # a full one, thrice, before different memories
    forced, carry = decoder(memory(), ids).predicted, decoder.begin(memory())
    word = torch.full((B,), VOCABULARY.begin)
    for place in range(L):
        logits, carry = decoder.step(word, carry)
        close(logits, forced[:, place])
        assert all(len(part) == B for part in carry)
        word = ids[:, place]


@every("caption_decoder")
def test_what_is_carried_can_be_reordered(slot, kind, options):
    decoder, order = make(slot, kind, options).eval(), torch.tensor([2, 0, 0, 1])
    _, carry = decoder.step(torch.full((B,), VOCABULARY.begin), decoder.begin(memory()))
    words = torch.tensor([5, 6, 7])
    logits, _ = decoder.step(words, carry)
    moved, _ = decoder.step(words[order], tuple(part.index_select(0, order) for part in carry))
    close(logits[order], moved)


@every("caption_decoder")
def test_captions_are_compared_without_their_padding(slot, kind, options):
    ids = captions(B, seed=4)
    expected = make(slot, kind, options)(memory(), ids).expected
    assert torch.equal(expected, ids.masked_fill(ids == VOCABULARY.pad, IGNORED))


@every("caption_decoder")
def test_the_memory_changes_every_word(slot, kind, options):
    decoder = make(slot, kind, options).eval()
    ids = captions(B, seed=4)[-1:].expand(2, L)
    logits = decoder(of_stories(memory(), slice(0, 2)), ids).predicted
    assert ((logits[0] - logits[1]).abs().amax(-1) > 1e-6).all()


@every("loss")
def test_loss_is_a_finite_scalar_with_gradients(slot, kind, options):
    loss = make(slot, kind, options)
    output, batch = full_output(loss.needs)
    value = loss(output, batch)
    assert value.shape == ()
    assert value.isfinite()
    value.backward()


def full_output(needs: tuple[str, ...]) -> tuple[StoryOutput, StoryBatch]:
    """An output of the first decoders whose offers cover what a loss needs."""

    def offering(slot: str, names: set[str]) -> Callable[..., Any]:
        makes = [lambda kind=kind, options=options: make(slot, kind, options) for kind, options in variants(slot)]
        return max(makes, key=lambda build: len(names & set(build().offers)))

    names = set(needs) - {"image", "caption"}
    image = offering("image_decoder", names)()(memory(), picture())
    caption = offering("caption_decoder", names)()(memory(), captions(B))
    target = Frames(picture()[:, None], captions(B)[:, None], torch.ones(B, 1, dtype=torch.bool))
    vectors = {name: random(B, K, DIM, seed=seed).requires_grad_() for seed, name in enumerate(VECTORS)}
    terms, again = {**image.beside, **caption.beside, **vectors}, {"image": image, "caption": caption}
    return StoryOutput(image, caption, memory(), terms, again), StoryBatch(context(), target)
