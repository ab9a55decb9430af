"""The plots: thirteen schemas of stories.

A plot is a list of steps, one a line: `event actor [other] [thing] [>where] : why | why`. The actors a, b, c are the
first, second and third character, p and q the things. What happens besides is the law's (`law.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from fabula.world.places import PLACES
from fabula.world.props import PROPS


@dataclass(frozen=True)
class Step:
    """One step of a plot: alternative events, who and what takes part, where it leads, and reasons to tell."""

    kinds: tuple[str, ...]
    actor: str
    other: str = ""
    thing: str = ""
    where: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    """A schema of a story and what it needs at the start."""

    name: str
    title: str
    people: int  # characters that take part
    uses: tuple[tuple[str, ...], ...]  # for each thing, the uses that it may have
    steps: tuple[Step, ...]
    start: str = "held"  # where the first thing is: held by a, or on the ground
    company: bool = False  # whether b is there from the start
    homes: str = "any"  # any, out
    lights: tuple[str, ...] = ("day", "day", "dusk")
    weathers: tuple[str, ...] = ("clear", "clear", "rain", "snow")

    @cached_property
    def kinds(self) -> frozenset[str]:
        """All events of the plot's steps."""
        return frozenset(kind for step in self.steps for kind in step.kinds)


def _step(line: str) -> Step:
    head, _, tail = line.partition(":")
    kind, *words = head.replace("put out", "put_out").split()
    people = [word for word in words if word in "abc"]
    thing = next((f"obj{'pq'.index(word) + 1}" for word in words if word in "pq"), "")
    where = next((word[1:] for word in words if word[0] == ">"), "")
    ids = [f"char{'abc'.index(word) + 1}" for word in people] + [""]
    why = tuple(reason.strip() for reason in tail.split("|") if reason.strip())
    return Step(tuple(kind.replace("_", " ").split("/")), ids[0], ids[1], thing, where, why)


def _plot(name: str, title: str, uses: str, steps: str, **start: Any) -> Plot:
    lines = tuple(_step(line) for line in steps.strip().splitlines())
    people = max(int(id[4:]) for step in lines for id in (step.actor, step.other) if id)
    wanted = tuple(tuple(thing.split("/")) for thing in uses.split())
    return Plot(name, title, people, wanted, lines, **start)


PLOTS = {
    plot.name: plot
    for plot in (
        _plot("lost and found", "The Lost {p}", "play/break/keep/open", """
            begin a p : {he} loved it more than anything | {he} took it everywhere
            go a >any : {he} wanted to show {p} to the world | {he} wanted to take {p} for a walk
            drop a p : {he} was not looking | {his} hands were cold
            search a p : {he} would not go home without {p} | {he} could not do without {p}
            meet a b : help was badly needed | nobody should search alone
            find b p : {he} had looked very carefully | {he} had sharp eyes
            give b a p : it belonged to {b} | {b} had missed it so much
            """),
        _plot("gift passed on", "A Gift Passed On", "play/keep/eat/plant/open", """
            begin a p : {he} wanted to make somebody glad | {he} had a gift to give
            meet a b : {a} was looking for a friend | it was somebody's lucky day
            give a b p : gifts are for giving | {b} looked a little lonely
            go b a >any : somebody else might like {p} even more | {he} knew whom {p} would please
            meet b c : {b} had been waiting there | {b} looked a bit lonely
            give b c p : joy grows when it is shared | {he} had already been glad of it
            talk c a : Thank you, {b}! It all began with you. | A gift that travels is the best gift.
            """),
        _plot("before the storm", "Before the Storm", "light", """
            begin a p : a storm was in the air | the wind smelled of storm
            meet a b : both had seen the clouds | {b} was hurrying home
            rain/snow a : the clouds were full | the wind had brought it
            go a b >in : it was dry in there | they had to get out of the weather
            light a p : the clouds had swallowed the light | {b} did not like the dark
            talk a b : Do not worry, it will soon be over. | Listen, how the wind sings!
            talk b a : I am not afraid when you are here. | With a light it is almost nice.
            clear a : the clouds had nothing left | the wind had turned
            """, homes="out", lights=("day", "dusk"), weathers=("clear",)),
        _plot("long way home", "The Long Way Home", "play/keep/break/open", """
            begin a p : {his} home was far away | {he} had stayed away too long
            go a >out : {he} had a long way home | the path led that way
            dusk a : the day had been so long | every day must end
            meet a b : they were going the same way | no one likes to walk alone
            go a b >any : two walk better than one | {b} knew a short cut
            night a : it had grown so late | the sun was tired too
            go a b >in : {he} was nearly home | home was not far now
            sleep a : {he} had walked all day | {his} legs were so tired
            """, lights=("day",)),
        _plot("broken and mended", "The {P} That Broke", "break", """
            begin a p : {he} was very proud of it | it was brand new
            go a >any : {he} wanted to try {p} out | there was more room there
            break a p : {he} had held it too tightly | {he} had been too wild
            meet a b : {b} had heard the crash | {b} could mend almost anything
            give a b p : {b} had clever hands | perhaps {b} could help
            mend b p : {he} knew just what to do | a friend had asked {him}
            give b a p : now it was whole again | it was as good as new
            chase a b : they were so glad | everything was good again
            """),
        _plot("planted", "What Grew from the {P}", "plant", """
            begin a p : {he} wanted to see it grow | {he} had saved it all winter
            plant a p : the earth was soft | there was sun and room enough
            rain/snow a : the earth was thirsty | the clouds could wait no longer
            sleep a : waiting makes one tired | nothing more could be done
            wake a : a bird was singing | something had tickled {his} nose
            clear a : the clouds had nothing left | the wind had turned
            sprout a p : it had rested long enough | sun and water had woken it
            meet a b : such news travels fast | {b} had come to see it
            """, homes="out", lights=("dusk", "night"), weathers=("clear",)),
        _plot("hide and seek", "Who Hid the {P}?", "play/keep/break/eat", """
            begin a b p : they wanted to play together | it was a day for playing
            sleep a : {he} had played too long | the air was so warm and soft
            take b p : {he} had thought of a trick | {he} could not resist
            hide b p : nobody would look there | {he} wanted to be funny
            wake a : something had rustled nearby | {his} hands felt empty
            search a p : {p} could not just vanish | it had been here a moment ago
            find a p : a corner of it stuck out | {he} had heard {b} giggle
            chase a b : tricks must be paid for | now {he} knew who had done it
            """, company=True),
        _plot("birthday parcel", "The Birthday {P}", "open eat", """
            begin a p : it was a birthday | somebody had a birthday today
            go a >any : the birthday party was there | {p} had to arrive in time
            meet a b : it was the birthday of {b} | {b} had waited for so long
            give a b p : it was a birthday present | {b} was a year older today
            open b p : {he} could not wait | {he} wanted to know what was inside
            eat b q : it smelled so good | a birthday makes one hungry
            dusk a : a party makes time fly | nobody had looked at the clock
            leave a b : it was already late | it was time for bed
            """, lights=("day",)),
        _plot("shared lunch", "Enough for Two", "eat", """
            begin a p : {he} had packed {his} lunch | {he} had picked it with care
            go a >out : food tastes best outside | {he} was looking for a nice spot
            meet a b : {b} had smelled the food | {b} had not eaten all day
            give a b p : {b} was so very hungry | sharing makes it taste better
            eat b p : {he} was so hungry | nothing had ever smelled so good
            talk b a : That was the best lunch of my life! | You are a true friend.
            chase a b : they were full of strength again | a good lunch makes one lively
            leave b a : somebody was calling {him} | {he} had to be home for supper
            """),
        _plot("night walk", "A Light in the Dark", "light", """
            begin a p : {he} could not sleep | {he} had promised to keep watch
            night a : the last light was gone | the sun had set
            light a p : {he} wanted to see the path | it was too dark to walk
            go a >out : {he} had heard a small voice | somebody was calling there
            meet a b : {b} had lost the way | {b} had seen the light
            go a b >in : {b} should be safe and warm | it was warm there
            put out a p : they did not need it any more | it was time to rest
            sleep b : {he} felt safe at last | it had been a long night
            """, lights=("dusk",)),
        _plot("the chase", "Stop, Thief!", "play/keep/eat/open", """
            begin a p : somebody must have lost it | it had fallen out of a bag
            take a p : it seemed to belong to nobody | {he} had always wanted one
            meet a b : {b} wanted to see it too | {b} had been watching
            take b p : {he} had seen it first | {he} wanted it for {him}self
            chase a b : that was not fair | nobody takes things like that
            drop b p : {he} was running too fast | {he} was out of breath
            find a p : it had not rolled far | {he} had watched where it fell
            talk b a : I am sorry. I should have asked. | Forgive me. Shall we share it?
            """, start="ground"),
        _plot("a letter", "The {P} from Nowhere", "open", """
            begin a p : the wind had brought it | somebody had left it for {him}
            take a p : it had {his} name on it | it looked rather important
            open a p : {he} could not wait | {he} had to know what it was
            go a >any : somebody was waiting there | that was where it had come from
            meet a b : {b} had sent it | {b} had been hoping for this
            give a b p : {b} wanted to see it too | two can wonder better than one
            talk b a : You have really come! | I knew that you would find it.
            talk a b : I came as fast as I could. | I would not have missed it.
            """, start="ground"),
        _plot("shared umbrella", "Room for Two", "open", """
            begin a p : one never knows about the weather | there might be rain or snow
            go a >out : a walk does one good | {he} wanted some fresh air
            rain/snow a : the clouds had followed {him} | it had been too fine to last
            open a p : {he} was getting wet | that was what it was made for
            meet a b : {b} was wet through | {b} had no umbrella
            go a b >any : under one umbrella they kept dry | there was a warm place there
            clear a : the clouds had nothing left | the wind had turned
            """, homes="out", lights=("day", "dusk"), weathers=("clear",)),
    )
}  # fmt: skip
ORDER = list(PLOTS)
ONLY = {"a letter": ("letter", "book", "parcel"), "shared umbrella": ("umbrella",), "birthday parcel": ("parcel",)}


def props_of(plot: str, thing: int) -> list[str]:
    """The props that may be the plot's thing 0 or 1."""
    if thing == 0 and plot in ONLY:
        return [name for name in ONLY[plot] if name != "parcel" or plot == "birthday parcel"]
    names = [name for name, prop in PROPS.items() if prop.use in PLOTS[plot].uses[thing]]
    return [name for name in names if name not in ("parcel", "umbrella")]


@cache
def rare_place(plot: str, place: str) -> bool:
    """Whether this plot comes to this place in the hard split alone: two of ten places for every plot."""
    return (3 * ORDER.index(plot) + list(PLACES).index(place)) % 5 == 0


def title(plot: str, thing: str) -> str:
    """The story's title: `The Lost Kite`."""
    return re.sub(r"\{[pP]\}", thing.title(), PLOTS[plot].title)
