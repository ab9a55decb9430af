"""The page: facts of a data set and some of its stories, in one file that asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from fabula.inspection.shown import ShownStory
from fabula.inspection.table import rows, warnings


def render(facts: Mapping[str, Any], stories: Sequence[ShownStory]) -> str:
    """The whole page as text. Whatever stories say is escaped."""
    environment = Environment(
        loader=PackageLoader("fabula.inspection", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    splits = {split: list(group) for split, group in groupby(stories, key=lambda story: story.split)}
    return environment.get_template("page.html.j2").render(
        facts=facts, rows=list(rows(facts)), warnings=list(warnings(facts)), splits=splits
    )
