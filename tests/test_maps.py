"""Maps of attention and gates: what is seen, where it lies, how it is drawn, and that looking changes nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from smallest import SMALL_MODEL, smallest
from torch.testing import assert_close

from fabula.building import build_model
from fabula.drawing.lettering import CLIPPED, font
from fabula.drawing.maps.heat import Scale, coloured, over_picture, percent, scale_of
from fabula.drawing.maps.maps import GAP, MARGIN, WIDE, Weighed, draw_maps, layers
from fabula.drawing.maps.placing import Map, Read, placed
from fabula.drawing.maps.watching import look, place_of, watching
from fabula.drawing.maps.weighed import ENDED, weighed_words, wrapped
from fabula.journal.samples import sample_maps
from fabula.layers.seen import Seen
from fabula.recipe import Model
from fabula.spec import Spec
from fabula.story import Frame, Size
from fabula.storyteller import ModelStoryteller
from fabula.tokenizer import Tokenizer
from fabula.types import Frames, Vocabulary

B, K, L, SIZE, GRID = 3, 4, 7, Size(12, 20), (6, 10)
VOCABULARY = Vocabulary(40, pad=0, begin=1, end=2)
LENGTHS = (3, 5, 7, 2)  # words of each frame's caption, the end included
LETTERS = font("DejaVuSerif", 14)


def model(**slots):
    torch.manual_seed(0)
    usual = {"image_encoder": Spec("conv", {"channels": [16], "tokens": "map"}), "temporal": Spec("mean")}
    held = {slot: getattr(SMALL_MODEL, slot) for slot in ("text_encoder", "fusion", "image_decoder", "caption_decoder")}
    return build_model(Model(**{**held, **usual, **slots}, dim=24), SIZE, VOCABULARY).train()


def context() -> Frames:
    """Stories of four frames, of two, of one; NaN in absent pictures."""
    die = torch.Generator().manual_seed(0)
    present = torch.arange(K) < torch.tensor([4, 2, 1])[:, None]
    ends = torch.tensor(LENGTHS)[:, None] - 1
    words = torch.randint(3, VOCABULARY.size, (B, K, L), generator=die)
    words = torch.where(torch.arange(L) == ends, VOCABULARY.end, words).masked_fill(torch.arange(L) > ends, 0)
    images = torch.rand(B, K, 3, *SIZE, generator=die) * 2 - 1
    return Frames(images.masked_fill(~present[..., None, None, None], float("nan")), words, present)


def ones(values: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(values)


def test_words_that_ask_a_picture_give_a_map_of_its_grid():
    held = context()
    found = look(model(fusion=Spec("cross_attention")), held)
    assert list(found) == ["fusion.attend"]
    seen = found["fusion.attend"]
    assert (seen.words, seen.gate, seen.frame) == (None, None, None)
    assert seen.picture.shape == (B, K, *GRID)
    sums = seen.picture.sum((2, 3))[held.present]
    assert_close(sums, ones(sums))


def test_a_map_is_the_mean_of_what_the_real_words_weigh():
    it, held = model(fusion=Spec("cross_attention", {"heads": 1})), context()
    it.fusion.attend.key.weight.data.mul_(1000)  # so that words differ in what they weigh
    with watching(it.eval()) as seen:
        it.remember(held)
    weights = seen["fusion.attend.seen"].values[0, : LENGTHS[0]].mean(0)
    assert_close(look(it, held)["fusion.attend"].picture[0, 0].flatten(), weights)
    assert not torch.allclose(seen["fusion.attend.seen"].values[0].mean(0), weights, atol=1e-3)


def test_a_picture_that_asks_gives_weights_of_words_and_none_to_padding():
    held = context()
    seen = look(model(fusion=Spec("cross_attention", {"query": "image"})), held)["fusion.attend"]
    assert seen.picture is None
    assert seen.words.shape == (B, K, L)
    sums = seen.words.sum(2)[held.present]
    assert_close(sums, ones(sums))
    assert (seen.words[held.captions == VOCABULARY.pad] == 0).all()


@pytest.mark.parametrize("kind", ["gate", "bidirectional"])
@pytest.mark.parametrize("elementwise", [True, False])
def test_a_gate_is_a_share_a_frame(kind, elementwise):
    held = context()
    share = look(model(fusion=Spec(kind, {"elementwise": elementwise})), held)["fusion.gate"].gate
    assert share.shape == (B, K)
    assert ((share > 0) & (share < 1))[held.present].all()


def test_a_joint_transformer_divides_its_weights_between_picture_and_words():
    held = context()
    found = look(model(fusion=Spec("joint", {"layers": 2})), held)
    assert list(found) == [f"fusion.transformer.layers.{layer}.read" for layer in (0, 1)]
    for seen in found.values():
        picture, words = seen.picture.sum((2, 3))[held.present], seen.words.sum(2)[held.present]
        assert ((picture + words > 0.8) & (picture + words < 1)).all()  # the rest reads the frame's own token
        assert_close(seen.gate[held.present], picture / (picture + words))
        assert (seen.words[held.captions == VOCABULARY.pad] == 0).all()


def test_a_memory_weighs_frames():
    held = context()
    found = look(model(temporal=Spec("gru")), held)
    assert list(found) == ["temporal.attend"]
    weights = found["temporal.attend"].frame
    assert_close(weights.sum(1), torch.ones(B))
    assert (weights[~held.present] == 0).all()


def test_weights_over_all_tokens_of_a_story_are_summed_by_frame():
    present = torch.tensor([[True, True, False]])
    read = Read(present, 1, None, *[torch.ones(3, 2, dtype=torch.bool)] * 4)
    weights = torch.tensor([[0.1, 0.2, 0.3, 0.4, 0, 0]])[:, None].expand(1, 6, 6).clone()
    weights[:, 4:] = float("nan")  # absent frames ask nothing
    assert_close(placed("temporal.read", "B S S'", weights, read).frame, torch.tensor([[0.3, 0.7, 0]]))
    assert placed("caption_decoder.ask", "B L S", weights, read) is None


def test_a_pooled_picture_has_no_map():
    pooled = {"image_encoder": Spec("conv", {"channels": [16]})}
    assert look(model(fusion=Spec("cross_attention"), **pooled), context()) == {}


def test_attention_within_a_pooled_picture_is_a_map():
    encoder = Spec("spatial_attention", {"channels": [16], "tokens": "pooled"})
    found = look(model(image_encoder=encoder), context())
    (seen,) = found.values()
    assert seen.picture.shape == (B, K, *GRID)


def test_a_model_that_weighs_nothing_gives_nothing():
    assert look(model(), context()) == {}


@pytest.mark.parametrize("fails", [False, True])
def test_nobody_watches_afterwards(fails, monkeypatch):
    it = model(fusion=Spec("bidirectional"), temporal=Spec("gru"))
    if fails:
        monkeypatch.setattr(it.temporal, "forward", None)
        with pytest.raises(TypeError):
            look(it, context())
    else:
        assert len(look(it, context())) == 4
    assert not any(part._forward_hooks for part in it.modules())
    assert not any(part.watched for part in it.modules() if isinstance(part, Seen))
    assert it.training


def test_looking_changes_nothing():
    it = model(fusion=Spec("joint", {"dropout": 0.5}), temporal=Spec("gru")).eval()
    before, chance = it.remember(context()).state.values, torch.get_rng_state()
    look(it.train(), context())
    assert torch.equal(torch.get_rng_state(), chance)
    assert torch.equal(it.eval().remember(context()).state.values, before)


def test_a_module_is_named_by_its_slot_and_kind():
    it = model(fusion=Spec("cross_attention"))
    assert place_of(it, "fusion.attend") == "fusion cross_attention, attend"
    assert place_of(it, "text_encoder") == "text encoder gru"


def test_a_picture_glows_where_it_is_weighed_and_is_shaded_where_it_is_not():
    weights = np.zeros((3, 4))
    weights[0, 3] = 1
    grey = Image.new("RGB", (80, 60), (128, 128, 128))
    shown = np.asarray(over_picture(grey, weights, scale_of(weights))).astype(int)
    assert shown.shape == (60, 80, 3)
    warm = shown[..., 0] - shown[..., 2]
    assert np.unravel_index(warm.argmax(), warm.shape)[0] < 20
    assert np.unravel_index(warm.argmax(), warm.shape)[1] >= 60
    assert (shown[30:, :50] < 128).all()


def test_where_all_is_weighed_alike_nothing_stands_out():
    weights = np.full((3, 4), 1 / 12)
    grey = Image.new("RGB", (80, 60), (128, 128, 128))
    assert (np.asarray(over_picture(grey, weights, scale_of(weights))) == 128).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_any_weights_have_a_scale_and_colours(weights):
    values = np.array(weights)
    scale = scale_of(values)
    assert 0 <= scale.mean <= scale.top
    assert coloured(np.full((len(values), 3), 99.0), values, scale).shape == (len(values), 3)


def test_shares_are_said_in_two_figures():
    assert [percent(share) for share in (0, 0.031, 0.0997, 0.62, 1)] == ["0.0 %", "3.1 %", "10 %", "62 %", "100 %"]


def spans(text: str) -> list[tuple[int, int]]:
    """A token every three characters: words begin and end within tokens."""
    return [(start, min(start + 3, len(text))) for start in range(0, len(text), 3)]


@given(st.text("ab c", max_size=30), st.integers(2, 12))
def test_no_weight_of_a_word_is_lost(text, length):
    weights = np.arange(1.0, length + 1)
    words = weighed_words(text.strip(), spans(text.strip()), weights)
    read = min(len(spans(text.strip())), length - 1)
    assert sum(weight for _, weight in words) == pytest.approx(weights[: read + 1].sum())
    assert words[-1] == (ENDED, weights[read])
    assert ((CLIPPED, 0.0) in words) == (len(spans(text.strip())) > length - 1)


def test_a_word_has_the_weights_of_its_tokens():
    tokenizer = Tokenizer.train(["the fox ran to the hill"] * 9, 270)
    text = "the fox hid"
    places = tokenizer.spans(text)
    assert len(places) == tokenizer.count([text])[0]
    assert "".join(text[start:end] for start, end in places) == text
    weights = np.array([float(place[1] > 8) for place in places] + [0.5] + [0.0] * 9)
    *said, ended = weighed_words(text, places, weights)
    assert [word for word, _ in said] == ["the", "fox", "hid"]
    assert [bool(weight) for _, weight in said] == [False, False, True]
    assert ended == (ENDED, 0.5)


def test_lines_of_words_are_no_wider_than_asked():
    lines = wrapped([(word, 0.1) for word in ("the", "fox", "ran", "over", "the", "hill", "and", "sat")], LETTERS, 90)
    assert len(lines) > 2
    assert all(LETTERS.getlength(" ".join(word for word, _ in line)) <= 90 for line in lines)


def weighed(maps: dict[str, Map]) -> Weighed:
    said = [[f"frame {frame} of story {story}" for frame in range(count)] for story, count in enumerate((4, 2, 1))]
    held = context()
    return Weighed(["one", "two", "three"], said, held, maps, {name: name for name in maps}, spans)


def test_a_sheet_has_a_row_a_story_and_a_column_a_frame():
    held = Map(picture=torch.rand(B, K, *GRID), words=torch.rand(B, K, L), gate=torch.rand(B, K))
    sheet = draw_maps(weighed({"fusion.read": held}))
    assert sheet.mode == "RGB"
    assert sheet.width == 2 * MARGIN + K * (WIDE + GAP) - GAP
    rows = 3 * round(WIDE * SIZE.height / SIZE.width)
    assert rows < sheet.height < 2.5 * rows
    inked = np.asarray(sheet.convert("L")) < 200
    places = MARGIN + np.arange(K) * (WIDE + GAP)
    for top, bottom, frames in ((0.1, 0.4, 4), (0.75, 0.97, 1)):
        part = inked[round(top * sheet.height) : round(bottom * sheet.height)]
        assert [part[:, x : x + WIDE].sum() > 1000 for x in places] == [frame < frames for frame in range(K)]


@pytest.mark.parametrize(("temporal", "drawn"), [("mean", False), ("gru", True)])
def test_maps_of_a_run_are_drawn_where_there_are_any(temporal, drawn):
    recipe, tokenizer = smallest(f"model.temporal={temporal}"), Tokenizer.train(["a fox", "a hill"], 300)
    it = build_model(recipe.model, recipe.data.picture_size, tokenizer.vocabulary)
    frames = [Frame(Image.new("RGB", (24, 16)), said) for said in ("a fox", "a hill")]
    split = SimpleNamespace(context=lambda window: frames, store=SimpleNamespace(ids=["bees"]))
    sheet = sample_maps(ModelStoryteller(it, tokenizer, recipe), split, [SimpleNamespace(story=0)])
    assert (sheet is not None) == drawn


def test_maps_that_do_not_fit_on_one_another_have_rows_of_their_own():
    picture, words, share = Map(picture=torch.rand(1)), Map(words=torch.rand(1)), Map(gate=torch.rand(1))
    drawn = list(layers({"a": picture, "b": picture, "c": words, "d": share}))
    assert [(layer.picture, layer.words, layer.bars) for layer in drawn] == [
        ("a", "c", (("d", "gate"),)),
        ("b", "", ()),
    ]


def test_of_a_stack_of_layers_the_last_is_drawn():
    one = Map(picture=torch.rand(B, K, *GRID))
    sheet = draw_maps(weighed({"fusion.layers.1.read": one}))
    stack = draw_maps(weighed({"fusion.layers.0.read": Map(picture=1 - one.picture), "fusion.layers.1.read": one}))
    assert np.array_equal(np.asarray(sheet), np.asarray(stack))


def test_what_stands_in_absent_frames_is_not_drawn():
    one = Map(picture=torch.rand(B, K, *GRID))
    noisy = one.picture.clone()
    noisy[~context().present] = float("nan")
    sheets = [draw_maps(weighed({"a": held})) for held in (one, Map(picture=noisy))]
    assert np.array_equal(*map(np.asarray, sheets))


def test_the_end_of_a_scale_is_the_largest_weight_or_three_times_the_mean():
    assert scale_of(np.array([0.0, 0.8, 0.1, 0.1])) == Scale(0.25, 0.8)
    assert scale_of(np.array([0.2, 0.2])) == pytest.approx((0.2, 0.6))
    assert scale_of(np.array([0.9, 0.5])) == (0.7, 1.0)


def test_notes_behind_a_caption_and_a_sentence_before_it_are_left_out():
    mask = torch.ones(1, 9, dtype=torch.bool)  # a sentence, three words, five of a note
    read = Read(torch.tensor([[True]]), 3, None, mask[:, :2], mask[:, :4], mask, mask[:, :1])
    weights = torch.arange(9.0)[None, None].expand(1, 2, 9)
    assert placed("fusion.attend", "N F L", weights, read).words.tolist() == [[[1, 2, 3]]]
    assert placed("text_encoder.whole", "N L", torch.tensor([[5.0, 6.0]]), read).words.tolist() == [[[5, 6, 0]]]
