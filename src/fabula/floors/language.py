"""The recipe's caption decoder as a language model that is told nothing: what captions are like, whatever the story.

Trained for the same steps, batch size, optimiser and schedule as the model, on the captions of all
train frames; the weights of the best validation are kept.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from fabula import recipe as recipes
from fabula.building import build_unconditional
from fabula.counting.ngram import Ids
from fabula.counting.stream import Stories
from fabula.decoders import Unconditional
from fabula.floors.chance import dice
from fabula.floors.progress import Progress, silent
from fabula.losses.caption import caption_nats
from fabula.objective import Objective
from fabula.recipe import Data, Loss, Recipe, Tell
from fabula.spec import Spec
from fabula.story import Frame
from fabula.tokenizer import Tokenizer
from fabula.train.schedule import Plateau, learning_rate
from fabula.types import Frames, StoryBatch, StoryOutput, Vocabulary
from fabula.writing import write

Contexts = Sequence[Sequence[Frame]]
TOGETHER = 64  # captions scored or written at a time
LATE = 1 << 60  # a step at which every loss has its full weight


class LanguageModel:
    """Writes and scores without having seen a single frame of the story."""

    kind = "floor"
    paints, writes = False, True

    def __init__(self, model: Unconditional, tokenizer: Tokenizer, data: Data, tell: Tell):
        self.model, self.tokenizer, self.data, self.how = model.eval(), tokenizer, data, tell

    def log_loss(self, contexts: Contexts, captions: Sequence[str]) -> list[float]:
        """Total nats of each caption as it is scored, end included; the contexts change nothing."""
        ids, _ = self.tokenizer.encode(captions, self.data.caption_length)
        return nats_of(self.model, ids).tolist()

    @torch.inference_mode()
    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        """As the recipe's `tell` section says; of the context only the dice know."""
        told: list[Frame] = []
        for start in range(0, len(contexts), TOGETHER):
            told += self._told(contexts[start : start + TOGETHER], seed)
        return told

    def _told(self, contexts: Contexts, seed: int) -> list[Frame]:
        nothing, vocabulary = self.model.nothing(len(contexts)), self.tokenizer.vocabulary
        length = self.data.caption_length
        ids = write(self.model.decoder, nothing, length, vocabulary, self.how, dice(contexts, seed))
        return [Frame(None, self.tokenizer.decode(row)) for row in ids.tolist()]


@torch.inference_mode()
def nats_of(model: Unconditional, captions: Ids) -> np.ndarray:
    """(N, L) ids -> the total nats of each, (N,)."""
    model.eval()
    device = next(model.parameters()).device
    parts = [
        caption_nats(model(torch.from_numpy(captions[start : start + TOGETHER]).to(device))).double().sum(1)
        for start in range(0, len(captions), TOGETHER)
    ]
    return torch.cat(parts).cpu().numpy() if parts else np.zeros(0)


def fit_language_model(
    recipe: Recipe, vocabulary: Vocabulary, told: Stories, held: Ids, steps: int, progress: Progress = silent
) -> Unconditional:
    """Learn captions for `steps`; `held` (M, L) are those of validation, none: the last weights are kept."""
    with torch.random.fork_rng(), progress("language model", steps) as advance:
        torch.manual_seed(recipe.seed)
        model = build_unconditional(recipe.model, vocabulary)
        model.decoder.prepare(*told)
        return _trained(model, recipe, caption_batches(told.captions, recipe), held, steps, advance)


def _trained(model: Unconditional, recipe: Recipe, at, held: Ids, steps: int, advance) -> Unconditional:
    """One process, one straight loop: floors are fitted once, by whoever writes the bundle."""
    plan, device = recipe.train, _device(recipe.train)
    model, objective = model.to(device), Objective(_caption_losses(recipe), ("caption",)).to(device)
    optimizer, plateau = _optimizer(model, plan), Plateau()
    best, kept = math.inf, None
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, plan, plateau)
        loss = _step(model, objective, optimizer, at(step).to(device), plan, recipe.seed + step)
        advance(1, f"loss {loss:.3f}")
        if len(held) and ((step + 1) % plan.validate_every == 0 or step + 1 == steps):
            found = float(nats_of(model, held).sum())
            plateau = plateau.after(found, plan.schedule)
            if found < best:
                best, kept = found, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept or model.state_dict())
    return model.cpu().eval()


def _step(model: Unconditional, objective: Objective, optimizer, batch: StoryBatch, plan, seed: int) -> float:
    torch.manual_seed(seed)
    model.train()
    objective.train()
    captions = batch.target.captions[:, 0]
    output = StoryOutput(None, model(captions), model.nothing(len(captions)))
    total, parts = objective(output, batch, LATE)
    optimizer.zero_grad()
    total.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), math.inf if plan.gradient_clip is None else plan.gradient_clip)
    optimizer.step()
    return float(sum(parts.values()))


def _device(plan: recipes.Train) -> str:
    return "cuda" if plan.device in ("auto", "cuda") and torch.cuda.is_available() else "cpu"


def _optimizer(model: nn.Module, plan: recipes.Train) -> torch.optim.Optimizer:
    if plan.optimizer == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)
    return torch.optim.Adam(model.parameters(), lr=plan.learning_rate)


def _caption_losses(recipe: Recipe) -> dict[str, Loss]:
    """The recipe's own caption losses, so that label smoothing is the same; else the plain one."""
    own = {name: loss for name, loss in recipe.losses.items() if loss.use.kind == "caption"}
    return own or {"caption": Loss(Spec("caption"))}


def caption_batches(captions: Ids, recipe: Recipe) -> Callable[[int], StoryBatch]:
    """The batch of a number follows from seed and number: every epoch a new order, batches always full."""
    size, orders = recipe.train.batch_size * recipe.train.accumulate, {}

    def place(number: int) -> int:
        epoch, within = divmod(number, len(captions))
        if epoch not in orders:
            orders.clear()
            orders[epoch] = np.random.default_rng([recipe.seed, epoch]).permutation(len(captions))
        return int(orders[epoch][within])

    def at(number: int) -> StoryBatch:
        rows = [place(i) for i in range(number * size, (number + 1) * size)]
        return _batch(torch.from_numpy(captions[rows].astype(np.int64)))

    return at


def _batch(captions: Tensor) -> StoryBatch:
    """Targets of which the caption alone is known, after contexts of which nothing is."""
    nothing, absent = torch.zeros(len(captions), 1, 3, 1, 1), torch.zeros(len(captions), 1, dtype=torch.bool)
    target = Frames(nothing, captions[:, None], ~absent)
    return StoryBatch(Frames(nothing, torch.zeros_like(captions[:, None]), absent), target)
