"""Some next frames that stand for all: events and shots as likely as they are, the rest drawn."""

from __future__ import annotations

from collections.abc import Sequence

from fabula.story import Frame
from fabula.world.cast import Character
from fabula.world.dice import Dice, T
from fabula.world.oracle.chain import shots
from fabula.world.oracle.facts import visible
from fabula.world.oracle.imagine import Choice, imagine, moods
from fabula.world.oracle.outlook import Outlook
from fabula.world.oracle.turns import Turn
from fabula.world.scene import Scene
from fabula.world.setup import kind_odds, new_character


def context_dice(context: Sequence[Frame], seed: int) -> Dice:
    """Dice that follow from seed and captions alone, whatever else is told beside."""
    return Dice("the oracle", seed, *(frame.caption for frame in context))


def drawn_scenes(outlook: Outlook, dice: Dice, *, renders: int, mass: float) -> list[tuple[Scene, float]]:
    """Next scenes and their weights, which sum to `mass` at least.

    Events with their shots are taken from the likeliest on until `mass` of the probability is reached, each with its
    exact weight; of `renders` scenes each gets its share, one at least, in which feelings, newcomers, their looks,
    places never seen and where people stand are drawn.
    """
    scenes: list[tuple[Scene, float]] = []
    reached = 0.0
    for turn, shot, chance in _branches(outlook):
        if reached >= mass:
            break
        reached += chance
        count = max(1, round(chance * renders))
        for number in range(count):
            throw = Dice(dice.key, turn.event, shot, number)
            scenes.append((drawn(outlook, turn, shot, throw), chance / count))
    return scenes


def drawn(outlook: Outlook, turn: Turn, shot: tuple[str, str], dice: Dice) -> Scene:
    """One scene of this event in this shot, with all that is open drawn by its odds."""
    feelings = {id: dice.pick(f"feeling{id}", odds) for id, odds in moods(outlook, turn).items()}
    return imagine(outlook, Choice(turn, shot, feelings, _newcomer(outlook, turn, dice)), dice)


def likeliest(outlook: Outlook, dice: Dice) -> Scene:
    """A scene of the likeliest event in its likeliest shot."""
    turn, shot, _ = max(_branches(outlook), key=lambda branch: (branch[0].probability, branch[2]))
    return drawn(outlook, turn, shot, dice)


def anyhow(outlook: Outlook, dice: Dice) -> Scene:
    """A scene drawn by the exact odds of all next scenes."""
    turn = _thrown("turn", [(turn, turn.probability) for turn in outlook.ways], dice)
    shot = _thrown("shot", list(shots(turn.before, turn.after, outlook.shot).items()), dice)
    return drawn(outlook, turn, shot, dice)


def _thrown(name: str, odds: Sequence[tuple[T, float]], dice: Dice) -> T:
    """One of the outcomes, by probabilities that are no whole weights."""
    left = dice.number(name) / 2**64
    for outcome, chance in odds:
        left -= chance
        if left < 0:
            return outcome
    return odds[-1][0]


def _branches(outlook: Outlook) -> list[tuple[Turn, tuple[str, str], float]]:
    """Every event in every shot, likeliest first."""
    found = [
        (turn, shot, turn.probability * chance)
        for turn in visible(outlook)
        for shot, chance in shots(turn.before, turn.after, outlook.shot).items()
    ]
    return sorted(found, key=lambda branch: -branch[2])


def _newcomer(outlook: Outlook, turn: Turn, dice: Dice) -> Character | None:
    if not turn.newcomer:
        return None
    cast = [actor.who for actor in outlook.last.actors]
    odds = kind_odds([thing.kind for thing in turn.after.things], [who.kind for who in cast], hard=turn.after.hard)
    kind = dice.pick(f"kind{turn.newcomer}", odds)
    return new_character(dice, int(turn.newcomer[4:]), kind, [who.name for who in cast])
