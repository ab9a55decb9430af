"""How much faster are batches from the frame store than decoding each time? Both in one run, so the ratio can be told.

    python benchmarks/store.py [SOURCE]

Without a source: stories of the built-in world, written as JPEG at 240x575 like film stills.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("OMP_NUM_THREADS", "1")

from PIL import Image

from fabula.data.batches import Batches
from fabula.data.captions import tokenizer_for
from fabula.data.contexts import to_frames
from fabula.data.open import open_source
from fabula.data.store import open_store
from fabula.recipe import Data
from fabula.story import Frame, Size, Story
from fabula.world import split_stories

BATCH, SECONDS, STORIES = 16, 5.0, 30


def measure(read: Callable[[int], object], pictures: int) -> float:
    """Pictures a second of `read(step)`, over about `SECONDS`."""
    read(0)
    began, step = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        step += 1
        read(step)
    return step * pictures / (time.perf_counter() - began)


def encoded(story: Story) -> list[tuple[bytes, str]]:
    """The frames as JPEG bytes and captions."""
    frames = []
    for frame in story.frames:
        file = io.BytesIO()
        assert frame.picture is not None
        frame.picture.convert("RGB").save(file, "JPEG", quality=90)
        frames.append((file.getvalue(), frame.caption))
    return frames


def opened(frames: list[tuple[bytes, str]]) -> list[Frame]:
    return [Frame(Image.open(io.BytesIO(content)), caption) for content, caption in frames]


def main(name: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FABULA_CACHE"] = folder
        data = Data(source=name or "world", world=replace(Data().world, train=STORIES))
        source = open_source(data.source, data)
        split = source.splits[0]
        began = time.perf_counter()
        store = open_store(data, split, source)
        built = time.perf_counter() - began
        began = time.perf_counter()
        open_store(data, split, source)
        again = time.perf_counter() - began
        tokenizer = tokenizer_for(data, store.captions)
        batches = Batches(store, store.windows(data.context), tokenizer, data, BATCH)
        told = source.stories(split, None) if name else split_stories("train", 0, STORIES, Size(240, 575))
        films = [encoded(story) for story in told]

        def decode(step: int) -> object:
            windows = [batches.windows[place] for place in batches.positions(step)]
            return to_frames([opened(films[s][at : at + data.context + 1]) for s, at in windows], tokenizer, five)

        five = replace(data, context=data.context + 1)
        pictures = BATCH * five.context
        stored, decoded = measure(batches.at, pictures), measure(decode, pictures)
    print(f"{len(store.captions):,} frames of {source.name} {split} at {data.picture_size}, batches of {BATCH} windows")
    print(f"decoded once in {built:.1f} s; opened again in {1000 * again:.0f} ms")
    print(f"from the store {stored:,.0f} pictures/s, decoding each time {decoded:,.0f}: {stored / decoded:,.1f} times")


if __name__ == "__main__":
    main(*sys.argv[1:2] or [None])
