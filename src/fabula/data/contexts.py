"""The frames that people give, as the tensors that a model reads: the same pixels and ids as in training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from fabula.data.notes import NONE, encode_notes, note
from fabula.images import GREY, prepare, to_tensor
from fabula.recipe import Data
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import Frames


def to_frames(contexts: Sequence[Sequence[Frame]], tokenizer: Tokenizer, data: Data, *, once: bool = False) -> Frames:
    """Contexts of any length, oldest frame first, as (B, K, ...) with K = `data.context`.

    Of a longer context the newest K frames count. A shorter one is filled up at the end with absent frames: grey, an
    empty caption, `present` False. A frame without a picture is grey; with an empty caption, the end token alone; with
    an empty note, padding. A frame that was told has no note. With `once` a model that tells encodes a frame of several
    contexts once.
    """
    kept = [list(context)[-data.context :] for context in contexts]
    frames = {id(frame): frame for context in kept for frame in context}  # a frame of several contexts is read once
    rows = {key: row for row, key in enumerate(frames)}
    read = [[rows[id(f)] for f in context] + [len(rows)] * (data.context - len(context)) for context in kept]
    which = torch.tensor(read, dtype=torch.int64).view(len(kept), data.context)  # the last row is the absent frame
    pixels = np.full((len(rows) + 1, *data.picture_size, 3), GREY, np.uint8)
    for row, frame in enumerate(frames.values()):
        pixels[row] = prepare(frame.picture, data.picture_size, data.fit, data.equalise)
    ids, _ = tokenizer.encode([*(frame.caption for frame in frames.values()), ""], data.caption_length)
    notes = _notes(list(frames.values()), tokenizer, data)
    return Frames(
        to_tensor(pixels)[which],
        torch.from_numpy(ids)[which],
        which < len(rows),
        None if notes is None else notes[which],
        which if once else None,
    )


def _notes(frames: Sequence[Frame], tokenizer: Tokenizer, data: Data) -> Tensor | None:
    """(R + 1, M): the note of each frame, and of the absent one; None where the recipe reads none."""
    if data.notes == NONE:
        return None
    texts = [*(note(frame, data.notes) for frame in frames), ""]
    return torch.from_numpy(encode_notes(texts, tokenizer, data.note_length).ids.astype(np.int64))
