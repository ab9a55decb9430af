"""Weights and gates as they can be drawn: over a frame's picture, over its words, or as one share of the frame."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Read:
    """Which tokens a model read of its frames: masks in the letters of types.py, N = B * K."""

    present: Tensor  # (B, K)
    length: int  # L, tokens of a caption
    grid: tuple[int, int] | None  # of the image encoder: rows, columns
    picture: Tensor  # (N, F)
    words: Tensor  # (N, F'), of the caption alone
    heard: Tensor  # (N, F''), with the notes behind where fusion hears them
    fused: Tensor  # (N, F''')
    gives: str = "state"  # of the memory: what its tokens stand for
    written: Tensor | None = None  # (B, L), of the caption that was told, where it is known


@dataclass(frozen=True)
class Map:
    """What one module weighed, averaged over heads and over those who asked."""

    picture: Tensor | None = None  # (B, K, rows, columns)
    words: Tensor | None = None  # (B, K, L), a weight a token of the caption
    frame: Tensor | None = None  # (B, K), the weight of each frame in its story
    gate: Tensor | None = None  # (B, K), the share of the picture against the text
    written: Tensor | None = None  # (B, K), the weight of each frame in its story while the next caption was written
    copied: Tensor | None = None  # (B, L), how much of each word of the next caption was copied; 0 at padding

    def __bool__(self) -> bool:
        return any(part is not None for part in vars(self).values())


def placed(name: str, axes: str, values: Tensor, read: Read) -> Map | None:
    """The map of what passed through a `Seen`; None where it cannot be laid over frames."""
    slot, letters = name.partition(".")[0], [letter.rstrip("'") for letter in axes.split()]
    if slot == "fusion" and letters in (["N"], ["N", "D"]):
        return Map(gate=_by_story(values.flatten(1).mean(1) if values.ndim > 1 else values, read))
    if slot == "caption_decoder":
        return _copied(values, read) if letters == ["B", "L"] else _while_writing(letters[-1], values, read)
    if letters == ["N", "H", "W"]:
        return Map(picture=_by_story(values, read))
    if slot == "temporal" and letters[-1] in "KS":
        return _over_frames(_asked(values, _asking(slot, letters, values, read)), read)
    if slot in ("image_encoder", "text_encoder", "fusion") and letters[-1] in "FL":
        return _over_tokens(slot, letters[-1], _asked(values, _asking(slot, letters, values, read)), read)
    return None


def _asked(values: Tensor, asking: Tensor | None) -> Tensor:
    """(N, F, F') -> (N, F'): the mean over those who ask; (N, F') is left as it is."""
    if asking is None:
        return values
    kept = torch.where(asking[..., None], values, values.new_zeros(()))
    return kept.sum(1) / asking.sum(1, keepdim=True).clamp(min=1)


def _asking(slot: str, letters: list[str], values: Tensor, read: Read) -> Tensor | None:
    """(N, F) bool: which of those who ask are real; None where nobody in particular asks."""
    if values.ndim < 3:
        return None
    count = values.shape[1]
    known = {
        ("temporal", "K"): read.present,
        ("temporal", "S"): read.fused.flatten().view(len(read.present), -1) & _each_token(read),
        ("fusion", "L"): read.heard,
        ("fusion", "F"): read.picture if count == read.picture.shape[1] else _last(_both(read), count),
        ("text_encoder", "L"): read.words[:, -read.length :][:, :count],
    }.get((slot, letters[1]))
    return torch.ones(values.shape[:2], dtype=torch.bool) if known is None or known.shape[1] != count else known


def _each_token(read: Read) -> Tensor:
    """(B, K * F'''): of each token, whether its frame is present."""
    return read.present.repeat_interleave(read.fused.shape[1], 1)


def _both(read: Read) -> Tensor:
    return torch.cat([read.picture, read.heard], 1)


def _last(mask: Tensor, count: int) -> Tensor:
    """The same with real tokens before, up to `count`: what a module adds of its own stands in front."""
    more = max(0, count - mask.shape[1])
    return torch.cat([mask.new_ones(len(mask), more), mask], 1)


def _while_writing(letter: str, values: Tensor, read: Read) -> Map | None:
    """(B, L, S) over the memory's tokens, or over all words of the context: the mean over the words that were told."""
    if read.written is None or letter not in ("S", "KL"):
        return None
    weights = _asked(values, read.written)
    if letter == "KL":
        words = weights.unflatten(1, (read.present.shape[1], -1))
        return Map(words=words, written=words.sum(2))
    own = {"frames": 1, "tokens": read.fused.shape[1]}.get(read.gives)
    return None if own is None else Map(written=_by_frame(weights, own, read.present.shape[1]))


def _copied(values: Tensor, read: Read) -> Map | None:
    """(B, L), of the words that were told."""
    if read.written is None or read.written.shape != values.shape:
        return None
    return Map(copied=values.masked_fill(~read.written, 0))


def _by_frame(weights: Tensor, own: int, frames: int) -> Tensor:
    """(B, S) -> (B, K): of the memory's own tokens a frame, and of the notes behind them, where there are any."""
    memory, notes = weights.tensor_split([own * frames], 1)
    shares = memory.unflatten(1, (frames, own)).sum(2)
    return shares + notes.unflatten(1, (frames, -1)).sum(2) if notes.shape[1] else shares


def _over_frames(weights: Tensor, read: Read) -> Map | None:
    """(B, K) or (B, K * F) -> weights of frames."""
    stories, frames = read.present.shape
    if weights.shape[1] not in (frames, frames * read.fused.shape[1]):
        return None
    return Map(frame=weights.view(stories, frames, -1).sum(-1))


def _over_tokens(slot: str, letter: str, weights: Tensor, read: Read) -> Map | None:
    """(N, F) over a picture's tokens, over words, or over both."""
    pictures, heard, width = read.picture.shape[1], read.heard.shape[1], weights.shape[1]
    if letter == "L":
        return Map(words=_words(slot, weights, read))
    if slot != "fusion" or width == pictures:
        return Map(picture=_picture(weights, read))
    if width < pictures + heard:
        return None
    picture, words = weights[:, -pictures - heard :].split([pictures, heard], 1)
    whole = (picture.sum(1) + words.sum(1)).clamp(min=1e-9)
    return Map(_picture(picture, read), _words(slot, words, read), gate=_by_story(picture.sum(1) / whole, read))


def _picture(weights: Tensor, read: Read) -> Tensor | None:
    """(N, F) -> (B, K, rows, columns), of the last tokens; None where they are no map."""
    if read.grid is None or weights.shape[1] < read.grid[0] * read.grid[1]:
        return None
    return _by_story(weights[:, -read.grid[0] * read.grid[1] :].unflatten(1, read.grid), read)


def _words(slot: str, weights: Tensor, read: Read) -> Tensor | None:
    """(N, F) -> (B, K, L): notes behind the caption and a sentence before it left out; None where words are pooled."""
    if slot == "fusion":
        weights = weights[:, : read.words.shape[1]]
        return _by_story(weights[:, -read.length :], read) if weights.shape[1] >= read.length else None
    missing = read.length - weights.shape[1]  # an encoder may stop where all captions of its batch have ended
    return _by_story(torch.nn.functional.pad(weights, (0, missing)), read) if missing >= 0 else None


def _by_story(values: Tensor, read: Read) -> Tensor:
    """(N, ...) -> (B, K, ...)."""
    return values.unflatten(0, read.present.shape)
