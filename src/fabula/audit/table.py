"""The findings in the terminal: what leaks and what is at fault first, with examples; what is clean in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from fabula.audit.finding import Finding

SHOWN = 3  # examples of a finding
STYLES = {"leak": "bold red", "fault": "yellow", "note": ""}


def ordered(found: Iterable[Finding]) -> list[Finding]:
    """Leaks, faults, notes, then what was looked for and is not there."""
    ranks = list(STYLES)
    return sorted(found, key=lambda each: (not each.count, ranks.index(each.severity)))


def verdict(told: Mapping[str, Any]) -> str:
    """The audit in a sentence."""
    found = [each for each in told["findings"] if each.leaks]
    if found:
        names = ", ".join(dict.fromkeys(each.name for each in found))
        return f"It leaks: {names}. Scores on these splits say more than is true."
    if len(told["splits"]) < 2:
        return "There is one split alone, so nothing can leak."
    return "Nothing leaks from one split into another, as far as is looked." + (
        " Some things are at fault." if told["faults"] else ""
    )


def figure(finding: Finding) -> str:
    """`12 of 300 (4.0%)`."""
    return f"{finding.count:,} of {finding.of:,}" + (f" ({finding.share:.1%})" if finding.count else "")


def between(finding: Finding) -> str:
    """The splits that a finding is about: `train / test`."""
    return " / ".join(finding.splits)


def show(told: Mapping[str, Any], console: Console) -> None:
    console.print(_renderable(told))


def _renderable(told: Mapping[str, Any]) -> RenderableType:
    counts = (f"{name} {each['stories']:,} stories, {each['frames']:,} frames" for name, each in told["splits"].items())
    table = Table(title=told["source"], title_justify="left", header_style="bold", box=SIMPLE, pad_edge=False)
    for name in ("", "found", "splits", "how many"):
        table.add_column(name, overflow="fold")
    found = ordered(told["findings"])
    for each in found:
        if each.count:
            row = (each.severity, each.name, between(each), f"{figure(each)} {each.what}")
            table.add_row(*map(Text, row), style=STYLES[each.severity] or None)
    there = {each.name for each in found if each.count}
    clean = list(dict.fromkeys(each.name for each in found if each.name not in there))
    missed = [Text(f"Looked for and not there: {', '.join(clean)}.", style="dim")] if clean else []
    notes = [Text(note) for note in told["notes"]]
    details = [line for each in found if each.count and each.severity != "note" for line in _details(each)]
    return Group(Text("; ".join(counts)), *notes, table, *details, *missed, Text(verdict(told), style="bold"))


def _details(finding: Finding) -> list[Text]:
    """What a finding means, a few of its places, and what to do."""
    head = Text(f"{finding.name} ({between(finding)}): {finding.about}", style=STYLES[finding.severity])
    places = [Text(f"  {example.text}") for example in finding.examples[:SHOWN]]
    more = [Text("  ...")] if finding.count > len(places) and len(finding.examples) > len(places) else []
    return [head, *places, *more, *([Text(f"  {finding.remedy}", style="italic")] if finding.remedy else []), Text()]
