"""What counts say of the words of a story, where its writer asks: along the line, at a caption's places, at its end."""

from __future__ import annotations

import torch
from torch import Tensor

from fabula.counting.counts import Counts
from fabula.layers.line import Layout, Line
from fabula.layers.voices import Counted
from fabula.types import Vocabulary


def along(counts: Counts | None, layout: Layout, line: Line) -> Counted | None:
    """Of the word that comes next, (B, T), along the line."""
    if counts is None:
        return None
    chance, known = counts(layout.captions)
    chance, *known = (line.take(layout.beside(part), 0) for part in (chance, *known.unbind(-1)))
    return Counted(chance, torch.stack(known, -1))


def of_last(counts: Counts | None, layout: Layout) -> Counted | None:
    """Of each word of the last caption, (B, L)."""
    return None if counts is None else Counted(*(part[:, -1] for part in counts(layout.captions)))


def of_every(counts: Counts | None, layout: Layout, places: int, vocabulary: Vocabulary) -> Counted | None:
    """Of every word at the first places of the last caption, (B, places, V)."""
    if counts is None:
        return None
    windows = layout.captions.clone()
    if not counts.training:  # a place says the same, whether a word is wanted there or not
        windows[:, -1] = windows[:, -1].masked_fill(windows[:, -1] == vocabulary.pad, vocabulary.end)
    return Counted(*(part[:, :places] for part in counts.newest(windows)))


def of_next(counts: Counts | None, said: Tensor, vocabulary: Vocabulary) -> Counted | None:
    """Of every next word, (B, 1, V), after all that was said, (B, T)."""
    if counts is None:
        return None
    last, before = said[:, -1], said[:, -2] if said.shape[1] > 1 else said[:, -1]
    before = torch.where(last == vocabulary.begin, last, before)
    return Counted(*(part[:, None] for part in counts.following(torch.stack([before, last], 1))))
