"""The questions and their true answers.

A caption and a picture do not show the same, so two questions mean something else of each. A caption names who takes
part, and tells the event; a picture shows what kind of character is in its middle, and how who acts stands.
"""

from __future__ import annotations

from typing import Literal

from fabula.errors import pick
from fabula.world.paint.poses import POSES, pose_of
from fabula.world.scene import Actor, Scene

Of = Literal["caption", "picture"]
Answers = dict[str, str]  # question -> answer; "" where there is none

CAPTION_QUESTIONS = ("who", "where", "doing", "holding", "light", "weather")
PICTURE_QUESTIONS = (*CAPTION_QUESTIONS, "shot")
QUESTIONS = PICTURE_QUESTIONS
POSE_NAMES = {pose: name for name, pose in POSES.items()}


def answer(scene: Scene, question: str, of: Of = "caption") -> str:
    """What is true of the scene, in one or a few words; `of` says of what it is asked.

    who: the names of actor and other in alphabetical order, `Ada and Otto`; of a picture the kind of who is in focus,
    `fox`. where: the place. doing: the kind of event; of a picture the actor's pose. holding: the kind of thing that
    somebody in the frame holds, `nothing` where nobody does. light, weather: of the world, also seen from inside.
    shot: wide, medium or close.
    """
    pick(question, QUESTIONS, "world question")
    if question == "who":
        return names(scene) if of == "caption" else in_focus(scene).who.kind
    if question == "doing":
        return scene.event.kind if of == "caption" else pose_name(scene)
    if question == "holding":
        return held(scene)
    return {"where": scene.place, "light": scene.light, "weather": scene.weather, "shot": scene.camera.shot}[question]


def answers(scene: Scene, of: Of = "caption") -> Answers:
    """The true answers to all questions that can be asked of captions or of pictures."""
    return {question: answer(scene, question, of) for question in asked_of(of)}


def asked_of(of: Of) -> tuple[str, ...]:
    return CAPTION_QUESTIONS if of == "caption" else PICTURE_QUESTIONS


def names(scene: Scene) -> str:
    """Who takes part: actor and other, in alphabetical order."""
    taking_part = [scene.actor(id) for id in (scene.event.actor, scene.event.other)]
    return " and ".join(sorted(actor.who.name for actor in taking_part if actor))


def in_focus(scene: Scene) -> Actor:
    """Whom the camera follows; where it follows nobody, who acts."""
    found = scene.actor(scene.camera.focus) or scene.actor(scene.event.actor)
    assert found, scene
    return found


def pose_name(scene: Scene) -> str:
    """How who acts stands: walk, run, give, ..."""
    actor = scene.actor(scene.event.actor)
    assert actor, scene
    return POSE_NAMES[pose_of(scene, actor)]


def held(scene: Scene) -> str:
    """The kind of thing in the hand of the first who holds one."""
    things = [scene.item(actor.holding) for actor in scene.actors if actor.holding]
    return next((thing.kind for thing in things if thing), "nothing")
