"""Poses: where hands, feet and head are, in hundredths of the character's height; x forwards, y up from the ground."""

from __future__ import annotations

from dataclasses import dataclass

from fabula.world.scene import Actor, Scene

Spot = tuple[float, float]


@dataclass(frozen=True)
class Pose:
    """Front and back hand, front and back foot, how far the body leans and sinks, where the head goes."""

    front: Spot = (17, 26)
    back: Spot = (-17, 26)
    foot: Spot = (8, 0)
    heel: Spot = (-8, 0)
    lean: float = 0
    dip: float = 0
    head: Spot = (0, 0)


POSES = {
    "stand": Pose(),
    "walk": Pose((17, 34), (-15, 27), (13, 0), (-11, 2), 2),
    "run": Pose((25, 46), (-22, 36), (19, 3), (-17, 8), 9, 1, (3, 0)),
    "carry": Pose((22, 38), (16, 30)),
    "give": Pose((37, 46), (-15, 27), lean=3),
    "receive": Pose((32, 45), (25, 35), lean=2),
    "wave": Pose((27, 82), (-17, 26)),
    "joy": Pose((29, 82), (-29, 82), (10, 0), (-10, 0), 0, -3),
    "reach": Pose((28, 9), (14, 14), (12, 0), (-9, 0), 9, 17, (7, -3)),
    "kneel": Pose((24, 11), (12, 12), (15, 0), (-10, 0), 6, 20, (5, -4)),
    "sit": Pose((15, 20), (-14, 14), (24, 3), (18, 1), -2, 17),
    "sleep": Pose((13, 14), (2, 14), (24, 3), (18, 1), 2, 18, (7, -7)),
    "fall": Pose((26, 30), (-24, 16), (26, 12), (20, 4), -6, 18, (-3, 0)),
    "droop": Pose((10, 22), (-11, 22), head=(3, -4)),
    "fear": Pose((13, 53), (-4, 52), (5, 0), (-5, 0), 0, 3, (-2, -2)),
    "gasp": Pose((25, 56), (-25, 56)),
    "think": Pose((14, 50), (-14, 26), head=(1, 1)),
    "eat": Pose((17, 52), (9, 45)),
    "point": Pose((36, 62), (-15, 27), head=(1, 2)),
    "speak": Pose((27, 48), (-15, 27), lean=2),
    "peek": Pose((26, 58), (-14, 30), (12, 0), (-8, 0), 9, 6, (6, 0)),
    "hips": Pose((17, 33), (-17, 33), (10, 0), (-10, 0), head=(0, 2)),
    "show": Pose((26, 60), (-15, 27), head=(0, 1)),
}

# event -> pose of the actor, pose of the other
DOING: dict[str, tuple[str, str]] = {
    "begin": ("", ""),
    "go": ("walk", "walk"),
    "meet": ("wave", "wave"),
    "leave": ("walk", "wave"),
    "take": ("carry", "gasp"),
    "give": ("give", "receive"),
    "drop": ("gasp", "gasp"),
    "hide": ("reach", ""),
    "search": ("peek", ""),
    "find": ("show", "joy"),
    "open": ("carry", ""),
    "light": ("show", ""),
    "put out": ("eat", ""),
    "eat": ("eat", ""),
    "break": ("carry", "gasp"),
    "mend": ("carry", ""),
    "plant": ("kneel", ""),
    "sprout": ("kneel", ""),
    "sleep": ("sleep", ""),
    "wake": ("sit", ""),
    "chase": ("run", "run"),
    "talk": ("speak", ""),
    "rain": ("point", ""),
    "snow": ("point", ""),
    "clear": ("point", ""),
    "dusk": ("", ""),
    "night": ("", ""),
    "pause": ("point", ""),
    "trip": ("fall", ""),
}
MOODS = {
    "calm": "stand",
    "happy": "stand",
    "sad": "droop",
    "afraid": "fear",
    "surprised": "gasp",
    "angry": "hips",
    "sleepy": "droop",
    "proud": "hips",
    "curious": "think",
}


def pose_of(scene: Scene, actor: Actor) -> Pose:
    """What the character does in the scene; what it feels where the event says nothing; hands hold what they hold."""
    if actor.asleep:
        return POSES["sleep"]
    doing = DOING[scene.event.kind]
    name = doing[0] if actor.who.id == scene.event.actor else doing[1] if actor.who.id == scene.event.other else ""
    if actor.holding and name in ("", "point", "wave", "gasp", "speak"):
        return POSES["carry"]
    return POSES[name or MOODS[actor.feeling]]
