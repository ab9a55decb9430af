"""What can be held: fifteen props and what can be done with each."""

from __future__ import annotations

from dataclasses import dataclass

from fabula.world.cast import CLOTHES, Colour


@dataclass(frozen=True)
class Prop:
    """A kind of thing. `colours` are the words that may stand before its name."""

    name: str
    colours: tuple[str, ...]
    use: str  # play, break, light, eat, plant, open, keep


BRIGHT = ("red", "yellow", "green", "blue", "purple", "orange")
PROPS = {
    prop.name: prop
    for prop in (
        Prop("ball", BRIGHT, "play"),
        Prop("kite", BRIGHT, "break"),
        Prop("toy boat", BRIGHT, "break"),
        Prop("teapot", BRIGHT, "break"),
        Prop("lantern", ("red", "green", "blue"), "light"),
        Prop("candle", ("white", "red", "yellow"), "light"),
        Prop("apple", ("red", "green", "yellow"), "eat"),
        Prop("cake", ("pink", "white", "yellow"), "eat"),
        Prop("acorn", ("brown",), "plant"),
        Prop("seed", ("golden", "brown"), "plant"),
        Prop("parcel", BRIGHT, "open"),
        Prop("letter", ("white", "pink", "yellow"), "open"),
        Prop("umbrella", BRIGHT, "open"),
        Prop("book", BRIGHT, "open"),
        Prop("key", ("golden", "silver"), "keep"),
    )
}
PROP_COLOURS: dict[str, Colour] = CLOTHES | {
    "brown": (134, 92, 60),
    "golden": (226, 178, 74),
    "silver": (186, 192, 200),
}
