"""The facts of true frames of the world that their captions tell: found once, however many tellers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from fabula.story import Frame
from fabula.world.questions.asking import Answers, answers
from fabula.world.questions.reading import told_of
from fabula.world.scene import Scene, from_record

KEYS = frozenset(field.name for field in fields(Scene))


@dataclass(frozen=True)
class Facts:
    """`told` are the true answers to the questions that the true caption answers; `cast` who is seen in the context."""

    record: Mapping[str, object]
    told: Answers
    cast: frozenset[str]  # names


def facts_of(
    frames: Sequence[Frame], captions: Sequence[str], contexts: Sequence[Sequence[Frame]]
) -> list[Facts | None]:
    """The facts of each frame; None where it has no scene that this world can read. No contexts: no cast."""
    given = contexts or [()] * len(frames)
    every = zip(scenes_of(frames), captions, given, strict=False)  # no frames: no facts
    return [_facts(record, caption, context) if record else None for record, caption, context in every]


def scenes_of(frames: Sequence[Frame]) -> list[Mapping[str, object] | None]:
    """The scene record of each frame; None where it has none that this world can read."""
    records = [frame.scene for frame in frames]
    return [record if record and record.keys() >= KEYS else None for record in records]


def _facts(record: Mapping[str, object], caption: str, context: Sequence[Frame]) -> Facts:
    scene = from_record(record)
    true, asked = answers(scene, "caption"), told_of(scene, caption)
    seen = [from_record(given) for given in scenes_of(context) if given]
    cast = frozenset(actor.who.name for scene in seen for actor in scene.actors)
    return Facts(record, {question: true[question] for question, is_asked in asked.items() if is_asked}, cast)
