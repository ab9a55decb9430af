"""What a text encoder may give of a caption: its words, the whole, or both."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from fabula.types import Tokens

Gives = Literal["words", "sentence", "both"]


def as_given(gives: Gives, words: Tokens, sentence: Tensor) -> Tokens:
    """Of the words (N, L, D) and the sentence (N, D) what is wanted; the sentence stands first."""
    if gives == "words":
        return words
    there = words.mask.any(1, keepdim=True)  # (N, 1)
    whole = Tokens(torch.where(there[..., None], sentence[:, None], sentence.new_zeros(())), there)
    return whole if gives == "sentence" else whole.followed_by(words)
