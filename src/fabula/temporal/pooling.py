"""From the states of a story's frames to the state of the story."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from fabula.layers.attention import ContentQueryAttention, FixedQueryAttention
from fabula.layers.frames import newest
from fabula.types import Tokens

Pool = Literal["fixed", "content", "last"]


class Newest(nn.Module):
    """The newest state alone."""

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, K, D), (B, K) -> (B, D); zeros where nothing is there."""
        return newest(values, mask)


def pooling(dim: int, pool: Pool) -> nn.Module:
    """What makes (B, K, D) and (B, K) one vector (B, D): a learned query, one that the newest state asks, or none."""
    if pool == "last":
        return Newest()
    return {"fixed": FixedQueryAttention, "content": ContentQueryAttention}[pool](dim, axes="B K")


def check_pooling(pool: Pool, gives: str, *, last_state: bool) -> None:
    """ValueError for an option that would be heard by nobody."""
    if gives != "state" and (pool != "fixed" or last_state):
        raise ValueError(f"{'last_state' if last_state else 'pool'}: what gives {gives!r} pools nothing; leave it out")
    if pool == "last" and last_state:
        raise ValueError("last_state: the pool 'last' gives the newest state already; leave it out")


def pooled(states: Tokens, pool: nn.Module, *, last_state: bool) -> Tokens:
    """(B, K, D) -> (B, 1, D), or (B, 2, D) with the newest state as a second token."""
    tokens = [pool(*states)]
    if last_state:
        tokens.append(newest(*states))
    anything = states.mask.any(-1, keepdim=True)
    return Tokens(torch.stack(tokens, 1) * anything[..., None], anything.expand(-1, len(tokens)))
