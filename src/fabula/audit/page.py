"""The page of an audit: pairs of pictures side by side, shared texts marked, in one file that asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any

from fabula.audit.finding import Finding
from fabula.audit.shown import Shows, shown_sides
from fabula.audit.table import between, figure, ordered, verdict
from fabula.drawing.pages import page_style, page_template


def render(told: Mapping[str, Any], shows: Shows) -> str:
    """The whole page as text. Whatever stories say is escaped."""
    found = ordered(told["findings"])
    return page_template("fabula.audit").render(
        told=told,
        found=[each for each in found if each.count],
        clean=_clean(found),
        verdict=verdict(told),
        between=between,
        figure=figure,
        sides=lambda example: shown_sides(example, shows),
        style=page_style("fabula.report", "fabula.audit"),
        version=metadata.version("fabula"),
    )


def _clean(found: Iterable[Finding]) -> dict[str, list[str]]:
    """What is not there, and in which splits."""
    clean: dict[str, list[str]] = {}
    for each in found:
        if not each.count:
            clean.setdefault(each.name, []).append(between(each))
    return clean
