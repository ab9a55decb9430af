"""What is seen of a frame: its record without what no picture shows.

Seen are event, place, light, weather, camera, who is there and what lies or is held there, also outside the shot.
Ids count as seen: they say in which order people came, and pictures place them so from front to back. Not seen are
number, cut, plot, stage, distractions, odds, the plot's reasons, who owns what, and who or what is new: of these the
caption may tell. Where exactly somebody stands is used to paint the next frame alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from fabula.errors import FabulaError
from fabula.story import Frame
from fabula.world.scene import Scene, from_record
from fabula.world.state import changed

UNSEEN = ("number", "cut", "why", "hidden", "odds")


def look(context: Sequence[Frame]) -> list[Scene]:
    """What is seen of each frame, oldest first; FabulaError where one has no record or there is none at all."""
    if not context:
        raise FabulaError("the oracle: an empty context; give one frame of a story at least")
    return [_look(frame, place) for place, frame in enumerate(context, 1)]


def _look(frame: Frame, place: int) -> Scene:
    where = f"the oracle: frame {place} of the context ({frame.caption[:40]!r})"
    if frame.scene is None:
        raise FabulaError(f"{where} has no scene record; the oracle knows the built-in world alone: give its frames")
    try:
        scene = from_record({**frame.scene, "number": 0, "cut": False, "why": (), "hidden": {}, "odds": {}})
    except (KeyError, TypeError) as error:
        raise FabulaError(f"{where} has a broken scene record ({error}); give frames as the world made them") from error
    actors = tuple(changed(actor, new=False) for actor in scene.actors)
    return changed(scene, actors=actors, items=tuple(changed(item, owner="", new=False) for item in scene.items))
