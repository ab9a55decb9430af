"""The true boxes of a split, as its source gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fabula.data.pictures import size_of
from fabula.data.source import Source
from fabula.errors import FabulaError
from fabula.story import Box, Size, Story


class TrueStory(NamedTuple):
    """The boxes of one story, and the pictures' sizes where there are pictures."""

    boxes: Mapping[tuple[int, str], Box]  # image number, id
    sizes: Mapping[int, Size | None]  # of every image


def true_stories(source: Source, split: str | None = None, size: Size | None = None) -> dict[str, TrueStory]:
    """Story id -> its boxes, all stories of a split; without a name the only split there is, else `test`.

    `size` is for a source that draws its pictures. Errors: FabulaError for an unknown split, for a split without a
    single box, and for two stories of one id.
    """
    split = split or (source.splits[0] if len(source.splits) == 1 else "test")
    where, found = f"{source.name}: split {split!r}", {}
    for story in source.stories(split, size):
        if story.id in found:
            raise FabulaError(f"{where}: two stories have the id {story.id!r}; boxes cannot be told apart by it")
        found[story.id] = true_story(story)
    if not any(story.boxes for story in found.values()):
        raise FabulaError(f"{where} has no boxes; give a source with chain_of_thought tables, or world")
    return found


def true_story(story: Story) -> TrueStory:
    frames = {frame.number or place: frame for place, frame in enumerate(story.frames, start=1)}
    boxed = [(image, each) for image, frame in frames.items() for each in frame.entities]
    return TrueStory(
        {(image, each.id): each.box for image, each in boxed if each.box},
        {image: size_of(frame.picture) for image, frame in frames.items()},
    )
