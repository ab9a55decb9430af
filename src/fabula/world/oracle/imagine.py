"""A next frame as a scene: what the context decides is taken from it, what is left to the dice is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabula.world.camera import Shot, aim
from fabula.world.cast import KINDS, Character
from fabula.world.dice import Dice, Odds, T, even
from fabula.world.events import FEELINGS
from fabula.world.oracle.chain import may_stay
from fabula.world.oracle.outlook import Outlook
from fabula.world.oracle.telling import why
from fabula.world.oracle.turns import Turn
from fabula.world.props import PROPS
from fabula.world.scene import Scene
from fabula.world.setup import Setup
from fabula.world.stage import SLOTS, STEPS, mark_of, place_actors, place_items
from fabula.world.state import State, changed
from fabula.world.tale import AT_MARK, MOVED, PANS

HELD, FRESH = 0, 1  # the shot that is held, and a new one


@dataclass(frozen=True)
class Choice:
    """A turn, its shot, what those feel who take part (by id), and who comes."""

    turn: Turn
    shot: Shot
    feelings: Mapping[str, str]
    newcomer: Character | None = None


class Known(Dice):
    """Dice that have fallen where the context shows it, and are thrown elsewhere."""

    def __init__(self, dice: Dice, known: Mapping[str, object]) -> None:
        self.key, self.known = dice.key, known

    def pick(self, name: str, odds: Odds[T]) -> T:
        shown = self.known.get(name)
        return next((outcome for outcome in odds if outcome == shown), None) or super().pick(name, odds)


def imagine(outlook: Outlook, choice: Choice, dice: Dice) -> Scene:
    """The scene of a choice; where people stand, colours and a new place's details are drawn where they are open."""
    turn, last = choice.turn, outlook.last
    event, stays = turn.event, _stays(outlook, choice)
    dice = Known(dice, _steps(last, _flip(outlook)) | {"flip": _flip(outlook)})
    cast = (*(actor.who for actor in last.actors), *([choice.newcomer] if choice.newcomer else []))
    before, after = (_dressed(state, outlook, choice, dice) for state in (turn.before, turn.after))
    mark_x = last.mark_x if after.place == last.place else mark_of(dice, 0)
    actors = place_actors(Setup(cast, after), before, after, mark_x, dice, HELD if stays else FRESH)
    heights = {who.id: KINDS[who.kind].height for who in cast}
    camera = last.camera if stays else aim(choice.shot, event, actors, mark_x, dice.pick("pan", even(PANS)), heights)
    return Scene(
        number=turn.before.stage + turn.before.distractions + 1,
        event=event,
        place=after.place,
        light=after.light,
        weather=after.weather,
        camera=camera,
        cut=not stays,
        actors=actors,
        items=place_items(before, after, actors, mark_x),
        mark_x=mark_x,
        grain=_grain(outlook, after.place, dice),
        why=why(turn.before, turn.after),
        hidden={"weather_before": last.weather},
    )


def moods(outlook: Outlook, turn: Turn) -> dict[str, Odds[str]]:
    """The odds of what those feel who take part, by id."""
    parts = zip((turn.event.actor, turn.event.other), FEELINGS[turn.event.kind], strict=True)
    return {id: odds for id, odds in parts if id}


def _stays(outlook: Outlook, choice: Choice) -> bool:
    """Whether the camera stays: the same shot of the same people, at an event that does not move it."""
    turn = choice.turn
    return choice.shot == outlook.shot and may_stay(turn.before, turn.after) and turn.event.kind not in MOVED


def _dressed(state: State, outlook: Outlook, choice: Choice, dice: Dice) -> State:
    """The state with feelings and colours."""
    felt = {actor.who.id: actor.feeling for actor in outlook.last.actors} | dict(choice.feelings)
    people = tuple(changed(p, feeling=felt.get(p.id, p.feeling)) for p in state.people)
    things = tuple(
        changed(t, colour=outlook.colours.get(t.id) or dice.pick(f"colour{t.id}", even(PROPS[t.kind].colours)))
        for t in state.things
    )
    return changed(state, people=people, things=things)


def _flip(outlook: Outlook) -> int | None:
    """Which side the first character stands on throughout the story; None where no frame shows it."""
    for scene in outlook.seen:
        for flip in (-1, 1) if scene.event.kind not in AT_MARK else ():
            if all(step in STEPS for step in _steps(scene, flip).values()):
                return flip
    return None


def _steps(scene: Scene, flip: int | None) -> dict[str, object]:
    """How far everybody stands from the slot, under the name of the throw in a shot that is held."""
    if flip is None:
        return {}
    slots = SLOTS[len(scene.actors)]
    return {f"step{HELD}{a.who.id}": a.x - x * flip for a, x in zip(scene.actors, slots, strict=True)}


def _grain(outlook: Outlook, place: str, dice: Dice) -> str:
    """The seed of a place's details, as it was when the story was there."""
    known = {scene.place: scene.grain for scene in outlook.seen}
    return known.get(place) or f"{dice.number(f'grain{place}'):016x}"
