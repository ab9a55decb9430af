"""Stories as one picture: rows of frames, each with its label above and its caption beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from fabula.drawing.lettering import Font, drawable, font, reading_font, wrap
from fabula.errors import FabulaError
from fabula.images import to_rgb
from fabula.story import Frame

PAPER, INK, FAINT, EDGE, EMPTY = "#fbfaf7", "#22211f", "#8a857c", "#dcd7cd", "#efece5"
COLOURS = {"context": FAINT, "true": "#3d6b57", "told": "#b4472e"}  # of a label, by its first word
WIDE, GAP, MARGIN, ROUND = 264, 22, 34, 8  # pixels: a panel's width, between panels, around all, a corner's radius
LINE, LINES, LABEL, TITLE = 19, 9, 20, 30  # pixels a caption line, lines a caption, pixels a label and a row's title
LOWEST, HIGHEST = 0.4, 1.25  # a panel's height over its width


@dataclass(frozen=True)
class Panel:
    """One frame of a storyboard. The first word of its label gives the colour: context, true, told."""

    frame: Frame
    label: str = ""


def panels(frames: Sequence[Frame], label: str, first: int = 1) -> list[Panel]:
    """The frames as `context 1`, `context 2`, ..., counted from `first`."""
    return [Panel(frame, f"{label} {number}") for number, frame in enumerate(frames, start=first)]


def storyboard(rows: Sequence[Sequence[Panel]], titles: Sequence[str] = (), *, columns: int = 6) -> Image.Image:
    """One RGB picture. A row of more than `columns` panels goes on in a new line; a long caption ends in `…`."""
    width = 2 * MARGIN + min(columns, max(map(len, rows), default=1)) * (WIDE + GAP) - GAP
    parts: list[Image.Image] = []
    for number, row in enumerate(rows):
        parts += [_title(titles[number], width)] if number < len(titles) and titles[number] else []
        parts += [_line(row[start : start + columns], width) for start in range(0, len(row), columns)]
    return _stack(parts, width)


def _stack(parts: Sequence[Image.Image], width: int) -> Image.Image:
    sheet = Image.new("RGB", (width, sum(part.height for part in parts) + 2 * MARGIN - GAP), PAPER)
    top = MARGIN
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    return sheet


def _title(text: str, width: int) -> Image.Image:
    strip = Image.new("RGB", (width, TITLE), PAPER)
    (shown,) = wrap(text, _bold(15), width - 2 * MARGIN, lines=1) or [""]
    ImageDraw.Draw(strip).text((MARGIN, 0), shown, fill=INK, font=_bold(15))
    return strip


def _line(row: Sequence[Panel], width: int) -> Image.Image:
    """One line of panels side by side, all pictures of one height, as low as its longest caption."""
    pictures = [_rgb(panel.frame) for panel in row]
    captions = [wrap(panel.frame.caption, _letters(panel.frame), WIDE, LINES) for panel in row]
    tall = _height(pictures)
    lines = max(map(len, captions))
    sheet = Image.new("RGB", (width, LABEL + tall + 10 + lines * LINE + GAP), PAPER)
    for place, (panel, picture, caption) in enumerate(zip(row, pictures, captions, strict=True)):
        _draw_panel(sheet, MARGIN + place * (WIDE + GAP), tall, panel, picture, caption)
    return sheet


def _draw_panel(
    sheet: Image.Image, left: int, tall: int, panel: Panel, picture: Image.Image | None, caption: list[str]
) -> None:
    draw = ImageDraw.Draw(sheet)
    kind = panel.label.split(" ")[0].lower()
    draw.text((left, 0), drawable(panel.label)[:40].upper(), fill=COLOURS.get(kind, FAINT), font=_bold(11))
    sheet.paste(_card(picture, tall, kind), (left, LABEL))
    for number, line in enumerate(caption):
        draw.text((left, LABEL + tall + 10 + number * LINE), line, fill=INK, font=_letters(panel.frame))


def _card(picture: Image.Image | None, tall: int, kind: str) -> Image.Image:
    """The picture on a card with round corners, whole, as large as fits."""
    card = Image.new("RGB", (WIDE, tall), EMPTY)
    if picture is not None:
        scale = min(WIDE / picture.width, tall / picture.height)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        fitted = picture.resize(size, Image.Resampling.LANCZOS)
        card.paste(fitted, ((WIDE - size[0]) // 2, (tall - size[1]) // 2))
    sheet = Image.new("RGB", card.size, PAPER)
    sheet.paste(card, mask=_round_mask(card.size, None, "white"))
    edge = COLOURS[kind] if kind == "told" else EDGE
    sheet.paste(Image.new("RGB", card.size, edge), mask=_round_mask(card.size, "white", None))
    return sheet


def _round_mask(size: tuple[int, int], outline: str | None, fill: str | None) -> Image.Image:
    """A rounded rectangle or its edge, drawn four times as large and shrunk, so that its corners are smooth."""
    large = Image.new("L", (4 * size[0], 4 * size[1]))
    box = (0, 0, large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, 4 * ROUND, fill=fill, outline=outline, width=5)
    return large.resize(size, Image.Resampling.BOX)


def _height(pictures: Sequence[Image.Image | None]) -> int:
    """What the tallest picture needs, within reason; a thin strip where no frame has a picture."""
    shapes = [picture.height / picture.width for picture in pictures if picture is not None]
    return round(WIDE * min(HIGHEST, max(LOWEST, *shapes))) if shapes else 2 * ROUND


def _rgb(frame: Frame) -> Image.Image | None:
    """The picture as it can be shown; a broken one is shown as an empty card."""
    try:
        return None if frame.picture is None else to_rgb(frame.picture)
    except FabulaError:
        return None


def _bold(size: int) -> Font:
    return font("DejaVuSans-Bold", size)


def _letters(frame: Frame) -> Font:
    return reading_font(frame.caption, 14)
