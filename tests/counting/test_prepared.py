"""A writer that owns counts is shown all train captions once, and a saved model carries them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from smallest import smallest

from fabula import bundle, checkpoint
from fabula.building import build_model
from fabula.counting.counts import Counts
from fabula.counting.stream import from_bytes
from fabula.data.corpus import open_corpus
from fabula.decoders import CAPTION_DECODERS
from fabula.decoders.caption_recurrent import GRUCaptionDecoder
from fabula.floors import Floors
from fabula.run import run
from fabula.train.preparing import learned_captions, prepare_writers


class CountingWriter(GRUCaptionDecoder):
    """Writes as a GRU does, and owns counts that it does not use."""

    def __init__(self, dim, vocabulary):
        super().__init__(dim, vocabulary)
        self.counts, self.prepared = Counts(vocabulary), 0

    def prepare(self, captions, story):
        self.counts.fit(captions, story)
        self.prepared += 1


@pytest.fixture
def recipe(monkeypatch):
    monkeypatch.setitem(CAPTION_DECODERS, "counting", CountingWriter)
    return smallest("model.caption_decoder=counting", "train.steps=2", "train.save_every=1", "train.sample_every=100")


def test_a_run_its_checkpoints_and_its_floors_carry_the_counts(recipe, tmp_path: Path):
    corpus = open_corpus(recipe.data)
    told = learned_captions(corpus)
    path = run(recipe, tmp_path / "run")
    loaded = bundle.load(path)
    newest = checkpoint.all_in(tmp_path / "run" / "checkpoints")[-1]
    floors = Floors.load(path / "floors", recipe, corpus.tokenizer)
    resumed = checkpoint.restore(newest, recipe, corpus.tokenizer).model
    for writer in (loaded.story_model.caption_decoder, resumed.caption_decoder, floors.language.decoder):
        again = from_bytes(writer.counts.stream.numpy(), corpus.tokenizer.vocabulary)
        length = again.captions.shape[1]
        np.testing.assert_array_equal(again.captions, told.captions[:, :length])
        np.testing.assert_array_equal(again.story, told.story)
        assert not writer.prepared  # they have it from the disk


def test_a_writer_that_learns_no_more_keeps_what_it_counted(recipe):
    corpus = open_corpus(recipe.data)
    torch.manual_seed(0)
    model = build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary)
    prepare_writers(model, corpus)
    assert model.caption_decoder.prepared == 1
    model.freeze("caption_decoder")
    prepare_writers(model, corpus)
    assert model.caption_decoder.prepared == 1
