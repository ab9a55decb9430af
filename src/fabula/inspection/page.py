"""The page: facts of a data set and some of its stories, in one file that asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from fabula.drawing.pages import page_template
from fabula.inspection.shown import ShownStory
from fabula.inspection.table import rows, warnings


def render(facts: Mapping[str, Any], stories: Sequence[ShownStory]) -> str:
    """The whole page as text. Whatever stories say is escaped."""
    splits = {split: list(group) for split, group in groupby(stories, key=lambda story: story.split)}
    return page_template("fabula.inspection").render(
        facts=facts, rows=list(rows(facts)), warnings=list(warnings(facts)), splits=splits
    )
