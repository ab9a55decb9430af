"""Story cloze: whether the true next frame is held for likelier than four that differ from it in one fact.

After Mostafazadeh et al. 2016, with the world's own changes in place of written endings. The order of the five is drawn
from the scene, and ties share the point: who always takes the first, or cannot choose, gets 1/5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

from fabula.metrics.facts import scenes_of
from fabula.metrics.measure import Measure
from fabula.metrics.questions import of_asked, right, share_right, times
from fabula.metrics.told import Column, Told
from fabula.story import Size
from fabula.world.questions.rivals import RIVALS, Candidates, of_frame
from fabula.world.questions.seeing import distances

LIKELY, TOLD, PAINTED = "cloze.caption", "cloze.caption_told", "cloze.picture"
FIVE = 1 + RIVALS
Far = NDArray[np.float64]  # (N, 5), lower is nearer; rows that are not asked are not looked at

MEASURES: dict[str, Measure] = {
    LIKELY: replace(
        of_asked(LIKELY, "True captions that are likelier, by the word, than four with one fact changed; chance 1/5."),
        regime="teacher-forced",
    ),
    TOLD: of_asked(TOLD, "Told captions that are nearer (chrF) to the true one than to four others; chance 1/5."),
    PAINTED: of_asked(PAINTED, "Told pictures that are nearer to the true render than to four others; chance 1/5."),
}
COLUMNS = tuple(column for name in MEASURES for column in (right(name), times(name)))


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where the true frames have no scenes."""
    if not any(scenes_of(told.known.frames)):
        return {}
    found, captions, pictures = candidates(told), told.captions, told.pictures
    columns: dict[str, Column] = {}
    if told.cloze is not None or (told.likelihood is not None and not told.asked.any()):  # in every chunk, or in none
        columns |= by_likelihood(found, np.zeros((len(told), FIVE)) if told.cloze is None else told.cloze)
    if captions is not None:
        columns |= scored(TOLD, found, _rows(found, lambda i, five: _unlike(captions[i], five.captions)))
    if pictures is not None:
        columns |= scored(PAINTED, found, _rows(found, lambda i, five: distances(pictures[i], five.pictures)))
    return columns


def candidates(told: Told) -> list[Candidates | None]:
    """The five of every window; None where the window is not asked or four changes cannot be told and seen."""
    size = Size(*told.true_pictures.shape[1:3])
    known = told.known
    contexts = known.contexts or [()] * len(told)
    wanted = [scene is not None and bool(few) for scene, few in zip(scenes_of(known.frames), told.asked, strict=True)]
    triples = zip(wanted, known.frames, contexts, strict=True)
    return [of_frame(frame, context, size) if asked else None for asked, frame, context in triples]


def by_likelihood(found: Sequence[Candidates | None], nats: Far) -> dict[str, Column]:
    """From the total nats (N, 5) of each window's five captions, as a `Scorer` gives them; compared by the word."""
    words = _rows(found, lambda _, five: np.array([len(caption.split()) for caption in five.captions], np.float64))
    return scored(LIKELY, found, nats / np.maximum(words, 1))


def scored(name: str, found: Sequence[Candidates | None], far: Far) -> dict[str, Column]:
    """Columns of points and of times asked, from what is lower the better a candidate fits (N, 5)."""
    points = [share_right(row, five.right) if five else 0.0 for five, row in zip(found, far, strict=True)]
    return {right(name): np.array(points), times(name): np.array([float(five is not None) for five in found])}


def _rows(found: Sequence[Candidates | None], distance: Callable[[int, Candidates], Column]) -> Far:
    return np.array([distance(i, five) if five else np.zeros(FIVE) for i, five in enumerate(found)]).reshape(-1, FIVE)


def _unlike(told: str, captions: Sequence[str]) -> Column:
    chrf = CHRF()
    return np.array([100 - chrf.sentence_score(told, [caption]).score for caption in captions])
