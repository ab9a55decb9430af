"""CLIP's towers, held to what transformers itself says of the same folder; and what is said where one does not fit."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import tokenizers
import torch
import transformers
from smallest import smallest
from tiny_clip import tiny_clip

from fabula import bundle, weights
from fabula.building import check_model
from fabula.data.corpus import open_corpus
from fabula.encoders import IMAGE_ENCODERS, TEXT_ENCODERS
from fabula.encoders.image_clip import DEVIATION, MEAN
from fabula.errors import FabulaError
from fabula.story import Size
from fabula.tokenizer import Tokenizer
from fabula.train.state import fresh_state
from fabula.types import Vocabulary

DIM, WORDS = 12, Vocabulary(23, pad=3, begin=1, end=2)
BOTH = {"image_encoder": (IMAGE_ENCODERS, Size(10, 30)), "text_encoder": (TEXT_ENCODERS, WORDS)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one's own, to break."""
    return Path(shutil.copytree(tiny_clip(), tmp_path / "clip"))


def build(slot: str, path: Path | str, **options):
    catalogue, given = BOTH[slot]
    torch.manual_seed(0)
    return catalogue["clip"](DIM, given, path=str(path), **options).eval()


def pictures(*size: int) -> torch.Tensor:
    return torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1)).tanh()


def captions() -> torch.Tensor:
    return torch.tensor([[5, 9, 4, 2], [7, 2, 3, 3]])


def inputs(slot: str) -> torch.Tensor:
    return pictures(10, 30) if slot == "image_encoder" else captions()


def test_a_picture_of_the_towers_own_size_is_only_scaled():
    encoder, picture = build("image_encoder", tiny_clip()), pictures(8, 8)
    mean, deviation = (torch.tensor(numbers)[:, None, None] for numbers in (MEAN, DEVIATION))
    torch.testing.assert_close(encoder.prepared(picture), ((picture + 1) / 2 - mean) / deviation)
    for shade in (-1.0, 1.0):
        even = encoder.prepared(torch.full((1, 3, 5, 31), shade))
        torch.testing.assert_close(even, ((shade + 1) / 2 - mean) / deviation * torch.ones(1, 3, 8, 8))


def test_no_resized_picture_is_darker_than_black_or_lighter_than_white():
    stripes = torch.ones(1, 3, 6, 6)
    stripes[..., ::2] = -1  # bicubic interpolation overshoots at edges
    encoder = build("image_encoder", tiny_clip())
    black, white = (encoder.prepared(torch.full((1, 3, 6, 6), shade)) for shade in (-1.0, 1.0))
    assert (encoder.prepared(stripes) >= black - 1e-5).all()
    assert (encoder.prepared(stripes) <= white + 1e-5).all()


def test_the_summary_of_a_picture_is_that_of_transformers():
    encoder, reference = build("image_encoder", tiny_clip()), transformers.CLIPVisionModel.from_pretrained(tiny_clip())
    prepared = encoder.prepared(pictures(10, 30))
    summary = reference.eval()(pixel_values=prepared).pooler_output
    assert summary.std() > 0.1
    torch.testing.assert_close(encoder(pictures(10, 30)).values[:, 0], encoder.norm(encoder.read(summary)))


def test_the_patches_of_a_picture_stand_in_row_order():
    encoder = build("image_encoder", tiny_clip(), tokens="map")
    assert encoder.grid == (2, 2)
    assert encoder(pictures(10, 30)).values.shape == (2, 4, DIM)
    both = build("image_encoder", tiny_clip(), tokens="both")(pictures(10, 30)).values
    torch.testing.assert_close(both[:, 1:], encoder(pictures(10, 30)).values)
    torch.testing.assert_close(both[:, :1], build("image_encoder", tiny_clip())(pictures(10, 30)).values)


def test_the_sentence_is_what_stands_at_the_end_token():
    encoder = build("text_encoder", tiny_clip(), gives="both")
    reference = transformers.CLIPTextModel.from_pretrained(tiny_clip()).eval()
    tokens = encoder(captions())
    for row, length in ((0, 4), (1, 2)):
        ids = torch.cat([torch.tensor([WORDS.begin]), captions()[row, :length]])[None]
        alone = encoder.norm(encoder.read(reference(input_ids=ids).last_hidden_state[0]))
        torch.testing.assert_close(tokens.values[row, 0], alone[-1])
        torch.testing.assert_close(tokens.values[row, 1 : 1 + length], alone[1:])
    assert tokens.mask.tolist() == [[True] * 5, [True, True, True, False, False]]


@pytest.mark.parametrize("slot", BOTH)
def test_a_frozen_tower_stays_and_its_projection_learns(slot):
    encoder = build(slot, tiny_clip()).train()
    assert {name.split(".")[0] for name, weight in encoder.named_parameters() if weight.requires_grad} == {
        "read",
        "norm",
    }
    assert not encoder.tower.training
    assert not encoder.tower.inner.training
    learning = build(slot, tiny_clip(), tower="learning").train()
    assert learning.tower.inner.training
    assert all(weight.requires_grad for weight in learning.parameters())


@pytest.mark.parametrize("slot", BOTH)
def test_either_side_may_be_kept_alone(slot, tmp_path):
    of = transformers.CLIPVisionModel if slot == "image_encoder" else transformers.CLIPTextModel
    of.from_pretrained(tiny_clip()).save_pretrained(tmp_path / "side")
    given = inputs(slot)
    assert torch.equal(build(slot, tmp_path / "side")(given).values, build(slot, tiny_clip())(given).values)


@pytest.mark.parametrize("slot", BOTH)
def test_without_its_weights_a_tower_reads_nothing_until_a_bundle_fills_it(slot, folder):
    (folder / "model.safetensors").unlink()
    whole, empty = build(slot, tiny_clip()), build(slot, folder)
    with pytest.raises(FabulaError, match=r"model\.safetensors: no such file, and no bundle"):
        empty(inputs(slot))
    weights.fill(empty, weights.own_tensors(whole), Path("bundle"))
    assert torch.equal(empty(inputs(slot)).values, whole(inputs(slot)).values)


def test_a_bundle_needs_the_configuration_alone(folder, tmp_path):
    recipe = smallest(f"model.image_encoder={{kind: clip, path: {folder}}}")
    corpus = open_corpus(recipe.data)
    model = fresh_state(recipe, corpus.tokenizer.vocabulary).model.eval()
    bundle.save(tmp_path / "kept", model, corpus.tokenizer, recipe)
    (folder / "model.safetensors").unlink()
    picture, found = pictures(16, 24), bundle.load(tmp_path / "kept").model
    assert torch.equal(found.image_encoder(picture).values, model.image_encoder(picture).values)
    shutil.rmtree(folder)
    with pytest.raises(FabulaError, match=r"^model\.image_encoder: path: .*config\.json.*a bundle needs config.json"):
        bundle.load(tmp_path / "kept")


@pytest.mark.parametrize("slot", BOTH)
def test_a_recipe_is_checked_without_memory_but_not_without_weights(slot, folder):
    recipe = smallest(f"model.{slot}={{kind: clip, path: {folder}}}")
    check_model(recipe)
    (folder / "model.safetensors").unlink()
    with pytest.raises(FabulaError, match=rf"^model\.{slot}: path: .*model\.safetensors: no such file"):
        check_model(recipe)


def broken(folder: Path, **changed) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))
    return folder


@pytest.mark.parametrize("slot", BOTH)
def test_a_folder_that_does_not_serve_is_told(slot, folder, tmp_path):
    with pytest.raises(FabulaError, match=r"^path: missing; name the folder of a CLIP"):
        build(slot, "")
    with pytest.raises(FabulaError, match=r"^path: .*nowhere.config\.json: no such file"):
        build(slot, tmp_path / "nowhere")
    side = "vision_config" if slot == "image_encoder" else "text_config"
    own = json.loads((folder / "config.json").read_text())[side]
    with pytest.raises(FabulaError, match=r"model\.safetensors: these weights are of another model"):
        build(slot, broken(folder, **{side: {**own, "hidden_size": 8}}))
    with pytest.raises(FabulaError, match=r"not the configuration of a CLIP"):
        build(slot, broken(folder, **{side: {**own, "hidden_size": "wide"}}))
    with pytest.raises(FabulaError, match=r"a model of type 'bert' and not 'clip'"):
        build(slot, broken(folder, model_type="bert"))
    (folder / "config.json").write_text("{")
    with pytest.raises(FabulaError, match=r"config\.json: not a configuration"):
        build(slot, folder)


@pytest.mark.parametrize("slot", BOTH)
def test_without_transformers_it_says_what_to_install(slot, monkeypatch):
    path = tiny_clip()
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(FabulaError, match=r'pip install "fabula\[pretrained\]"'):
        build(slot, path)


def test_words_that_are_not_clips_are_refused():
    for words in (Vocabulary(300, 0, 1, 2), Vocabulary(24, 0, 1, 2), Vocabulary(22, 0, 1, 2)):
        with pytest.raises(FabulaError, match=r"tokenizer of \d+ tokens, and this tower reads 23; set data.tokenizer"):
            TEXT_ENCODERS["clip"](DIM, words, path=tiny_clip())


def test_longer_captions_than_the_tower_reads_are_refused():
    encoder = build("text_encoder", tiny_clip())
    assert encoder(torch.full((1, 15), 5)).values.shape == (1, 15, DIM)
    with pytest.raises(FabulaError, match=r"^data\.caption_length: captions of 16 tokens, .* make it 15 at most"):
        encoder(torch.full((1, 16), 5))


def test_clips_own_tokenizer_with_a_padding_behind_it_is_read(tmp_path):
    """As CLIP's: its special tokens are the last of its own, and it pads with its end."""
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({f"w{i}": i for i in range(21)}, unk_token="w0"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    inner.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    inner.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(FabulaError, match="padding must have a token of its own"):
        Tokenizer.load(tmp_path / "tokenizer.json")
    inner.add_special_tokens(["<pad>"])
    inner.save(str(tmp_path / "tokenizer.json"))
    tokenizer = Tokenizer.load(tmp_path / "tokenizer.json")
    assert tokenizer.vocabulary == Vocabulary(24, pad=23, begin=21, end=22)
    ids = torch.from_numpy(tokenizer.encode(["w4 w7", "w9"], 6)[0])
    tokens = TEXT_ENCODERS["clip"](DIM, tokenizer.vocabulary, path=tiny_clip()).eval()(ids)
    assert tokens.mask.sum(1).tolist() == [3, 2]
    assert tokens.values.isfinite().all()
