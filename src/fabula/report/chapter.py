"""Everything the page says of one run, made ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabula.metrics.catalogue import MEASURES
from fabula.metrics.ordering import sentences
from fabula.report.audit import Audit, audit
from fabula.report.confusions import Confused, confused
from fabula.report.curves import Curve, Stage, curves
from fabula.report.facts import Facts, Splits, facts, splits
from fabula.report.figures import seconds
from fabula.report.gallery import Gallery, gallery
from fabula.report.moments import Moment, moments
from fabula.report.pictures import Shown, shown_file
from fabula.report.probes import Probe, probes
from fabula.report.ranges import Range, ranges
from fabula.report.reading import Run
from fabula.report.rollout import RolledOut, rolled_out
from fabula.report.samples import Sampled, sampled
from fabula.report.sensitivity import Sensitivity, sensitivities
from fabula.report.stories import ShownStory, told_stories
from fabula.report.tables import (
    Heading,
    Table,
    Tellers,
    best_floor,
    heading,
    readable,
    score_tables,
    teller_name,
    value_of,
)
from fabula.report.voices import Voices, voices
from fabula.verdict.standing import HEADLINES

MOMENTS = (
    "Windows are ranked by the mean of their ranks in picture error and caption log-loss, where measured. "
    "The frames above were given; below stand what is true and what was told."
)
ATTENDED = "What the model attends to at the end of training: maps over the pictures and words of four contexts"


@dataclass(frozen=True)
class Chapter:
    """One run of the report. What a run lacks is empty, and its section is left out."""

    id: str
    name: str
    about: str
    verdict: tuple[str, ...]
    ranges: tuple[Range, ...]
    tables: tuple[Table, ...]
    confusions: tuple[Confused, ...]
    probes: tuple[Probe, ...]
    sensitivities: tuple[Sensitivity, ...]
    samples: tuple[Sampled, ...]
    voices: tuple[Voices, ...]  # of writers who have several
    rollout: RolledOut | None
    curves: tuple[Curve, ...]
    stages: tuple[Stage, ...]  # trained before
    moments: tuple[Moment, ...]
    moments_note: str
    gallery: Gallery | None
    stories: tuple[ShownStory, ...]
    sample: Shown | None
    maps: Shown | None
    data: Facts
    splits: Splits | None
    audit: Audit | None
    protocol: Facts
    cost: Facts
    environment: Facts
    recipe: str
    measures: tuple[Heading, ...]
    untrusted: tuple[str, ...]  # what a measure did not order rightly

    @property
    def has_ceiling(self) -> bool:
        """Whether somebody who knows the laws of the world stands among the tellers."""
        return any(range.way for range in self.ranges)

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The sections that this run has: the end of their id, and their title."""
        known = self.data or self.splits or self.cost or self.environment or self.recipe
        there = {
            ("standing", "Between the floors"): self.ranges,
            ("context", "Does the context matter?"): self.probes,
            ("training", "Training"): self.curves or self.stages,
            ("attention", "What it attends to"): self.maps,
            ("stories", "A story continued"): self.stories,
            ("windows", "Best, median and worst"): self.moments,
            ("gallery", "Told windows"): self.gallery,
            ("samples", "Several futures"): self.samples,
            ("rollout", "Many frames on"): self.rollout,
            ("confusions", "Confusions by fact"): self.confusions,
            ("scores", "Scores"): self.tables,
            ("facts", "What it was made from"): known,
        }
        return [section for section, content in there.items() if content]


def chapter(run: Run, number: int = 1) -> Chapter:
    tellers = _tellers(run.scores)
    return Chapter(
        id=f"run-{number}",
        name=run.name,
        about=_about(run.scores),
        verdict=tuple(readable(sentence, tellers) for sentence in run.scores.get("verdict", ())),
        ranges=tuple(ranges(tellers, HEADLINES)),
        tables=tuple(score_tables(tellers)),
        confusions=tuple(confused(run.scores)),
        probes=tuple(probes(run.scores)),
        sensitivities=tuple(sensitivities(run.scores)),
        samples=tuple(sampled(run.evaluation, run.scores)),
        voices=tuple(voices(run.scores)),
        rollout=rolled_out(run.evaluation, run.scores),
        curves=tuple(curves(run.log, _floors(tellers))),
        stages=tuple(Stage(stage.name, curves(stage.log, {})) for stage in run.stages),
        moments=tuple(moments(run.evaluation, tellers)),
        moments_note=MOMENTS,
        gallery=gallery(run, tellers),
        stories=tuple(told_stories(run.tellings)),
        sample=shown_file(run.samples[-1], "Sample stories at the end of training", 1600) if run.samples else None,
        maps=shown_file(run.maps[-1], ATTENDED, 1600) if run.maps else None,
        data=_data(run),
        splits=splits(run.data),
        audit=audit(run),
        protocol=facts(run.scores.get("protocol", {})),
        cost=_cost(run),
        environment=facts(run.environment),
        recipe=run.recipe,
        measures=tuple(_measures(tellers)),
        untrusted=tuple(readable(said, tellers) for said in sentences(run.scores.get("ordering", {}))),
    )


def _tellers(scores: Mapping[str, Any]) -> Tellers:
    """All tellers, and what can be said of the true frames by themselves as one more."""
    truth = scores.get("truth", {}).get("metrics")
    beside = {"truth": {"kind": "truth", "metrics": truth}} if truth else {}
    return {**scores.get("tellers", {}), **beside}


def _about(scores: Mapping[str, Any]) -> str:
    """`world, test split, 2,000 windows, 4 frames of context, 60x125`."""
    if not scores:
        return "not evaluated yet"
    protocol = scores.get("protocol", {})
    said = [str(scores.get("data", "")), f"{scores['split']} split" if "split" in scores else ""]
    said += [f"{scores['windows']:,} windows"] if isinstance(scores.get("windows"), int) else []
    if "context" in protocol:
        said.append(f"{protocol['context']} frames of context" if protocol["context"] else "each frame told of itself")
    said += [f"pictures of {protocol['picture_size']}"] if "picture_size" in protocol else []
    return ", ".join(filter(None, said))


def _floors(tellers: Tellers) -> dict[str, tuple[str, float]]:
    """The best floor of every measure, by the names under which a log may have it: whole, and without its subject."""
    found: dict[str, tuple[str, float]] = {}
    for name in {name for teller in tellers.values() for name in teller["metrics"]}:
        floor = best_floor(tellers, name)
        if floor is not None and name.split(".")[0] in ("picture", "caption"):  # a log has no world and no cloze
            line = (f"best floor on the test, {teller_name(floor)}", value_of(tellers[floor], name) or 0.0)
            found[name] = found[name.split(".")[-1]] = line
    return found


def _data(run: Run) -> Facts:
    """Where the stories are from, and what of them was evaluated."""
    whole = {name: value for name, value in run.data.items() if not isinstance(value, Mapping)}
    tested = {name: run.scores[name] for name in ("data", "split", "stories", "windows") if name in run.scores}
    return facts(whole) + facts(tested, "evaluated")


def _measures(tellers: Tellers) -> list[Heading]:
    """The measures of this run that the catalogue explains."""
    used = {name for teller in tellers.values() for name in teller["metrics"]}
    return [heading(name) for name in MEASURES if name in used]


def _cost(run: Run) -> Facts:
    """How long training and evaluation took, and how fast that was."""
    before = {stage.name: stage.log[-1].get("seconds") for stage in run.stages if stage.log}
    found: Facts = facts({f"stage {name}": {"seconds": spent} for name, spent in before.items() if spent is not None})
    steps = [row for row in run.log if row.get("event") == "train"]
    if steps:
        found += facts(
            {name: steps[-1][name] for name in ("step", "epoch", "seconds") if name in steps[-1]}, "training"
        )
        rates = sorted(row["windows_per_second"] for row in steps if row.get("windows_per_second"))
        found += facts({"windows per second": rates[len(rates) // 2]}, "training, median") if rates else []
    return found + [
        (f"evaluation, {_words(part)}", seconds(spent)) for part, spent in run.costs.items() if spent >= 0.1
    ]


def _words(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
