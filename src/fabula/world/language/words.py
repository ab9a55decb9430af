"""The words for a scene: fills every slot of the grammar with its texts and weights."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fabula.world.language.names import (
    PRONOUNS,
    acted,
    article,
    background_id,
    hands,
    introduced,
    landmark_id,
    named,
    pronoun,
    tag,
)
from fabula.world.language.phrases import (
    ASIDES,
    EVENTS,
    FEELS,
    HURDLES,
    INSIDE,
    LEADS,
    OPENINGS,
    OUTSIDE,
    QUOTES,
    REACTS,
    SIGHTS,
)
from fabula.world.places import PLACES
from fabula.world.scene import Actor, Item, Scene

SKY_EVENTS = ("rain", "snow", "clear", "dusk", "night")


LONG = ("drop", "hide", "find", "sprout", "plant", "search", "begin", "meet")  # events that take many words


class Words:
    """The grammar of one scene: call it with a slot's name."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.place = PLACES[scene.place]
        event = scene.event
        self.actor, self.other = scene.actor(event.actor), scene.actor(event.other)
        self.thing = scene.item(event.thing)
        self.cache: dict[str, Mapping[str, int]] = {}

    def __call__(self, slot: str) -> Mapping[str, int]:
        found = self.cache.get(slot)
        if found is None:
            found = self.cache[slot] = getattr(self, f"slot_{slot}")()
        return found

    # --- the sentences ---

    def slot_caption(self) -> Mapping[str, int]:
        """Event and reason, then one or two sentences more: so chosen that 15 to 45 words come out."""
        kind, told = self.scene.event.kind, bool(self.scene.why)
        tails = self._tails()
        if kind in SKY_EVENTS:
            tails = {tail: weight for tail, weight in tails.items() if "{feels}" in tail}
        if kind == "talk":
            return {
                f"^{{core}}{tail}": weight
                for tail, weight in tails.items()
                if "{setting}" in tail and tail.count("^") > 1
            }
        short = {tail: weight for tail, weight in tails.items() if self._fits(tail, reason=False)}
        full = {tail: weight for tail, weight in tails.items() if told and self._fits(tail, reason=True)}
        plain = {f"^{{lead}}{{core}}. {tail}": weight for tail, weight in short.items()}
        return plain | {f"^{{lead}}{{core}}{{reason}}. {tail}": 2 * weight for tail, weight in full.items()}

    def _tails(self) -> dict[str, int]:
        feel, sets, react = "^{feels}.", "^{setting}.", "^{reacts}."
        tails = {feel: 4, sets: 2, f"{feel} {sets}": 2, f"{sets} {feel}": 2}
        if self._witnesses():
            tails |= {react: 2, f"{feel} {react}": 3, f"{react} {sets}": 1}
        return tails

    def _fits(self, tail: str, *, reason: bool) -> bool:
        """Whether the tail makes the caption neither too short nor too long."""
        two, seen = tail.count("^") > 1, "{setting}" in tail
        if self.scene.event.kind == "begin":
            return not two
        if not reason:
            return two and (seen or self.scene.event.kind in LONG)
        return two or seen or self.scene.event.kind in LONG

    def slot_lead(self) -> Mapping[str, int]:
        if self.scene.number == 1:
            return dict.fromkeys(OPENINGS[self.scene.light, self.scene.weather], 1)
        return LEADS if self.scene.why else ASIDES

    def slot_core(self) -> Mapping[str, int]:
        return acted(EVENTS[self._phrases()], self.scene.event.actor)

    def _phrases(self) -> str:
        event, thing = self.scene.event, self.thing
        if event.kind == "begin":
            return "begin two" if self.other else "begin ground" if thing and thing.where == "ground" else "begin held"
        if event.kind == "go" and self.other:
            return "go together"
        if event.kind == "take" and thing and thing.owner not in ("", event.actor):
            return "take away"
        return event.kind

    def slot_reason(self) -> Mapping[str, int]:
        return {" because {why}": 3, ", for {why}": 1, ". ^{why}": 2}

    def slot_why(self) -> Mapping[str, int]:
        return dict.fromkeys(self.scene.why, 1)

    def slot_feels(self) -> Mapping[str, int]:
        """How the actor feels; by name where the event is not the actor's own."""
        assert self.actor
        texts = FEELS[self.actor.feeling]
        if self.scene.event.kind in SKY_EVENTS:
            texts = tuple(text for text in texts if "{a}" in text)
        return acted(texts, self.actor.who.id)

    def slot_reacts(self) -> Mapping[str, int]:
        """One of those who look on, and what they feel."""
        return {f"{{reacts_{actor.who.id}}}": 1 for actor in self._witnesses()}

    def __getattr__(self, name: str):
        if name.startswith("slot_reacts_"):
            return lambda: self._reaction(name.removeprefix("slot_reacts_"))
        raise AttributeError(name)

    def _reaction(self, id: str) -> Mapping[str, int]:
        actor = self.scene.actor(id)
        assert actor
        texts = REACTS["asleep" if actor.asleep else actor.feeling]
        return {text.replace("{w}", named(actor)): 1 for text in texts}

    def _witnesses(self) -> list[Actor]:
        return [
            actor for actor in self.scene.actors if actor is not self.actor and (not actor.new or actor is self.other)
        ]

    def slot_setting(self) -> Mapping[str, int]:
        table = INSIDE if self.place.indoors else OUTSIDE
        sky = dict.fromkeys(table[self.scene.light, self.scene.weather], 3)
        scenery = self.place.scenery
        if self.scene.weather == "snow" and not self.place.indoors:
            scenery = scenery[:1]
        return sky | {text.removesuffix("."): 2 for text in scenery}

    # --- who ---

    def slot_A(self) -> Mapping[str, int]:  # noqa: N802
        return introduced(self.actor, clothes=not (self.other and self.other.new))

    def slot_B(self) -> Mapping[str, int]:  # noqa: N802
        """The other; new ones without a clause that would end in a comma."""
        assert self.actor
        return introduced(self.other, comma=False, clothes=not self.actor.new)

    def slot_a(self) -> Mapping[str, int]:
        return {named(self.actor): 1}

    def slot_b(self) -> Mapping[str, int]:
        return {named(self.other or self.actor): 1}

    def slot_he(self) -> Mapping[str, int]:
        return {pronoun(self.actor, 0): 1}

    def slot_him(self) -> Mapping[str, int]:
        return {pronoun(self.actor, 1): 1}

    def slot_his(self) -> Mapping[str, int]:
        return {pronoun(self.actor, 2): 1}

    def slot_bhe(self) -> Mapping[str, int]:
        return {pronoun(self.other, 0): 1}

    def slot_bhim(self) -> Mapping[str, int]:
        return {pronoun(self.other, 1): 1}

    def slot_hands(self) -> Mapping[str, int]:
        return {hands(self.actor): 1}

    def slot_bhands(self) -> Mapping[str, int]:
        return {hands(self.other): 1}

    def slot_owner(self) -> Mapping[str, int]:
        return {named(self._owner()): 1}

    def slot_hands_owner(self) -> Mapping[str, int]:
        return {hands(self._owner()): 1}

    def _owner(self) -> Actor | None:
        assert self.thing
        return self.scene.actor(self.thing.owner)

    # --- what and where ---

    def slot_P(self) -> Mapping[str, int]:  # noqa: N802
        thing = self._thing()
        if thing.new:
            return {tag("gdo", thing.id, f"{article(thing.colour)} {thing.colour} {thing.kind}"): 1}
        names = {f"the {thing.kind}": 3, f"the {thing.colour} {thing.kind}": 2}
        if self.actor and thing.owner == self.actor.who.id:
            names |= {f"{PRONOUNS[self.actor.who.sex][2]} {thing.kind}": 2}
        return {tag("gdo", thing.id, name): weight for name, weight in names.items()}

    def slot_p(self) -> Mapping[str, int]:
        thing = self._thing()
        return {tag("gdo", thing.id, f"the {thing.kind}"): 1}

    def _thing(self) -> Item:
        assert self.thing or self.scene.items, self.scene
        return self.thing or self.scene.items[0]

    def slot_place(self) -> Mapping[str, int]:
        return {self._the_place(): 1}

    def _the_place(self) -> str:
        return tag("gdl", background_id(self.place.name), f"the {self.place.name}")

    def _the_mark(self) -> str:
        return tag("gdl", landmark_id(self.place.name), f"the {self.place.mark}")

    def slot_placename(self) -> Mapping[str, int]:
        return {self.place.name: 1}

    def slot_here(self) -> Mapping[str, int]:
        return {f"{self.place.at} {self._the_place()}": 1}

    def slot_at(self) -> Mapping[str, int]:
        return {" {here}": 3, "": 2}

    def slot_on(self) -> Mapping[str, int]:
        return {" outside" if self.place.indoors else " over {place}": 1}

    def slot_mark(self) -> Mapping[str, int]:
        return {self._the_mark(): 1}

    def slot_spot(self) -> Mapping[str, int]:
        return {f"{self.place.spot} {self._the_mark()}": 1}

    # --- the rest ---

    def slot_quote(self) -> Mapping[str, int]:
        return dict.fromkeys(self.scene.why or QUOTES, 1)

    def slot_quote_(self) -> Mapping[str, int]:
        """Words that go on after the quotation: a comma in place of the full stop."""
        return {re.sub(r"\.$", ",", text): 1 for text in self.scene.why or QUOTES}

    def slot_time(self) -> Mapping[str, int]:
        return {{"dusk": "evening"}.get(self.scene.light, self.scene.light): 1}

    def slot_sight(self) -> Mapping[str, int]:
        scene = self.scene
        sky = scene.light if scene.weather == "clear" else scene.weather
        return dict.fromkeys(SIGHTS["inside" if self.place.indoors else sky], 1)

    def slot_hurdle(self) -> Mapping[str, int]:
        return dict.fromkeys(HURDLES[self.place.indoors], 1)

    def slot_falling(self) -> Mapping[str, int]:
        return {self._fell(): 1}

    def slot_drop(self) -> Mapping[str, int]:
        return {"drop" if self._fell() == "rain" else "flake": 1}

    def _fell(self) -> str:
        return str(self.scene.hidden.get("weather_before", "rain"))
