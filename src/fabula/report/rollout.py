"""Stories told on for many frames: what is kept, step by step, drawn beside the truth, copying and strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fabula import files
from fabula.metrics.continued import CAST, CHANGE, COLOURS, KIND, MEANS, NAMES, REPEATED, SHARPNESS
from fabula.report.figures import ABSENT, shown
from fabula.report.pictures import shown_file
from fabula.report.stories import ShownFrame, ShownStory
from fabula.report.tables import teller_name

LABELS = {
    KIND: "Pictures: who is in focus keeps its kind",
    COLOURS: "Pictures: it keeps its colours",
    NAMES: "Captions: names that the cast has",
    CAST: "Captions that name one of the cast",
    CHANGE: "Change from picture to picture",
    SHARPNESS: "Sharpness, against the given pictures",
    REPEATED: "Captions that stood before",
}
OPEN = (CHANGE, SHARPNESS)  # all others are shares
BESIDE = ("strangers", "copy_last", "truth_unseen", "truth")  # as they are drawn, the models above them
NAMED = {"truth": "the truth", "truth_unseen": "the truth, held against its other frames", "strangers": "another story"}
FEWEST = 4  # stories of a point that is drawn, where there are so many at all
HEIGHT = 1000.0  # of a drawing's own units, also its width

Entries = Sequence[Mapping[str, Any]]  # one a step
Lines = dict[str, Entries]  # teller -> its entries


@dataclass(frozen=True)
class Drawn:
    """One measure over the steps."""

    label: str
    means: str
    svg: Markup


@dataclass(frozen=True)
class Row:
    measure: str
    teller: str
    kind: str
    cells: tuple[str, ...]  # a step each, then all


@dataclass(frozen=True)
class RolledOut:
    about: str
    said: tuple[str, ...]
    key: tuple[tuple[str, str], ...]  # class of a line, who it is
    drawn: tuple[Drawn, ...]
    steps: int
    rows: tuple[Row, ...]
    stories: tuple[ShownStory, ...]


def rolled_out(evaluation: Path, scores: Mapping[str, Any]) -> RolledOut | None:
    """From `rollout` of a `scores.json`, with the strips that `evaluation` keeps; None where nobody was asked."""
    found = scores.get("rollout")
    if not found:
        return None
    tellers = {name: found["tellers"][name] for name in _ordered(found["tellers"])}
    measures = [name for name in LABELS if any(name in of["all"] for of in tellers.values())]
    models = [name for name, of in tellers.items() if of["kind"] == "model"]
    return RolledOut(
        f"{found['stories']} stories, {found['steps']} frames told after {found['context']} given",
        tuple(said for name in models for said in _said(name, tellers)),
        tuple((_class(name, of), _name(name)) for name, of in reversed(list(tellers.items()))),
        tuple(_drawn(measure, tellers) for measure in measures),
        found["steps"],
        tuple(row for measure in measures for row in _rows(measure, tellers)),
        tuple(story for name in models for story in _strip(evaluation, name)),
    )


def _ordered(tellers: Mapping[str, Any]) -> list[str]:
    """As they are drawn, one above the other."""
    beside = [name for name in BESIDE if name in tellers]
    return beside + [name for name in tellers if name not in beside]


def _class(name: str, of: Mapping[str, Any]) -> str:
    return "model" if of["kind"] == "model" else name.replace("_", "-")


def _name(name: str) -> str:
    return NAMED.get(name, teller_name(name))


def _said(model: str, tellers: Mapping[str, Any]) -> tuple[str, ...]:
    """What the model keeps over all steps, between the truth and another story; and whether it moves."""
    mine = tellers[model]["all"]
    said = [_identity(model, tellers)] if KIND in mine else []
    said += [f"{_percent(mine[NAMES])} of the names told are those of the cast."] if NAMES in mine else []
    true = tellers.get("truth", {}).get("all", {}).get(CHANGE)
    if CHANGE in mine and true:
        change, beside = (shown(entry["value"], 3) for entry in (mine[CHANGE], true))
        said.append(f"A told picture changes by {change} from the one before, a true one by {beside}.")
    return tuple(said)


def _identity(model: str, tellers: Mapping[str, Any]) -> str:
    mine = [_percent(tellers[model]["all"][measure]) for measure in (KIND, COLOURS)]
    said = f"Who is in focus keeps its kind in {mine[0]} of the told pictures and its colours in {mine[1]}"
    beside = {"truth_unseen": "true ones held against the others of their story", "strangers": "another story's"}
    asked = {who: tellers[name]["all"] for name, who in beside.items() if KIND in tellers.get(name, {}).get("all", {})}
    others = [f"{who} in {_percent(of[KIND])} and {_percent(of[COLOURS])}" for who, of in asked.items()]
    return "; ".join([said, *others]) + "."


def _percent(entry: Mapping[str, Any]) -> str:
    return f"{100 * entry['value']:.0f} %"


def _rows(measure: str, tellers: Mapping[str, Any]) -> Iterator[Row]:
    for name, of in reversed(list(tellers.items())):
        if measure in of["all"]:
            entries = [*of["steps"][measure], of["all"][measure]]
            places = 3 if measure in OPEN else 2
            cells = (ABSENT if each["value"] is None else shown(each["value"], places) for each in entries)
            yield Row(LABELS[measure], _name(name), of["kind"], tuple(cells))


def _drawn(measure: str, tellers: Mapping[str, Any]) -> Drawn:
    lines: Lines = {name: of["steps"][measure] for name, of in tellers.items() if measure in of["steps"]}
    ends = [each.get(end) for entries in lines.values() for _, each in _reached(entries) for end in ("value", "high")]
    top = max([end for end in ends if end is not None], default=1.0) if measure in OPEN else 1.0
    parts = [_line(_class(name, tellers[name]), entries, top or 1.0) for name, entries in lines.items()]
    ending = [f"{_name(name)} {_last(entries)}" for name, entries in reversed(list(lines.items()))]
    steps = max(map(len, lines.values()))
    svg = FRAME.format(
        sentence=f"{LABELS[measure]}, at the last step that each has: {', '.join(ending)}.",
        lines=Markup("").join(parts),
        high=shown(top, 2) if measure in OPEN else "1",
        last=steps,
    )
    return Drawn(LABELS[measure], MEANS[measure], svg)


FRAME = Markup(
    '<svg class="rolled" role="img" aria-label="{sentence}" width="100%" height="190">'
    '<line class="axis" x1="0" x2="100%" y1="166" y2="166"/><line class="axis" x1="0" x2="100%" y1="12" y2="12"/>'
    '<svg x="0" y="12" width="100%" height="154" viewBox="0 0 1000 1000" preserveAspectRatio="none">{lines}</svg>'
    '<text x="0" y="9">{high}</text><text x="0" y="184">frame 1</text>'
    '<text x="100%" y="184" text-anchor="end">{last}</text></svg>'
)


def _last(entries: Entries) -> str:
    return shown(_reached(entries)[-1][1]["value"], 2)


def _line(kind: str, entries: Entries, top: float) -> Markup:
    """Its values as far as they go; of a model the intervals as a band."""
    known = _reached(entries)
    across = HEIGHT / max(1, len(entries) - 1)
    points = " ".join(f"{across * place:.1f},{_down(each['value'], top)}" for place, each in known)
    line = Markup('<polyline class="{}" points="{}"/>').format(kind, points)
    if kind != "model" or any(each.get("low") is None for _, each in known):
        return line
    highs = [f"{across * place:.1f},{_down(each['high'], top)}" for place, each in known]
    lows = [f"{across * place:.1f},{_down(each['low'], top)}" for place, each in reversed(known)]
    return Markup('<polygon class="band" points="{}"/>').format(" ".join(highs + lows)) + line


def _reached(entries: Entries) -> list[tuple[int, Mapping[str, Any]]]:
    """The steps that are drawn, and their entries."""
    least = min(FEWEST, max(each["n"] for each in entries))
    return [(place, each) for place, each in enumerate(entries) if each["value"] is not None and each["n"] >= least]


def _down(value: float, top: float) -> str:
    return f"{HEIGHT * (1 - min(1.0, max(0.0, value / top))):.1f}"


def _strip(evaluation: Path, model: str) -> Iterator[ShownStory]:
    """The first story, as the model told it; a picture is a file of the folder itself, never of another."""
    path = evaluation / "rollout" / f"{model}.json"
    if not path.exists():
        return
    row = files.read_json(path)
    kinds = ("context", "told")
    every = [(kind, frame) for kind in kinds for frame in row[kind]]
    frames = tuple(_frame(path.parent, number, kind, frame) for number, (kind, frame) in enumerate(every, start=1))
    yield ShownStory(str(row["story_id"]), f"{len(row['context'])} frames given, {len(row['told'])} told", frames)


def _frame(folder: Path, number: int, kind: str, frame: Mapping[str, Any]) -> ShownFrame:
    name, label = Path(str(frame.get("picture") or "")).name, f"{kind} {number}"
    picture = shown_file(folder / name, label) if name else None
    return ShownFrame(label, kind, str(frame.get("caption") or ""), picture)
