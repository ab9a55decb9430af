"""What a told picture shows: the nearest of a few renders that differ from the true scene in one fact."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.story import Size
from fabula.world.paint.picture import Painter, Painting
from fabula.world.questions.asking import PICTURE_QUESTIONS, answer, in_focus
from fabula.world.questions.changing import changes, dice_of
from fabula.world.scene import Scene, from_record

Pixels = NDArray[np.uint8]  # (H, W, 3)
CHOICES = dict.fromkeys(PICTURE_QUESTIONS, 4) | dict.fromkeys(("light", "weather", "shot"), 3)
TRIES = 3  # so many changes that cannot be seen are passed over
HIGHEST = 64  # rows of a render: larger pictures are made smaller before they are compared
LEVELS, SHARE = 24, 1 / 750  # two renders differ if so large a share of the pixels does by more than so many levels
KEPT = 256  # frames whose renders are kept: at 60x125 these are 150 MB


@dataclass(frozen=True)
class Choices:
    """The renders that a picture is held against, and what each shows. One of them is true, at a place drawn."""

    answers: tuple[str, ...]  # (A,)
    pictures: Pixels  # (A, H, W, 3)
    right: int


class Renders:
    """One frame's renders at one size, each painted when it is first asked for."""

    def __init__(self, scene: Scene, size: Size) -> None:
        self.scene, self.painter = scene, _painter(size)
        self.found: dict[str, Choices | None] = {}

    @cached_property
    def painting(self) -> Painting:
        """The true scene's."""
        return self.painter.paint(self.scene)

    @cached_property
    def true(self) -> Pixels:
        return np.asarray(self.painting.picture)

    def choices(self, question: str) -> Choices | None:
        """The question's renders; None where it is not asked: too few changes can be seen in this frame."""
        if question not in self.found:
            self.found[question] = self._choices(question) if self._in_sight(question) else None
        return self.found[question]

    def _choices(self, question: str) -> Choices | None:
        wanted = CHOICES[question] - 1
        others = list(islice(self._seen(question), wanted))
        if len(others) < wanted:
            return None
        right = dice_of(self.scene, question).number("right") % (wanted + 1)
        others.insert(right, (answer(self.scene, question, "picture"), self.true))
        return Choices(tuple(said for said, _ in others), np.stack([picture for _, picture in others]), right)

    def _seen(self, question: str) -> Iterator[tuple[str, Pixels]]:
        for scene in islice(changes(self.scene, question), CHOICES[question] + TRIES):
            picture = self.paint(scene)
            if differ(picture, self.true):
                yield answer(scene, question, "picture"), picture

    def paint(self, scene: Scene) -> Pixels:
        return np.asarray(self.painter.paint(scene).picture)

    def _in_sight(self, question: str) -> bool:
        """Whether the character who is asked about is in the picture at all."""
        about = {"who": in_focus(self.scene).who.id, "doing": self.scene.event.actor}.get(question)
        return about is None or about in self.painting.boxes


def differ(one: Pixels, other: Pixels) -> bool:
    """Whether two renders can be told apart."""
    far = np.abs(one.astype(np.int16) - other).max(-1) > LEVELS
    return bool(far.mean() > SHARE)


def renders(record: Mapping[str, object], size: Size) -> Renders:
    """The renders of a frame's scene record at this size, at most `HIGHEST` rows high; the last frames' are kept."""
    return _renders(json.dumps(record), small(size))


@lru_cache(maxsize=KEPT)
def _renders(record: str, size: Size) -> Renders:
    return Renders(from_record(json.loads(record)), size)


@lru_cache(maxsize=2)
def _painter(size: Size) -> Painter:
    return Painter(size)


def small(size: Size) -> Size:
    """The size at which pictures of this size are compared."""
    if size.height <= HIGHEST:
        return size
    return Size(HIGHEST, max(16, round(size.width * HIGHEST / size.height)))


def reduced(picture: Pixels, size: Size) -> Pixels:
    """A picture at this size, each pixel the mean of the area that it covers."""
    if picture.shape[:2] == tuple(size):
        return picture
    return np.asarray(Image.fromarray(picture).resize((size.width, size.height), Image.Resampling.BOX))


def distances(picture: Pixels, pictures: Pixels) -> NDArray[np.float64]:
    """(A,): the mean absolute difference to each of (A, H, W, 3), in [0, 1]; made as small as they are first."""
    told = reduced(picture, Size(*pictures.shape[1:3])).astype(np.int16)
    return np.abs(pictures - told).mean((1, 2, 3)) / 255


def read_picture(record: Mapping[str, object], picture: Pixels, question: str) -> str:
    """What the picture shows, of the answers that are offered; "" where the question is not asked of this frame."""
    found = renders(record, Size(*picture.shape[:2])).choices(question)
    return found.answers[int(distances(picture, found.pictures).argmin())] if found else ""
