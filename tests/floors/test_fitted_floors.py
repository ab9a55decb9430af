"""Floors fitted on a small corpus of the world: on train alone, whole on disk, honest when they tell."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula import floors
from fabula.bundle import read_recipe
from fabula.data.corpus import Corpus, open_corpus
from fabula.errors import FabulaError
from fabula.floors import Floors
from fabula.floors.painters import CopyLast
from fabula.floors.typical import mean_picture, median_picture
from fabula.floors.writers import most_common
from fabula.recipe import World
from fabula.story import Size

SMALL = (
    "data.picture_size=16x24",
    "data.caption_length=40",
    "data.vocabulary=400",
    "data.world={train: 10, validation: 3, test: 3, seed: 0}",
    "model.dim=16",
    "train.steps=8",
    "train.validate_every=4",
)


@pytest.fixture(scope="module")
def recipe():
    return read_recipe("recipes/tiny.yaml", SMALL)


@pytest.fixture(scope="module")
def corpus(recipe):
    return open_corpus(recipe.data)


@pytest.fixture(scope="module")
def fitted(corpus, recipe):
    return floors.fit(corpus, recipe)


@pytest.fixture(scope="module")
def asked(corpus):
    split = corpus.splits["test"]
    windows = [split.windows[i] for i in range(0, len(split.windows), 2)]
    return [split.context(w) for w in windows], [split.target(w) for w in windows]


def tell(teller, contexts, truths, seed=0):
    return teller.tell_knowing(contexts, truths) if teller.kind == "oracle" else teller.tell(contexts, seed=seed)


def arrays(frames):
    return np.stack([np.asarray(frame.picture) for frame in frames])


def test_all_floors_of_the_contract_are_there(fitted):
    kinds = {name: teller.kind for name, teller in fitted.tellers().items()}
    assert [name for name, kind in kinds.items() if kind == "oracle"] == ["oracle_best_input"]
    painters = ["train_median", "train_mean", "copy_last", "copy_random_input", "mean_of_inputs", "oracle_best_input"]
    writers = ["most_common_caption", "copy_last_caption", "ngram", "ngram_cache", "language_model"]
    assert [name for name, teller in fitted.tellers().items() if teller.paints] == painters
    assert [name for name, teller in fitted.tellers().items() if teller.writes] == writers
    assert [name for name, teller in fitted.tellers().items() if hasattr(teller, "log_loss")] == writers[2:]


def test_median_and_mean_are_those_of_the_train_targets(fitted, corpus):
    train = corpus.splits["train"]
    targets = train.store.pictures[train.store.rows(train.windows)[:, -1]]
    np.testing.assert_array_equal(fitted.median, np.sort(targets, 0)[(len(targets) - 1) // 2])
    np.testing.assert_array_equal(fitted.mean, np.rint(targets.mean(0)))


@given(st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_no_constant_picture_beats_the_median_on_its_own_data(count, seed):
    dice = np.random.default_rng(seed)
    pictures = dice.integers(0, 256, (count, 3, 4, 3), dtype=np.uint8)
    median = median_picture(pictures, np.arange(count)).astype(int)
    rivals = [np.full_like(median, level) for level in (0, 100, 128)] + [mean_picture(pictures, np.arange(count))]
    rivals += [pictures[0], median + dice.integers(-2, 3, median.shape)]
    best = np.abs(pictures - median).mean()
    assert all(np.abs(pictures - rival.astype(int)).mean() >= best - 1e-12 for rival in rivals)


def test_large_pictures_in_bands_have_the_same_median(monkeypatch):
    pictures = np.random.default_rng(0).integers(0, 256, (9, 7, 5, 3), dtype=np.uint8)
    whole = median_picture(pictures, np.arange(9))
    monkeypatch.setattr("fabula.floors.typical.MOST_BINS", 5 * 3 * 256 * 2)
    np.testing.assert_array_equal(median_picture(pictures, np.arange(9)), whole)


def test_copies_copy_and_nothing_else(fitted, asked):
    contexts, _ = asked
    tellers = fitted.tellers()
    inputs = [arrays(context) for context in contexts]
    np.testing.assert_array_equal(arrays(tellers["copy_last"].tell(contexts)), [i[-1] for i in inputs])
    np.testing.assert_array_equal(
        arrays(tellers["mean_of_inputs"].tell(contexts)), [np.rint(i.mean(0)) for i in inputs]
    )
    for given_, told in zip(inputs, arrays(tellers["copy_random_input"].tell(contexts)), strict=True):
        assert any((told == picture).all() for picture in given_)
    assert [f.caption for f in tellers["copy_last_caption"].tell(contexts)] == [c[-1].caption for c in contexts]


def test_the_oracle_is_the_best_of_the_inputs_and_tells_nothing_unless_shown_the_truth(fitted, asked):
    contexts, truths = asked
    oracle, true = fitted.tellers()["oracle_best_input"], arrays(truths).astype(int)
    errors = np.abs(arrays(oracle.tell_knowing(contexts, truths)) - true).mean((1, 2, 3))
    each = np.stack([np.abs(np.stack([arrays(c)[k] for c in contexts]) - true).mean((1, 2, 3)) for k in range(4)])
    np.testing.assert_allclose(errors, each.min(0))
    with pytest.raises(TypeError, match="truth"):
        oracle.tell(contexts)


def test_no_answer_depends_on_what_else_is_asked_and_equal_seeds_are_equal(fitted, asked):
    contexts, truths = asked[0][:5], asked[1][:5]
    for name, teller in fitted.tellers().items():
        together = tell(teller, contexts, truths, 3)
        alone = [tell(teller, [c], [t], 3)[0] for c, t in zip(contexts, truths, strict=True)]
        assert [f.caption for f in together] == [f.caption for f in alone], name
        assert [f.picture and f.picture.tobytes() for f in together] == [
            f.picture and f.picture.tobytes() for f in alone
        ], name
    sampled = fitted.tellers()["ngram"]
    assert [f.caption for f in sampled.tell(contexts, seed=1)] != [f.caption for f in sampled.tell(contexts, seed=2)]


def test_only_the_cache_reads_the_context(fitted, asked):
    contexts, captions = asked[0], [truth.caption for truth in asked[1]]
    tellers = fitted.tellers()
    for name, reads in (("ngram", False), ("ngram_cache", True), ("language_model", False)):
        own = np.array(tellers[name].log_loss(contexts, captions))
        assert np.isfinite(own).all()
        assert (own > 0).all()
        assert (own == tellers[name].log_loss(contexts[::-1], captions)).all() != reads, name
    cached, plain = (sum(tellers[name].log_loss(contexts, captions)) for name in ("ngram_cache", "ngram"))
    assert cached < plain


def test_a_scorer_gives_the_probabilities_of_what_it_writes(fitted, asked, corpus):
    """The log-loss of a caption is the sum over the distributions that writing draws from."""
    teller, tokenizer = fitted.tellers()["ngram_cache"], corpus.tokenizer
    context, caption = asked[0][0], asked[1][0].caption
    ids, _ = tokenizer.encode([caption], 40)
    words = ids[0][: (ids[0] != tokenizer.pad).sum()]
    padded = [tokenizer.begin, tokenizer.begin, *words.tolist()]
    told, _ = tokenizer.encode([frame.caption for frame in context], 40)
    rows = [teller.counts.distribution(np.array([padded[i : i + 2]]), told[None])[0, w] for i, w in enumerate(words)]
    assert teller.log_loss([context], [caption])[0] == pytest.approx(-np.log(rows).sum())


def test_changing_test_changes_no_floor(corpus, recipe, fitted):
    other = replace(recipe.data, world=World(train=10, validation=3, test=5, seed=0))
    assert _digest(floors.fit(open_corpus(other), recipe)) == _digest(fitted)
    without = Corpus(corpus.data, corpus.tokenizer, {n: s for n, s in corpus.splits.items() if n != "test"})
    assert _digest(floors.fit(without, recipe)) == _digest(fitted)


def test_changing_train_changes_them(recipe, fitted):
    other = replace(recipe.data, world=World(train=8, validation=3, test=3, seed=0))
    changed = floors.fit(open_corpus(other, tokenizer=fitted.tokenizer), recipe)
    assert (changed.median != fitted.median).any()
    assert changed.counts.ngram.arrays()["3.grams"].size < fitted.counts.ngram.arrays()["3.grams"].size


def test_they_are_the_same_after_the_disk(fitted, recipe, asked, tmp_path):
    fitted.save(tmp_path / "floors")
    again = Floors.load(tmp_path / "floors", recipe, fitted.tokenizer)
    assert _digest(again) == _digest(fitted)
    captions = [truth.caption for truth in asked[1]]
    for name in ("ngram", "ngram_cache", "language_model"):
        one, two = (cast(Any, held.tellers()[name]) for held in (fitted, again))
        assert one.log_loss(asked[0], captions) == two.log_loss(asked[0], captions)
        assert [f.caption for f in one.tell(asked[0][:3])] == [f.caption for f in two.tell(asked[0][:3])]


@pytest.mark.parametrize("name", ["pictures.safetensors", "ngram.safetensors", "language.safetensors", "floors.json"])
def test_broken_floors_are_said_in_one_line(fitted, recipe, tmp_path, name):
    fitted.save(tmp_path / "floors")
    path = tmp_path / "floors" / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(FabulaError) as caught:
        Floors.load(tmp_path / "floors", recipe, fitted.tokenizer)
    assert str(tmp_path / "floors") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_recipe_without_captions_has_no_language_model(corpus, recipe):
    silent = replace(recipe, model=replace(recipe.model, caption_decoder=None))
    assert "language_model" not in floors.fit(corpus, silent).tellers()


def test_without_validation_there_are_floors_and_without_train_there_are_none(corpus, recipe):
    only = Corpus(corpus.data, corpus.tokenizer, {"train": corpus.splits["train"]})
    np.testing.assert_allclose(floors.fit(only, recipe).counts.weights.sum(1), 1)
    with pytest.raises(FabulaError, match="train"):
        floors.fit(Corpus(corpus.data, corpus.tokenizer, {"test": corpus.splits["test"]}), recipe)


def test_the_language_model_learns(corpus, recipe, fitted):
    longer = replace(recipe, train=replace(recipe.train, steps=60))
    captions = corpus.splits["test"].store.captions
    ids, _ = corpus.tokenizer.encode(captions, 40)
    from fabula.floors.language import nats_of

    more = floors.fit(corpus, longer)
    assert more.language is not None
    assert nats_of(more.language, ids).sum() < 0.9 * nats_of(fitted.language, ids).sum()


def test_the_commonest_caption_is_not_an_empty_one():
    assert most_common(["", "", "", "a", "b", "b"]) == "b"
    assert most_common(["", " "]) == ""


def test_copies_fit_any_picture_to_the_recipes_size(recipe, asked):
    data = replace(recipe.data, picture_size=Size(5, 7))
    (told,) = arrays(CopyLast(data).tell(asked[0][:1]))
    assert told.shape == (5, 7, 3)


def _digest(held):
    language = {name: tensor.numpy().tobytes() for name, tensor in held.language.state_dict().items()}
    counts = {name: array.tobytes() for name, array in held.counts.ngram.arrays().items()}
    weights = held.counts.weights.tobytes()
    return held.median.tobytes(), held.mean.tobytes(), held.caption, counts, weights, language
