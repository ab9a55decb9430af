"""A CLIP in the scorer's place."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tokenizers
from tiny_clip import tiny_clip
from tokenizers import models, pre_tokenizers, processors

from fabula.errors import FabulaError
from fabula.scorer import open_scorer

WORDS = ["<unk>", "<s>", "</s>", "a", "cat", "dog", "sat", "ran", "here", "there"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    pytest.importorskip("transformers")
    folder = Path(shutil.copytree(tiny_clip(), tmp_path_factory.mktemp("clip") / "tiny"))
    inner = tokenizers.Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    from transformers import PreTrainedTokenizerFast

    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>"}
    PreTrainedTokenizerFast(tokenizer_object=inner, **special).save_pretrained(folder)
    return folder


def test_its_vectors_are_those_of_the_library(clip):
    import torch
    from transformers import CLIPModel

    scorer, model = open_scorer(f"clip:{clip}"), CLIPModel.from_pretrained(clip).eval()
    seen = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)  # of the tower's size: as they are
    texts = ["a cat sat here", "a dog ran", "", "a " * 100]
    pictures, captions = scorer.embed_pictures(seen), scorer.embed_captions(texts)
    assert pictures.shape == (3, scorer.about["dim"])
    assert np.linalg.norm(np.concatenate([pictures, captions]), axis=1) == pytest.approx(np.ones(7), abs=1e-5)
    mean, deviation = np.array([0.48145466, 0.4578275, 0.40821073]), np.array([0.26862954, 0.26130258, 0.27577711])
    values = torch.tensor(((seen / 255 - mean) / deviation).transpose(0, 3, 1, 2), dtype=torch.float32)
    ids = torch.tensor([[1, 3, 4, 6, 8, 2]])
    with torch.no_grad():
        whole = model(input_ids=ids, pixel_values=values)
    assert pictures == pytest.approx(whole.image_embeds.numpy(), abs=1e-5)
    assert captions[:1] == pytest.approx(whole.text_embeds.numpy(), abs=1e-5)
    assert scorer.about["name"] == "clip:tiny"


def test_nothing_gives_nothing(clip):
    assert len(open_scorer(f"clip:{clip}").embed_captions([])) == 0


def test_what_is_no_clip_is_said(tmp_path):
    with pytest.raises(FabulaError, match="not a whole CLIP"):
        open_scorer(f"clip:{tmp_path}")
