"""An encoder of sentences as the scorer: captions to the mean of their tokens. It sees no pictures.

The folder is one of Hugging Face or of sentence-transformers (MiniLM and its like: Reimers & Gurevych 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from fabula import files
from fabula.errors import FabulaError
from fabula.scorer.pretrained import digest_of, library, opened, settings

TOGETHER = 64  # captions that are read at a time
MOST = 512  # tokens, where the folder says nothing
WHAT = "an encoder of sentences"
HARMLESS = ("pooler.",)  # weights that may be absent: a summary that nobody asks
MEAN = "pooling_mode_mean_tokens"
KNOWN = ("Transformer", "Pooling", "Normalize")  # parts of a sentence-transformers folder that are understood


class SentenceScorer:
    """Vectors of length 1: the mean of a caption's last hidden states, padding left out. Longer captions are cut."""

    sees = False

    def __init__(self, folder: Path):
        _check_parts(folder)
        self.model, self.tokenizer = _opened(folder)
        self.most = _most(folder, self.model, self.tokenizer)
        dim = int(self.model.config.hidden_size)
        self.about: dict[str, Any] = {"name": f"sentences:{folder.name}", "digest": digest_of(folder), "dim": dim}

    def embed_pictures(self, pictures: Any) -> NDArray[np.float32]:
        """Never: FabulaError."""
        raise FabulaError(f"scorer: {self.about['name']} reads captions alone and sees no pictures")

    def embed_captions(self, captions: Sequence[str]) -> NDArray[np.float32]:
        """N texts, empty ones too, -> (N, D) float32 of length 1."""
        parts = [self._read(captions[at : at + TOGETHER]).numpy() for at in range(0, len(captions), TOGETHER)]
        return np.concatenate([np.zeros((0, self.about["dim"]), np.float32), *parts])

    @torch.inference_mode()
    def _read(self, captions: Sequence[str]) -> Tensor:
        plain = [caption.encode("utf-8", "replace").decode() for caption in captions]
        given = self.tokenizer(plain, padding=True, truncation=True, max_length=self.most, return_tensors="pt")
        hidden = self.model(**given).last_hidden_state  # (N, L, D)
        there = given["attention_mask"][..., None].to(hidden.dtype)
        return F.normalize((hidden * there).sum(1) / there.sum(1).clamp(min=1), dim=-1)


def _opened(folder: Path) -> tuple[Any, Any]:
    hub = library(WHAT)
    model, tokenizer = opened(folder, hub.AutoModel, WHAT, harmless=HARMLESS)
    if model.config.is_encoder_decoder or not hasattr(model.config, "hidden_size"):
        raise FabulaError(f"scorer: {folder}: {model.config.model_type} is not {WHAT}; name a MiniLM or another BERT")
    if tokenizer.pad_token is None:
        raise FabulaError(f"scorer: {folder}: its tokenizer has no padding token; name a MiniLM or another BERT")
    return model, tokenizer


def _check_parts(folder: Path) -> None:
    """FabulaError where a sentence-transformers folder makes its vectors otherwise than by the mean."""
    path = folder / "modules.json"
    parts = files.read_json(path) if path.is_file() else []
    for part in parts if isinstance(parts, list) else []:
        kind = str(part.get("type", "")).rpartition(".")[2] if isinstance(part, dict) else ""
        if kind not in KNOWN:
            raise FabulaError(f"scorer: {path}: the part {kind!r} is not understood; {', '.join(KNOWN)} are")
        if kind == "Pooling":
            _check_mean(folder / str(part.get("path", "")) / "config.json")


def _check_mean(path: Path) -> None:
    if not settings(path).get(MEAN, True):
        raise FabulaError(f"scorer: {path}: pools otherwise than by the mean of the tokens, which alone is understood")


def _most(folder: Path, model: Any, tokenizer: Any) -> int:
    """How many tokens are read of a caption: the least that any of the folder's files allows."""
    said = settings(folder / "sentence_bert_config.json").get("max_seq_length")
    known = (said, getattr(model.config, "max_position_embeddings", None), tokenizer.model_max_length, MOST)
    return min(int(number) for number in known if number)
