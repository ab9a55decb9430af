"""study.html: the table, curves and storyboards of a study, one file that asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fabula import files
from fabula.drawing.pages import page_style, page_template
from fabula.study.boards import Board, boards
from fabula.study.curves import Frame, frames
from fabula.study.show import PARTS
from fabula.study.table import Table, tables_of
from fabula.study.tasks import Work

GOLDEN = 137.508  # degrees between the hues of neighbouring arms: no two of many come close


@dataclass(frozen=True)
class Arm:
    """An arm as the page names it: its colour, and what is different in it."""

    name: str
    hue: int
    differs: str


@dataclass(frozen=True)
class Chapter:
    """One source of data."""

    id: str
    table: Table
    parts: tuple[tuple[str, Table], ...]
    curves: tuple[Frame, ...]
    boards: tuple[Board, ...]


def write(work: Work, study: Mapping[str, Any]) -> Path:
    """Write the page of a study from its values and the files of its runs."""
    files.write_text(work.folder.page, render(work, study))
    return work.folder.page


def render(work: Work, study: Mapping[str, Any]) -> str:
    arms = _arms(work)
    blocks = zip(tables_of(study), study["blocks"], strict=True)
    chapters = [_chapter(work, table, block) for table, block in blocks]
    return page_template("fabula.study").render(
        study=study,
        arms=arms,
        chapters=chapters,
        plan=files.read_text(work.folder.plan),
        style=_style(arms),
        version=metadata.version("fabula"),
    )


def _arms(work: Work) -> list[Arm]:
    return [
        Arm(name, round(12 + place * GOLDEN) % 360, _differs(work, name)) for place, name in enumerate(work.plan.arms)
    ]


def _differs(work: Work, name: str) -> str:
    arm = work.plan.arms[name]
    before = [f"{stage} pretrained" for stage, _ in arm.before.items()]
    return ", ".join([*([arm.recipe] if arm.recipe else []), *arm.overrides, *before]) or "as the recipe has it"


def _chapter(work: Work, table: Table, block: Mapping[str, Any]) -> Chapter:
    parts = [(title, table.of(*subjects)) for subjects, title in PARTS.items()]
    return Chapter(
        id=f"on-{block['name']}",
        table=table,
        parts=tuple((title, part) for title, part in parts if part.columns),
        curves=tuple(frames(work, block["name"], block)),
        boards=tuple(boards(work, block["name"], block)),
    )


def _style(arms: list[Arm]) -> Markup:
    """The report's, what is a study's own, and of each arm the colour and the switch."""
    own = page_style("fabula.report", "fabula.study")
    colours = [f".arm-{n} {{ --hue: {arm.hue}; }}" for n, arm in enumerate(arms)]
    switches = [f"body:has(#show-{n}:not(:checked)) .arm-{n} {{ display: none; }}" for n in range(len(arms))]
    return Markup("\n".join([own, *colours, *switches]))
