"""The scores as tables: pictures, captions teacher-forced, captions free-running. Regimes never share a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fabula.metrics.catalogue import MEASURES
from fabula.report.figures import column_decimals, shown

Tellers = Mapping[str, Mapping[str, Any]]  # name -> {"kind", "metrics": {name: {"value", "low", "high", "regime"}}}

LABELS = {
    "mae": "MAE", "mse": "MSE", "psnr": "PSNR, dB", "ssim": "SSIM", "spread_ratio": "Spread ratio",
    "bleu": "BLEU", "chrf": "chrF", "rouge_l": "ROUGE-L", "meteor": "METEOR",
    "meteor_wordnet": "METEOR with WordNet", "cider_d": "CIDEr-D", "names_f1": "Names F1", "tags_valid": "Valid tags",
    "perplexity": "Perplexity per token",
    "perplexity_word": "Perplexity per word", "log_loss_word": "Log-loss per word, nats",
    "bits_per_byte": "Bits per byte", "distinct": "Distinct", "distinct_1": "Distinct words",
    "frechet": "Fréchet distance", "kid": "KID",
    "r1": "R@1", "r5": "R@5", "r10": "R@10",
    "chance1": "Chance R@1", "chance5": "Chance R@5", "chance10": "Chance R@10",
    "distinct_2": "Distinct pairs", "length": "Length, words", "length_ratio": "Length ratio",
}  # fmt: skip
UNITS = ("dB", "nats", "words")
KINDS = {"model": 0, "floor": 1, "oracle": 2, "ceiling": 3, "truth": 4}  # the order of a table's rows
NOTES = {
    "oracle": "peeks at the target",
    "ceiling": "knows the laws of the world, not the dice; few windows",
    "truth": "the true frames themselves",
}
TITLES = {  # (subject, regime)
    ("world", "free-running"): "World questions",
    ("cloze", "teacher-forced"): "Story cloze, by likelihood",
    ("cloze", "free-running"): "Story cloze, by what was told",
    ("retrieval", "n.a."): "Retrieval by the told picture",
    ("retrieval", "free-running"): "Retrieval by the told caption",
    ("agreement", "free-running"): "Agreement of told picture and told caption",
    ("agreement", "n.a."): "Agreement of true pairs and of shuffled ones",
    ("scorer", "n.a."): "All told pictures against all true ones",
}
REGIMES = {
    "teacher-forced": "Teacher-forced: each word is predicted from the true words before it.",
    "free-running": "Free-running: each word follows the teller's own words.",
}


@dataclass(frozen=True)
class Cell:
    text: str
    interval: str = ""  # "0.121 to 0.134", 95 %
    best: bool = False  # the best floor of this column
    beats: bool | None = None  # a model's cell: whether it is better than the best floor


@dataclass(frozen=True)
class Heading:
    name: str
    label: str
    better: str | None  # lower, higher
    means: str


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    note: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]


def score_tables(tellers: Tellers) -> list[Table]:
    """One table a subject and regime, in the order in which measures are first met; empty ones are left out."""
    groups = grouped(_measures(tellers))
    return [_table(tellers, subject, regime, names) for (subject, regime), names in groups.items()]


def grouped(regimes: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Measure -> regime in; (subject, regime) -> its measures out."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, regime in regimes.items():
        groups.setdefault((name.split(".")[0], regime), []).append(name)
    return groups


def group_title(subject: str, regime: str) -> str:
    """`Captions, free-running`."""
    if (subject, regime) in TITLES:
        return TITLES[subject, regime]
    title = subject.capitalize() + ("s" if not subject.endswith("s") else "")
    return title if regime == "n.a." else f"{title}, {regime}"


def heading(name: str) -> Heading:
    """What stands above a column; a measure that this version does not know keeps its own name."""
    measure = MEASURES.get(name)
    return Heading(name, _label(name), measure.better if measure else None, measure.means if measure else "")


def _label(name: str) -> str:
    """A measure of three parts says what it was asked of: `Who, captions`, `R@10, pictures in story`."""
    *rooms, short = name.split(".")
    label = LABELS.get(short, short.replace("_", " ").capitalize())
    if rooms == ["cloze"]:
        return f"Cloze, {short.replace('_', ' ')}"
    if len(rooms) < 2:
        return label
    return f"{label}, {rooms[1].replace('_', ' ').replace('picture', 'pictures').replace('caption', 'captions')}"


def best_floor(tellers: Tellers, name: str) -> str | None:
    """The floor that is best in a measure; None where none has it or the measure only describes."""
    better = heading(name).better
    values = {n: value for n, t in tellers.items() if t["kind"] == "floor" and (value := value_of(t, name)) is not None}
    if not values or better is None:
        return None
    return (min if better == "lower" else max)(values, key=lambda floor: values[floor])


def value_of(teller: Mapping[str, Any], name: str) -> float | None:
    return teller["metrics"].get(name, {}).get("value")


def beats(tellers: Tellers, teller: str, name: str) -> bool | None:
    """Whether a teller is better than the best floor; None where that cannot be said."""
    floor, value = best_floor(tellers, name), value_of(tellers[teller], name)
    if floor is None or value is None:
        return None
    standard = value_of(tellers[floor], name) or 0.0
    return value < standard if heading(name).better == "lower" else value > standard


def teller_name(name: str) -> str:
    """As people read it: `the model`, `the model (guess)`, `copy last`."""
    return f"the {name}" if name.split(" (")[0] == "model" else name.replace("_", " ")


def readable(sentence: str, tellers: Tellers) -> str:
    """A sentence of a verdict with measures and tellers under the names of this page."""
    names = {name: within(heading(name).label) for name in MEASURES} | {name: teller_name(name) for name in tellers}
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    sentence = re.sub(rf"(?<![\w.])({known})(?![\w.]*\w)", lambda found: names[found[0]], sentence)
    return sentence[:1].upper() + sentence[1:]


def within(label: str) -> str:
    """A label inside a sentence, without its unit: `perplexity per word`, `who of captions`, but `MAE`."""
    name, _, rest = label.partition(", ")
    label = f"{name} of {rest}" if rest and rest not in UNITS else name
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def ordered(tellers: Tellers) -> list[str]:
    """Models first, then floors, oracles and the truth; otherwise in the order of the file."""
    return sorted(tellers, key=lambda name: KINDS.get(tellers[name]["kind"], len(KINDS)))


def _measures(tellers: Tellers) -> dict[str, str]:
    """Every measure of which some teller has a value, in the catalogue's order, and its regime."""
    entries = [(name, entry) for teller in tellers.values() for name, entry in teller["metrics"].items()]
    found = {name: entry.get("regime", "n.a.") for name, entry in entries if entry.get("value") is not None}
    known = [name for name in MEASURES if name in found]
    return {name: found[name] for name in [*known, *(n for n in found if n not in MEASURES)]}


def _table(tellers: Tellers, subject: str, regime: str, names: Sequence[str]) -> Table:
    rows = [name for name in ordered(tellers) if any(value_of(tellers[name], n) is not None for n in names)]
    columns = [_column(tellers, rows, name) for name in names]
    return Table(
        id=f"{subject}-{regime}".replace(".", ""),
        title=group_title(subject, regime),
        note=REGIMES.get(regime, ""),
        columns=tuple(map(heading, names)),
        rows=tuple(_row(tellers, name, [column[place] for column in columns]) for place, name in enumerate(rows)),
    )


def _row(tellers: Tellers, name: str, cells: Sequence[Cell]) -> Row:
    kind = tellers[name]["kind"]
    return Row(teller_name(name).capitalize(), kind, NOTES.get(kind, ""), tuple(cells))


def _column(tellers: Tellers, rows: Sequence[str], name: str) -> list[Cell]:
    values = [value_of(tellers[row], name) for row in rows]
    places = column_decimals(value for value in values if value is not None)
    best = best_floor(tellers, name)
    return [_cell(tellers, row, name, places, best) for row in rows]


def _cell(tellers: Tellers, row: str, name: str, places: int, best: str | None) -> Cell:
    entry = tellers[row]["metrics"].get(name, {})
    low, high = entry.get("low"), entry.get("high")
    interval = f"{shown(low, places)} to {shown(high, places)}" if low is not None and high is not None else ""
    beaten = beats(tellers, row, name) if tellers[row]["kind"] == "model" else None
    return Cell(shown(entry.get("value"), places), interval, row == best, beaten)
