"""How fast an arm learns, from the log of a short run."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from fabula.errors import FabulaError
from fabula.journal.log import read_log

WARM = 5  # first steps that are not counted
MEASURED = 20  # steps of the short run


def speed_of(log: Path) -> dict[str, float]:
    """`seconds_per_step`, the median of the steps after the first few; `seconds_per_validation`, of the last one."""
    rows = read_log(log)
    ended = {row["step"]: row["seconds"] for row in rows if row["event"] == "train"}
    validated = [row["seconds"] - ended[row["step"]] for row in rows if row["event"] == "validation"]
    took = [ended[step] - ended[step - 1] for step in ended if step > WARM and step - 1 in ended]
    if not took:
        raise FabulaError(f"{log}: too few steps to know how fast this arm is")
    return {"seconds_per_step": round(median(took), 6), "seconds_per_validation": round(sum(validated[-1:]), 6)}


def with_validations(speed: dict[str, float], validate_every: int) -> float:
    """Seconds of a step, with its share of the validation that comes every so many."""
    return speed["seconds_per_step"] + speed["seconds_per_validation"] / validate_every
