"""What models are asked further, beside their scores: what they know and need, and what their samples hold."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fabula.evaluate.asking import told_of
from fabula.evaluate.conditions import CHANGE, SHUFFLED, costs
from fabula.evaluate.inquiry import PROBES, SAMPLES, VOICES, Inquiry
from fabula.evaluate.probe import probe
from fabula.evaluate.sampling import draw, samples
from fabula.evaluate.strips import keep_samples
from fabula.evaluate.voices import voices
from fabula.floors.progress import Progress
from fabula.hands import each
from fabula.metrics.likelihood import NATS
from fabula.metrics.told import Column

Question = tuple[str, str]  # model, part


def probes(inquiry: Inquiry, folder: Path, progress: Progress) -> dict[str, Any]:
    """Model -> what probe.py gives, `conditions`, `samples` and `voices`, as far as it was asked.

    Some samples go to `folder`.
    """
    found: dict[str, Any] = defaultdict(dict)
    asked = [question for name in inquiry.models for question in _questions(inquiry, name)]
    with progress("what do models know", len(asked)) as advance, inquiry.found.timed("probes"):
        with closing(each(Asking(inquiry, folder), asked, inquiry.hands)) as answers:
            for (name, part), answer in zip(asked, answers, strict=True):
                found[name] |= answer
                advance(1, f"{name}, {part}")
        for name, changed in inquiry.found.conditions.items():
            full = inquiry.found.scores[name].part(inquiry.few_rows)
            found[name]["conditions"] = costs(full, changed, inquiry.few.stories)
    return {name: answers for name, answers in found.items() if answers}


def _questions(inquiry: Inquiry, name: str) -> list[Question]:
    """The longest first."""
    model = inquiry.models[name]
    can = {SAMPLES: hasattr(model, "samples"), PROBES: True, VOICES: hasattr(model, "voices")}
    return [(name, part) for part in can if inquiry.data.context and can[part] and part in inquiry.only]


@dataclass(frozen=True)
class Asking:
    """Asks a model one thing."""

    inquiry: Inquiry
    folder: Path

    def __call__(self, question: Question) -> dict[str, Any]:
        name, part = question
        return {SAMPLES: self._samples, PROBES: self._probe, VOICES: self._voices}[part](name)

    def _probe(self, name: str) -> dict[str, Any]:
        inquiry, teller = self.inquiry, self.inquiry.tellers[name]
        frames, size = inquiry.found.told[name], inquiry.data.picture_size
        told = told_of(teller, inquiry.few, frames, self._nats(name), size)
        return probe(teller, inquiry.few, frames, told, size, seed=inquiry.seed, moved=self._moved(name))

    def _voices(self, name: str) -> dict[str, Any]:
        found = voices(self.inquiry.tellers[name], self.inquiry.few, self._nats(name))
        return {VOICES: found} if found else {}

    def _nats(self, name: str) -> Column | None:
        """Of the few true captions, as the teller said them; None where nobody asked."""
        known = self.inquiry.found.scores[name].columns.get(NATS)
        return np.concatenate(known)[self.inquiry.few_rows] if known else None

    def _moved(self, name: str) -> Column | None:
        """How far another story's context moved each of the few told pictures; None where nobody asked."""
        changed = self.inquiry.found.conditions.get(name, {}).get(SHUFFLED)
        return np.concatenate(changed.columns[CHANGE]) if changed and CHANGE in changed.columns else None

    def _samples(self, name: str) -> dict[str, Any]:
        inquiry, teller = self.inquiry, self.inquiry.tellers[name]
        drawn = draw(inquiry, teller)
        keep_samples(self.folder, name, inquiry.split, drawn, teller)
        return {SAMPLES: samples(inquiry, teller, drawn)}
