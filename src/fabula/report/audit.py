"""What an audit of the data found, in lines for the page: leaks first, then faults and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fabula.report.figures import seconds
from fabula.report.reading import Run

GRADES = ("leak", "fault", "note")


@dataclass(frozen=True)
class Line:
    """One finding: `leak`, `near-identical pictures, train / test: 12 of 300 (4.0%)`, and a place where it is so."""

    severity: str
    text: str
    example: str


@dataclass(frozen=True)
class Audit:
    """`command` is what a person types to look closer, or to look at all."""

    about: str
    grave: tuple[Line, ...]  # leaks and faults
    notes: tuple[Line, ...]
    clean: str
    command: str


def audit(run: Run) -> Audit | None:
    """The audit that lies beside the scores; where there is none, how to have one. None where no data is known."""
    source = str(run.audit.get("source") or run.scores.get("data") or run.data.get("source") or "")
    command = f"fabula audit {source}"
    if not run.audit:
        return Audit("Nobody has looked for leaks and faults in this data.", (), (), "", command) if source else None
    told = run.audit["findings"]
    leaks, faults, notes = ([_line(each) for each in told if each["count"] and each["severity"] == of] for of in GRADES)
    return Audit(_about(run.audit), (*leaks, *faults), tuple(notes), _clean(told), command)


def _about(told: Mapping[str, Any]) -> str:
    """`train, 600 stories of 5,000 frames; test, ...; pictures as decoded, 60x125; looked at on 2025-01-31 in 4 s.`"""
    splits = (f"{name}, {each['stories']:,} stories of {each['frames']:,} frames" for name, each in _splits(told))
    made = f"looked at on {told['made']} in {seconds(told['seconds'])}"
    alone = " One split alone is decoded here, so leaks were not looked for." if len(told["splits"]) < 2 else ""
    return f"{'; '.join(splits)}; pictures as they are decoded, {told['pictures']}; {made}.{alone}"


def _splits(told: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, int]]]:
    return told["splits"].items()


def _line(finding: Mapping[str, Any]) -> Line:
    many = f"{finding['count']:,} of {finding['of']:,} ({finding['share']:.1%})"
    text = f"{finding['name']}, {' / '.join(finding['splits'])}: {many} {finding['what']}"
    return Line(finding["severity"], text, finding["examples"][0]["text"] if finding["examples"] else "")


def _clean(findings: Sequence[Mapping[str, Any]]) -> str:
    """`Nothing found by 31 checks.`, or by the others where something was."""
    missed = sum(not each["count"] for each in findings)
    return f"Nothing found by {missed} {'other ' if missed < len(findings) else ''}checks."
