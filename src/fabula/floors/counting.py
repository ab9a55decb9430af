"""The n-gram models as storytellers: they score and write through the same doors as a trained decoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from fabula.counting.cache import Cached
from fabula.counting.ngram import Floats, Ids, NGram, events
from fabula.floors.chance import dice
from fabula.recipe import Data, Tell
from fabula.roles import CaptionDecoder, Carry
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.types import Compared, Frames, Memory, Tokens
from fabula.writing import write

Contexts = Sequence[Sequence[Frame]]
LEAST = 1e-30  # padding and begin have no probability, and a logarithm must have a value
SCORED = 256  # captions scored at a time


class NGramTeller:
    """Writes and scores by counts of the train captions, and by those of the context where it has a cache."""

    kind = "floor"
    paints, writes = False, True

    def __init__(self, counts: NGram | Cached, tokenizer: Tokenizer, data: Data, tell: Tell):
        self.counts, self.tokenizer, self.data, self.how = counts, tokenizer, data, tell

    def log_loss(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        """Total nats of each caption as it is scored, end included."""
        nats: list[float] = []
        for start in range(0, len(captions), SCORED):
            nats += self._nats(contexts[start : start + SCORED], captions[start : start + SCORED])
        return nats

    def _nats(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        vocabulary = self.tokenizer.vocabulary
        ids, _ = self.tokenizer.encode(captions, self.data.caption_length)
        row = np.repeat(np.arange(len(ids)), (ids != vocabulary.pad).sum(1))
        histories, words = events(ids, vocabulary, 3)
        if isinstance(self.counts, Cached):
            chances = self.counts.probability(histories, words, self._told(contexts), row)
        else:
            chances = self.counts.probability(histories, words)
        return np.bincount(row, -np.log(chances), minlength=len(ids)).tolist()

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        """Word by word as the recipe's `tell` section says; what is drawn follows from context and seed."""
        if not contexts:
            return []
        told = torch.from_numpy(self._told(contexts))
        memory = _memory_of(told)
        length, vocabulary = self.data.caption_length, self.tokenizer.vocabulary
        ids = write(CountingDecoder(self._distribution), memory, length, vocabulary, self.how, dice(contexts, seed))
        return [Frame(None, self.tokenizer.decode(row)) for row in ids.tolist()]

    def _distribution(self, histories: Ids, contexts: Ids) -> Floats:
        if isinstance(self.counts, Cached):
            return self.counts.distribution(histories, contexts)
        return self.counts.distribution(histories)

    def _told(self, contexts: Contexts) -> Ids:
        """(N, K, L): the newest captions of each context, padding where there is none, or where nobody reads them."""
        count, length = self.data.context, self.data.caption_length
        told = np.full((len(contexts), count, length), self.tokenizer.vocabulary.pad, np.int64)
        if not isinstance(self.counts, Cached):
            return told
        kept = [[frame.caption for frame in list(context)[-count:]] for context in contexts]
        ids, _ = self.tokenizer.encode([caption for captions in kept for caption in captions], length)
        there = np.arange(count) < np.array([len(captions) for captions in kept])[:, None]
        told[there] = ids
        return told


class CountingDecoder(CaptionDecoder):
    """Counts in the clothes of a caption decoder, for the one function that writes."""

    def __init__(self, distribution: Callable[[Ids, Ids], Floats]):
        super().__init__()
        self.distribution = distribution

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        raise TypeError("counts are not trained by gradients")

    def begin(self, memory: Memory) -> Carry:
        """The token before the last, not yet known, and the captions of the context."""
        told = memory.context.captions
        return told.new_full((len(told),), -1), told

    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        before, told = carry
        histories = torch.stack([torch.where(before < 0, words, before), words], 1)  # begin stands before begin
        chances = self.distribution(histories.numpy(), told.numpy())
        return torch.from_numpy(np.log(np.maximum(chances, LEAST))), (words, told)


def _memory_of(captions: Tensor) -> Memory:
    """(B, K, L) captions as the memory of stories of which nothing else is known."""
    nothing = torch.zeros(len(captions), 1, 1)
    present = torch.ones(captions.shape[:2], dtype=torch.bool)
    return Memory(Tokens(nothing, nothing[..., 0].bool()), Frames(nothing[..., None, None], captions, present))
