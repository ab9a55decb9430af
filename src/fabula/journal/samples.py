"""What the model tells at the moment, beside the truth, for the same few windows at every step."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from fabula.data.corpus import Split
from fabula.data.windows import Window
from fabula.drawing.storyboard import Panel, panels, storyboard
from fabula.story import Storyteller


def sample(teller: Storyteller, split: Split, windows: Sequence[Window]) -> Image.Image:
    """A storyboard with a row a window: the context, the true next frame, the told one."""
    contexts = [split.context(window) for window in windows]
    told = teller.tell(contexts, seed=0)
    rows = [
        [*panels(context, "context"), Panel(split.target(window), "true next"), Panel(frame, "told next")]
        for context, window, frame in zip(contexts, windows, told, strict=True)
    ]
    return storyboard(rows, [split.store.ids[window.story] for window in windows], columns=len(rows[0]))
