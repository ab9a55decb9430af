"""Captions word by word: greedy, sampled or by beam, from any caption decoder.

Chance comes from each story's own generator, one number a word drawn before the first word is written, so a story
written alone, in a batch or in another order is the same story. Padding and the begin token are never written.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fabula import recipe as recipes
from fabula.roles import CaptionDecoder, Dice
from fabula.types import Memory, Vocabulary

LIKELIEST = 256  # words that are sorted at first; all are where the nucleus is larger


def write(
    decoder: CaptionDecoder, memory: Memory, length: int, vocabulary: Vocabulary, tell: recipes.Tell, dice: Dice
) -> Tensor:
    """Ids (B, length): words, the end token if it was reached, padding. Only sampling uses the dice."""
    if tell.strategy == "beam":
        return write_by_beam(decoder, memory, length, vocabulary, tell)
    carry, page = decoder.begin(memory), Page(memory, length, vocabulary)
    luck = _throws(dice, length).to(page.ids.device) if tell.strategy == "sample" else None
    for place in range(length):
        logits, carry = decoder.step(page.word, carry)
        scores = page.scores(logits, tell.repetition_penalty)
        page.add(scores.argmax(-1) if luck is None else draw(scores, luck[:, place], tell))
        if page.ended.all():
            break
    return page.ids


class Page:
    """What has been written so far of B captions."""

    def __init__(self, memory: Memory, length: int, vocabulary: Vocabulary, copies: int = 1):
        state = memory.state.values
        self.vocabulary, self.place = vocabulary, 0
        self.ids = state.new_full((len(state) * copies, length), vocabulary.pad, dtype=torch.long)  # (B, L)
        self.word = torch.full_like(self.ids[:, 0], vocabulary.begin)  # the last word
        self.seen = self.ids.new_zeros(len(self.ids), vocabulary.size, dtype=torch.bool)
        self.ended = self.ids.new_zeros(len(self.ids), dtype=torch.bool)

    def scores(self, logits: Tensor, penalty: float) -> Tensor:
        """Logits to what is chosen by, (B, V): the log-probability of a word already written is multiplied.

        Keskar et al. 2019, section 4.1, there of raw logits, which makes it depend on where their zero lies.
        """
        scores = logits.float().clone()
        scores[:, [self.vocabulary.pad, self.vocabulary.begin]] = -torch.inf
        if penalty == 1:
            return scores
        scores = scores.log_softmax(-1)
        return torch.where(self.seen, scores * penalty, scores)

    def add(self, words: Tensor) -> None:
        """Write one more word (B,) on every caption that has not ended."""
        self.word = words.masked_fill(self.ended, self.vocabulary.pad)
        self.ids[:, self.place] = self.word
        self.seen.scatter_(1, self.word[:, None], True)
        self.ended = self.ended | (self.word == self.vocabulary.end)
        self.place += 1

    def reorder(self, rows: Tensor) -> None:
        self.ids, self.seen, self.ended = self.ids[rows], self.seen[rows], self.ended[rows]


def _throws(dice: Dice, length: int) -> Tensor:
    """(B, length) uniform in [0, 1), each row from one story's generator."""
    return torch.stack([torch.rand(length, generator=die, device=die.device, dtype=torch.double) for die in dice])


def draw(scores: Tensor, luck: Tensor, tell: recipes.Tell) -> Tensor:
    """(B, V) and (B,) uniform in [0, 1) -> (B,), by the inverse of the distribution function, likeliest first.

    Temperature first (0 is greedy), then the `top_k` likeliest words, then of these the nucleus: the fewest
    words that hold `top_p` (Holtzman et al. 2020).
    """
    if tell.temperature == 0 or tell.top_k == 1:
        return scores.argmax(-1)
    heated = (scores - scores.amax(-1, keepdim=True)).double() / tell.temperature
    if tell.top_k:
        heated, words = heated.topk(min(tell.top_k, heated.shape[1]))
        chances = heated.softmax(-1)
    else:
        chances, words = _likeliest(heated.softmax(-1), tell.top_p)
    before = chances.cumsum(-1) - chances
    chances = chances * (before < tell.top_p)
    reached = chances.cumsum(-1)
    place = (reached <= luck[:, None] * reached[:, -1:]).sum(-1)
    last = (chances > 0).sum(-1) - 1  # rounding may point beyond the nucleus
    return words.gather(1, torch.minimum(place, last)[:, None])[:, 0]


def _likeliest(chances: Tensor, mass: float) -> tuple[Tensor, Tensor]:
    """The likeliest words, sorted, that surely hold `mass`: their chances and ids."""
    some = chances.topk(min(LIKELIEST, chances.shape[1]))
    return some if (some.values.sum(-1) >= mass).all() else chances.topk(chances.shape[1])


def write_by_beam(
    decoder: CaptionDecoder, memory: Memory, length: int, vocabulary: Vocabulary, tell: recipes.Tell
) -> Tensor:
    """Ids (B, length) of the best caption that a beam finds: highest mean log-probability per token, end included.

    A caption that has ended keeps its place in the beam and competes by its mean, until all have ended. With one beam
    it is greedy; with as many beams as there are captions it is exhaustive. The penalty for repetition counts too.
    """
    stories, beams = len(memory.state.values), tell.beams
    page = Page(memory, length, vocabulary, copies=beams)
    carry = tuple(part.repeat_interleave(beams, 0) for part in decoder.begin(memory))
    total = page.ids.new_zeros(stories, beams, dtype=torch.double)  # log-probability of each caption
    total[:, 1:] = -torch.inf  # the beams are alike at first: only one may go on
    for _ in range(length):
        logits, carry = decoder.step(page.word, carry)
        steps = _steps(page, logits, tell.repetition_penalty).view(stories, beams, -1)
        sums = total[..., None] + steps  # (stories, beams, V)
        lengths = _lengths(page).view(stories, beams, 1)
        best = (sums / lengths).flatten(1).topk(beams).indices
        total = sums.flatten(1).gather(1, best)
        rows = (best // vocabulary.size + torch.arange(stories, device=best.device)[:, None] * beams).flatten()
        carry = tuple(part.index_select(0, rows) for part in carry)
        page.reorder(rows)
        page.add((best % vocabulary.size).flatten())
        if page.ended.all():
            break
    means = total / (page.ids != vocabulary.pad).sum(-1).view(stories, beams)
    return page.ids.view(stories, beams, length)[torch.arange(stories, device=means.device), means.argmax(1)]


def _steps(page: Page, logits: Tensor, penalty: float) -> Tensor:
    """(B, V) log-probability of each next word; a caption that has ended can only be followed by padding, for free."""
    steps = page.scores(logits, penalty).log_softmax(-1).double()
    free = torch.full_like(steps[:1], -torch.inf)
    free[:, page.vocabulary.pad] = 0
    return torch.where(page.ended[:, None], free, steps)


def _lengths(page: Page) -> Tensor:
    """(B,) how many tokens each caption has after the next step."""
    written = (page.ids != page.vocabulary.pad).sum(-1)
    return written + ~page.ended
