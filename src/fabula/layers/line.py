"""A story as one line of vectors: the pictures and words of its frames, oldest first, without gaps."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from fabula.types import Tokens


class Line(NamedTuple):
    """T is the length of the longest story, and at least 1; `real` is False after the end of a shorter one.

    `source` says which of the vectors that were given stands where, so that others can be brought into the same order.
    """

    values: Tensor  # (B, T, D)
    real: Tensor  # (B, T) bool
    source: Tensor  # (B, T)

    def take(self, beside: Tensor, empty: int) -> Tensor:
        """What stands beside the given vectors, (B, S), in the line's order, (B, T); `empty` where it has ended."""
        return beside.gather(1, self.source).masked_fill(~self.real, empty)


class Layout(NamedTuple):
    """Where pictures and words of a story's frames stand before the gaps are left out: each picture, then its words.

    The frame after the context, where there is one, has no picture. S = count * (seen + L), and L more for that frame.
    """

    captions: Tensor  # (B, K or K + 1, L), padding where a frame is absent
    count: int  # K
    seen: int  # tokens of a picture

    def joined(self, pictures: Tensor, words: Tensor) -> Tensor:
        """(B, K, seen, ...) and (B, K or K + 1, L, ...) -> (B, S, ...)."""
        frames = torch.cat([pictures, words[:, : self.count]], 2).flatten(1, 2)
        return torch.cat([frames, words[:, self.count :].flatten(1, 2)], 1)

    def beside(self, words: Tensor, empty: int = 0) -> Tensor:
        """What stands beside the words, (B, K or K + 1, L), as (B, S); `empty` at pictures."""
        return self.joined(words.new_full((len(words), self.count, self.seen), empty), words)

    def frames(self) -> Tensor:
        """Of which frame everything is, (B, S)."""
        numbers = torch.arange(self.captions.shape[1], device=self.captions.device)[None, :, None]
        words = numbers.expand_as(self.captions)
        return self.joined(words[:, : self.count, :1].expand(-1, -1, self.seen), words)

    def over_words(self, line: Line, weights: Tensor) -> Tensor:
        """Weights of what was read along the line, (B, Q, T), over the words of the context, (B, Q, K L).

        What is left of 1 lies on words of the frame after it. A word is read one place after it is wanted.
        """
        length = self.captions.shape[2]
        every = weights.new_zeros(*weights.shape[:2], self.count * (self.seen + length) + weights.shape[1])
        every = every.scatter(2, line.source[:, None].expand_as(weights), weights)
        frames = every[..., : self.count * (self.seen + length)].unflatten(2, (self.count, self.seen + length))
        return F.pad(frames[..., self.seen + 1 :], (0, 1)).flatten(2)


def in_line(tokens: Tokens) -> Line:
    """(B, S, D) with gaps -> one vector after the other; the order stays."""
    order = (~tokens.mask).int().argsort(dim=1, stable=True)
    source = order[:, : max(1, int(tokens.mask.sum(1).max()))]
    real = tokens.mask.gather(1, source)
    values = tokens.values.gather(1, source[..., None].expand(-1, -1, tokens.values.shape[-1]))
    return Line(values.where(real[..., None], values.new_zeros(())), real, source)


def one_later(values: Tensor) -> Tensor:
    """(B, T, D) -> the same, each vector one place later, zeros first."""
    return torch.cat([torch.zeros_like(values[:, :1]), values[:, :-1]], 1)
