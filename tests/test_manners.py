"""A painter who can both sample and guess is evaluated in both manners, and once hearing the truth, which peeks."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from listening import listening
from smallest import SMALL_MODEL

from fabula.bundle import read_recipe
from fabula.compare.sides import read_sides
from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.evaluate.asking import pixels_of
from fabula.evaluate.inquiry import Inquiry
from fabula.evaluate.manners import in_other_manners
from fabula.evaluate.sampling import draw, samples
from fabula.metrics.samples import picture_errors
from fabula.report.overview import overview
from fabula.report.reading import read_run
from fabula.report.tables import readable, score_tables
from fabula.scorer import open_scorer

SMALL = ("data.world={train: 6, validation: 3, test: 4}", "data.picture_size=16x24", "data.caption_length=12")
PARTS = ("pictures", "overlap", "likelihood", "questions", "retrieval", "context", "probes", "samples")
GUESS, TRUTH = "model (guess)", "model (told the truth)"


@pytest.fixture(scope="module")
def corpus():
    return open_corpus(read_recipe("tiny", SMALL).data)


@pytest.fixture(scope="module")
def model(corpus):
    recipe = read_recipe("tiny", (*SMALL, "tell.candidates=2"))
    return listening(replace(recipe, model=SMALL_MODEL, data=corpus.data), corpus.tokenizer)


@pytest.fixture(scope="module")
def told(tmp_path_factory, corpus, model):
    folder = tmp_path_factory.mktemp("manners") / "evaluation"
    tellers = {"model": model, **in_other_manners("model", model)}
    given = (tellers, corpus.splits["test"], corpus.tokenizer, corpus.data)
    return folder, evaluate(*given, out=folder, scorer=open_scorer(), only=PARTS, keep=2, limit=8, seed=3)


def test_each_manner_is_a_row_of_its_own_and_the_oracle_is_marked(told):
    _, scores = told
    kinds = {name: teller["kind"] for name, teller in scores["tellers"].items()}
    assert kinds == {"model": "model", GUESS: "model", TRUTH: "oracle"}
    for name in (GUESS, TRUTH):
        metrics = scores["tellers"][name]["metrics"]
        assert {"picture.mae", "world.picture.who", "scorer.frechet"} <= metrics.keys()
        assert not any(measure.startswith("caption.") for measure in metrics)
    assert {GUESS, "model"} == scores["probes"].keys() == scores["gains"].keys()
    assert not any(TRUTH in sentence for sentence in scores["verdict"])


def test_the_guess_hears_what_the_model_told_and_is_told_no_caption_of_its_own(told, corpus, model):
    folder, _ = told
    split = corpus.splits["test"]
    rows = pq.read_table(folder / "windows.parquet", filters=[("teller", "=", "model")]).to_pylist()
    contexts = [split.context(split.windows[row["window"]]) for row in rows]
    guesses = model.telling(picture="guess").paint_told(contexts, [row["caption"] for row in rows], seed=3)
    again = in_other_manners("model", model)[GUESS].tell(contexts, seed=3)
    for one, other in zip(guesses, again, strict=True):
        assert int(np.abs(np.asarray(one.picture, int) - np.asarray(other.picture, int)).max()) <= 1
    others = pq.read_table(folder / "windows.parquet", filters=[("teller", "in", [GUESS, TRUTH])])
    assert others["caption"].null_count == len(others) == 2 * len(rows)


def test_the_writer_writes_once_for_both(corpus, model, monkeypatch):
    split = corpus.splits["test"]
    contexts = [split.context(window) for window in split.windows][:3]
    told = model.tell(contexts, seed=11)
    monkeypatch.setattr(model.model.caption_decoder, "step", None)  # who writes now fails
    guesses = in_other_manners("model", model)[GUESS].tell(contexts, seed=11)
    assert all(one.picture.tobytes() != other.picture.tobytes() for one, other in zip(told, guesses, strict=True))


def test_only_an_oracle_sees_the_truth(corpus, model):
    split = corpus.splits["test"]
    contexts, truths = ([at(window) for window in split.windows][:3] for at in (split.context, split.target))
    oracle = in_other_manners("model", model)[TRUTH]
    told = oracle.tell_knowing(contexts, truths, seed=1)
    other = oracle.tell_knowing(contexts, [replace(truth, caption="Nothing.") for truth in truths], seed=1)
    assert all(one.picture.tobytes() != two.picture.tobytes() for one, two in zip(told, other, strict=True))
    blind = oracle.tell_knowing(contexts, [replace(truth, picture=None) for truth in truths], seed=1)
    assert all(one.picture.tobytes() == two.picture.tobytes() for one, two in zip(told, blind, strict=True))
    with pytest.raises(TypeError):
        oracle.tell(contexts)


def test_who_has_one_manner_has_no_others(model, corpus):
    silent = in_other_manners("model", model.telling(picture="guess"))
    assert list(silent) == [TRUTH]
    assert not in_other_manners("model", model.telling(picture="guess"), oracles=False)


def test_who_samples_is_not_asked_what_it_paints_with_the_target_in_sight(told):
    """Its guess errs less than a sample does, target or not: that would be called a leak."""
    _, scores = told
    assert "posterior" not in scores["probes"]["model"]
    assert "posterior" in scores["probes"][GUESS]


def test_readers_find_the_model_and_name_its_manners(told):
    folder, scores = told
    assert [side.teller for side in read_sides([str(folder), f"{folder}:{GUESS}"])] == ["model", GUESS]
    (pictures, *_) = score_tables(scores["tellers"])
    assert [(row.name, row.kind) for row in pictures.rows] == [
        ("The model", "model"),
        ("The model (guess)", "model"),
        ("The model (told the truth)", "oracle"),
    ]
    assert "peeks" in pictures.rows[-1].note
    found = overview([read_run(folder)], [""])
    assert [row.name for row in found.rows] == [read_run(folder).name, f"{read_run(folder).name} (guess)"]
    assert readable(f"{GUESS}: fine.", scores["tellers"]) == "The model (guess): fine."
    assert {path.name for path in (folder / "pictures").iterdir()} == {"model", GUESS, TRUTH, "truth"}
    assert json.loads((folder / "gallery" / "tiles.json").read_text())["told"] == ["model", GUESS]


def test_the_gain_of_choosing_is_measured_beside_dice(told):
    found = told[1]["probes"]["model"]["samples"]
    for form in ("picture.mae", "picture.similarity", "caption.similarity"):
        best, mean, chosen, gain = (found[f"{form}.{name}"]["value"] for name in ("best", "mean", "chosen", "gain"))
        sign = -1 if form == "picture.mae" else 1
        assert sign * (chosen - mean) == pytest.approx(gain)
        assert sign * (best - chosen) >= -1e-9
        assert 1 <= found[f"{form}.rank"]["value"] <= found["samples"]
        assert found[f"{form}.gain"]["low"] <= gain <= found[f"{form}.gain"]["high"]
    judges = {name.removeprefix("picture.mae.gain.") for name in found if name.startswith("picture.mae.gain.")}
    assert judges == {"likelihood", "agreement", "cast", "place"}


class Chooser:
    """Tells the frames of the context, and likes them as much as it is asked to: numbers (N, M)."""

    kind, paints, writes = "model", True, True

    def __init__(self, liking=None):
        self.liking = liking

    def samples(self, contexts, count, *, seed=0):
        return [list(context[:count]) for context in contexts]

    def judged(self, contexts, told):
        return {"likelihood": np.zeros((len(told), len(told[0]))) if self.liking is None else self.liking}


def test_who_ranks_by_the_truth_chooses_the_best_and_who_ranks_against_it_the_worst(corpus):
    split = corpus.splits["test"]
    inquiry = Inquiry({}, split, corpus.tokenizer, corpus.data, np.arange(len(split.windows)))
    drawn = draw(inquiry, Chooser())
    pictures = np.stack([pixels_of(frames, corpus.data.picture_size) for frames in drawn.told])
    errors = picture_errors(pictures, drawn.chunk.pictures)
    tellers = Chooser(-errors), Chooser(errors)
    best, worst = (samples(inquiry, teller, draw(inquiry, teller)) for teller in tellers)
    assert best["picture.mae.chosen"]["value"] == pytest.approx(best["picture.mae.best"]["value"])
    assert best["picture.mae.rank"]["value"] < 2.5 < worst["picture.mae.rank"]["value"]
    assert best["picture.mae.gain"]["value"] > 0 > worst["picture.mae.gain"]["value"]
