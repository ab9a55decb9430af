"""Both texts of a StoryReasoning row to frames and phases. It never fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fabula.markup.captions import Caption, read_captions
from fabula.markup.ids import kind_of_id, order
from fabula.markup.repairs import Repairs
from fabula.markup.text import clean
from fabula.markup.thoughts import Tables, read_thoughts
from fabula.story import Entity, Frame, Phase, Size


@dataclass(frozen=True)
class Parsed:
    """What was understood: `frames[i]` is image i + 1, without its picture."""

    frames: tuple[Frame, ...]
    phases: tuple[Phase, ...]
    repairs: tuple[str, ...]  # in words; `count_repairs` counts them by kind


def parse(story_markup: str, chain_of_thought: str, count: int, sizes: Sequence[Size | None] | None = None) -> Parsed:
    """Frames 1 to `count` of a story from its markup and its tables; boxes are clamped where `sizes` are known.

    Everything is aligned by image number. Entities come in the order characters, objects, landmarks, backgrounds,
    each by number; one that is only mentioned has nothing but its id and kind, since what another frame knows of it
    may lie in the future. Details of entities are called `emotions`, `actions`, `function`, `interaction`,
    `narrative function`; those of a setting element `mood`, `time`, `function`.
    """
    repairs = Repairs()
    markup, thoughts = (_cleaned(text, repairs) for text in (story_markup, chain_of_thought))
    captions = read_captions(markup, count, repairs)
    tables, phases = read_thoughts(thoughts, list(sizes or [None] * count), repairs)
    frames = tuple(map(_frame, range(1, count + 1), captions, tables))
    return Parsed(frames, phases, tuple(repairs))


def _cleaned(text: str, repairs: Repairs) -> str:
    text, dropped = clean(text)
    if dropped:
        repairs.note("characters dropped: control characters", f"{dropped}")
    return text


def _frame(number: int, caption: Caption, tables: Tables) -> Frame:
    return Frame(
        picture=None,
        caption=caption.text,
        number=number,
        mentions=caption.mentions,
        entities=_entities(caption, tables),
        setting=tables.setting,
        setting_details={element: kept for element, kept in tables.details.items() if kept},
    )


def _entities(caption: Caption, tables: Tables) -> tuple[Entity, ...]:
    mentioned = {name: Entity(name, kind_of_id(name)) for mention in caption.mentions for name in mention.ids}
    known = {**mentioned, **tables.entities}
    return tuple(known[name] for name in sorted(known, key=order))
