"""Several samples of what may come next: their figures, what these say, and a few windows to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula import files
from fabula.report.figures import ABSENT, shown
from fabula.report.pictures import shown_file
from fabula.report.stories import ShownFrame
from fabula.report.tables import Cell, teller_name

Figures = Mapping[str, Any]  # of `probes.MODEL.samples`

COLUMNS = {  # what stands above -> the beginning of its figures' names
    "Picture error, MAE": "picture.mae",
    "Picture, similarity": "picture.similarity",
    "Caption, similarity": "caption.similarity",
}
ROWS = {
    "best": "Best of them",
    "mean": "Mean of them",
    "spread": "Spread within a window",
    "chosen": "The one that the model's ranking chose",
    "gain": "Gain of choosing over dice, above 0 is better",
    "rank": "Rank of the chosen",
}
OTHERS = {  # rows that look at the samples as a whole -> their figures, column by column
    "Diversity, between two samples": ("picture.diversity", "picture.scorer_diversity", "caption.scorer_diversity"),
    "Different ones, of a window": ("picture.distinct", "", "caption.distinct"),
    "Truth covered": ("", "picture.coverage", "caption.coverage"),
    "Truth covered by another window's": ("", "picture.coverage_by_strangers", "caption.coverage_by_strangers"),
}
SAME = 1e-6  # what rounding leaves of two pictures that are one
WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


@dataclass(frozen=True)
class Strip:
    """One window: the true frame, then every sample."""

    title: str
    frames: tuple[ShownFrame, ...]


@dataclass(frozen=True)
class Sampled:
    model: str  # empty where there is but one
    about: str
    said: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    strips: tuple[Strip, ...]


def sampled(evaluation: Path, scores: Mapping[str, Any]) -> list[Sampled]:
    """One for every model that was asked for samples; `evaluation` is the folder that keeps some of them."""
    asked = {name: each["samples"] for name, each in scores.get("probes", {}).items() if each.get("samples")}
    return [_sampled(evaluation, name, found, alone=len(asked) == 1) for name, found in asked.items()]


def _sampled(evaluation: Path, model: str, found: Figures, *, alone: bool) -> Sampled:
    rows = dict(_rows(found))
    used = [any(cells[column].text != ABSENT for cells in rows.values()) for column in range(len(COLUMNS))]
    kept = [column for column, there in enumerate(used) if there]
    return Sampled(
        "" if alone else teller_name(model).capitalize(),
        f"{found['samples']} samples for each of {found['windows']:,} windows",
        reading(found),
        tuple(list(COLUMNS)[column] for column in kept),
        tuple((label, tuple(cells[column] for column in kept)) for label, cells in rows.items()),
        tuple(_strips(evaluation, model)),
    )


def _rows(found: Figures) -> Iterator[tuple[str, list[Cell]]]:
    named = {label: tuple(f"{stem}.{row}" for stem in COLUMNS.values()) for row, label in ROWS.items()} | OTHERS
    for label, names in named.items():
        cells = [_cell(found.get(name)) for name in names]
        if any(cell.text != ABSENT for cell in cells):
            yield label, cells


def _cell(entry: Mapping[str, Any] | None) -> Cell:
    if entry is None or entry.get("value") is None:
        return Cell(ABSENT)
    low, high = (shown(entry.get(end), 3) for end in ("low", "high"))
    return Cell(shown(entry["value"], 3), f"{low} to {high}" if low != high else "")


def reading(found: Figures) -> str:
    """What the figures say, in a sentence or two."""
    alike = {form: one for form in ("picture", "caption") if (one := _all_one(found, form)) is not None}
    count = WORDS.get(found["samples"], str(found["samples"]))
    if alike and all(alike.values()):
        said = " and ".join(f"the same {form}" for form in alike)
        return f"Sampling changes nothing: the {count} samples of a window are {said}."
    said = [_likeness(found, form, one, count) for form, one in alike.items()]
    said += [_cover(found, form) for form, one in alike.items() if not one and f"{form}.coverage" in found]
    return " ".join(said)


def _all_one(found: Figures, form: str) -> bool | None:
    """Whether the samples of every window are one; None where nothing is known."""
    if (entry := found.get(f"{form}.distinct")) is not None:
        return entry["value"] == 1
    entry = found.get(f"{form}.diversity", found.get(f"{form}.scorer_diversity"))
    return None if entry is None else entry["value"] <= SAME


def _likeness(found: Figures, form: str, one: bool, count: str) -> str:
    if one:
        return f"The {count} samples are the same {form}."
    entry = found.get(f"{form}.distinct")
    most = f"; {shown(entry['value'], 1)} of {found['samples']} are different in a window" if entry else ""
    return f"The {count} {form}s differ{most}{_gain(found, form)}."


def _gain(found: Figures, form: str) -> str:
    """How much the best of them is ahead of their mean."""
    measure, said = ("picture.mae", "an error of") if form == "picture" else ("caption.similarity", "a similarity of")
    best, mean = (found.get(f"{measure}.{name}") for name in ("best", "mean"))
    if best is None or mean is None:
        return ""
    chosen = found.get(f"{measure}.chosen")
    ranked = f", the one that its ranking chose {shown(chosen['value'], 3)}" if chosen else ""
    return f"; the best has {said} {shown(best['value'], 3)}, the mean {shown(mean['value'], 3)}{ranked}"


def _cover(found: Figures, form: str) -> str:
    """Whether a window's own samples reach the truth more often than another's."""
    own, others = found[f"{form}.coverage"], found.get(f"{form}.coverage_by_strangers", {"value": None})
    said = f"One of the {form}s comes near the truth in {100 * own['value']:.0f} % of the windows"
    if others["value"] is None:
        return f"{said}."
    apart = own.get("low") is not None and own["low"] > others.get("high", others["value"])
    more = "" if apart else "; their intervals meet"
    return f"{said}, one of another window's in {100 * others['value']:.0f} %{more}."


def _strips(evaluation: Path, model: str) -> Iterator[Strip]:
    path = evaluation / "samples" / f"{model}.json"
    for each in files.read_json(path) if path.exists() else []:
        told = [("told", f"Sample {number}", frame) for number, frame in enumerate(each["told"], start=1)]
        frames = (_frame(path.parent, *parts) for parts in [("true", "True", each["true"]), *told])
        yield Strip(f"{each['story_id']}, frame {each['number']}", tuple(frames))


def _frame(folder: Path, kind: str, label: str, frame: Mapping[str, Any]) -> ShownFrame:
    name = Path(str(frame.get("picture") or "")).name  # a file of the folder itself, never of another
    return ShownFrame(label, kind, str(frame.get("caption") or ""), shown_file(folder / name, label) if name else None)
