"""A CLIP of two small layers with random weights, in a folder as Hugging Face's are: made in a moment, offline."""

import os
from functools import cache
from pathlib import Path

import torch


@cache
def tiny_clip(words: int = 23) -> str:
    """The folder, once a session: pictures of 8x8 in patches of 4, captions of up to 15 words."""
    from transformers import CLIPConfig, CLIPModel

    folder = Path(os.environ["FABULA_CACHE"]).parent / f"clip-{words}"
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    special = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    text = {**small, **special, "vocab_size": words, "max_position_embeddings": 16}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        whole = CLIPConfig(text_config=text, vision_config={**small, "image_size": 8, "patch_size": 4})
        CLIPModel(whole).save_pretrained(folder)
    return str(folder)
