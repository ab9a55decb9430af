"""The architecture of a model as one drawing: frames on the left, what is told of them on the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fabula.drawing.diagram.architecture import Architecture, Shape
from fabula.drawing.diagram.cards import FAINT, INK, SMALL, Placed, draw_arrow, draw_card, draw_shape, sheet, write
from fabula.drawing.diagram.faces import READ, TOLD, notes_join
from fabula.drawing.diagram.plan import GAP, LEGEND, MARGIN, Plan, planned
from fabula.errors import FabulaError
from fabula.files import new_file

LETTERS = {
    "B": "stories",
    "K": "context frames",
    "N": "frames, B * K",
    "C": "colours",
    "H": "height",
    "W": "width",
    "L": "caption tokens",
    "M": "note tokens",
    "F": "tokens of a frame",
    "S": "tokens of the state",
    "D": "model width",
    "V": "vocabulary",
}
STAGES = {
    "story": "tells the next frame of a story",
    "picture": "paints a picture again",
    "text": "writes a caption again",
    "codec": "makes a picture small, and paints it again",
}


def draw(made: Architecture) -> Figure:
    """The same architecture gives the same drawing."""
    with _style():
        plan = planned(made)
        figure, axes = sheet(plan.wide, plan.tall)
        _title(axes, made)
        _legend(axes, made, plan)
        for placed in plan.cards.values():
            draw_card(axes, placed)
        _arrows(axes, made, plan)
    return figure


def check_ending(path: Path) -> None:
    if path.suffix.lower() not in (".svg", ".png"):
        raise FabulaError(f"{path}: a diagram is written as .svg or .png; end the file's name so")


def write_drawing(figure: Figure, path: Path) -> None:
    """As .svg, the same bytes every time, or as .png."""
    check_ending(path)
    with _style(), new_file(path) as draft:
        form = path.suffix.lower()[1:]
        figure.savefig(draft, format=form, dpi=160, metadata={"Date": None} if form == "svg" else None)


def _style() -> Any:
    return mpl.rc_context({**mpl.rcParamsDefault, "svg.hashsalt": "fabula", "svg.fonttype": "none", "backend": "agg"})


def _arrows(axes: Axes, made: Architecture, plan: Plan) -> None:
    for slot in READ:
        if slot in made.parts:
            _straight(axes, plan[f"read {slot}"], plan[slot], made.takes[slot])
    for slot in TOLD:
        if slot in made.parts:
            _straight(axes, plan[slot], plan[f"told {slot}"], made.gives[slot])
            _past_the_state(axes, made, plan, slot)
    if "fusion" in made.parts:
        _fused(axes, made, plan)
        _straight(axes, plan["fusion"], plan["temporal"], made.takes["temporal"])
        _decoded(axes, made, plan)
    elif len(made.parts) == 2:
        encoder, decoder = made.parts
        _straight(axes, plan[encoder], plan[decoder], made.gives[encoder])
    if "encoders" in plan.cards:
        _compared(axes, plan)


def _straight(axes: Axes, start: Placed, end: Placed, shape: Shape) -> None:
    draw_arrow(axes, [(start.right, start.middle), (end.left, end.middle)])
    draw_shape(axes, (start.right + end.left) / 2 - 0.04, start.middle, *shape)


def _fused(axes: Axes, made: Architecture, plan: Plan) -> None:
    """The picture comes from above, the words from beneath, and the notes beside the words."""
    fusion = plan["fusion"]
    enters = {"image_encoder": (fusion.centre, fusion.top), "text_encoder": (fusion.centre, fusion.bottom)}
    if "note_encoder" in made.parts and not notes_join(made):
        enters |= {"note_encoder": (fusion.centre + 0.3, fusion.bottom)}
    for slot, (x, y) in enters.items():
        start = plan[slot]
        draw_arrow(axes, [(start.right, start.middle), (x, start.middle), (x, y)])
        draw_shape(axes, start.right + 0.55, start.middle, *made.gives[slot])


def _decoded(axes: Axes, made: Architecture, plan: Plan) -> None:
    """One state for all decoders; notes may join it."""
    temporal, decoders = plan["temporal"], [plan[slot] for slot in TOLD if slot in made.parts]
    y, first = temporal.middle, next(slot for slot in TOLD if slot in made.parts)
    draw_shape(axes, temporal.right + GAP / 2 - 0.08, y, *made.gives["temporal"])
    for decoder in decoders:
        ends = (decoder.left, decoder.middle)
        draw_arrow(axes, [(temporal.right, y), *([(plan.bus, y), (plan.bus, ends[1])] if ends[1] != y else []), ends])
    if plan.joins is not None:
        notes = plan["note_encoder"]
        draw_shape(axes, notes.right + 0.55, notes.middle, *made.gives["note_encoder"])
        draw_arrow(axes, [(notes.right, notes.middle), (plan.joins, notes.middle), (plan.joins, y)])
        draw_shape(axes, (plan.joins + plan.bus) / 2 + 0.02, y, *made.takes[first])


def _past_the_state(axes: Axes, made: Architecture, plan: Plan, slot: str) -> None:
    """What a decoder reads of the context's frames themselves: a line above all, or beneath all for captions."""
    if not made.beside[slot]:
        return
    decoder, above = plan[slot], slot == "image_decoder"
    frame = plan["read image_encoder" if above else "read text_encoder"]
    y = min(place.top for place in plan.cards.values()) - 0.3 if above else plan.low + 0.3
    beside = frame.left - 0.16
    leaving = [(frame.left, frame.middle), (beside, frame.middle), (beside, y)]
    draw_arrow(
        axes, [*leaving, (decoder.centre, y), (decoder.centre, decoder.top if above else decoder.bottom)], faint=True
    )
    said = f"{slot} reads the {' and the '.join(made.beside[slot])} of the context too"
    write(axes, frame.right + 0.3, y - 0.04, said, FAINT, SMALL, va="bottom")


def _compared(axes: Axes, plan: Plan) -> None:
    middle, above, beneath = plan["encoders"], plan["image_encoder"], plan["text_encoder"]
    draw_arrow(axes, [(above.centre, above.bottom), (above.centre, middle.top)], faint=True, head=False)
    draw_arrow(axes, [(above.centre, middle.bottom), (above.centre, beneath.top)], faint=True, head=False)


def _title(axes: Axes, made: Architecture) -> None:
    write(axes, MARGIN, 0.3, made.recipe.name, INK, 15, weight="bold")
    write(axes, MARGIN, 0.6, f"{STAGES[made.recipe.stage]}; {made.weights:,} weights in all", FAINT, 9)


def _legend(axes: Axes, made: Architecture, plan: Plan) -> None:
    used = {letter for shape in _shapes(made) for letter in shape.letters.replace("'", "").split()}
    said = ",  ".join(f"{letter} {meaning}" for letter, meaning in LETTERS.items() if letter in used)
    write(axes, MARGIN, plan.tall - LEGEND, said, FAINT, SMALL)


def _shapes(made: Architecture) -> list[Shape]:
    """All that are drawn; an encoder's tokens go to its decoder as they are."""
    state = "fusion" in made.parts
    taken = [shape for slot, shape in made.takes.items() if state or not slot.endswith("decoder")]
    return [*taken, *made.gives.values()]
