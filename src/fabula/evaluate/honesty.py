"""Does a model know what it must predict? Three questions that an honest one answers in one way only.

They need no look inside: what is told must not depend on the frames that were shown beside the context, and captions of
random words must cost what they are worth. The third shows the picture decoder its target, as training does, and
measures how much easier that makes its task. A fourth says what dice alone change, beside what another context does.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, pixels_of
from fabula.evaluate.inquiry import some_of
from fabula.metrics.bootstrap import ratio
from fabula.metrics.pictures import mae, unit
from fabula.metrics.told import Column, Told
from fabula.story import Frame, Size

ASKED = 32  # windows of all but the second question
WORDS, CHOICE, CAPTIONS = 6, 64, 64  # a random caption has at most so many of the commonest words; so many captions
MARGIN = 0.15  # nats that an honest model may fall below by chance

Contexts = list[list[Frame]]


def honesty(
    teller: Any, chunk: Chunk, told: Told, size: Size, seed: int, moved: Column | None = None
) -> dict[str, Any]:
    """`target`, `random_captions`, `posterior`, `dice`, as far as the teller can be asked.

    `moved` (N,) is how far another story's context moves each told picture, where that is known.
    """
    found: dict[str, Any] = {}
    if teller.writes and hasattr(teller, "log_loss"):
        found["target"] = target_mutation(teller, chunk, seed)
        found["random_captions"] = random_captions(teller, chunk)
    if told.pictures is not None and hasattr(teller, "paint_in_sight"):
        found["posterior"] = in_sight(teller, chunk, told.pictures, size)
    if told.pictures is not None:
        found["dice"] = by_dice(teller, chunk, told.pictures, size, seed, moved)
    return {name: answer for name, answer in found.items() if answer is not None}


def target_mutation(teller: Any, chunk: Chunk, seed: int) -> dict[str, int]:
    """How many told frames change when it was shown other captions and pictures than the true ones: none may.

    It is asked twice about the same contexts in the same order: in another company the last bits of a sum may differ.
    """
    few = some_of(len(chunk.numbers), ASKED)
    contexts = [chunk.contexts[row] for row in few]
    captions, truths = [chunk.captions[row] for row in few], [chunk.truths[row] for row in few]
    told = _told_beside(teller, contexts, captions, truths, seed)
    again = _told_beside(teller, contexts, [caption[::-1] for caption in captions], truths[::-1], seed)
    return {"changed": sum(not _same(*pair) for pair in zip(told, again, strict=True)), "asked": len(few)}


def _told_beside(teller: Any, contexts: Contexts, captions: list[str], truths: list[Frame], seed: int) -> list[Frame]:
    """What it tells once it was shown these captions and pictures."""
    if teller.paints and hasattr(teller, "paint_in_sight"):
        teller.paint_in_sight(contexts, truths)
    if hasattr(teller, "tell_and_score"):
        return teller.tell_and_score(contexts, captions, seed=seed)[0]
    teller.log_loss(contexts, captions)
    return teller.tell(contexts, seed=seed)


def _same(one: Frame, other: Frame) -> bool:
    if one.picture is None or other.picture is None:
        return one.caption == other.caption and one.picture is other.picture
    return one.caption == other.caption and one.picture.tobytes() == other.picture.tobytes()


def random_captions(teller: Any, chunk: Chunk) -> dict[str, float] | None:
    """Mean nats of captions of random words, and the least that any predictor can pay for them.

    Captions are drawn evenly from m^n texts. For every probability q over texts E[-ln q] >= n ln m (Gibbs), and the
    mean of N draws falls t below that with a probability under exp(-N t) (Markov on q over the even odds): here 1 in
    10,000. A decoder that reads the word it must predict pays next to nothing. That holds for texts that the teller can
    tell apart, so no word is unknown to it and no caption longer than it reads. None where too few words are left.
    """
    words = _spelled(teller, [word for word, _ in Counter(" ".join(chunk.captions).casefold().split()).most_common()])
    if len(words) < 8:
        return None
    dice = np.random.default_rng(0)
    drawn = [dice.choice(words, WORDS).tolist() for _ in range(CAPTIONS)]
    count = next((n for n in range(WORDS, 0, -1) if _whole(teller, [" ".join(row[:n]) for row in drawn])), 0)
    if not count:
        return None
    contexts = [chunk.contexts[row % len(chunk.contexts)] for row in range(CAPTIONS)]
    nats = float(np.mean(teller.log_loss(contexts, [" ".join(row[:count]) for row in drawn])))
    return {"nats": nats, "least": count * float(np.log(len(words))) - MARGIN}


def _spelled(teller: Any, words: list[str]) -> list[str]:
    """The commonest of these that its vocabulary can spell."""
    tokenizer = getattr(teller, "tokenizer", None)
    if tokenizer is None or tokenizer.unknown is None:
        return words[:CHOICE]
    ids, _ = tokenizer.encode(words[: 2 * CHOICE], teller.recipe.data.caption_length)
    known = (ids != tokenizer.unknown).all(1)
    return [word for word, there in zip(words, known, strict=False) if there][:CHOICE]


def _whole(teller: Any, captions: list[str]) -> bool:
    """Whether it reads all of these captions to their ends."""
    tokenizer = getattr(teller, "tokenizer", None)
    return tokenizer is None or not tokenizer.encode(captions, teller.recipe.data.caption_length)[1].any()


def in_sight(teller: Any, chunk: Chunk, told: NDArray[np.uint8], size: Size) -> dict[str, float] | None:
    """The picture error with the true picture in sight (`value`) and as told (`without`); None if these do not pair."""
    few = some_of(len(told), ASKED)
    seen = teller.paint_in_sight([chunk.contexts[row] for row in few], [chunk.truths[row] for row in few])
    if seen is None:
        return None
    true = unit(chunk.pictures[few])
    errors = [float(mae(unit(pictures), true).mean()) for pictures in (pixels_of(seen, size), told[few])]
    return dict(zip(("value", "without"), errors, strict=True))


def by_dice(
    teller: Any, chunk: Chunk, told: NDArray[np.uint8], size: Size, seed: int, moved: Column | None = None
) -> dict[str, Any]:
    """`picture.change`: the mean absolute difference to the pictures told of the same contexts by another seed.

    `context`: by how much further another story's context moves the same pictures, with its interval over stories.
    """
    few = some_of(len(told), ASKED)
    again = pixels_of(teller.tell([chunk.contexts[row] for row in few], seed=seed + 1), size)
    change = mae(unit(again), unit(told[few])).astype(np.float64)
    found: dict[str, Any] = {"picture.change": float(change.mean())}
    if moved is None:
        return found
    return {**found, "context": ratio(moved[few] - change, np.ones(len(few)), chunk.stories[few])}
