"""A comparison in words, from what stands in compare.json alone: the verdict, the rule it follows, what to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fabula.metrics import MEASURES
from fabula.metrics.signs import sign_test
from fabula.report.tables import heading, within

Compared = Mapping[str, Any]


def verdict(compared: Compared) -> list[str]:
    """One sentence or more about each of the others; then what keeps anything from being said at all."""
    said = [sentence for name in compared["differences"] for sentence in _of(compared, name)]
    return [*said, *_too_few(compared)]


def rule(compared: Compared) -> str:
    """When a difference is called one."""
    return (
        f"Better and worse are said only where the 95 % interval of the difference leaves zero out and p is below "
        f"{compared['level']:g}. The interval is of a bootstrap that draws whole stories, both sides in the same "
        f"draws. p is of an exact sign test that counts the stories in which one side is better, ties left out, "
        f"corrected for the {compared['tests']:,} tests made here (Holm 1979). Neither knows what another seed of "
        "training would have changed."
    )


def readings(compared: Compared) -> str:
    """How a cell of the table is to be read."""
    return (
        f"A cell: the value; the difference to {compared['first']} on the same windows, with its 95 % interval; in "
        "how many stories it is better : worse, with the corrected p."
    )


def notes(compared: Compared) -> list[str]:
    """On what it was compared, what was left out, and what else was different."""
    return [*_windows(compared), *_lost(compared), *_otherwise(compared)]


def _of(compared: Compared, name: str) -> Iterator[str]:
    rows, first = compared["differences"][name], compared["first"]
    tested = [measure for measure, found in rows.items() if "p" in found]
    for side in ("better", "worse"):
        if measures := [measure for measure in tested if rows[measure]["verdict"] == side]:
            yield f"{name} is {side} than {first} on {listed(measures)}."
    alike = [measure for measure in tested if rows[measure]["verdict"] is None]
    if tested and len(alike) == len(tested):
        yield f"{name} cannot be told apart from {first} on any of {len(tested)} measures."
    elif alike:
        yield f"{name} cannot be told apart from {first} on {listed(alike)}."
    if not tested:
        yield f"{name} and {first} have no measure in common that has a better side."


def listed(measures: Sequence[str]) -> str:
    """`MAE, SSIM and BLEU`."""
    names = [within(heading(measure).label) for measure in measures]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _too_few(compared: Compared) -> Iterator[str]:
    """Where even stories that all agree could not give a p that counts."""
    stories, tests = compared["stories"], compared["tests"]
    if stories == 1:
        yield "All windows are of one story, so that nothing can be said of other stories: there is no interval."
    elif tests and (least := sign_test(stories, 0)) * tests >= compared["level"]:
        yield (
            f"{stories} stories are few: were one side better in every one of them, p would be {least:.2g} before "
            f"correction for {tests} tests. Evaluate more windows before two runs are called alike."
        )


def _windows(compared: Compared) -> Iterator[str]:
    told = {name: side["windows"] for name, side in compared["sides"].items()}
    given = {name: side["protocol"].get("context") for name, side in compared["sides"].items()}
    yield f"Compared on {compared['windows']:,} windows of {compared['stories']:,} stories."
    if any(count != compared["windows"] for count in told.values()):
        each = ", ".join(f"{name} {count:,}" for name, count in told.items())
        yield f"Only windows that all have told are compared; told were: {each}."
    if len(set(given.values())) > 1:
        each = ", ".join(f"{name} {count}" for name, count in given.items())
        yield f"They were given different numbers of frames: {each}. Compared are the same frames to tell."


def _lost(compared: Compared) -> Iterator[str]:
    for name, lost in compared["left_out"].items():
        for why in dict.fromkeys(lost.values()):
            measures = [measure for measure in MEASURES if lost.get(measure) == why]
            yield f"{name} is not compared on {listed(measures)}: {why}."


def _otherwise(compared: Compared) -> Iterator[str]:
    for name, keys in compared["otherwise"].items():
        what = "how captions are written (tell)" if keys == ["tell"] else ", ".join(keys)
        yield f"{name} was also asked otherwise than {compared['first']}: {what}."
