"""One batch of stories, told by a model: read, written, heard, painted, judged. storyteller.py takes any number.

The caption is written first, and a painter who listens hears it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Image
from torch import Tensor

from fabula.chance import contents, dice_of, keys_of
from fabula.choosing import Candidates, Scores, judged
from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.images import to_picture, to_uint8
from fabula.losses import LOSSES
from fabula.losses.caption import caption_nats
from fabula.model import StoryModel
from fabula.recipe import Recipe
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import VECTORS, Frames, Manner, Memory, Spoken
from fabula.writing import write

Contexts = Sequence[Sequence[Frame]]
MUTE = 20.0  # nats: who gives a word so little had nothing to say there
Read = tuple[list[str], Memory]  # what each story's dice are seeded by, and what the model remembers


class Voice(NamedTuple):
    """What one of a writer's voices says of N captions, summed over their tokens, the end included; (N,) each."""

    nats: NDArray[np.float64]  # by this voice alone
    share: NDArray[np.float64]  # of the mixture: how many of the tokens it gave
    able: NDArray[np.float64]  # how many of the tokens it could say at all


@dataclass(frozen=True)
class Narrator:
    model: StoryModel
    tokenizer: Tokenizer
    recipe: Recipe
    device: torch.device | str

    def read(self, contexts: Contexts) -> Read:
        frames = self.frames(contexts)
        return contents(frames), self.model.remember(frames)

    def frames(self, contexts: Contexts) -> Frames:
        if not all(contexts):
            raise FabulaError("a context without frames: give at least one frame to continue from")
        return to_frames(contexts, self.tokenizer, self.recipe.data, once=True).to(self.device)

    def told(self, read: Read, count: int, seed: int) -> list[Frame]:
        """`count` frames of each story, one story's after the other's."""
        content, memory = read
        keys, rows = keys_of(content, count, seed), each(len(content), count)
        captions = self.written(memory.at(self._rows(rows)), keys)
        said = captions if self.model.caption_decoder else None
        pictures = self.painted(memory, rows, said, keys)
        return [Frame(*pair) for pair in zip(pictures, captions, strict=True)]

    def written(self, memory: Memory, keys: Sequence[str]) -> list[str]:
        """A caption of each story; empty where nobody writes."""
        decoder = self.model.caption_decoder
        if decoder is None:
            return [""] * len(keys)
        length, dice = self.recipe.data.caption_length, dice_of(keys, "caption")
        ids = write(decoder, memory, length, self.tokenizer.vocabulary, self.recipe.tell, dice)
        return [self.tokenizer.decode(row) for row in ids.tolist()]

    def painted(
        self, memory: Memory, rows: Sequence[int], captions: Sequence[str] | None, keys: Sequence[str]
    ) -> list[Image | None]:
        """A picture for each of `rows`, which name stories; who listens hears the caption of that row, if there is one.

        What was painted counts as equalised where the model has seen nothing else.
        """
        decoder, tell = self.model.image_decoder, self.recipe.tell
        if decoder is None:
            return [None] * len(keys)
        known = decoder.listens and captions is not None
        heard = self._heard(memory, rows, captions) if known else memory.at(self._rows(rows))
        manner = Manner(tell.picture, tell.flow_steps, tell.guidance)
        pixels = to_uint8(decoder.generate(heard, dice_of(keys, "picture"), manner))
        return [to_picture(picture, equalised=self.recipe.data.equalise) for picture in pixels]

    def nats(self, memory: Memory, captions: Sequence[str]) -> list[float]:
        """Of each true caption, one a story."""
        assert self.model.caption_decoder is not None
        return caption_nats(self.model.caption_decoder(memory, self._ids(captions))).double().sum(1).tolist()

    def apart(self, memory: Memory, captions: Sequence[str]) -> dict[str, Voice]:
        """Each voice of the writer by name, of these captions, one a story; nothing where it has but one."""
        assert self.model.caption_decoder is not None
        ids = self._ids(captions)
        real = ids != self.tokenizer.vocabulary.pad
        spoken = self.model.caption_decoder.apart(memory, ids)
        return {name: _in_all(said, real) for name, said in spoken.items()}

    def judged(self, contexts: Contexts, memory: Memory, told: Sequence[Sequence[Frame]]) -> dict[str, Scores]:
        """What the judges say of M frames told of each context, (N, M); `memory` is of the contexts."""
        rows, frames = each(len(told), len(told[0])), [frame for group in told for frame in group]
        newest = [[frame.caption for frame in context[-self.recipe.data.context :]] for context in contexts]
        read = to_frames([[frame] for frame in frames], self.tokenizer, replace(self.recipe.data, context=1))
        given = Candidates(
            self.model,
            memory.at(self._rows(rows)),
            [newest[row] for row in rows],
            read.to(self.device),
            [frame.caption for frame in frames],
            self._paired(),
        )
        return judged(given, len(told[0]))

    def _heard(self, memory: Memory, rows: Sequence[int], captions: Sequence[str]) -> Memory:
        """What a painter remembers of each of `rows` with its caption; each caption of a story is heard once."""
        pairs = list(zip(rows, captions, strict=True))
        places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
        known = memory.at(self._rows([row for row, _ in places]))
        heard = self.model.hear(known, self._ids([caption for _, caption in places]))
        return heard.at(self._rows([places[pair] for pair in pairs]))

    def _paired(self) -> bool:
        """Whether a loss has brought the encodings of pictures and captions together."""
        needed = {name for loss in self.recipe.losses.values() for name in LOSSES[loss.use.kind].needs}
        return needed.issuperset(VECTORS)

    def _ids(self, captions: Sequence[str]) -> Tensor:
        ids, _ = self.tokenizer.encode(captions, self.recipe.data.caption_length)
        return torch.from_numpy(ids).to(self.device)

    def _rows(self, rows: Sequence[int]) -> Tensor:
        return torch.tensor(rows, dtype=torch.long, device=self.device)


def _in_all(said: Spoken, real: Tensor) -> Voice:
    able = (said.nats < MUTE) & real
    return Voice(*(part.double().sum(1).cpu().numpy() for part in (said.nats, said.share, able)))


def each(stories: int, count: int) -> list[int]:
    """0, 0, ..., 1, 1, ...: every story `count` times."""
    return [story for story in range(stories) for _ in range(count)]
