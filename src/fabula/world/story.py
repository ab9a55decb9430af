"""The world's door: story i of a split under a seed, with pictures, captions and the truth beside them."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.errors import FabulaError
from fabula.story import Frame, Size, Story
from fabula.world.annotate import description, entities, phases, setting
from fabula.world.language.grammar import Told, tell
from fabula.world.language.reasons import Reasons
from fabula.world.language.words import Words
from fabula.world.paint.picture import Painter
from fabula.world.scene import Scene
from fabula.world.tale import Tale, tell_facts

SOURCE, LICENCE, ATTRIBUTION = "world", "CC0-1.0", "Fabula's built-in story world"
SMALLEST, LARGEST = 16, 2048


def make_story(split: str, seed: int, index: int, size: Size) -> Story:
    """Story `index` of `split` (train, validation, test, hard) under `seed`, painted at `size`."""
    return _story(tell_facts(split, seed, index), _painter(size))


def split_stories(split: str, seed: int, count: int, size: Size) -> Iterator[Story]:
    """The first `count` stories of a split."""
    painter = _painter(size)
    for index in range(count):
        yield _story(tell_facts(split, seed, index), painter)


def told_captions(tale: Tale) -> list[Told]:
    """The captions of a story, without its pictures."""
    return [tell(Words(scene), tale.dice, f"caption{scene.number}") for scene in tale.scenes]


def told_reasons(tale: Tale) -> list[str]:
    """Why each frame's event happened, in one sentence that follows from that scene alone."""
    return [tell(Reasons(scene), tale.dice, f"reason{scene.number}", "sentence").text for scene in tale.scenes]


def _painter(size: Size) -> Painter:
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise FabulaError(f"world picture size: {size} is out of range; give HxW from {SMALLEST} to {LARGEST} pixels")
    return Painter(Size(*size))


def _story(tale: Tale, painter: Painter) -> Story:
    told = zip(tale.scenes, told_captions(tale), told_reasons(tale), strict=True)
    frames = tuple(_frame(scene, caption, reason, painter) for scene, caption, reason in told)
    return Story(tale.id, frames, SOURCE, LICENCE, ATTRIBUTION, tale.title, phases(tale.scenes))


def _frame(scene: Scene, told: Told, reason: str, painter: Painter) -> Frame:
    painting = painter.paint(scene)
    said, beside = setting(scene)
    return Frame(
        picture=painting.picture,
        caption=told.text,
        number=scene.number,
        mentions=told.mentions,
        entities=entities(scene, painting.boxes),
        setting=said,
        setting_details=beside,
        description=description(scene),
        reason=reason,
        scene=scene.record(),
    )
