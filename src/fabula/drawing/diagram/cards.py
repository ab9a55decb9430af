"""Cards, arrows and labels of a diagram. Everything is in inches, from the left and from the top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from fabula.drawing.lettering import CLIPPED, font, wrap

PAPER, INK, FAINT, EDGE, EMPTY, CARD = "#fbfaf7", "#22211f", "#8a857c", "#dcd7cd", "#efece5", "#ffffff"
WIDE, PAD, ROUND = 1.95, 0.13, 0.07  # inches: a card's width, what is free around its text, a corner's radius
HEAD, KIND, LINE = 0.2, 0.26, 0.16  # inches of a card's lines: the slot, the kind, all others
FINE = 288  # pixels an inch, to measure letters
MOST_LINES = 6
SMALL = 7.5  # points of all but heads and kinds


@dataclass(frozen=True)
class Card:
    """A slot's name in colour, what stands in it, its options, and at the foot its weights."""

    head: str
    colour: str
    kind: str = ""
    lines: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    wide: float = WIDE
    held: bool = False  # weights that stay as they are: a grey card with a broken edge

    @property
    def tall(self) -> float:
        rule = 0.09 if self.foot else 0
        return 2 * PAD + HEAD + KIND * bool(self.kind) + LINE * (len(self.lines) + len(self.foot)) + rule - 0.04


def wrapped(parts: Iterable[str], wide: float = WIDE) -> tuple[str, ...]:
    """The lines of a list inside a card, each part whole on one line; what is left over ends in an ellipsis."""
    letters, most = font("DejaVuSans", round(SMALL / 72 * FINE)), round((wide - 2 * PAD - 0.08) * FINE)
    lines: list[str] = []
    for part in (clipped for whole in parts for clipped in wrap(whole, letters, most, lines=1)):
        longer = f"{lines[-1]}, {part}" if lines else part
        lines = [*lines[:-1], longer] if letters.getlength(f"{longer},") <= most else [*lines, part]
    kept = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}, {CLIPPED}"] if len(lines) > MOST_LINES else lines
    return tuple(f"{line}," for line in kept[:-1]) + tuple(kept[-1:])


@dataclass(frozen=True)
class Placed:
    """A card on the sheet, by its left side and its middle height."""

    card: Card
    left: float
    middle: float

    @property
    def right(self) -> float:
        return self.left + self.card.wide

    @property
    def centre(self) -> float:
        return self.left + self.card.wide / 2

    @property
    def top(self) -> float:
        return self.middle - self.card.tall / 2

    @property
    def bottom(self) -> float:
        return self.middle + self.card.tall / 2


def sheet(wide: float, tall: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(wide, tall), facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, wide), ylim=(tall, 0))
    axes.set_axis_off()
    return figure, axes


def draw_card(axes: Axes, placed: Placed) -> None:
    card, left, line = placed.card, placed.left + PAD + 0.05, placed.top + PAD
    _round(axes, placed.left, placed.top, card)
    axes.add_patch(Rectangle((placed.left, placed.top + ROUND), 0.045, card.tall - 2 * ROUND, color=card.colour, lw=0))
    write(axes, left, line, card.head, card.colour, 8, weight="bold")
    line += HEAD
    if card.kind:
        write(axes, left, line, card.kind, INK, 10.5, weight="bold")
        line += KIND
    for text in card.lines:
        write(axes, left, line, text, "#5d5952", SMALL)
        line += LINE
    if card.foot:
        axes.plot([left, placed.right - PAD], [line + 0.015] * 2, color=EDGE, lw=0.7)
        line += 0.09
    for text in card.foot:
        write(axes, left, line, text, INK, SMALL)
        line += LINE


def _round(axes: Axes, left: float, top: float, card: Card) -> None:
    style, edge, fill = ((0, (4, 2)), FAINT, EMPTY) if card.held else ("solid", EDGE, CARD)
    inside = (left + ROUND, top + ROUND), card.wide - 2 * ROUND, card.tall - 2 * ROUND
    box = FancyBboxPatch(*inside, f"round,pad={ROUND}", facecolor=fill, edgecolor=edge, linestyle=style, linewidth=1)
    axes.add_patch(box)


def write(axes: Axes, x: float, y: float, text: str, colour: str, points: float, **style) -> None:
    """Text whose top stands at y."""
    axes.text(x, y, text, color=colour, fontsize=points, va=style.pop("va", "top"), parse_math=False, **style)


def draw_arrow(axes: Axes, corners: Sequence[tuple[float, float]], *, faint: bool = False, head: bool = True) -> None:
    """A line with round corners from the first point to the last."""
    arrow = FancyArrowPatch(path=_path(corners), arrowstyle="-|>" if head else "-", mutation_scale=9)
    arrow.set(color=FAINT if faint else INK, linewidth=0.9 if faint else 1.2, fill=head, joinstyle="miter")
    arrow.set_linestyle((0, (3, 2)) if faint else "solid")
    axes.add_patch(arrow)


def _path(corners: Sequence[tuple[float, float]], radius: float = 0.1) -> Path:
    points, codes = [corners[0]], [Path.MOVETO]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        points += [_towards(corner, before, radius), corner, _towards(corner, after, radius)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*points, corners[-1]], [*codes, Path.LINETO])


def _towards(start: tuple[float, float], end: tuple[float, float], far: float) -> tuple[float, float]:
    length = max(((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5, 1e-9)
    share = min(1.0, far / length)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def draw_shape(axes: Axes, x: float, y: float, letters: str, numbers: Sequence[int]) -> None:
    """Above a line its letters, beneath it their numbers."""
    style = {"ha": "center", "family": "DejaVu Sans Mono"}
    write(axes, x, y - 0.05, letters, FAINT, SMALL, va="bottom", **style)
    write(axes, x, y + 0.06, " ".join(map(str, numbers)), INK, SMALL, **style)
