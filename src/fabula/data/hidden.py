"""Pictures, captions and oldest frames of a context that a training batch keeps back, as if nobody had given them.

What is hidden is what `contexts.to_frames` makes of what is absent, so a model meets in training what it meets in
telling. Draws do not depend on the shares, and no frame is left without picture and caption both.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fabula.images import GREY, to_tensor
from fabula.recipe import Augment
from fabula.types import Frames, Vocabulary


def hide(context: Frames, seen: Tensor, chosen: Augment, vocabulary: Vocabulary, chance: np.random.Generator) -> Frames:
    """The same context with about these shares hidden; with all shares at zero the very same frames.

    `seen` (B, K) is False where a frame never had a picture: its caption then stays, as the picture of a frame stays
    that never had a caption.
    """
    if not (chosen.hide_pictures or chosen.hide_captions or chosen.hide_frames):
        return context
    lot, whether, many = _draws(context.present.shape, chance)
    told = context.captions[..., 0] != vocabulary.end
    pictures = (lot < chosen.hide_pictures) & told
    captions = (lot >= 1 - chosen.hide_captions) & seen & ~pictures  # the other end of one lot
    number = torch.where(whether < chosen.hide_frames, many, 0)
    return _left(context, pictures, captions, number, vocabulary)


def _draws(shape: torch.Size, chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """A lot in [0, 1) for each frame (B, K), one for each window (B,), and from 1 to K - 1 frames for each (B,)."""
    stories, frames = shape
    lot = torch.from_numpy(chance.random((stories, frames)))
    whether, many = torch.from_numpy(chance.random((2, stories)))
    return lot, whether, (1 + (many * (frames - 1)).long()).clamp(max=max(frames - 1, 0))


def _left(context: Frames, pictures: Tensor, captions: Tensor, number: Tensor, vocabulary: Vocabulary) -> Frames:
    """Without these pictures and captions (B, K), and without the oldest `number` (B,) frames of each.

    The other frames stand in front, absent ones at the end.
    """
    frames = context.present.shape[1]
    wanted = torch.arange(frames) + number[:, None]  # (B, K)
    absent, which = wanted >= frames, (torch.arange(len(number))[:, None], wanted.clamp(max=frames - 1))
    images, words = context.images[which], context.captions[which]  # copies, so what is hidden is written into them
    images[pictures[which] | absent] = grey()
    words[captions[which] | absent] = _nothing(words, vocabulary)
    notes = None if context.notes is None else context.notes[which].masked_fill(absent[..., None], vocabulary.pad)
    return Frames(images, words, context.present[which] & ~absent, notes)


def grey() -> Tensor:
    """(3, 1, 1): a picture that is absent, at any size."""
    return to_tensor(np.full((1, 1, 3), GREY, np.uint8))


def _nothing(captions: Tensor, vocabulary: Vocabulary) -> Tensor:
    """(L,): the empty caption, its end token alone."""
    nothing = captions.new_full(captions.shape[-1:], vocabulary.pad)
    nothing[:1] = vocabulary.end
    return nothing
