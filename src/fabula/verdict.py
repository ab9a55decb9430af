"""What the scores say, in words: collapse first, then the model against the best floor of every measure.

Reads what stands in `scores.json` and nothing else, so a page can say the same from the file alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fabula.metrics import MEASURES

Metrics = Mapping[str, Mapping[str, Any]]

LEAST_SPREAD = 0.01  # of the truth's spread; below, pictures are one picture in all but name
FEW = 0.05  # distinct captions a window; below, where the truth has many, a handful of captions serves for all
MANY = 0.5
LARGE_CUT = 0.05  # share of captions that were truncated worth a warning

WITHOUT = {  # condition -> what it takes away
    "pictures_only": "the captions given",
    "captions_only": "the pictures given",
    "last_frame": "frames before the last",
    "reversed": "the order of frames",
}
PARTS = (("captions", "caption.log_loss_word", " nats a word"), ("pictures", "picture.mae", " of error"))
AGAIN = "each frame is told of itself, which it has seen: these are reconstructions, and no story is continued."


def verdict(scores: Mapping[str, Any]) -> list[str]:
    """Sentences for people, the most alarming first; for each model, or for the floors where there is no model."""
    tellers = scores["tellers"]
    models = [name for name, teller in tellers.items() if teller["kind"] == "model"]
    said = [sentence for name in models for sentence in _of_model(scores, name)]
    if not models:
        said = [f"No model here: {_best_floors(tellers)}."]
    return said + cautions(scores)


def _of_model(scores: Mapping[str, Any], name: str) -> list[str]:
    found = diseases(scores, name)
    health = [] if found else [f"{name}: {_healthy(scores['windows'])}"]
    known = [] if scores.get("protocol", {}).get("context", 1) else [f"{name}: {AGAIN}"]
    found = [f"{name}: {sentence}" for sentence in found]
    return known + found + health + uses(scores, name) + against_floors(scores, name)


def _healthy(windows: int) -> str:
    if windows < 2:
        return "one window alone cannot show whether what it tells varies with the input."
    return "no sign of collapse: what it tells varies with the input."


def diseases(scores: Mapping[str, Any], name: str) -> list[str]:
    """One sentence for each collapse of a teller; none for a healthy one."""
    metrics, truth, windows = scores["tellers"][name]["metrics"], scores["truth"]["metrics"], scores["windows"]
    if windows < 2:
        return []
    probes = scores.get("probes", {}).get(name, {})
    found = [
        _pictures(metrics, truth, windows),
        _captions(metrics, truth, windows),
        _still(probes.get("states")),
        *_ignored(probes.get("conditions", {}).get("shuffled", {})),
    ]
    return [sentence for sentence in found if sentence]


def _pictures(metrics: Metrics, truth: Metrics, windows: int) -> str | None:
    distinct, ratio = _value(metrics, "picture.distinct"), _value(metrics, "picture.spread_ratio")
    if distinct is None or (_value(truth, "picture.distinct") or 0) < 2:
        return None
    if distinct == 1:
        return f"its pictures have collapsed: one and the same picture for all {windows:,} inputs."
    if ratio is not None and ratio < LEAST_SPREAD:
        return (
            f"its pictures have collapsed: they vary from input to input by {ratio:.2%} of what the true ones do, "
            f"less than a hundredth."
        )
    return None


def _captions(metrics: Metrics, truth: Metrics, windows: int) -> str | None:
    distinct, true = _value(metrics, "caption.distinct"), _value(truth, "caption.distinct") or 0
    if distinct is None or true < 2:
        return None
    if distinct == 1:
        return f"its captions have collapsed: one and the same caption for all {windows:,} inputs."
    if distinct < FEW * windows and true > MANY * windows:
        return f"its captions have nearly collapsed: {distinct:,.0f} different ones for {windows:,} inputs."
    return None


def _still(states: Mapping[str, int] | None) -> str | None:
    if not states or not states["still"]:
        return None
    still, units = states["still"], states["units"]
    if still == units:
        return f"its state is dead: none of its {units:,} units changes from input to input."
    return f"{still:,} of the {units:,} units of its state are dead: they do not change from input to input."


def _ignored(shuffled: Metrics) -> list[str]:
    captions, change = shuffled.get("caption.log_loss_word"), shuffled.get("picture.change")
    found = []
    if captions is not None and _nothing(captions):
        found.append(
            f"its captions ignore the context: another story's context changes the log-loss of a word by "
            f"{_signed(captions)} nats{_between(captions)}."
        )
    if change is not None and change["value"] == 0:
        found.append("its pictures ignore the context: with another story's context they are the same to the pixel.")
    return found


def _nothing(entry: Mapping[str, Any]) -> bool:
    """Whether the wrong context costs nothing: zero, or an interval that reaches down to zero."""
    if entry.get("low") is None:
        return entry["value"] == 0
    return entry["low"] <= 0


def uses(scores: Mapping[str, Any], name: str) -> list[str]:
    """What a shuffled context costs, where it costs something; and that it does not where pictures merely differ."""
    conditions = scores.get("probes", {}).get(name, {}).get("conditions", {})
    shuffled = conditions.get("shuffled", {})
    captions, pictures = shuffled.get("caption.log_loss_word"), shuffled.get("picture.mae")
    parts, said = [], []
    if captions is not None and not _nothing(captions):
        parts.append(f"{_signed(captions)} nats a word for captions{_between(captions)}")
    if pictures is not None and not _nothing(pictures):
        parts.append(f"{_signed(pictures)} of picture error{_between(pictures)}")
    if parts:
        said.append(f"{name} uses the context: another story's context costs {' and '.join(parts)}.")
    if pictures is not None and _nothing(pictures) and shuffled["picture.change"]["value"] > 0:
        said.append(
            f"{name} paints another picture in another context, but the right context makes it no truer: "
            f"{_signed(pictures)} of picture error{_between(pictures)}."
        )
    return said + [sentence for subject in PARTS if (sentence := _parts_used(conditions, name, *subject))]


def _parts_used(conditions: Mapping[str, Metrics], name: str, subject: str, measure: str, unit: str) -> str | None:
    """Which parts of the context a teller uses for its captions or its pictures, and of which no use can be shown."""
    costs = {part: conditions.get(condition, {}).get(measure) for condition, part in WITHOUT.items()}
    known = {part: cost for part, cost in costs.items() if cost is not None}
    if not known or _nothing(conditions.get("shuffled", {}).get(measure, {"value": 0})):
        return None
    used = [f"{part} ({_signed(cost)}{unit} without)" for part, cost in known.items() if not _nothing(cost)]
    idle = [part for part, cost in known.items() if _nothing(cost)]
    said = [f"use {_listed(used)}"] if used else []
    said += [f"no use of {_listed(idle)} can be shown"] if idle else []
    return f"{name}'s {subject}: {'; '.join(said)}."


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def against_floors(scores: Mapping[str, Any], name: str) -> list[str]:
    """Where a teller is better than every floor, where it is not, and whether that holds for pictures and captions.

    Better and worse are said where the paired interval over stories leaves zero out.
    """
    better, alike, worse = compared(scores, name)
    said = []
    if better:
        said.append(f"{name} is better than every floor on {', '.join(better)}.")
    for floor, measures in _grouped(alike).items():
        said.append(f"{name} cannot be told apart from {floor} on {', '.join(measures)}.")
    for floor, measures in _grouped(worse).items():
        said.append(f"{name} is worse than {floor} on {', '.join(measures)}.")
    subjects = {measure.split(".")[0] for measure in (*better, *alike, *worse)}
    beaten = {measure.split(".")[0] for measure in better}
    if better and beaten == subjects == {"picture", "caption"}:
        said.append(f"{name} beats all floors on at least one picture measure and at least one caption measure.")
    else:
        said += [f"{name} beats all floors on not a single {subject} measure." for subject in sorted(subjects - beaten)]
    return said


def compared(scores: Mapping[str, Any], name: str) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The measures on which a teller is better than the best floor; those where it is neither, and where it is worse,
    each with that floor."""
    better: list[str] = []
    alike: dict[str, str] = {}
    worse: dict[str, str] = {}
    for measure in MEASURES:
        gain = _gain(scores, name, measure)
        if gain is None:
            continue
        if gain["low"] > 0:
            better.append(measure)
        else:
            (worse if gain["high"] < 0 else alike)[measure] = gain["floor"]
    return better, alike, worse


def _gain(scores: Mapping[str, Any], name: str, measure: str) -> dict[str, Any] | None:
    """The paired gain over the best floor; the bare difference where nothing was drawn (one story alone)."""
    tellers = scores["tellers"]
    value, floor = _value(tellers[name]["metrics"], measure), best_floor(tellers, measure)
    if value is None or floor is None:
        return None
    standard = _value(tellers[floor]["metrics"], measure)
    assert standard is not None
    bare = standard - value if MEASURES[measure].better == "lower" else value - standard
    paired = scores.get("gains", {}).get(name, {}).get(measure, {})
    return {"floor": floor, "low": bare, "high": bare, **paired}


def best_floor(tellers: Mapping[str, Any], measure: str) -> str | None:
    """The best floor, oracles apart; None where no floor has the measure or it has no better side."""
    better = MEASURES[measure].better
    values = {name: _value(t["metrics"], measure) for name, t in tellers.items() if t["kind"] == "floor"}
    known = {name: value for name, value in values.items() if value is not None}
    if not known or better is None:
        return None
    return (min if better == "lower" else max)(known, key=lambda floor: known[floor])


def cautions(scores: Mapping[str, Any]) -> list[str]:
    """What a reader must know of the data before a number is believed."""
    protocol = scores.get("protocol", {})
    said = []
    if protocol.get("truncated", 0) > LARGE_CUT:
        length = protocol.get("caption_length")
        said.append(f"{protocol['truncated']:.1%} of the captions are longer than {length} tokens and were scored cut.")
    if protocol.get("unknown", 0) > 0:
        said.append(
            f"{protocol['unknown']:.2%} of the tokens are unknown to this tokenizer and scored as one word: "
            "perplexities flatter it; a byte-level tokenizer knows all."
        )
    return said


def _best_floors(tellers: Mapping[str, Any]) -> str:
    firsts = {
        measure: floor
        for measure in ("picture.mae", "picture.ssim", "caption.perplexity_word", "caption.chrf")
        if (floor := best_floor(tellers, measure))
    }
    return "the best floor is " + ", ".join(f"{floor} on {measure}" for measure, floor in firsts.items())


def _grouped(worse: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for measure, floor in worse.items():
        groups.setdefault(floor, []).append(measure)
    return groups


def _value(metrics: Metrics, name: str) -> float | None:
    return metrics.get(name, {}).get("value")


def _signed(entry: Mapping[str, Any]) -> str:
    return f"{entry['value']:+.3g}"


def _between(entry: Mapping[str, Any]) -> str:
    return f" (95 %: {entry['low']:+.3g} to {entry['high']:+.3g})" if entry.get("low") is not None else ""
