"""Stories of the world without their pictures, made once: what the oracle's tests look at."""

from __future__ import annotations

from functools import cache

from fabula.story import Frame
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts


@cache
def told(split: str, index: int) -> tuple[Frame, ...]:
    """A story's frames: captions and records."""
    tale = tell_facts(split, 5, index)
    pairs = zip(tale.scenes, told_captions(tale), strict=True)
    return tuple(Frame(None, said.text, scene.number, scene=scene.record()) for scene, said in pairs)


def windows(split: str, stories: range, given: int) -> list[tuple[tuple[Frame, ...], Frame]]:
    """Every window of these stories: the frames that are given, and the next."""
    return [
        (frames[at - given : at], frames[at])
        for frames in (told(split, index) for index in stories)
        for at in range(given, len(frames))
    ]
