"""What the model tells at the moment, beside the truth, for the same few windows at every step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image

from fabula.data.contexts import to_frames
from fabula.data.corpus import Split
from fabula.data.windows import Window
from fabula.drawing.maps.maps import Weighed, draw_maps
from fabula.drawing.maps.watching import look, place_of
from fabula.drawing.storyboard import Panel, panels, storyboard
from fabula.retelling import Retelling
from fabula.story import Frame
from fabula.storyteller import ModelStoryteller

IN_A_ROW = 4  # frames


def samples(
    teller: ModelStoryteller | Retelling, split: Split, windows: Sequence[Window]
) -> tuple[Image.Image, Image.Image | None]:
    """The storyboard of these windows, and where the model weighs something, a sheet of what it attends to."""
    if isinstance(teller, Retelling):
        return sample_again(teller, split, windows), None
    told = teller.tell([split.context(window) for window in windows], seed=0)
    return sample(told, split, windows), sample_maps(teller, split, windows, told)


def sample_again(teller: Retelling, split: Split, windows: Sequence[Window]) -> Image.Image:
    """A storyboard of true frames, each with the same frame told again beneath it."""
    truths = [split.target(window) for window in windows]
    told = teller.tell_knowing([[] for _ in truths], truths)
    pairs = [(Panel(true, "true"), Panel(again, "told again")) for true, again in zip(truths, told, strict=True)]
    lines = (pairs[start : start + IN_A_ROW] for start in range(0, len(pairs), IN_A_ROW))
    return storyboard([row for line in lines for row in zip(*line, strict=True)], columns=IN_A_ROW)


def sample(told: Sequence[Frame], split: Split, windows: Sequence[Window]) -> Image.Image:
    """A storyboard with a row a window: the context, the true next frame, the told one."""
    contexts = [split.context(window) for window in windows]
    rows = [
        [*panels(context, "context"), Panel(split.target(window), "true next"), Panel(frame, "told next")]
        for context, window, frame in zip(contexts, windows, told, strict=True)
    ]
    return storyboard(rows, [split.store.ids[window.story] for window in windows], columns=len(rows[0]))


def sample_maps(
    teller: ModelStoryteller, split: Split, windows: Sequence[Window], told: Sequence[Frame] = ()
) -> Image.Image | None:
    """What the model attends to in the same contexts, over its pictures and words; None where it weighs nothing.

    With what it `told` of them, one frame a window, also what it attended to while it wrote.
    """
    contexts, data = [split.context(window) for window in windows], teller.recipe.data
    read = to_frames(contexts, teller.tokenizer, data).to(teller.device)
    ids, _ = teller.tokenizer.encode([frame.caption for frame in told], data.caption_length)
    maps = look(teller.model, read, torch.from_numpy(ids).to(teller.device) if told else None)
    if not maps:
        return None
    return draw_maps(
        Weighed(
            titles=[split.store.ids[window.story] for window in windows],
            captions=[[frame.caption for frame in context] for context in contexts],
            read=read,
            maps=maps,
            names={name: place_of(teller.model, name) for name in maps},
            spans=teller.tokenizer.spans,
            told=[frame.caption for frame in told],
        )
    )
