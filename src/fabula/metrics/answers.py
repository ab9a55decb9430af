"""All answers to each world question, so that an answer is a number: what a column of answers holds."""

from __future__ import annotations

from fabula.metrics.cast import MISTAKES, PARTS
from fabula.world.cast import KINDS
from fabula.world.paint.poses import DOING
from fabula.world.places import LIGHTS, PLACES, WEATHERS
from fabula.world.props import PROPS
from fabula.world.questions.asking import POSE_NAMES
from fabula.world.questions.changing import SHOTS

CAPTION, PICTURE = "world.caption", "world.picture"
SILENT, UNREAD = "says nothing of it", "cannot be read"  # what a told caption may do in place of an answer
NEVER_TRUE = (*MISTAKES, SILENT, UNREAD)

_HELD = (*PROPS, "nothing")
_CAPTION = {
    "who": (*PARTS, *MISTAKES),
    "where": tuple(PLACES),
    "doing": tuple(DOING),
    "holding": _HELD,
    "light": LIGHTS,
    "weather": WEATHERS,
}
_PICTURE = _CAPTION | {"who": tuple(KINDS), "doing": tuple(POSE_NAMES.values()), "shot": SHOTS}
ANSWERS: dict[str, tuple[str, ...]] = {  # question -> (A,) answers, the true ones first
    **{f"{CAPTION}.{question}": (*every, SILENT, UNREAD) for question, every in _CAPTION.items()},
    **{f"{PICTURE}.{question}": every for question, every in _PICTURE.items()},
}
_NUMBERS = {name: {answer: number for number, answer in enumerate(every)} for name, every in ANSWERS.items()}


def number_of(name: str, answer: str) -> int:
    """The place of an answer among all answers to a question, such as `world.caption.where`."""
    return _NUMBERS[name][answer]
