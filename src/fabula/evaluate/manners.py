"""The same model in another manner, each a teller of its own: a painter who guesses, and one who hears the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fabula.story import Frame
from fabula.storyteller import ModelStoryteller

GUESS, TRUTH = "guess", "told the truth"


def in_other_manners(name: str, teller: Any, *, oracles: bool = True) -> dict[str, Any]:
    """`NAME (guess)` of a model whose painter samples and could guess; `NAME (told the truth)` of one who listens."""
    painter = teller.model.image_decoder if isinstance(teller, ModelStoryteller) else None
    if painter is None:
        return {}
    found: dict[str, Any] = {}
    if "guess" in painter.modes and teller.recipe.tell.picture != "guess":
        found[f"{name} ({GUESS})"] = Guessing(teller)
    if oracles and painter.listens:
        found[f"{name} ({TRUTH})"] = Hearing(teller)
    return found


class Guessing:
    """Paints the pictures of least error; it hears the captions that the model tells, which are not told again."""

    kind = "model"
    paints, writes = True, False

    def __init__(self, teller: ModelStoryteller):
        self.teller, self.painter, self.device = teller, teller.telling(picture="guess"), teller.device

    def tell(self, contexts: Sequence[Sequence[Frame]], *, seed: int = 0) -> list[Frame]:
        captions = self.teller.captions(contexts, seed=seed) if self.teller.writes else None
        return [Frame(frame.picture, "") for frame in self.painter.paint_told(contexts, captions, seed=seed)]

    def paint_in_sight(self, contexts: Sequence[Sequence[Frame]], truths: Sequence[Frame]) -> list[Frame] | None:
        return self.painter.paint_in_sight(contexts, truths)


class Hearing:
    """Paints as the model does, but hears the true caption in place of the one that was told. It peeks."""

    kind = "oracle"
    paints, writes = True, False

    def __init__(self, teller: ModelStoryteller):
        self.teller, self.device = teller, teller.device

    def tell_knowing(
        self, contexts: Sequence[Sequence[Frame]], truths: Sequence[Frame], *, seed: int = 0
    ) -> list[Frame]:
        told = self.teller.paint_told(contexts, [truth.caption for truth in truths], seed=seed)
        return [Frame(frame.picture, "") for frame in told]

    def tell(self, contexts: Sequence[Sequence[Frame]], *, seed: int = 0) -> list[Frame]:
        raise TypeError("an oracle tells only knowing the truth: use tell_knowing")
