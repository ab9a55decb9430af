"""The frames that people give, as the tensors that a model reads: the same pixels and ids as in training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from fabula.images import GREY, prepare, to_tensor
from fabula.recipe import Data
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import Frames


def to_frames(contexts: Sequence[Sequence[Frame]], tokenizer: Tokenizer, data: Data) -> Frames:
    """Contexts of any length, oldest frame first, as (B, K, ...) with K = `data.context`.

    Of a longer context the newest K frames count. A shorter one is filled up at the end with absent frames: grey, an
    empty caption, `present` False. A frame without a picture is grey; with an empty caption, the end token alone.
    """
    kept = [list(context)[-data.context :] for context in contexts]
    shape = (len(kept), data.context)
    pixels = np.full((*shape, *data.picture_size, 3), GREY, np.uint8)
    captions = [[""] * data.context for _ in kept]
    for story, context in enumerate(kept):
        for place, frame in enumerate(context):
            pixels[story, place] = prepare(frame.picture, data.picture_size, data.fit, data.equalise)
            captions[story][place] = frame.caption
    ids, _ = tokenizer.encode([caption for context in captions for caption in context], data.caption_length)
    lengths = torch.tensor([len(context) for context in kept], dtype=torch.int64)
    present = torch.arange(data.context) < lengths.view(-1, 1)
    return Frames(to_tensor(pixels), torch.from_numpy(ids).view(*shape, data.caption_length), present)
