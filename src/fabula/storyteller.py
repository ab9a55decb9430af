"""Frames in, the next frame out: the one door to a trained model.

The same seed and the same context give the same story, whatever else is told beside it: a story's generators are
seeded by the seed and by what the model reads of its context, so equal seeds do not make different stories alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from PIL.Image import Image
from torch import Generator, Tensor, nn

from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.images import prepare, to_picture, to_tensor, to_uint8
from fabula.losses.caption import caption_nats
from fabula.model import StoryModel
from fabula.recipe import Recipe
from fabula.roles import Dice
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import Frames, Memory, Tokens
from fabula.writing import write

BATCH = 64  # contexts that are told together

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
            frames = self._told(self._read(part), count, seed)
            told += [frames[start : start + count] for start in range(0, len(frames), count)]
        return told

    @torch.inference_mode()
    def log_loss(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        """Teacher-forced: the total nats of each caption as it is scored, cut to the recipe's length, end included."""
        if self.model.caption_decoder is None:
            raise FabulaError("this model writes no captions, so it cannot say how likely one is")
        assert len(contexts) == len(captions)
        parts = zip(_batches(contexts, BATCH), _batches(captions, BATCH), strict=True)
        return [nats for part, said in parts for nats in self._nats(self.model.remember(self._frames(part)), said)]

    @torch.inference_mode()
    def tell_and_score(
        self, contexts: Contexts, captions: Sequence[str], *, seed: int = 0
    ) -> tuple[list[Frame], list[float]]:
        """What `tell` and `log_loss` give, every context read once. What is told never sees the captions."""
        assert len(contexts) == len(captions)
        told: list[Frame] = []
        nats: list[float] = []
        for part, said in zip(_batches(contexts, BATCH), _batches(captions, BATCH), strict=True):
            read = self._read(part)
            told += self._told(read, 1, seed)
            nats += self._nats(read[1], said)
        return told, nats

    @torch.inference_mode()
    def paint_in_sight(self, contexts: Contexts, truths: Sequence[Frame]) -> list[Frame]:
        """What the picture decoder paints with its target in sight, as in training: for diagnosis, not for telling."""
        decoder, painted, data = self.model.image_decoder, [], self.recipe.data
        if decoder is None:
            raise FabulaError("this model paints no pictures")
        with _as_in_training(decoder):
            for part, true in zip(_batches(contexts, BATCH), _batches(truths, BATCH), strict=True):
                pixels = np.stack([prepare(f.picture, data.picture_size, data.fit, data.equalise) for f in true])
                target = to_tensor(pixels).to(self.device)
                seen = to_uint8(decoder(self.model.remember(self._frames(part)), target).predicted)
                painted += [Frame(to_picture(each, equalised=data.equalise), "") for each in seen]
        return painted

    @torch.inference_mode()
    def vectors(self, frames: Sequence[Frame]) -> tuple[np.ndarray, np.ndarray]:
        """What the model's encoders make of each frame's picture and of its caption: (N, D) each, of length 1."""
        parts = [self.model.vectors(self._frames([[frame] for frame in part])) for part in _batches(frames, BATCH)]
        pictures, captions = (torch.cat(side).double().cpu() for side in zip(*parts, strict=True))
        return F.normalize(pictures, dim=1).numpy(), F.normalize(captions, dim=1).numpy()

    def _read(self, contexts: Contexts) -> tuple[list[str], Memory]:
        """What each story's dice are seeded by, and what the model remembers."""
        frames = self._frames(contexts)
        return _content(frames), self.model.remember(frames)

    def _nats(self, memory: Memory, captions: Sequence[str]) -> list[float]:
        assert self.model.caption_decoder is not None
        ids, _ = self.tokenizer.encode(captions, self.recipe.data.caption_length)
        compared = self.model.caption_decoder(memory, torch.from_numpy(ids).to(self.device))
        return caption_nats(compared).double().sum(1).tolist()

    def _told(self, read: tuple[list[str], Memory], count: int, seed: int) -> list[Frame]:
        """`count` frames of each story, one story after the other."""
        content, memory = read
        keys, memory = _keys(content, count, seed), _copies(memory, count)
        pictures = self._pictures(memory, keys)
        captions = self._written(memory, _dice(keys, "caption"))
        return [Frame(picture, caption) for picture, caption in zip(pictures, captions, strict=True)]

    def _pictures(self, memory: Memory, keys: Sequence[str]) -> list[Image | None]:
        """What was painted counts as equalised where the model has seen nothing else."""
        pixels = self._painted(memory, _dice(keys, "picture"))
        equalised = self.recipe.data.equalise
        return [None] * len(keys) if pixels is None else [to_picture(each, equalised=equalised) for each in pixels]

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
        return to_frames(contexts, self.tokenizer, self.recipe.data, once=True).to(self.device)


@contextmanager
def _as_in_training(decoder: nn.Module) -> Iterator[None]:
    """A decoder that may look at its target while training does so; its parts stay calm, and torch's dice as they are.

    Only the decoder itself is told that it trains: its dropout stays off, its batch norms keep what they know.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        decoder.training = True
        try:
            yield
        finally:
            decoder.training = False


def _batches(items: Sequence, size: int) -> Iterator[Sequence]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _copies(memory: Memory, count: int) -> Memory:
    """Every story's memory `count` times, one after the other."""
    if count == 1:
        return memory

    def again(part: Tensor) -> Tensor:
        return part.repeat_interleave(count, 0)

    context = memory.context
    notes = None if context.notes is None else again(context.notes)
    frames = Frames(again(context.images), again(context.captions), again(context.present), notes)
    return Memory(Tokens(*map(again, memory.state)), frames)


def _content(context: Frames) -> list[str]:
    """What a model reads of each story, notes too, as a digest; how far others were padded does not enter."""
    read = (context.images, context.captions, context.notes)
    return [
        hashlib.blake2b(b"".join(part[there].cpu().numpy().tobytes() for part in parts), digest_size=16).hexdigest()
        for *parts, there in zip(*(part for part in read if part is not None), context.present, strict=True)
    ]


def _keys(content: Sequence[str], count: int, seed: int) -> list[str]:
    """What makes each sample of each story its own."""
    return [f"{seed}/{story}/{sample}" for story in content for sample in range(count)]


def _dice(keys: Sequence[str], purpose: str) -> list[Generator]:
    seeds = (hashlib.blake2b(f"{key}/{purpose}".encode(), digest_size=8).digest() for key in keys)
    return [Generator().manual_seed(int.from_bytes(seed, "big") >> 1) for seed in seeds]
