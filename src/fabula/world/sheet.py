"""Sheets of everything the world can show, for `docs/world.md`: `python -m fabula.world.sheet docs/world`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from fabula.story import Size
from fabula.world.cast import KINDS, Character
from fabula.world.events import FEELING_NAMES
from fabula.world.paint.picture import Painter
from fabula.world.places import LIGHTS, PLACES, WEATHERS
from fabula.world.plots import PLOTS, title
from fabula.world.props import PROPS
from fabula.world.scene import Actor, Camera, Item, Scene
from fabula.world.state import Event
from fabula.world.tale import tell_facts

CELL = Size(120, 250)
PAPER, INK = (253, 250, 244), (70, 60, 80)
Cell = tuple[str, Scene]
CLOTHES = ("blue", "red", "green", "yellow", "purple", "orange", "white", "pink")
WIDE = Camera("wide", "all", 0, -62, 186)
MEDIUM = Camera("medium", "char1", 0, -55, 142)
CLOSE = Camera("close", "char1", 0, -64, 92)


def somebody(kind: str, number: int, feeling: str = "happy", x: int = 0, faces: int = 1, id: str = "char1") -> Actor:
    """A character of this kind, dressed by its number."""
    garment = ("coat", "jumper", "dress", "dungarees")[number % 4]
    extra = ("scarf", "collar", "satchel", "hat")[number * 3 % 4]
    clothes, trim = CLOTHES[number % 8], CLOTHES[(number + 3) % 8]
    who = Character(id, kind, "", KINDS[kind].sex or "she", "little", garment, clothes, extra, trim)
    return Actor(who, feeling, x, faces)


def scene(
    place: str, actors: Iterable[Actor], camera: Camera = WIDE, light: str = "day", weather: str = "clear"
) -> Scene:
    """A scene in which nothing happens."""
    event = Event("begin", "char1")
    return Scene(1, event, place, light, weather, camera, True, tuple(actors), (), 104, f"{place}{light}")


def places() -> list[Cell]:
    kinds = list(KINDS)
    pair = [
        (somebody(kinds[i], i, x=-52), somebody(kinds[i + 1], i + 1, x=28, faces=-1, id="char2")) for i in range(10)
    ]
    return [(name, scene(name, actors)) for name, actors in zip(PLACES, pair, strict=True)]


def kinds() -> list[Cell]:
    rooms = list(PLACES)
    return [(kind, scene(rooms[i % 10], [somebody(kind, i)], MEDIUM)) for i, kind in enumerate(KINDS)]


def skies() -> list[Cell]:
    fox, cat = somebody("fox", 0, x=-52), somebody("cat", 1, x=28, faces=-1, id="char2")
    spots = ("hill", "village", "forest")
    return [
        (f"{light}, {weather}", scene(spots[row], (fox, cat), light=light, weather=weather))
        for row, light in enumerate(LIGHTS)
        for weather in WEATHERS
    ]


def feelings() -> list[Cell]:
    kinds, rooms = list(KINDS), list(PLACES)
    return [(name, scene(rooms[i], [somebody(kinds[i], i + 1, name)], CLOSE)) for i, name in enumerate(FEELING_NAMES)]


def props() -> list[Cell]:
    """Every prop in somebody's hand, and what can become of it."""
    changes = {"break": "broken", "light": "lit", "open": "open", "plant": "sprouted"}
    shown = [(prop, state) for prop in PROPS.values() for state in ("", changes.get(prop.use)) if state is not None]
    names = list(KINDS)
    return [
        _with_prop(names[i % 12], prop.name, prop.colours[i % len(prop.colours)], state)
        for i, (prop, state) in enumerate(shown)
    ]


def _with_prop(kind: str, prop: str, colour: str, state: str) -> Cell:
    ground = state == "sprouted"
    item = Item("obj1", prop, colour, "ground" if ground else "hand", "" if ground else "char1", "char1", 44)
    item = replace(item, **{state: True}, planted=ground) if state else item
    actor = replace(somebody(kind, len(prop) + len(kind), x=-10 if ground else 0), holding="" if ground else "obj1")
    light = "night" if state == "lit" else "day"
    place = ("garden", "meadow", "kitchen", "library", "hill")[len(kind) % 5]
    shown = scene("meadow" if ground else place, [actor], MEDIUM, light)
    return f"{state} {prop}".strip(), replace(shown, items=(item,))


def plots() -> list[Cell]:
    """The seven first frames of one story of every plot."""
    found: dict[str, list[Cell]] = {}
    for index in count():
        tale = tell_facts("train", 11, index)
        name = tale.scenes[0].hidden["plot"]
        label = title(name, tale.setup.state.things[0].kind)
        found.setdefault(name, [(label if i == 0 else s.event.kind, s) for i, s in enumerate(tale.scenes[:7])])
        if len(found) == len(PLOTS):
            return [cell for plot in PLOTS for cell in found[plot]]
    raise AssertionError


SHEETS: dict[str, tuple[Callable[[], list[Cell]], int, Size]] = {
    "places": (places, 4, CELL),
    "kinds": (kinds, 4, CELL),
    "skies": (skies, 3, CELL),
    "feelings": (feelings, 3, CELL),
    "props": (props, 6, Size(90, 150)),
    "plots": (plots, 7, Size(72, 150)),
}


def sheet(cells: list[Cell], columns: int, size: Size) -> Image.Image:
    """All cells with their labels on one page."""
    painter, font, gap, line = Painter(size), ImageFont.load_default(12), 6, 18
    rows = -(-len(cells) // columns)
    page = Image.new("RGB", (columns * (size.width + gap) + gap, rows * (size.height + line + gap) + gap), PAPER)
    draw = ImageDraw.Draw(page)
    for i, (label, shown) in enumerate(cells):
        x, y = gap + i % columns * (size.width + gap), gap + i // columns * (size.height + line + gap)
        page.paste(painter.paint(shown).picture, (x, y))
        draw.text((x + 2, y + size.height + 2), label, fill=INK, font=font)
    return page


def main(folder: str) -> None:
    """Write all sheets as PNG files."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, (cells, columns, size) in SHEETS.items():
        page = sheet(cells(), columns, size)
        path = Path(folder) / f"{name}.png"
        page.save(path, optimize=True)
        print(f"{path}: {page.width}x{page.height}, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(sys.argv[1])
