"""Planted storytellers, each with one disease, are called by its name; and the healthy one is called healthy."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fabula.bundle import read_recipe
from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.evaluate.asking import open_chunk
from fabula.evaluate.honesty import random_captions
from fabula.floors import fit
from fabula.story import Frame
from fabula.verdict import diseases
from fabula.verdict.uses import uses

SMALL = (
    "data.world.train=24",
    "data.world.validation=6",
    "data.world.test=16",
    "data.picture_size=16x32",
    "train.steps=20",
    "train.batch_size=8",
)
ASKED = ("pictures", "likelihood", "variety", "endings", "probes", "context")


@pytest.fixture(scope="module")
def recipe():
    return read_recipe("tiny", SMALL)


@pytest.fixture(scope="module")
def corpus(recipe):
    return open_corpus(recipe.data)


@pytest.fixture(scope="module")
def floors(recipe, corpus):
    return fit(corpus, recipe).tellers()


class Healthy:
    """Tells the newest frame with the marks of its whole context, and writes what it has read in other words."""

    kind, paints, writes = "model", True, True

    def tell(self, contexts: Sequence[Sequence[Frame]], *, seed: int = 0) -> list[Frame]:
        return [Frame(self.paint(list(context)), self.write(list(context))) for context in contexts]

    def log_loss(self, contexts, captions) -> list[float]:
        """Words of the context are cheap."""
        known = [" ".join(frame.caption for frame in context) for context in contexts]
        return [self.nats(*pair) for pair in zip(known, captions, strict=True)]

    def nats(self, known: str, said: str) -> float:
        return sum(3.0 if word in known.split() else 7.0 for word in said.split())

    def paint(self, context: list[Frame]) -> Image.Image:
        pictures = [np.asarray(frame.picture, float) for frame in context if frame.picture is not None]
        return Image.fromarray(np.uint8((0.5 * sum(pictures) / len(pictures)) + 60)) if pictures else grey()

    def write(self, context: list[Frame]) -> str:
        words = [frame.caption.split()[k] for k, frame in enumerate(context) if len(frame.caption.split()) > k]
        return " ".join(words).strip(".,") + " again."


def grey() -> Image.Image:
    return Image.new("RGB", (32, 16), (128,) * 3)


class Deaf(Healthy):
    """Captions cost the same whatever was told before."""

    def nats(self, known, said):
        return 5.0 * len(said.split())


class Blind(Healthy):
    def __init__(self, picture):
        self.picture = picture

    def paint(self, context):
        return self.picture


class Copier(Healthy):
    def paint(self, context):
        return context[-1].picture or grey()


class Mode(Healthy):
    def write(self, context):
        return "And so the story goes on."


class Parrot(Healthy):
    def write(self, context):
        return context[-1].caption


class Peeker(Healthy):
    """Has a caption that it was asked to score in mind when it writes."""

    def tell_and_score(self, contexts, captions, *, seed=0):
        frames = self.tell(contexts, seed=seed)
        told = [replace(f, caption=f"{f.caption} {said[:5]}.") for f, said in zip(frames, captions, strict=True)]
        return told, self.log_loss(contexts, captions)


class Unshifted(Healthy):
    """Every word is predicted from itself."""

    def nats(self, known, said):
        return 0.01 * sum(1.0 if word in known.split() else 2.0 for word in said.split())


class CutShort(Healthy):
    def write(self, context):
        return super().write(context).removesuffix(" again.")


class Rounding(Healthy):
    """Its last bits hang on how many are told together, as those of a sum on a processor do."""

    def tell(self, contexts, *, seed=0):
        told = super().tell(contexts, seed=seed)
        return [replace(frame, picture=shifted(frame.picture, len(contexts) % 7)) for frame in told]


class Dicing(Healthy):
    """Paints noise by its dice, darker or brighter by `heed` levels after what the context shows."""

    def __init__(self, heed):
        self.heed = heed

    def tell(self, contexts, *, seed=0):
        return [replace(f, picture=self.noise(c, seed)) for f, c in zip(super().tell(contexts), contexts, strict=True)]

    def noise(self, context, seed):
        shown = self.paint(list(context))
        dice = np.random.default_rng([seed, *np.asarray(shown).ravel()[:64]])
        heard = np.mean(np.asarray(shown)) % 32 > 16
        return Image.fromarray(np.uint8(dice.integers(64, 192, (16, 32, 3)) + (self.heed if heard else 0)))


class Posterior(Healthy):
    """Its painter is very good with the target in sight."""

    def paint_in_sight(self, contexts, truths):
        return [Frame(truth.picture, "") for truth in truths]


def shifted(picture: Image.Image, levels: int) -> Image.Image:
    return Image.fromarray(np.asarray(picture) ^ np.uint8(levels))


def found(corpus, recipe, floors, teller, folder):
    tellers = {"model": teller, **floors}
    split = corpus.splits["test"]
    scores = evaluate(tellers, split, corpus.tokenizer, recipe.data, out=folder / "e", only=ASKED)
    assert scores["diseases"]["model"] == diseases(scores, "model")
    return scores


PLANTED = {
    "captions ignore the context": Deaf,
    "pictures ignore the context": lambda: Blind(grey()),
    "pictures of a floor": Copier,
    "one caption for all": Mode,
    "captions of a floor": Parrot,
    "sees the target": Peeker,
    "unshifted decoder": Unshifted,
    "captions cut short": CutShort,
    "posterior carries the target": Posterior,
}


def test_the_healthy_one_is_called_healthy(corpus, recipe, floors, tmp_path):
    scores = found(corpus, recipe, floors, Healthy(), tmp_path)
    assert scores["diseases"]["model"] == {}
    assert any("no sign of collapse" in sentence for sentence in scores["verdict"])


@pytest.mark.parametrize("disease", PLANTED)
def test_a_planted_disease_is_called_by_its_name(corpus, recipe, floors, tmp_path, disease):
    scores = found(corpus, recipe, floors, PLANTED[disease](), tmp_path)
    assert disease in scores["diseases"]["model"]
    assert len(scores["diseases"]["model"]) <= 2  # one picture for all also ignores the context
    assert scores["diseases"]["model"][disease] in " ".join(scores["verdict"])


def test_company_is_no_target(corpus, recipe, floors, tmp_path):
    assert found(corpus, recipe, floors, Rounding(), tmp_path)["diseases"]["model"] == {}


@pytest.mark.parametrize(("heed", "named"), [(0, {"pictures ignore the context"}), (32, set())])
def test_dice_are_told_apart_from_a_weak_use_of_the_context(corpus, recipe, floors, tmp_path, heed, named):
    scores = found(corpus, recipe, floors, Dicing(heed), tmp_path)
    further = scores["probes"]["model"]["dice"]["context"]
    assert abs(further["value"]) < 0.1 * scores["probes"]["model"]["dice"]["picture.change"]
    assert set(scores["diseases"]["model"]) == named


def test_captions_that_are_cut_accuse_nobody(corpus, recipe):
    """Whoever pays just what evenly drawn words are worth is honest, however few of them it reads."""

    class Even:
        tokenizer = corpus.tokenizer

        def __init__(self, length):
            self.recipe = replace(recipe, data=replace(recipe.data, caption_length=length))

        def log_loss(self, contexts, captions):
            length = self.recipe.data.caption_length
            return [np.log(64) * len(self.tokenizer.scored_text(said, length).split()) for said in captions]

    split = corpus.splits["test"]
    chunk = open_chunk(split, np.arange(len(split.windows)), corpus.tokenizer, recipe.data)
    asked = {length: random_captions(Even(length), chunk) for length in (56, 5, 2)}
    assert asked[2] is None
    assert 0 < asked[5]["least"] < asked[56]["least"]
    assert all(found["nats"] >= found["least"] for found in (asked[5], asked[56]))


def test_the_train_median_is_named_as_what_it_is(corpus, recipe, floors, tmp_path):
    median = floors["train_median"].tell([corpus.splits["test"].context(corpus.splits["test"].windows[0])])[0].picture
    scores = found(corpus, recipe, floors, Blind(median), tmp_path)
    assert "those of train_median" in scores["diseases"]["model"]["pictures of a floor"]


def test_copying_the_last_frame_is_named_as_what_it_is(corpus, recipe, floors, tmp_path):
    scores = found(corpus, recipe, floors, Copier(), tmp_path)
    assert "those of copy_last" in scores["diseases"]["model"]["pictures of a floor"]


NATS, FINISHED = "caption.log_loss_word", "caption.finished"


def scores_with(**found):
    cost, finished = ({"value": 0.5, **found.get(part, {})} for part in ("cost", "finished"))
    return {
        "windows": 64,
        "tellers": {"model": {"kind": "model", "metrics": {FINISHED: finished}}},
        "truth": {"metrics": {FINISHED: {"value": 1.0}}},
        "probes": {"model": {"conditions": {"shuffled": {NATS: cost}}}},
    }


WELL = {"value": 0.9, "low": 0.85, "high": 0.95}


@pytest.mark.parametrize("low", [-0.001, 0.001])
def test_more_windows_make_no_use_of_a_context_that_is_worth_nothing(low):
    scores = scores_with(cost={"value": 0.003, "low": low, "high": 0.007}, finished=WELL)
    assert set(diseases(scores, "model")) == {"captions ignore the context"}
    assert not any("uses the context" in sentence for sentence in uses(scores, "model"))


@pytest.mark.parametrize(("high", "named"), [(0.85, set()), (0.79, {"captions cut short"})])
def test_captions_are_cut_short_where_chance_cannot_say_otherwise(high, named):
    assert set(diseases(scores_with(finished={"value": 0.75, "low": 0.65, "high": high}), "model")) == named
