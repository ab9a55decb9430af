"""Frames in, the next frame out: the one door to a trained model.

The same seed and the same context give the same story, whatever else is told beside it: a story's generators are
seeded by the seed and by what the model reads of its context, so equal seeds do not make different stories alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import torch
from torch import Generator

from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.images import to_picture, to_uint8
from fabula.losses.caption import caption_nats
from fabula.model import StoryModel
from fabula.recipe import Recipe
from fabula.roles import Dice
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import Frames, Memory, Tokens
from fabula.writing import write

BATCH = 32  # contexts that are told together

Contexts = Sequence[Sequence[Frame]]


class ModelStoryteller:
    """Tells frames as the recipe's `tell` section says. The model is moved to `device`, into evaluation mode."""

    def __init__(self, model: StoryModel, tokenizer: Tokenizer, recipe: Recipe, device: torch.device | str = "cpu"):
        self.model = model.to(device).eval()
        self.tokenizer = tokenizer
        self.recipe = recipe
        self.device = device
        self.paints = model.image_decoder is not None
        self.writes = model.caption_decoder is not None

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        """The next frame of every context (oldest frame first, one frame at least)."""
        return [told for (told,) in self.samples(contexts, 1, seed=seed)]

    @torch.inference_mode()
    def samples(self, contexts: Contexts, count: int, *, seed: int = 0) -> list[list[Frame]]:
        """`count` next frames of every context, read once; the first is what `tell` gives."""
        told: list[list[Frame]] = []
        for part in _batches(contexts, max(1, BATCH // max(1, count))):
            context = self._frames(part)
            keys = [f"{seed}/{key}/{sample}" for key in _content(context) for sample in range(count)]
            frames = self._told(_copies(self.model.remember(context), count), keys)
            told += [frames[start : start + count] for start in range(0, len(frames), count)]
        return told

    @torch.inference_mode()
    def log_loss(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        """Teacher-forced: the total nats of each caption as it is scored, cut to the recipe's length, end included."""
        if self.model.caption_decoder is None:
            raise FabulaError("this model writes no captions, so it cannot say how likely one is")
        assert len(contexts) == len(captions)
        nats: list[float] = []
        for part, said in zip(_batches(contexts, BATCH), _batches(captions, BATCH), strict=True):
            ids, _ = self.tokenizer.encode(said, self.recipe.data.caption_length)
            memory = self.model.remember(self._frames(part))
            compared = self.model.caption_decoder(memory, torch.from_numpy(ids).to(self.device))
            nats += caption_nats(compared).double().sum(1).tolist()
        return nats

    def _told(self, memory: Memory, keys: Sequence[str]) -> list[Frame]:
        pictures = self._painted(memory, _dice(keys, "picture"))
        captions = self._written(memory, _dice(keys, "caption"))
        return [Frame(None if pictures is None else to_picture(pictures[i]), captions[i]) for i in range(len(keys))]

    def _painted(self, memory: Memory, dice: Dice):
        decoder = self.model.image_decoder
        return None if decoder is None else to_uint8(decoder.generate(memory, dice))

    def _written(self, memory: Memory, dice: Dice) -> list[str]:
        decoder = self.model.caption_decoder
        if decoder is None:
            return [""] * len(dice)
        length = self.recipe.data.caption_length
        ids = write(decoder, memory, length, self.tokenizer.vocabulary, self.recipe.tell, dice)
        return [self.tokenizer.decode(row) for row in ids.tolist()]

    def _frames(self, contexts: Contexts) -> Frames:
        if not all(contexts):
            raise FabulaError("a context without frames: give at least one frame to continue from")
        return to_frames(contexts, self.tokenizer, self.recipe.data).to(self.device)


def _batches(items: Sequence, size: int) -> Iterator[Sequence]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _copies(memory: Memory, count: int) -> Memory:
    """Every story's memory `count` times, one after the other."""
    if count == 1:
        return memory
    parts = (*memory.state, memory.context.images, memory.context.captions, memory.context.present)
    again = [part.repeat_interleave(count, 0) for part in parts]
    return Memory(Tokens(*again[:2]), Frames(*again[2:]))


def _content(context: Frames) -> list[str]:
    """What a model reads of each story, as a digest; how far others were padded does not enter."""
    return [
        hashlib.blake2b(b"".join(part[there].cpu().numpy().tobytes() for part in parts), digest_size=16).hexdigest()
        for *parts, there in zip(context.images, context.captions, context.present, strict=True)
    ]


def _dice(keys: Sequence[str], purpose: str) -> list[Generator]:
    seeds = (hashlib.blake2b(f"{key}/{purpose}".encode(), digest_size=8).digest() for key in keys)
    return [Generator().manual_seed(int.from_bytes(seed, "big") >> 1) for seed in seeds]
