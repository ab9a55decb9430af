"""Values that may be looked at: attention weights and gates pass through here on their way."""

from __future__ import annotations

from torch import nn


class Seen(nn.Identity):
    """Gives what it gets. Whoever draws hooks every `Seen` of a model (`register_forward_hook`); training pays nothing.

    `axes` spells the shape in the letters of types.py, so that the drawing knows what it has: `N L F` for words that
    ask a picture's tokens, `N F F'` for tokens that ask each other, `N F` for weights over a picture's tokens or
    `N H W` over its map, `B K` for weights over frames, `N` or `N D` for a gate: the share of the picture. Of a caption
    decoder, `B L S` for written words that ask the memory, `B L KL` for those that ask all words of the context, `B L`
    for how much of each written word was copied, in [0, 1]. What has other axes is not drawn.
    A map over picture tokens has values in [0, 1].
    """

    def __init__(self, axes: str):
        super().__init__()
        self.axes = axes

    @property
    def watched(self) -> bool:
        """Whether anybody looks: what is only computed to be seen need not be."""
        return bool(self._forward_hooks)
