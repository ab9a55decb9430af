"""Real models with one part that is ill, planted for the tests of diseases: trained for seconds on a small world.

Each is a real component with its fault. What differs from health stands in `ILL`: parts that are planted in the healthy
model and learn there while all else stays as it is, or a part that takes the place of a healthy one after training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fabula.bundle import read_recipe
from fabula.data.batches import Batches
from fabula.data.corpus import Corpus, open_corpus
from fabula.decoders import CAPTION_DECODERS
from fabula.decoders.caption_recurrent import GRUCaptionDecoder
from fabula.decoders.image_variational import VariationalImageDecoder
from fabula.floors.painters import ConstantPicture, CopyLast, MeanOfInputs
from fabula.floors.typical import median_picture
from fabula.floors.writers import CopyLastCaption, MostCommonCaption, most_common
from fabula.images import to_tensor
from fabula.layers.frames import newest, newest_frame
from fabula.layers.words import without_padding
from fabula.recipe import Recipe
from fabula.roles import CaptionDecoder, ImageDecoder, Temporal
from fabula.storyteller import ModelStoryteller
from fabula.temporal import TEMPORALS
from fabula.temporal.recurrent import GRUTemporal
from fabula.train.device import open_accelerator
from fabula.train.loop import train
from fabula.train.state import fresh_state
from fabula.types import Compared, Tokens

SMALL = (
    "data.world.train=100",
    "data.world.validation=6",
    "data.picture_size=16x32",
    "data.caption_length=72",
    "data.context=2",
    "data.vocabulary=512",
    "model.dim=48",
    "model.image_encoder.channels=[8,16]",
    "model.text_encoder.embedding=32",
    "model.image_decoder={kind: conv, channels: [16, 8]}",
    "model.caption_decoder={kind: pointer, embedding: 32}",
    "train.batch_size=16",
    "train.learning_rate=0.01",
    "train.schedule.warmup_steps=5",
    "train.device=cpu",
    "train.threads=1",
)


class Unshifted(GRUCaptionDecoder):
    """Reads the word that it must predict, in place of the one before."""

    def forward(self, memory, target):
        logits, _ = self._write(self.hide(self.embed(target)), self.begin(memory))
        return Compared(logits, without_padding(target, self.vocabulary.pad))


class Peeking(VariationalImageDecoder):
    """Keeps the latent of the last picture that it was shown, and paints from it when it tells."""

    kept: Tensor | None = None

    @classmethod
    def like(cls, learned: VariationalImageDecoder) -> Peeking:
        """The same weights, and the habit."""
        ill = copy(learned)
        ill.__class__ = cls
        return ill

    def forward(self, memory, target):
        with torch.no_grad():
            self.kept = self.peek(memory.state.mean(), target).mean
        return super().forward(memory, target)

    def generate(self, memory, dice, manner=None):
        known = memory.state.mean()
        if self.kept is None or len(self.kept) != len(known):
            return super().generate(memory, dice)
        return self.paint(self.kept, known)


class Constant(Temporal):
    """Remembers one and the same, whatever was told."""

    def __init__(self, dim: int):
        super().__init__()
        self.state = nn.Parameter(torch.randn(dim) * 0.1)

    def forward(self, frames: Tokens) -> Tokens:
        count = len(frames.values)
        return Tokens(self.state.expand(count, 1, -1), torch.ones(count, 1, dtype=torch.bool))


class SideDoor(GRUTemporal):
    """Beside the story so far it reads what lies at the door: the caption that is to be told."""

    door: Tensor | None = None  # (B, L) ids

    def __init__(self, dim: int, **options):
        super().__init__(dim, **options)
        self.hears = nn.EmbeddingBag(512, dim, padding_idx=0)

    def forward(self, frames: Tokens) -> Tokens:
        state = super().forward(frames)
        if self.door is None or len(self.door) != len(state.values):
            return state
        return Tokens(state.values + self.hears(self.door)[:, None], state.mask)


class LearnedPicture(ImageDecoder):
    """Has learned one picture for all: the train median, which is what least absolute error asks for."""

    def __init__(self, median: ConstantPicture):
        super().__init__()
        self.picture = to_tensor(median.picture)

    def forward(self, memory, target):
        return Compared(self.picture.expand_as(target), target)

    def generate(self, memory, dice, manner=None):
        return self.picture.expand(len(dice), -1, -1, -1)


class LastFrame(ImageDecoder):
    """Gives the newest picture back."""

    def forward(self, memory, target):
        return Compared(newest_frame(memory.context), target)

    def generate(self, memory, dice, manner=None):
        return newest_frame(memory.context)


class Wrapped(CaptionDecoder):
    """A healthy caption decoder with one habit of its own when it writes."""

    def __init__(self, healthy: CaptionDecoder):
        super().__init__()
        self.healthy, self.vocabulary = healthy, healthy.vocabulary

    def forward(self, memory, target):
        return self.healthy(memory, target)

    def begin(self, memory):
        return (torch.zeros(len(memory.state.values), dtype=torch.long), *self.healthy.begin(memory))

    def step(self, words, carry):
        logits, rest = self.healthy.step(words, carry[1:])
        return self.bent(logits, carry[0]), (carry[0] + 1, *rest)

    def bent(self, logits: Tensor, place: Tensor) -> Tensor:
        """(B, V) -> (B, V), at the place (B,) of the word that is written."""
        return logits

    def sure(self, logits: Tensor, words: Tensor) -> Tensor:
        """As if nothing but these words (B,) could follow."""
        return torch.full_like(logits, -1e9).scatter(1, words[:, None], 0.0)


class Truncating(Wrapped):
    """Ends after eight tokens, in the middle of a sentence."""

    def bent(self, logits, place):
        end = torch.full_like(place, self.vocabulary.end)
        return torch.where((place >= 8)[:, None], self.sure(logits, end), logits)


class Parroting(Wrapped):
    """Writes the newest caption again, word for word."""

    def begin(self, memory):
        said = newest(memory.context.captions, memory.context.present, empty=self.vocabulary.pad)
        return (said, *super().begin(memory))

    def step(self, words, carry):
        said, place, *rest = carry
        logits, rest = self.healthy.step(words, tuple(rest))
        next_ones = said.gather(1, place[:, None].clamp(max=said.shape[1] - 1))[:, 0]
        next_ones = next_ones.masked_fill(next_ones == self.vocabulary.pad, self.vocabulary.end)
        return self.sure(logits, next_ones), (said, place + 1, *rest)


class DoorOpen(ModelStoryteller):
    """Lays the captions that it is scored by at the model's door before it reads the story."""

    def tell_and_score(self, contexts, captions, *, seed=0):
        with self.opened(captions):
            return super().tell_and_score(contexts, captions, seed=seed)

    def log_loss(self, contexts, captions):
        with self.opened(captions):
            return super().log_loss(contexts, captions)

    @contextmanager
    def opened(self, captions):
        ids, _ = self.tokenizer.encode(captions, self.recipe.data.caption_length)
        lying, read, seen = torch.from_numpy(ids), self.model.remember, 0

        def remember(frames):
            nonlocal seen
            count = len(frames.present)
            self.model.temporal.door, seen = lying[seen : seen + count], seen + count
            return read(frames)

        self.model.remember = remember
        try:
            yield
        finally:
            del self.model.remember
            self.model.temporal.door = None


def side_door(model: nn.Module) -> None:
    """In training the caption lies at the door."""
    model.register_forward_pre_hook(lambda m, given: setattr(m.temporal, "door", given[0].target.captions[:, 0]))


@dataclass(frozen=True)
class Illness:
    """What makes a model ill: changes to the recipe, and what is done to it before and after training.

    Without `planted` the whole model learns; else these slots alone, in the healthy model.
    """

    changes: tuple[str, ...] = ()
    planted: tuple[str, ...] = ()
    before: Callable[[Any], object] = lambda model: None
    part: Callable[[Any, Any], tuple[str, nn.Module]] | None = None  # of what has learned: slot, what stands there then
    teller: type[ModelStoryteller] = ModelStoryteller


PLAIN = "model.caption_decoder={kind: gru, embedding: 32}"  # knows nothing but the memory
VARIATIONAL = "model.image_decoder={kind: variational, posterior: target, latent: 16, channels: [16, 8]}"
LEAKING = (VARIATIONAL, "train.steps=200")  # without a KL, until the latent carries something
PAINTER, WRITER, MEMORY = ("image_decoder",), ("caption_decoder",), ("temporal", "image_decoder", "caption_decoder")
WITHOUT = {  # a decoder that does not learn is not asked
    "image_decoder": ("losses.picture=null", "losses.picture_mse=null", "losses.context=null"),
    "caption_decoder": ("losses.caption=null",),
}
HEALTHY = {
    "healthy": Illness(),
    "plain": Illness((PLAIN, "train.steps=160")),
    "variational": Illness((VARIATIONAL, "losses.kl={use: kl, weight: 0.01}")),
}
ILL = {
    "unshifted decoder": Illness(("model.caption_decoder={kind: unshifted, embedding: 32}",), WRITER),
    "posterior, prior ignored": Illness(LEAKING, PAINTER),
    "posterior, used in telling": Illness(
        LEAKING, PAINTER, part=lambda ward, model: ("image_decoder", Peeking.like(model.image_decoder))
    ),
    "memory sees the target": Illness((PLAIN, "model.temporal=side_door"), MEMORY, before=side_door, teller=DoorOpen),
    "memory is constant": Illness((PLAIN, "model.temporal=constant"), MEMORY),
    "corpus mode": Illness((PLAIN, "model.temporal=constant", "tell.strategy=greedy"), MEMORY),
    "one picture": Illness(part=lambda ward, model: ("image_decoder", LearnedPicture(ward.floors["train_median"]))),
    "truncates": Illness(part=lambda ward, model: ("caption_decoder", Truncating(model.caption_decoder))),
    "copies the last picture": Illness(part=lambda ward, model: ("image_decoder", LastFrame())),
    "copies the last caption": Illness(part=lambda ward, model: ("caption_decoder", Parroting(model.caption_decoder))),
}


@contextmanager
def registered() -> Iterator[None]:
    """While this is open, recipes may name the parts that are ill."""
    rooms = ((CAPTION_DECODERS, {"unshifted": Unshifted}), (TEMPORALS, {"constant": Constant, "side_door": SideDoor}))
    for room, parts in rooms:
        room.update(parts)
    try:
        yield
    finally:
        for room, parts in rooms:
            for name in parts:
                del room[name]


class Ward:
    """One small world, its floors, and models trained on it; each training is done once.

    The healthy model learns for `steps`, what is planted in it for `planting` where that is given.
    """

    def __init__(self, *changes: str, steps: int = 80, planting: int | None = None, seed: int = 0):
        self.planting = f"train.steps={planting or steps}"
        self.changes = (*SMALL, f"train.steps={steps}", f"seed={seed}", *changes)
        self.recipe = read_recipe("tiny", self.changes)
        self.corpus: Corpus = open_corpus(self.recipe.data)
        self.floors = _floors(self.corpus)
        self.trained: dict[Sequence[str], nn.Module] = {}

    def teller(self, illness: Illness) -> ModelStoryteller:
        recipe, model = self._model(illness)
        if illness.part:
            model = with_parts(model, dict([illness.part(self, model)]))
        return illness.teller(model, self.corpus.tokenizer, recipe)

    def _model(self, illness: Illness) -> tuple[Recipe, Any]:
        recipe = read_recipe("tiny", (*self.changes, *illness.changes))
        learned = tuple(change for change in illness.changes if not change.startswith("tell."))
        if learned not in self.trained:
            self.trained[learned] = self._planted(illness) if illness.planted else self._train(illness, recipe)
        return recipe, self.trained[learned]

    def _planted(self, illness: Illness) -> Any:
        """The healthy model with some slots that have learned in it."""
        _, healthy = self._model(HEALTHY["healthy"])
        idle = [slot for slot in WITHOUT if slot not in illness.planted]
        left_out = [change for slot in idle for change in (*WITHOUT[slot], f"model.{slot}=null")]
        recipe = read_recipe("tiny", (*self.changes, self.planting, *illness.changes, *left_out))
        kept = {slot: part for slot, part in healthy.named_children() if slot not in (*illness.planted, *idle)}
        ill = self._train(illness, recipe, kept)
        return with_parts(healthy, {slot: getattr(ill, slot) for slot in illness.planted})

    def _train(self, illness: Illness, recipe: Recipe, kept: Mapping[str, nn.Module] | None = None) -> Any:
        """`kept` stand in their slots as they are, and learn nothing."""
        split = self.corpus.splits["train"]
        state = fresh_state(recipe, self.corpus.tokenizer.vocabulary)
        for slot, part in (kept or {}).items():
            setattr(state.model, slot, part)
        state.model.freeze(*(kept or ()))
        illness.before(state.model)
        rows = Batches(
            split.store, split.windows, self.corpus.tokenizer, recipe.data, recipe.train.batch_size, recipe.seed
        )
        for _ in train(state, rows.at, recipe, recipe.train.steps, open_accelerator(recipe.train)):
            pass
        return state.model.eval()


def with_parts(model: Any, parts: Mapping[str, nn.Module]) -> Any:
    """The same model with other parts in some slots; the given one stays as it is."""
    other = copy(model)
    other._modules = {**model._modules, **parts}
    return other


def _floors(corpus: Corpus) -> dict[str, Any]:
    """Those that a disease may be named after, and that need no training."""
    split, data = corpus.splits["train"], corpus.data
    rows = split.store.rows(split.windows)[:, -1]
    return {
        "train_median": ConstantPicture(data, median_picture(split.store.pictures, rows)),
        "copy_last": CopyLast(data),
        "mean_of_inputs": MeanOfInputs(data),
        "most_common_caption": MostCommonCaption(most_common(split.store.captions[row] for row in rows)),
        "copy_last_caption": CopyLastCaption(),
    }
