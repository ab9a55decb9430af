"""All that follows from a context: what was seen, and every way on."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from fabula.story import Frame
from fabula.world.camera import Shot
from fabula.world.oracle.foretold import caption_chance
from fabula.world.oracle.hypotheses import Hypothesis, posterior
from fabula.world.oracle.seen import look
from fabula.world.oracle.turns import Turn, turns
from fabula.world.scene import Scene

KEPT = 512  # contexts whose outlooks are kept, some ten kilobytes each: the same ones are asked about again and again


@dataclass(frozen=True)
class Outlook:
    """What was seen, oldest frame first, what may lie behind it, and every way on with its probability."""

    seen: tuple[Scene, ...]
    hypotheses: tuple[Hypothesis, ...]
    ways: tuple[Turn, ...]

    @property
    def last(self) -> Scene:
        return self.seen[-1]

    @property
    def shot(self) -> Shot:
        return (self.last.camera.shot, self.last.camera.focus)

    @cached_property
    def colours(self) -> dict[str, str]:
        """The colours of all things that were seen, by id."""
        return {item.id: item.colour for scene in self.seen for item in scene.items}

    def nats(self, caption: str) -> float:
        """-log P(caption | context), summed exactly over every next scene; infinite where no next frame tells it."""
        chance = sum(turn.probability * caption_chance(caption, turn, self.last, self.colours) for turn in self.ways)
        return -math.log(chance) if chance else math.inf


def outlook(context: Sequence[Frame], *, hard: bool = False) -> Outlook:
    """What the laws make of a context (see `posterior`, whose errors these are)."""
    read = tuple((json.dumps(frame.scene), frame.caption) for frame in context)
    return _found(_Read(read, tuple(replace(frame, picture=None) for frame in context)), hard)


def forget() -> None:
    """Keep no outlook: the next question about a context is answered from its beginning, as a timing wants it."""
    _found.cache_clear()


@dataclass(frozen=True)
class _Read:
    """A context by what an oracle reads of it."""

    read: tuple[tuple[str, str], ...]  # scene record and caption of each frame
    frames: tuple[Frame, ...] = field(compare=False)


@lru_cache(maxsize=KEPT)
def _found(context: _Read, hard: bool) -> Outlook:
    hypotheses = posterior(context.frames, hard=hard)
    return Outlook(tuple(look(context.frames)), tuple(hypotheses), tuple(turns(hypotheses)))
