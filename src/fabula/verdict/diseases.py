"""The diseases that a storyteller can have, each by its name: what `scores.json` shows of them.

A disease is a way to look alive and to have learned nothing, or to look good because something leaks. Each test reads
the scores and gives a sentence, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fabula.verdict.entries import LEAST_NATS, Metrics, between, highest, nothing, signed, value, worthless

LEAST_SPREAD = 0.01  # of the truth's spread; below, pictures are one picture in all but name
FEW = 0.05  # distinct captions a window; below, where the truth has many, a handful of captions serves for all
MANY = 0.5
ALIKE = 0.25  # a told picture that is so much nearer to a floor's than to the truth is the floor's
MOSTLY = 0.5  # of the captions
CUT = 0.2  # share of captions without an end, above the truth's
RARE = 0.1  # of the true captions: so few are alike that one told for most is a collapse
BY_DICE = 0.1  # of what dice change; what a context changes beyond that by less is hardly more
EASIER = 0.5  # a picture error with the target in sight that is so much smaller than without it
LIGHTER = 0.8  # the same where what it tells is not shown to be better than a floor


@dataclass(frozen=True)
class Seen:
    """What the tests look at: all of one teller."""

    metrics: Metrics
    truth: Metrics
    windows: int
    probes: Mapping[str, Any]
    gains: bool  # whether its pictures are shown to be better than every floor's
    likeness: Mapping[str, Mapping[str, float]]  # floor -> picture: mean difference, caption: share that is the same


def diseases(scores: Mapping[str, Any], name: str) -> dict[str, str]:
    """Disease -> one sentence, the most alarming first; empty for the healthy, and for a single window."""
    if scores["windows"] < 2:
        return {}
    probes = scores.get("probes", {}).get(name, {})
    likeness = scores.get("likeness", {}).get(name, {})
    gains = scores.get("gains", {}).get(name, {}).get("picture.mae", {}).get("low", 0.0) > 0
    metrics, truth = scores["tellers"][name]["metrics"], scores["truth"]["metrics"]
    seen = Seen(metrics, truth, scores["windows"], probes, gains, likeness)
    found = {disease: test(seen) for disease, test in DISEASES.items()}
    return {disease: sentence for disease, sentence in found.items() if sentence}


def _sees_target(seen: Seen) -> str | None:
    found = seen.probes.get("target")
    if not found or not found["changed"]:
        return None
    return (
        f"it sees the target: when it was shown other captions and pictures than the true ones, {found['changed']:,} "
        f"of {found['asked']:,} told frames changed. What it tells must follow from the context alone."
    )


def _improper(seen: Seen) -> str | None:
    found = seen.probes.get("random_captions")
    if not found or found["nats"] >= found["least"]:
        return None
    return (
        f"it reads the words that it must predict, as a decoder does whose input is not shifted by one word: captions "
        f"of random words cost it {found['nats']:.3g} nats, and nobody who predicts can be below {found['least']:.3g}. "
        f"Its perplexity means nothing."
    )


def _posterior(seen: Seen) -> str | None:
    found = seen.probes.get("posterior")
    if not found or found["value"] >= (EASIER if seen.gains else LIGHTER) * found["without"]:
        return None
    return (
        f"its latent carries the target: with the true picture in sight it paints with an error of "
        f"{found['value']:.3g}, without it {found['without']:.3g}. Losses of training are no errors of telling."
    )


def _one_picture(seen: Seen) -> str | None:
    distinct, ratio = value(seen.metrics, "picture.distinct"), value(seen.metrics, "picture.spread_ratio")
    if distinct is None or (value(seen.truth, "picture.distinct") or 0) < 2:
        return None
    if distinct == 1:
        return f"its pictures have collapsed: one and the same picture for all {seen.windows:,} inputs."
    if ratio is not None and ratio < LEAST_SPREAD:
        return (
            f"its pictures have collapsed: they vary from input to input by {ratio:.2%} of what the true ones do, "
            f"less than a hundredth."
        )
    return None


def _a_floors_pictures(seen: Seen) -> str | None:
    error = value(seen.metrics, "picture.mae")
    apart = {floor: alike["picture"] for floor, alike in seen.likeness.items() if "picture" in alike}
    if error is None or not apart:
        return None
    floor = min(apart, key=lambda floor: apart[floor])
    if apart[floor] > ALIKE * error:
        return None
    return f"its pictures are those of {floor}: they lie {apart[floor]:.2g} from them, {error:.2g} from the truth."


def _one_caption(seen: Seen) -> str | None:
    distinct, true = value(seen.metrics, "caption.distinct"), value(seen.truth, "caption.distinct") or 0
    if distinct is None or true < 2:
        return None
    if distinct == 1:
        return f"its captions have collapsed: one and the same caption for all {seen.windows:,} inputs."
    if distinct < FEW * seen.windows and true > MANY * seen.windows:
        return f"its captions have nearly collapsed: {distinct:,.0f} different ones for {seen.windows:,} inputs."
    share = seen.probes.get("captions")
    if share and share["commonest"] > MOSTLY and share["truth"] < RARE:
        return (
            f"its captions have nearly collapsed: one and the same caption for {share['commonest']:.0%} of the inputs."
        )
    return None


def _a_floors_captions(seen: Seen) -> str | None:
    same = {floor: alike["caption"] for floor, alike in seen.likeness.items() if "caption" in alike}
    if not same:
        return None
    floor = max(same, key=lambda floor: same[floor])
    if same[floor] <= MOSTLY:
        return None
    return f"its captions are those of {floor}, word for word, in {same[floor]:.0%} of the windows."


def _cut_short(seen: Seen) -> str | None:
    told, true = value(seen.metrics, "caption.finished"), value(seen.truth, "caption.finished")
    if told is None or true is None or highest(seen.metrics["caption.finished"]) >= true - CUT:
        return None
    return f"its captions are cut short: {told:.0%} of them come to an end, of the true ones {true:.0%}."


def _still(seen: Seen) -> str | None:
    states = seen.probes.get("states")
    if not states or not states["still"]:
        return None
    still, units = states["still"], states["units"]
    if still == units:
        return f"its state is dead: none of its {units:,} units changes from input to input."
    return f"{still:,} of the {units:,} units of its state are dead: they do not change from input to input."


def _deaf(seen: Seen) -> str | None:
    cost = seen.probes.get("conditions", {}).get("shuffled", {}).get("caption.log_loss_word")
    if cost is None or not worthless(cost, LEAST_NATS):
        return None
    heeded = "ignore" if nothing(cost) else "make next to nothing of"
    return (
        f"its captions {heeded} the context: another story's context changes the log-loss of a word by "
        f"{signed(cost)} nats{between(cost)}."
    )


def _blind(seen: Seen) -> str | None:
    change = seen.probes.get("conditions", {}).get("shuffled", {}).get("picture.change")
    if change is None:
        return None
    if change["value"] == 0:
        return "its pictures ignore the context: with another story's context they are the same to the pixel."
    dice = seen.probes.get("dice", {})
    further = dice.get("context")
    if further is None or not nothing(further) or further["value"] > BY_DICE * dice["picture.change"]:
        return None
    return (
        f"its pictures ignore the context: another story's context changes them by no more than another throw of the "
        f"dice does, {dice['picture.change']:.2g} (beyond that {signed(further)}{between(further)})."
    )


DISEASES: dict[str, Callable[[Seen], str | None]] = {
    "sees the target": _sees_target,
    "unshifted decoder": _improper,
    "posterior carries the target": _posterior,
    "one picture for all": _one_picture,
    "pictures of a floor": _a_floors_pictures,
    "one caption for all": _one_caption,
    "captions of a floor": _a_floors_captions,
    "captions cut short": _cut_short,
    "dead state": _still,
    "captions ignore the context": _deaf,
    "pictures ignore the context": _blind,
}
