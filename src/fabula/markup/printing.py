"""Frames and phases to the two texts of a StoryReasoning row: what `parse` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fabula.errors import FabulaError
from fabula.markup.captions import MENTIONS
from fabula.markup.ids import is_id
from fabula.markup.schema import CHARACTERS, OBJECTS, PHASES, SETTINGS
from fabula.markup.tables import print_table
from fabula.markup.text import clean, squeeze
from fabula.markup.tokens import TAG
from fabula.story import Entity, Frame, Mention, Phase

KEY = ""  # what the first column of a table is called here; no other column has no name


def print_story(frames: Sequence[Frame], phases: Sequence[Phase] = ()) -> tuple[str, str]:
    """The columns `story` and `chain_of_thought`; frame i becomes image i + 1.

    Errors: FabulaError for a caption that is not plain (control characters, runs of spaces, tags), for a mention
    without text, with a space at an end, with an unknown tag or id, or that crosses another of its own tag.
    """
    story = "\n".join(_segment(number, frame) for number, frame in enumerate(frames, start=1))
    tables = "\n".join(_tables(number, frame) for number, frame in enumerate(frames, start=1))
    rows = [(phase.name, phase.description, phase.key_events, phase.images) for phase in phases]
    return story, f"{tables}\n## Narrative Structure\n{print_table(PHASES, rows)}"


def _segment(number: int, frame: Frame) -> str:
    text = frame.caption
    if squeeze(clean(text)[0]) != text or TAG.search(text):
        raise FabulaError(f"frame {number}: the caption is not plain text: {text[:60]!r}")
    _check_mentions(number, frame)
    opened: dict[int, list[str]] = {}
    closed: dict[int, list[str]] = {}
    for mention in frame.mentions:
        opened.setdefault(mention.start, []).append(f"<{mention.tag} {' '.join(mention.ids)}>")
    for mention in reversed(frame.mentions):  # the inner ends first
        closed.setdefault(mention.end, []).append(f"</{mention.tag}>")
    places = sorted({0, len(text), *opened, *closed})
    pieces = [text[start:end] for start, end in zip(places, [*places[1:], len(text)], strict=True)]
    tagged = [
        "".join((*closed.get(place, ()), *opened.get(place, ()), piece))
        for place, piece in zip(places, pieces, strict=True)
    ]
    return f"<gdi image{number}>{''.join(tagged)}</gdi>"


def _check_mentions(number: int, frame: Frame) -> None:
    before: list[Mention] = []
    for mention in frame.mentions:
        text = frame.caption[mention.start : mention.end]
        whole = 0 <= mention.start < mention.end <= len(frame.caption) and text == text.strip()
        if not whole or mention.tag not in MENTIONS or not mention.ids or not all(map(is_id, mention.ids)):
            raise FabulaError(f"frame {number}: cannot print the mention {mention}")
        if any(_out_of_order(other, mention) for other in before):
            raise FabulaError(f"frame {number}: {mention} crosses another mention, or stands out of order")
        before.append(mention)


def _out_of_order(first: Mention, second: Mention) -> bool:
    """Whether the two cannot be told apart in print: order is by start, the outer first; equal tags never cross."""
    crosses = first.start < second.start < first.end < second.end and first.tag == second.tag
    return crosses or (first.start, -first.end) > (second.start, -second.end)


def _tables(number: int, frame: Frame) -> str:
    """All three tables of an image. An entity of which a mention says all there is to say has no row."""
    told = {name for mention in frame.mentions for name in mention.ids}
    rows = [entity for entity in frame.entities if entity != Entity(entity.id, entity.kind) or entity.id not in told]
    characters = [entity for entity in rows if entity.kind == "character"]
    others = [entity for entity in rows if entity.kind != "character"]
    return (
        f"## Image {number}\n\n### Characters\n{_entities(CHARACTERS, characters)}"
        f"\n### Objects\n{_entities(OBJECTS, others)}\n### Setting\n{_setting(frame)}"
    )


def _entities(header: Sequence[str], entities: Sequence[Entity]) -> str:
    rows = [_cells(entity) for entity in entities]
    columns = _columns(header, rows)
    return print_table(columns, [[row.get(_name(column), "") for column in columns] for row in rows])


def _cells(entity: Entity) -> dict[str, str]:
    box = ",".join(map(str, entity.box)) if entity.box else ""
    known = {KEY: entity.id, "name": entity.name, "description": entity.description, "bounding box": box}
    return {**{key.lower(): value for key, value in entity.details.items()}, **known}


def _name(column: str) -> str:
    return KEY if column in (CHARACTERS[0], OBJECTS[0], SETTINGS[0]) else column.lower()


def _columns(header: Sequence[str], rows: Iterable[dict[str, str]]) -> list[str]:
    """The header, with a column more for everything else that some row says; the box stays last."""
    names = {_name(column) for column in header}
    more = dict.fromkeys(name for row in rows for name, value in row.items() if value and name not in names)
    extra = ["Name" if name == "name" else name for name in more]
    last = header[-1:] if _name(header[-1]) == "bounding box" else ()
    return [*header[: len(header) - len(last)], *extra, *last]


def _setting(frame: Frame) -> str:
    rows = []
    for element in dict.fromkeys([*frame.setting, *frame.setting_details]):
        details = {name.lower(): value for name, value in frame.setting_details.get(element, {}).items()}
        function = details.pop("function", "")
        known = {KEY: element, "description": frame.setting.get(element, ""), "narrative function": function}
        rows.append({**details, **{name: value for name, value in known.items() if value}})
    columns = _columns(SETTINGS, rows)
    return print_table(columns, [[row.get(_name(column), "") for column in columns] for row in rows])
