"""Does a model know what it must predict? Three questions that an honest one answers in one way only.

They need no look inside: what is told must not depend on the frames that were shown beside the context, and captions of
random words must cost what they are worth. The third shows the picture decoder its target, as training does, and
measures how much easier that makes its task. A fourth says what dice alone change.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, pixels_of
from fabula.evaluate.inquiry import some_of
from fabula.metrics.pictures import mae, unit
from fabula.metrics.told import Told
from fabula.story import Frame, Size

ASKED = 32  # windows of the first and the third question
WORDS, CHOICE, CAPTIONS = 6, 64, 64  # a random caption has so many words of the commonest ones; so many captions
MARGIN = 0.15  # nats that an honest model may fall below by chance


def honesty(teller: Any, chunk: Chunk, frames: list[Frame], told: Told, size: Size, seed: int) -> dict[str, Any]:
    """`target`, `random_captions`, `posterior`, `dice`, as far as the teller can be asked."""
    found: dict[str, Any] = {}
    if teller.writes and hasattr(teller, "log_loss"):
        found["target"] = target_mutation(teller, chunk, frames, seed)
        found["random_captions"] = random_captions(teller, chunk)
    if told.pictures is not None and hasattr(teller, "paint_in_sight"):
        found["posterior"] = in_sight(teller, chunk, told.pictures, size)
    if told.pictures is not None:
        found["dice"] = by_dice(teller, chunk, told.pictures, size, seed)
    return {name: answer for name, answer in found.items() if answer is not None}


def target_mutation(teller: Any, chunk: Chunk, frames: list[Frame], seed: int) -> dict[str, int]:
    """How many of the told frames change when it was shown other captions and pictures than the true ones: none may."""
    few = some_of(len(frames), ASKED)
    contexts, other = [chunk.contexts[row] for row in few], [chunk.captions[row][::-1] for row in few]
    if teller.paints and hasattr(teller, "paint_in_sight"):
        teller.paint_in_sight(contexts, [chunk.truths[row] for row in few[::-1]])
    if hasattr(teller, "tell_and_score"):
        again, _ = teller.tell_and_score(contexts, other, seed=seed)
    else:
        teller.log_loss(contexts, other)
        again = teller.tell(contexts, seed=seed)
    changed = sum(not _same(frames[row], told) for row, told in zip(few, again, strict=True))
    return {"changed": changed, "asked": len(few)}


def _same(one: Frame, other: Frame) -> bool:
    if one.picture is None or other.picture is None:
        return one.caption == other.caption and one.picture is other.picture
    return one.caption == other.caption and one.picture.tobytes() == other.picture.tobytes()


def random_captions(teller: Any, chunk: Chunk) -> dict[str, float] | None:
    """Mean nats of captions of random words, and the least that any predictor can pay for them.

    Captions are drawn evenly from m^n texts. For every probability q over texts E[-ln q] >= n ln m (Gibbs), and the
    mean of N draws falls t below that with a probability under exp(-N t) (Markov on q over the even odds): here 1 in
    10,000. A decoder that reads the word it must predict pays next to nothing. None where captions have too few words.
    """
    words = [word for word, _ in Counter(" ".join(chunk.captions).casefold().split()).most_common(CHOICE)]
    if len(words) < 8:
        return None
    dice = np.random.default_rng(0)
    captions = [" ".join(dice.choice(words, WORDS)) for _ in range(CAPTIONS)]
    contexts = [chunk.contexts[row % len(chunk.contexts)] for row in range(CAPTIONS)]
    nats = float(np.mean(teller.log_loss(contexts, captions)))
    return {"nats": nats, "least": WORDS * float(np.log(len(words))) - MARGIN}


def in_sight(teller: Any, chunk: Chunk, told: NDArray[np.uint8], size: Size) -> dict[str, float]:
    """The picture error with the true picture in sight (`value`) and as told (`without`)."""
    few = some_of(len(told), ASKED)
    seen = teller.paint_in_sight([chunk.contexts[row] for row in few], [chunk.truths[row] for row in few])
    true = unit(chunk.pictures[few])
    errors = [float(mae(unit(pictures), true).mean()) for pictures in (pixels_of(seen, size), told[few])]
    return dict(zip(("value", "without"), errors, strict=True))


def by_dice(teller: Any, chunk: Chunk, told: NDArray[np.uint8], size: Size, seed: int) -> dict[str, float]:
    """`picture.change`: the mean absolute difference to the pictures told of the same contexts by another seed."""
    few = some_of(len(told), ASKED)
    again = pixels_of(teller.tell([chunk.contexts[row] for row in few], seed=seed + 1), size)
    return {"picture.change": float(mae(unit(again), unit(told[few])).mean())}
