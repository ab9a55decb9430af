"""Stories told on for many frames, each frame read back as context of the next: what is kept, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula import files
from fabula.evaluate.asking import pixels_of
from fabula.evaluate.boards import keep_frame
from fabula.evaluate.inquiry import ROLLOUT, Inquiry, some_of
from fabula.floors.progress import Advance, Progress
from fabula.hands import each
from fabula.metrics.bootstrap import ratio
from fabula.metrics.continued import OF_IDENTITY, Given, Steps, of_captions, of_identity, of_pictures
from fabula.story import Frame, Size, Storyteller

STORIES, STEPS = 16, 10
EVERY = 8  # windows that are looked at closely, for one story that is told on
TRUTH, UNSEEN, COPY, STRANGERS = "truth", "truth_unseen", "copy_last", "strangers"  # who stands beside the models
KINDS = {TRUTH: "truth", UNSEEN: "truth", COPY: "floor", STRANGERS: "floor"}

Ways = list[list[Frame]]  # a list of told frames for each story


def rollout(inquiry: Inquiry, folder: Path, progress: Progress) -> dict[str, Any]:
    """`stories`, `steps`, `context` (their numbers), and `tellers`: name -> `kind`, `steps`, `all`.

    `steps` has of each measure of fabula.metrics.continued an entry a step, `all` one over all steps. An entry is
    `{"value", "low", "high", "n"}` over n stories, its value null where none was asked. Beside the models stand
    `copy_last`; `truth`, the stories' own frames as far as they go; `truth_unseen`, the same where no picture is held
    against itself; and `strangers`, the frames of another story. The first story is kept in `rollout/MODEL.json`.
    Empty where it is not asked for, or no model continues stories.
    """
    models = whole_tellers(inquiry.models)
    if ROLLOUT not in inquiry.only or not inquiry.data.context or not models:
        return {}
    stories = some_stories(inquiry)
    with progress("telling on", STEPS * len(models) + len(stories)) as advance, inquiry.found.timed("rollout"):
        given = [_given(inquiry, story) for story in stories]
        told = {name: _told(inquiry, name, given, advance) for name in models}
        for name, ways in told.items():
            _keep(inquiry, folder, name, stories[0], given[0].context, ways[0])
        found = _found(inquiry, Reading(models, given, told, inquiry.data.picture_size), advance)
        tellers = {name: _summed([of[name] for of in found]) for name in found[0]}
    about = {"stories": len(stories), "steps": STEPS, "context": inquiry.data.context}
    kinds = {name: KINDS.get(name, "model") for name in tellers}
    return about | {"tellers": {name: {"kind": kinds[name], **of} for name, of in tellers.items() if of["all"]}}


def _told(inquiry: Inquiry, name: str, given: Sequence[Given], advance: Advance) -> Ways:
    contexts = [of.context for of in given]
    return told_on(inquiry.models[name], contexts, STEPS, seed=inquiry.seed, advance=advance)


def _found(inquiry: Inquiry, reading: Reading, advance: Advance) -> list[dict[str, Steps]]:
    """Stories are read side by side."""
    found = []
    with closing(each(reading, range(len(reading.given)), inquiry.hands)) as answers:
        for answer in answers:
            found.append(answer)
            advance(1, "stories read")
    return found


def whole_tellers(models: Mapping[str, Storyteller]) -> dict[str, Storyteller]:
    """Those that write, or all where none does: who paints beside one that writes has no captions to read back."""
    writers = {name: teller for name, teller in models.items() if teller.writes}
    return writers or dict(models)


def some_stories(inquiry: Inquiry) -> list[int]:
    """One of `EVERY` windows that are looked at closely, at most `STORIES`, at even distances."""
    known = np.unique(inquiry.few.stories)
    return known[some_of(len(known), max(1, min(STORIES, inquiry.closely // EVERY)))].tolist()


def told_on(
    teller: Storyteller,
    contexts: Sequence[Sequence[Frame]],
    steps: int,
    *,
    seed: int = 0,
    advance: Advance = lambda done=1, note="": None,
) -> Ways:
    """`steps` frames after each context, all stories a step at a time; each step reads as many frames as were given."""
    ways = [list(context) for context in contexts]
    counts = [len(context) for context in contexts]
    for step in range(1, steps + 1):
        frames = teller.tell([way[-count:] for way, count in zip(ways, counts, strict=True)], seed=seed)
        for way, frame in zip(ways, frames, strict=True):
            way.append(frame)
        advance(1, f"frame {step}")
    return [way[count:] for way, count in zip(ways, counts, strict=True)]


@dataclass(frozen=True)
class Reading:
    """Reads one story as every teller goes on with it."""

    models: Mapping[str, Storyteller]
    given: Sequence[Given]
    told: Mapping[str, Ways]
    size: Size

    def __call__(self, story: int) -> dict[str, Steps]:
        """Teller -> measure -> (T, 2)."""
        of, others = self.given[story], self.given[(story + len(self.given) // 2) % len(self.given)]
        later, strange = (list(each.later[:STEPS]) for each in (of, others))
        found = {name: self._read(of, ways[story], self.models[name]) for name, ways in self.told.items()}
        found[TRUTH] = self._read(of, later)
        found[UNSEEN] = of_identity(of, pixels_of(later, self.size), but="itself")
        found[COPY] = self._read(of, [of.context[-1]] * STEPS)
        if others is not of:
            known = self._read(of, strange)
            found[STRANGERS] = {name: steps for name, steps in known.items() if name in OF_IDENTITY}
        return found

    def _read(self, of: Given, frames: Sequence[Frame], teller: Storyteller | None = None) -> Steps:
        found: Steps = {}
        if teller is None or teller.paints:
            pictures = pixels_of(frames, self.size)
            found |= of_identity(of, pictures) | of_pictures(of, pictures)
        if teller is None or teller.writes:
            found |= of_captions(of, [frame.caption for frame in frames])
        return found


def _given(inquiry: Inquiry, story: int) -> Given:
    """The first frames of a story, as many as a model reads."""
    frames, count = inquiry.split.store.frames(story), inquiry.data.context
    return Given(frames[:count], pixels_of(frames[:count], inquiry.data.picture_size), frames[count:])


def _summed(found: Sequence[Steps]) -> dict[str, Any]:
    """`steps`: measure -> an entry a step, over the stories that reach it; `all`: measure -> one over all steps."""
    names = dict.fromkeys(name for of in found for name in of)
    every = {name: np.stack([_filled(of.get(name)) for of in found]) for name in names}  # (S, STEPS, 2)
    asked = {name: sums for name, sums in every.items() if sums[..., 1].any()}
    return {
        "steps": {name: [_entry(sums[:, step]) for step in range(STEPS)] for name, sums in asked.items()},
        "all": {name: _entry(sums.sum(1)) for name, sums in asked.items()},
    }


def _filled(steps: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """(STEPS, 2), zero where the story has no frame."""
    filled = np.zeros((STEPS, 2))
    if steps is not None:
        filled[: len(steps)] = steps
    return filled


def _entry(sums: NDArray[np.float64]) -> dict[str, Any]:
    """(S, 2) -> the quotient of their sums, with an interval over stories."""
    stories = np.flatnonzero(sums[:, 1])
    above, below = sums[stories].T
    return ratio(above, below, stories) if len(stories) else {"value": None, "n": 0}


def _keep(
    inquiry: Inquiry, folder: Path, name: str, story: int, context: Sequence[Frame], told: Sequence[Frame]
) -> None:
    """`{"story_id", "context": [FRAME], "told": [FRAME]}`, a FRAME as in boards.py."""
    paints = inquiry.models[name].paints
    row = {
        "story_id": inquiry.split.store.ids[story],
        "context": [keep_frame(folder, frame, f"{ROLLOUT}/context-{n}") for n, frame in enumerate(context, start=1)],
        "told": [
            keep_frame(folder, frame, f"{ROLLOUT}/{name}-{n}", painted=paints) for n, frame in enumerate(told, start=1)
        ],
    }
    files.write_json(folder / ROLLOUT / f"{name}.json", row)
