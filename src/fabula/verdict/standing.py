"""A teller against the floors: where it is better than every one of them, where not, and against which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.metrics import MEASURES
from fabula.verdict.entries import share, value

HEADLINES = (  # the measures that a verdict speaks of and a report draws; the tables have all
    "picture.mae",
    "picture.mse",
    "picture.ssim",
    "caption.perplexity_word",
    "caption.bleu",
    "caption.chrf",
    "caption.rouge_l",
    "caption.cider_d",
    "caption.names_f1",
    "world.caption.who",
    "world.caption.where",
    "world.caption.doing",
    "world.picture.who",
    "world.picture.where",
    "cloze.caption",
    "cloze.picture",
    "retrieval.picture.r10",
    "retrieval.caption.r10",
)
WAYS = {"captions": "caption.log_loss_word", "pictures": "picture.mae"}


def ways(scores: Mapping[str, Any], name: str) -> list[str]:
    """How much of the way from the best floor to the ceiling a teller has gone, where there is a ceiling."""
    tellers = scores["tellers"]
    metrics = tellers[name]["metrics"]
    known = {subject: m for subject, m in WAYS.items() if metrics.get(m, {}).get("way") is not None}
    return [f"{name}'s {subject}: {_gone(tellers, metrics[m], m)}." for subject, m in known.items()]


def _gone(tellers: Mapping[str, Any], entry: Mapping[str, Any], measure: str) -> str:
    floor = best_floor(tellers, measure)
    if entry["way"] <= 0 and floor:
        standard = tellers[floor]["metrics"][measure]["value"]
        against = f"{measure} {entry['value']:.3g} against {standard:.3g}"
        return f"no way from the best floor, {floor}, towards the ceiling can be shown ({against})"
    between = f" (95 %: {share(entry['way_low'])} to {share(entry['way_high'])})" if "way_low" in entry else ""
    return f"{share(entry['way'])} of the way from the best floor to the ceiling{between}"


def against_floors(scores: Mapping[str, Any], name: str) -> list[str]:
    """Where a teller is better than every floor, where it is not, and whether that holds for pictures and captions.

    Better and worse are said where the paired interval over stories leaves zero out.
    """
    better, alike, worse = compared(scores, name)
    said = [f"{name} is better than every floor on {', '.join(better)}."] if better else []
    said += [f"{name} cannot be told apart from {_floors(alike)}."] if alike else []
    said += [f"{name} is worse than {_floors(worse)}."] if worse else []
    subjects = {subject_of(measure) for measure in (*better, *alike, *worse)}
    beaten = {subject_of(measure) for measure in better}
    none = sorted(subjects - beaten)
    return said + [f"{name} beats all floors on not a single {subject} measure." for subject in none]


def _floors(measures: Mapping[str, str]) -> str:
    """`copy_last on picture.mae, picture.ssim; ngram on caption.bleu`."""
    groups: dict[str, list[str]] = {}
    for measure, floor in measures.items():
        groups.setdefault(floor, []).append(measure)
    return "; ".join(f"{floor} on {', '.join(those)}" for floor, those in groups.items())


def subject_of(measure: str) -> str:
    """`picture` or `caption`: what a measure judges."""
    return "picture" if "picture" in measure else "caption"


def compared(scores: Mapping[str, Any], name: str) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The measures on which a teller is better than the best floor; those where it is neither, and where it is worse,
    each with that floor."""
    better: list[str] = []
    alike: dict[str, str] = {}
    worse: dict[str, str] = {}
    for measure in (known for known in HEADLINES if known in MEASURES):
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
    own, floor = value(tellers[name]["metrics"], measure), best_floor(tellers, measure)
    if own is None or floor is None:
        return None
    standard = value(tellers[floor]["metrics"], measure)
    assert standard is not None
    bare = standard - own if MEASURES[measure].better == "lower" else own - standard
    paired = scores.get("gains", {}).get(name, {}).get(measure, {})
    return {"floor": floor, "low": bare, "high": bare, **paired}


def best_floor(tellers: Mapping[str, Any], measure: str) -> str | None:
    """The best floor, oracles apart; None where no floor has the measure or it has no better side."""
    better = MEASURES[measure].better
    values = {name: value(t["metrics"], measure) for name, t in tellers.items() if t["kind"] == "floor"}
    known = {name: own for name, own in values.items() if own is not None}
    if not known or better is None:
        return None
    return (min if better == "lower" else max)(known, key=lambda floor: known[floor])


def best_floors(tellers: Mapping[str, Any]) -> str:
    """The best floor on some measures, in words."""
    firsts = {
        measure: floor
        for measure in ("picture.mae", "picture.ssim", "caption.perplexity_word", "caption.chrf")
        if (floor := best_floor(tellers, measure))
    }
    return "the best floor is " + ", ".join(f"{floor} on {measure}" for measure, floor in firsts.items())
