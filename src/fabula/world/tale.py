"""A story in facts: the dice are thrown frame by frame, and every scene is recorded with its odds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fabula.errors import FabulaError, pick
from fabula.world.belief import Guess, first_guesses, meet_somebody, observe, predict
from fabula.world.camera import Shot, aim, shot_odds
from fabula.world.cast import KINDS
from fabula.world.dice import Dice, even, probability
from fabula.world.events import FEELINGS
from fabula.world.law import follow, next_events, reasons
from fabula.world.plots import title
from fabula.world.scene import Scene
from fabula.world.setup import SPLITS, Setup, set_up
from fabula.world.stage import mark_of, place_actors, place_items
from fabula.world.state import Event, State, changed

PANS = (-18, -6, 6, 18)
AT_MARK = ("hide", "search", "find")  # events at the landmark
MOVED = ("begin", "go", "meet", "wake", *AT_MARK)  # events that always come with a cut


@dataclass(frozen=True)
class Tale:
    """A story without its pictures and captions."""

    id: str
    title: str
    setup: Setup
    scenes: tuple[Scene, ...]
    dice: Dice


def story_id(split: str, seed: int, index: int) -> str:
    """Digits that name split, seed and index, unlike any other story's: 1 train, 2 validation, 3 test, 4 hard."""
    return f"{SPLITS.index(split) + 1}{len(str(seed))}{seed}{index:08d}"


def tell_facts(split: str, seed: int, index: int) -> Tale:
    """Story `index` of a split under a seed; always the same."""
    pick(split, SPLITS, "world split")
    for name, number, most in (("seed", seed, 10**9), ("index", index, 10**8)):
        if not 0 <= number < most:
            raise FabulaError(f"world {name}: {number} is out of range; give a whole number from 0 to {most - 1}")
    dice = Dice("world 1", split, seed, index)
    setup = set_up(dice, hard=split == "hard")
    name = title(setup.state.plot, setup.state.things[0].kind)
    return Tale(story_id(split, seed, index), name, setup, tuple(_scenes(setup, dice)), dice)


def _scenes(setup: Setup, dice: Dice) -> Iterator[Scene]:
    state, scene = setup.state, None
    guesses = first_guesses(state, setup.cast[0])
    number = 0
    while odds := next_events(state):
        number += 1
        event = dice.pick(f"event{number}", odds)
        chances = {"event": probability(event, odds), "event_given_past": predict(guesses)[event]}
        before, state = state, _feel(follow(state, event), event, dice, number)
        guesses = _learn(guesses, setup, before, event, state)
        shooting = _Shooting(setup, dice, number, scene)
        scene = shooting.shoot(before, state, event, chances)
        yield scene
        state = _remember(state, scene)


def _learn(guesses: list[Guess], setup: Setup, before: State, event: Event, state: State) -> list[Guess]:
    guesses = observe(guesses, event, state)
    newcomers = [p.id for p in state.people if p.present and not p.met and p.id != "char1"]
    for id in newcomers:
        number = int(id[4:]) - 1
        guesses = meet_somebody(guesses, setup.cast[number].kind, [c.kind for c in setup.cast[:number]])
    return guesses


def _feel(state: State, event: Event, dice: Dice, number: int) -> State:
    actor, other = FEELINGS[event.kind]
    for id, odds in ((event.actor, actor), (event.other, other)):
        if id:
            state = state.with_person(id, feeling=dice.pick(f"feeling{number}{id}", odds))
    return state


def _remember(state: State, scene: Scene) -> State:
    """Who and what has been seen is known from now on."""
    people = tuple(changed(p, met=p.met or scene.actor(p.id) is not None) for p in state.people)
    things = tuple(changed(t, known=t.known or scene.item(t.id) is not None) for t in state.things)
    return changed(state, people=people, things=things)


class _Shooting:
    """One frame's camera and staging."""

    def __init__(self, setup: Setup, dice: Dice, number: int, last: Scene | None) -> None:
        self.setup, self.dice, self.number, self.last = setup, dice, number, last

    def shoot(self, before: State, state: State, event: Event, chances: dict[str, float]) -> Scene:
        visit = 0 if self.last is None else self.last.hidden["visit"] + (before.place != state.place)
        shot, stays = self._shot(before, state, event)
        take = self.last.hidden["take"] if stays and self.last else self.number
        mark_x = mark_of(self.dice, visit)
        actors = place_actors(self.setup, before, state, mark_x, self.dice, take)
        heights = {c.id: KINDS[c.kind].height for c in self.setup.cast}
        pan = self.dice.pick(f"pan{take}", even(PANS))
        camera = self.last.camera if stays and self.last else aim(shot, event, actors, mark_x, pan, heights)
        return Scene(
            number=self.number,
            event=event,
            place=state.place,
            light=state.light,
            weather=state.weather,
            camera=camera,
            cut=not stays,
            actors=actors,
            items=place_items(before, state, actors, mark_x),
            mark_x=mark_x,
            grain=f"{self.dice.number(f'grain{state.place}'):016x}",
            why=reasons(before, event),
            hidden={
                "plot": state.plot,
                "stage": state.stage,
                "distractions": state.distractions,
                "hard": state.hard,
                "visit": visit,
                "take": take,
                "weather_before": before.weather,
            },
            odds=chances,
        )

    def _shot(self, before: State, state: State, event: Event) -> tuple[Shot, bool]:
        present = [p.id for p in state.people if p.present]
        last = self.last if self.last and self._same_stage(self.last, before, state, event) else None
        old = (last.camera.shot, last.camera.focus) if last else None
        shot = self.dice.pick(f"shot{self.number}", shot_odds(event, present, old))
        return shot, shot == old and event.kind not in MOVED

    def _same_stage(self, last: Scene, before: State, state: State, event: Event) -> bool:
        """Whether everybody stands where they stood in the last frame, so that the camera may stay."""
        shown = [p.id for p in state.people if p.present or (event.kind, p.id) == ("leave", event.actor)]
        same = shown == [actor.who.id for actor in last.actors]
        return same and before.place == state.place and last.event.kind not in AT_MARK
