"""A story told on for many frames: does it keep its characters, and does it move at all?

Whoever repeats the last frame for ever keeps everybody. So what a telling keeps is read beside how much it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.entities import names, told_names
from fabula.metrics.facts import scenes_of
from fabula.metrics.pictures import mae
from fabula.metrics.pixels import gradient_energy, unit
from fabula.metrics.told import Pixels
from fabula.story import Frame, Size
from fabula.world.questions.identity import Album, Kept
from fabula.world.questions.reading import NAMED
from fabula.world.scene import Scene, from_record

KIND, COLOURS = "kind_kept", "colours_kept"
NAMES, CAST = "names_kept", "cast_named"
CHANGE, SHARPNESS, REPEATED = "picture_change", "picture_sharpness", "caption_repeated"
MEANS: dict[str, str] = {
    KIND: "Told pictures in which who is in focus is nearest to one of the cast, not to three of other kinds.",
    COLOURS: "The same against three of its kind in other colours.",
    NAMES: "Of the names in the told captions, the share that the cast has.",
    CAST: "Told captions that name one of the cast.",
    CHANGE: "Mean absolute difference to the picture before, 0 to 1.",
    SHARPNESS: "Gradient energy of a told picture over that of the given ones: below 1 it has blurred.",
    REPEATED: "Told captions that stand word for word before, in the given frames or the told ones.",
}
OF_IDENTITY = (KIND, COLOURS, NAMES, CAST)

Step = tuple[float, float]  # what is summed, and what it is divided by; (0, 0) where nothing was asked
Steps = dict[str, NDArray[np.float64]]  # measure -> (T, 2), a row a step


@dataclass(frozen=True)
class Given:
    """The frames that a telling goes on from, and the story's own frames after them: what a telling is held against."""

    context: Sequence[Frame]
    pictures: Pixels  # (K, H, W, 3) of the context
    later: Sequence[Frame] = ()

    @cached_property
    def scenes(self) -> list[Scene]:
        """Of the context; empty where it is not of the world."""
        return [from_record(record) for record in scenes_of(self.context) if record]

    @cached_property
    def cast(self) -> frozenset[str]:
        """The names that the context knows."""
        people = frozenset(actor.who.name for scene in self.scenes for actor in scene.actors)
        return people or names(self.context)

    @cached_property
    def album(self) -> Album | None:
        """The story's true frames that show one of the cast; None where the story is not of the world."""
        records = scenes_of([*self.context, *self.later])
        if not self.scenes or None in records:
            return None
        cast = {actor.who.id for scene in self.scenes for actor in scene.actors}
        return Album([record for record in records if record], cast, Size(*self.pictures.shape[1:3]))

    @cached_property
    def energy(self) -> float:
        """The mean gradient energy of the given pictures."""
        return float(gradient_energy(unit(self.pictures)).mean())


def of_captions(given: Given, captions: Sequence[str]) -> Steps:
    """NAMES, CAST and REPEATED of T captions told one after the other. Names count where the context knows any."""
    found = {NAMES: [_names_kept(given, caption) for caption in captions]}
    found[CAST] = [_cast_named(given, caption) for caption in captions]
    before = [frame.caption for frame in given.context]
    found[REPEATED] = [(float(c in (*before, *captions[:step])), 1.0) for step, c in enumerate(captions)]
    return _columns(found)


def of_pictures(given: Given, pictures: Pixels) -> Steps:
    """CHANGE and SHARPNESS of T pictures (T, H, W, 3) told one after the other."""
    row = unit(np.concatenate([given.pictures[-1:], pictures]))
    found = {CHANGE: _pairs(mae(row[1:], row[:-1]))}
    return found | ({SHARPNESS: _pairs(gradient_energy(row[1:]) / given.energy)} if given.energy else {})


def of_identity(given: Given, pictures: Pixels, *, but: Literal["itself"] | None = None) -> Steps:
    """KIND and COLOURS of T pictures (T, H, W, 3); nothing where the story is not of the world.

    `but="itself"`: these are the story's own frames after the context, and none of them may be held against itself.
    """
    if given.album is None:
        return {}
    first = len(given.context)
    places = [first + step if but else None for step in range(len(pictures))]
    read = [given.album.read(picture, but=place) for picture, place in zip(pictures, places, strict=True)]
    return _columns({KIND: [_kept(of, 0) for of in read], COLOURS: [_kept(of, 1) for of in read]})


def _kept(of: Kept | None, part: int) -> Step:
    return (0.0, 0.0) if of is None else (of[part], 1.0)


def _names_kept(given: Given, caption: str) -> Step:
    if given.scenes:
        told = frozenset(NAMED.findall(caption))
        return float(len(told & given.cast)), float(len(told))
    kept, new = told_names(given.context, caption)
    return (float(len(kept)), float(len(kept) + len(new))) if given.cast else (0.0, 0.0)


def _cast_named(given: Given, caption: str) -> Step:
    if not given.cast:
        return 0.0, 0.0
    kept = given.cast.intersection(NAMED.findall(caption)) if given.scenes else told_names(given.context, caption)[0]
    return float(bool(kept)), 1.0


def _columns(found: dict[str, list[Step]]) -> Steps:
    return {name: np.array(steps, np.float64).reshape(-1, 2) for name, steps in found.items()}


def _pairs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([values, np.ones(len(values))], 1)
