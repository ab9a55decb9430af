"""Samples of what may come next: whoever has the truth among them is seen to, and whoever repeats itself too."""

import numpy as np
import pytest

from fabula.bundle import read_recipe
from fabula.data.corpus import open_corpus
from fabula.evaluate.inquiry import Inquiry
from fabula.evaluate.sampling import SAMPLES, draw, samples
from fabula.scorer import open_scorer
from fabula.story import Frame

SMALL = ("data.world.train=8", "data.world.validation=4", "data.world.test=8", "data.picture_size=16x32")


@pytest.fixture(scope="module")
def corpus():
    return open_corpus(read_recipe("tiny", SMALL).data)


class Sampler:
    """Gives `SAMPLES` frames for each context, as a function that a test gives says."""

    kind, paints, writes = "model", True, True

    def __init__(self, sample):
        self.sample = sample

    def samples(self, contexts, count, *, seed=0):
        assert count == SAMPLES
        return [[self.sample(list(context), number) for number in range(count)] for context in contexts]


def found(corpus, sample, scorer=True):
    split = corpus.splits["test"]
    numbers = np.arange(len(split.windows))
    looked = open_scorer() if scorer else None
    inquiry = Inquiry({}, split, corpus.tokenizer, corpus.data, numbers, scorer=looked)
    teller = Sampler(sample)
    return samples(inquiry, teller, draw(inquiry, teller))


def test_who_repeats_itself_has_no_spread(corpus):
    told = found(corpus, lambda context, number: context[-1])
    assert told["samples"] == SAMPLES
    assert told["picture.mae.best"]["value"] == told["picture.mae.mean"]["value"] > 0
    assert told["picture.distinct"]["value"] == told["caption.distinct"]["value"] == 1
    for name in ("picture.mae.spread", "picture.diversity", "picture.scorer_diversity", "caption.scorer_diversity"):
        assert told[name]["value"] == pytest.approx(0, abs=1e-6)


def test_who_gives_different_frames_has_a_best_one(corpus):
    told = found(corpus, lambda context, number: context[number])
    assert told["picture.mae.best"]["value"] < told["picture.mae.mean"]["value"]
    assert told["picture.similarity.best"]["value"] > told["picture.similarity.mean"]["value"]
    assert told["picture.diversity"]["value"] > 0
    assert 1 < told["caption.distinct"]["value"] <= SAMPLES
    assert 0 <= told["picture.mae.best"]["low"] <= told["picture.mae.best"]["high"] <= 1


def test_the_truth_among_the_samples_is_covered_and_strangers_cover_less(corpus):
    split = corpus.splits["test"]
    after = {tuple(f.caption for f in split.context(window)): split.target(window) for window in split.windows}

    def peeking(context, number):
        return (
            after[tuple(frame.caption for frame in context)] if number == 2 else Frame(context[0].picture, "Nothing.")
        )

    told = found(corpus, peeking)
    assert told["picture.mae.best"]["value"] == 0
    for form in ("picture", "caption"):
        assert told[f"{form}.coverage"]["value"] == 1
        assert told[f"{form}.coverage_by_strangers"]["value"] < 1


def test_without_a_scorer_errors_alone_are_measured(corpus):
    told = found(corpus, lambda context, number: context[0], scorer=False)
    assert not any("similarity" in name or "coverage" in name for name in told)
    assert "picture.mae.best" in told
