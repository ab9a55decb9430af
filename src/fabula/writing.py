"""Captions word by word: greedy, sampled or by beam, from any caption decoder.

Chance comes from each story's own generator, one number a word drawn before the first word is written, so a story
written alone, in a batch or in another order is the same story. Padding and the begin token are never written.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fabula import recipe as recipes
from fabula.roles import CaptionDecoder, Carry, Dice
from fabula.types import Memory, Vocabulary

DONE = 0.25  # once so large a share of the captions at hand has ended, they are put away
LIKELIEST = 256  # words that are looked at first; all are where the nucleus of a row is larger
COLDEST = 1e-30  # a lower temperature is greedy: there float32 ends


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
        page.add(scores.argmax(-1) if luck is None else draw(scores, luck[page.rows, place], tell))
        if page.ended.all():
            break
        if page.ended.sum() >= DONE * len(page.rows):
            carry = page.put_away(carry)
    return page.ids


class Page:
    """What has been written so far of B captions; of those that are not put away R are still at hand."""

    def __init__(self, memory: Memory, length: int, vocabulary: Vocabulary, copies: int = 1):
        state = memory.state.values
        self.vocabulary, self.place = vocabulary, 0
        self.ids = state.new_full((len(state) * copies, length), vocabulary.pad, dtype=torch.long)  # (B, L)
        self.word = torch.full_like(self.ids[:, 0], vocabulary.begin)  # (R,) the last word
        self.ended = self.ids.new_zeros(len(self.ids), dtype=torch.bool)  # (R,)
        self.rows = torch.arange(len(self.ids), device=self.ids.device)  # (R,) which captions are at hand

    def scores(self, logits: Tensor, penalty: float) -> Tensor:
        """Logits to what is chosen by, (R, V): the log-probability of a word already written is multiplied.

        Keskar et al. 2019, section 4.1, there of raw logits, which makes it depend on where their zero lies.
        """
        scores = logits.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
        scores[:, [self.vocabulary.pad, self.vocabulary.begin]] = -torch.inf
        if penalty == 1:
            return scores
        scores, said = scores.log_softmax(-1), self.ids[self.rows, : self.place]
        return scores.scatter_(1, said, scores.gather(1, said) * penalty)

    def add(self, words: Tensor) -> None:
        """Write one more word (R,) on every caption at hand that has not ended."""
        self.word = words.masked_fill(self.ended, self.vocabulary.pad)
        self.ids[self.rows, self.place] = self.word
        self.ended = self.ended | (self.word == self.vocabulary.end)
        self.place += 1

    def put_away(self, carry: Carry) -> Carry:
        """Keep at hand what has not ended; gives what the decoder carries of these."""
        open_still = ~self.ended
        self.rows, self.word, self.ended = self.rows[open_still], self.word[open_still], self.ended[open_still]
        return tuple(part[open_still] for part in carry)

    def reorder(self, rows: Tensor) -> None:
        self.ids, self.ended = self.ids[rows], self.ended[rows]


def _throws(dice: Dice, length: int) -> Tensor:
    """(B, length) uniform in [0, 1), each row from one story's generator."""
    return torch.stack([torch.rand(length, generator=die, device=die.device, dtype=torch.double) for die in dice])


def draw(scores: Tensor, luck: Tensor, tell: recipes.Tell) -> Tensor:
    """(B, V) and (B,) uniform in [0, 1) -> (B,), by the inverse of the distribution function, likeliest first.

    Temperature first (0 is greedy), then the `top_k` likeliest words, then of these the nucleus: the fewest
    words that hold `top_p` (Holtzman et al. 2020). Chances are sorted without their words, which is many times
    faster; the word is then the one that has the chance that was drawn.
    """
    if tell.temperature < COLDEST or tell.top_k == 1:
        return scores.argmax(-1)
    chances = (scores / tell.temperature).softmax(-1)
    rising = _sorted(chances)
    place, drawn = _drawn(rising, luck[:, None], tell)
    likelier = chances.shape[1] - torch.searchsorted(rising, drawn, right=True)
    return _nth(chances == drawn, (place - likelier)[:, 0])


def _sorted(chances: Tensor) -> Tensor:
    """(B, V), each row from its least to its greatest."""
    if chances.device.type != "cpu":
        return chances.sort().values
    return torch.from_numpy(np.sort(chances.detach().numpy()))  # 20 times as fast as torch, which sorts places too


def _drawn(rising: Tensor, luck: Tensor, tell: recipes.Tell) -> tuple[Tensor, Tensor]:
    """Which place of the nucleus is drawn, likeliest first, and the chance of the word there: (B, 1) each."""
    count = min(tell.top_k or LIKELIEST, rising.shape[1])
    ordered, reached = _likeliest(rising, count)
    if not tell.top_k and bool((reached[:, -1] < tell.top_p).any()):
        ordered, reached = _likeliest(rising, rising.shape[1])
    held = reached[:, -1:] if tell.top_k else torch.ones_like(luck)
    edge = torch.searchsorted(reached, held * tell.top_p).clamp(max=reached.shape[1] - 1)
    mass = reached.gather(1, edge)
    place = torch.searchsorted(reached, luck * mass, right=True)
    place = torch.minimum(place, torch.searchsorted(reached, mass))  # rounding may point beyond the nucleus
    return place, ordered.gather(1, place)


def _likeliest(rising: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The greatest chances, greatest first, and what they and those before them hold: (B, count) each."""
    ordered = rising[:, -count:].flip(-1)
    return ordered, ordered.cumsum(-1, dtype=torch.double)


def _nth(hits: Tensor, places: Tensor) -> Tensor:
    """(B, V) and (B,) -> (B,): where each row's hit of that number, from 0, stands."""
    rows, words = hits.nonzero(as_tuple=True)
    first = torch.searchsorted(rows, torch.arange(len(hits), device=hits.device))
    return words[first + places]


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
