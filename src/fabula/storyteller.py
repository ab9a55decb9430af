"""Frames in, the next frame out: the one door to a trained model.

The same seed and the same context give the same story, whatever else is told beside it: a story's generators are
seeded by the seed and by what the model reads of its context, so equal seeds do not make different stories alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from fabula.chance import contents, keys_of
from fabula.choosing import Scores, places
from fabula.errors import FabulaError
from fabula.images import prepare, to_picture, to_tensor, to_uint8
from fabula.model import StoryModel
from fabula.narrator import Contexts, Narrator, Read, Voice, each
from fabula.recipe import Recipe, Tell
from fabula.schema import convert
from fabula.story import Frame
from fabula.tokenizer import Tokenizer

BATCH = 64  # frames that are told together
PAINTED_BY = ("picture", "flow_steps", "guidance")  # options of `tell` for painters that know more than one way
KEPT = 8192  # captions that are known still once they were told


class ModelStoryteller:
    """Tells frames as the recipe's `tell` section says. The model is moved to `device`, into evaluation mode."""

    def __init__(self, model: StoryModel, tokenizer: Tokenizer, recipe: Recipe, device: torch.device | str = "cpu"):
        self.model = model.to(device).eval()
        self.tokenizer = tokenizer
        self.recipe = recipe
        self.device = device
        self.paints = model.image_decoder is not None
        self.writes = model.caption_decoder is not None
        self._said: dict[str, str] = {}  # the captions told last, by seed and story

    def telling(self, **changes: Any) -> ModelStoryteller:
        """The same model, telling by other options of the recipe's `tell` section.

        Errors: FabulaError where an option is unknown or its value wrong, or where the painter does not heed it.
        """
        tell = convert({**vars(self.recipe.tell), **changes}, Tell, "tell")
        painter = self.model.image_decoder
        for name in (name for name in PAINTED_BY if name in changes):
            if painter is None or not painter.modes:
                who = "paints no pictures" if painter is None else "has a painter who knows one way to paint alone"
                raise FabulaError(f"tell.{name}={changes[name]}: this model {who}; leave it out")
        return ModelStoryteller(self.model, self.tokenizer, replace(self.recipe, tell=tell), self.device)

    @property
    def manner(self) -> dict[str, Any]:
        """The options of telling that matter to this model, beside those of its writer."""
        painter = self.model.image_decoder
        heeded = PAINTED_BY if painter is not None and painter.modes else ()
        return {name: getattr(self.recipe.tell, name) for name in ("candidates", *heeded)}

    @property
    def narrator(self) -> Narrator:
        return Narrator(self.model, self.tokenizer, self.recipe, self.device)

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        """The next frame of every context (oldest frame first, one frame at least)."""
        return [told for (told,) in self.ways(contexts, 1, seed=seed)]

    @torch.inference_mode()
    def ways(self, contexts: Contexts, count: int, *, seed: int = 0) -> list[list[Frame]]:
        """`count` next frames of every context, read once, each the best of the recipe's candidates by `ranks`.

        The first is what `tell` gives.
        """
        parts = (
            self._ways(part, self.narrator.read(part), count, seed) for part in _batches(contexts, self._at(count))
        )
        return [frames for part in parts for frames in part]

    @torch.inference_mode()
    def samples(self, contexts: Contexts, count: int, *, seed: int = 0) -> list[list[Frame]]:
        """`count` next frames of every context, read once, as they come; with one candidate they are its `ways`."""
        parts = _batches(contexts, max(1, BATCH // max(1, count)))
        return [told for part in parts for told in _groups(self._told(part, count, seed), count)]

    @torch.inference_mode()
    def judged(self, contexts: Contexts, told: Sequence[Sequence[Frame]]) -> dict[str, Scores]:
        """What each judge of choosing.py says of M frames told of each of N contexts: (N, M), more being better."""
        assert len(contexts) == len(told) > 0
        size = max(1, BATCH // len(told[0]))
        batches = zip(_batches(contexts, size), _batches(told, size), strict=True)
        parts = [self.narrator.judged(part, self.narrator.read(part)[1], frames) for part, frames in batches]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def ranks(self, contexts: Contexts, told: Sequence[Sequence[Frame]]) -> list[list[int]]:
        """The place of each frame among those told of its context, 1 being the one to keep. No truth is asked."""
        return places(self.judged(contexts, told)).tolist() if told else []

    @torch.inference_mode()
    def paint_told(self, contexts: Contexts, captions: Sequence[str] | None, *, seed: int = 0) -> list[Frame]:
        """The next picture of every context for a painter who hears these captions; without captions it hears nothing.

        With the captions that `tell` gives, of one candidate, these are its pictures too. Who hears the true ones is an
        oracle.
        """
        if not self.paints:
            raise FabulaError("this model paints no pictures")
        told: list[Frame] = []
        for start in range(0, len(contexts), BATCH):
            content, memory = self.narrator.read(contexts[start : start + BATCH])
            heard = None if captions is None else captions[start : start + BATCH]
            keys = keys_of(content, 1, seed)
            pictures = self.narrator.painted(memory, range(len(keys)), heard, keys)
            told += [Frame(*pair) for pair in zip(pictures, heard or [""] * len(keys), strict=True)]
        return told

    def captions(self, contexts: Contexts, *, seed: int = 0) -> list[str]:
        """What `tell` says of every context; what it has told last is not told again."""
        keys = [
            key for part in _batches(contexts, BATCH) for key in _said_by(contents(self.narrator.frames(part)), seed)
        ]
        known = {key: self._said[key] for key in keys if key in self._said}
        new = [row for row, key in enumerate(keys) if key not in known]
        told = self.tell([contexts[row] for row in new], seed=seed)
        known |= {keys[row]: frame.caption for row, frame in zip(new, told, strict=True)}
        return [known[key] for key in keys]

    @torch.inference_mode()
    def log_loss(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        """Teacher-forced: the total nats of each caption as it is scored, cut to the recipe's length, end included."""
        if self.model.caption_decoder is None:
            raise FabulaError("this model writes no captions, so it cannot say how likely one is")
        assert len(contexts) == len(captions)
        narrator, parts = self.narrator, zip(_batches(contexts, BATCH), _batches(captions, BATCH), strict=True)
        return [nats for part, said in parts for nats in narrator.nats(narrator.read(part)[1], said)]

    @torch.inference_mode()
    def voices(self, contexts: Contexts, captions: Sequence[str]) -> dict[str, Voice]:
        """Teacher-forced: what each voice of the writer says alone of each caption; nothing where it has but one."""
        assert len(contexts) == len(captions) > 0
        if self.model.caption_decoder is None:
            return {}
        narrator, parts = self.narrator, zip(_batches(contexts, BATCH), _batches(captions, BATCH), strict=True)
        found: list[dict[str, Voice]] = []
        for part, said in parts:
            found.append(narrator.apart(narrator.read(part)[1], said))
            if not found[0]:
                return {}
        by_name = {name: zip(*(part[name] for part in found), strict=True) for name in found[0]}
        return {name: Voice(*map(np.concatenate, columns)) for name, columns in by_name.items()}

    @torch.inference_mode()
    def tell_and_score(
        self, contexts: Contexts, captions: Sequence[str], *, seed: int = 0
    ) -> tuple[list[Frame], list[float]]:
        """What `tell` and `log_loss` give, every context read once. What is told never sees the captions."""
        assert len(contexts) == len(captions)
        told: list[Frame] = []
        nats: list[float] = []
        for part, said in zip(_batches(contexts, self._at(1)), _batches(captions, self._at(1)), strict=True):
            read = self.narrator.read(part)
            told += [frame for (frame,) in self._ways(part, read, 1, seed)]
            nats += self.narrator.nats(read[1], said)
        return told, nats

    @torch.inference_mode()
    def paint_in_sight(self, contexts: Contexts, truths: Sequence[Frame]) -> list[Frame] | None:
        """What the picture decoder paints with its target in sight, as in training: for diagnosis, not for telling.

        None where that is no picture, or not of the kind that is told: training brings a guess to the target.
        """
        decoder, painted, data = self.model.image_decoder, [], self.recipe.data
        if decoder is None:
            raise FabulaError("this model paints no pictures")
        if decoder.modes and self.recipe.tell.picture != "guess":
            return None
        with _as_in_training(decoder):
            for part, true in zip(_batches(contexts, BATCH), _batches(truths, BATCH), strict=True):
                pixels = np.stack([prepare(f.picture, data.picture_size, data.fit, data.equalise) for f in true])
                target = to_tensor(pixels).to(self.device)
                said = decoder(self.narrator.read(part)[1], target)
                if said.expected is not target:
                    return None
                seen = to_uint8(said.predicted)
                painted += [Frame(to_picture(each, equalised=data.equalise), "") for each in seen]
        return painted

    @torch.inference_mode()
    def vectors(self, frames: Sequence[Frame]) -> tuple[np.ndarray, np.ndarray]:
        """What the model's encoders make of each frame's picture and of its caption: (N, D) each, of length 1."""
        batches = ([[frame] for frame in part] for part in _batches(frames, BATCH))
        parts = [self.model.vectors(self.narrator.frames(part)) for part in batches]
        pictures, captions = (torch.cat(side).double().cpu() for side in zip(*parts, strict=True))
        return F.normalize(pictures, dim=1).numpy(), F.normalize(captions, dim=1).numpy()

    def _at(self, count: int) -> int:
        """How many stories are told together, each in `count` ways."""
        return max(1, BATCH // max(1, count * self.recipe.tell.candidates))

    def _told(self, contexts: Contexts, count: int, seed: int) -> list[Frame]:
        return self.narrator.told(self.narrator.read(contexts), count, seed)

    def _ways(self, contexts: Contexts, read: Read, count: int, seed: int) -> list[list[Frame]]:
        """`count` frames of each story, each the best of its candidates."""
        many = self.recipe.tell.candidates
        told = _groups(self.narrator.told(read, count * many, seed), many)
        if many > 1:
            rows = each(len(contexts), count)
            memory = read[1].at(torch.tensor(rows, device=self.device))
            judged = self.narrator.judged([contexts[row] for row in rows], memory, told)
            told = [[group[best]] for group, best in zip(told, places(judged).argmin(1).tolist(), strict=True)]
        ways = _groups([frame for (frame,) in told], count)
        self._keep(_said_by(read[0], seed), ways)
        return ways

    def _keep(self, keys: Sequence[str], ways: Sequence[Sequence[Frame]]) -> None:
        if len(self._said) > KEPT:
            self._said.clear()
        self._said |= {key: way[0].caption for key, way in zip(keys, ways, strict=True)}


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


def _groups(frames: list[Frame], count: int) -> list[list[Frame]]:
    return [frames[start : start + count] for start in range(0, len(frames), count)]


def _said_by(content: Sequence[str], seed: int) -> list[str]:
    return [f"{seed}/{story}" for story in content]
