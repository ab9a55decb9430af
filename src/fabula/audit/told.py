"""What an audit tells: all findings with what they are of, and the same as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fabula.audit.finding import Example, Finding
from fabula.audit.read import Read

Told = dict[str, Any]


def told_of(source: str, notes: Sequence[str], reads: Sequence[Read], found: Sequence[Finding], context: int) -> Told:
    """All that an audit found; findings as they are, everything else as plain values."""
    return {
        "source": source,
        "notes": list(notes),
        "context": context,
        "splits": {read.split: {"stories": len(read.ids), "frames": len(read.captions)} for read in reads},
        "leaks": sum(each.leaks for each in found),
        "faults": sum(each.severity == "fault" and each.count > 0 for each in found),
        "findings": list(found),
    }


def plain(told: Mapping[str, Any]) -> Told:
    """The same, findings too as JSON values; of an example, its text and the captions with what is shared marked."""
    return {**told, "findings": [_plain(each) for each in told["findings"]]}


def _plain(finding: Finding) -> dict[str, Any]:
    row = {**asdict(finding), "share": round(finding.share, 4), "leaks": finding.leaks}
    return {**row, "examples": [_example(each) for each in finding.examples]}


def _example(example: Example) -> dict[str, Any]:
    sides = [{**side.where._asdict(), "caption": side.caption, "marks": side.marks} for side in example.sides]
    return {"text": example.text, "sides": sides}
