from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from fabula.layers.ranges import Share
from fabula.layers.words import IGNORED
from fabula.losses.parts import part
from fabula.roles import Loss
from fabula.types import Compared, StoryBatch, StoryOutput


class CaptionCrossEntropy(Loss):
    """Mean nats per real token, end included: perplexity is its exponential.

    While training, `smoothing` gives that share of the probability to all words alike (Szegedy et al. 2016,
    section 7); in evaluation mode it is off, so that the number stays a log-loss.
    """

    needs = ("caption",)

    def __init__(self, *, smoothing: Share = 0.0):
        super().__init__()
        self.smoothing = smoothing

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        caption = part(output, "caption")
        smoothing = self.smoothing if self.training else 0.0
        count = (caption.expected != IGNORED).sum().clamp(min=1)
        return _cross_entropy(caption, reduction="sum", smoothing=smoothing) / count


def caption_nats(caption: Compared) -> Tensor:
    """The log-loss of every token (B, L) in nats; 0 at padding."""
    return _cross_entropy(caption, reduction="none", smoothing=0.0).view_as(caption.expected)


def _cross_entropy(caption: Compared, *, reduction: str, smoothing: float) -> Tensor:
    logits, ids = caption.predicted.flatten(0, 1).float(), caption.expected.flatten()
    return F.cross_entropy(logits, ids, ignore_index=IGNORED, reduction=reduction, label_smoothing=smoothing)
