"""Evaluation on a small world: the contract of its files, planted diseases, bad input, the command."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from fabula import bundle, cli
from fabula.building import build_model
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.evaluate import evaluate, open_run
from fabula.evaluate.ceilings import ceilings_of
from fabula.floors import Floors, fit
from fabula.metrics import MEASURES
from fabula.metrics.pictures import mae, unit
from fabula.scorer import open_scorer
from fabula.story import Frame

SMALL = (
    "data.picture_size=16x24",
    "data.caption_length=40",
    "data.vocabulary=400",
    "data.world={train: 10, validation: 3, test: 6, seed: 0}",
    "model.dim=16",
    "train.steps=8",
    "train.validate_every=4",
    "tell.strategy=greedy",
)


class Planted:
    """Paints and writes what three functions of a context say; `nats` scores a caption after a context."""

    paints = writes = True

    def __init__(self, paint, write, nats):
        self.paint, self.write, self.nats = paint, write, nats

    def tell(self, contexts, *, seed=0):
        return [Frame(self.paint(context), self.write(context)) for context in contexts]

    def log_loss(self, contexts, captions):
        return [self.nats(context, caption) for context, caption in zip(contexts, captions, strict=True)]


def last_picture(context):
    return context[-1].picture


def last_caption(context):
    return context[-1].caption


def by_overlap(context, caption):
    """Cheaper are words that the context holds."""
    known = {word for frame in context for word in frame.caption.split()}
    return sum(1.0 if word in known else 5.0 for word in caption.split()) + 1.0


def by_length(context, caption):
    return 4.0 * len(caption.split()) + 1.0


HEALTHY = Planted(last_picture, last_caption, by_overlap)


@pytest.fixture(scope="module")
def recipe():
    return bundle.read_recipe("recipes/tiny.yaml", SMALL)


@pytest.fixture(scope="module")
def corpus(recipe):
    return open_corpus(recipe.data)


@pytest.fixture(scope="module")
def floors(corpus, recipe):
    return fit(corpus, recipe)


@pytest.fixture(scope="module")
def run(tmp_path_factory, corpus, recipe, floors):
    """A bundle of an untrained model with its floors."""
    folder = tmp_path_factory.mktemp("run") / "bundle"
    bundle.save(
        folder,
        build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary),
        corpus.tokenizer,
        recipe,
    )
    floors.save(folder / "floors")
    return folder.parent


QUICK = ("pictures", "likelihood", "overlap", "variety", "endings", "probes", "context")


def score(tellers, corpus, out, *, only=QUICK, **options):
    split = corpus.splits["test"]
    return evaluate(tellers, split, corpus.tokenizer, corpus.data, out=out, only=only, **options)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, corpus, floors):
    folder = tmp_path_factory.mktemp("whole") / "evaluation"
    above = ceilings_of(corpus.splits["test"], corpus.data)
    tellers = {"model": HEALTHY, **floors.tellers()}
    return folder, score(tellers, corpus, folder, keep=3, ceilings=above, scorer=open_scorer(), only=())


def told_of_all(scores):
    """The tellers who told all windows: ceilings tell a few."""
    return [name for name, teller in scores["tellers"].items() if teller["kind"] != "ceiling"]


def test_scores_have_the_shape_of_the_contract(whole, corpus):
    folder, scores = whole
    assert json.loads((folder / "scores.json").read_text()) == json.loads(json.dumps(scores, allow_nan=False))
    assert scores["data"] == "world"
    assert scores["split"] == "test"
    assert scores["windows"] == len(corpus.splits["test"].windows)
    wanted = {"context": 4, "picture_size": "16x24", "fit": "stretch", "caption_length": 40}
    assert wanted.items() <= scores["protocol"].items()
    assert {teller["kind"] for teller in scores["tellers"].values()} == {"model", "floor", "oracle", "ceiling"}
    for teller in scores["tellers"].values():
        for name, entry in teller["metrics"].items():
            assert entry["regime"] == MEASURES[name].regime
            assert entry["n"] == scores["windows"]
    assert set(scores["tellers"]["model"]["metrics"]) | {"caption.meteor_wordnet"} == set(MEASURES)  # WordNet may lack
    of_pictures = {name for name in MEASURES if "picture" in name or name.startswith("scorer.")}
    assert set(scores["tellers"]["copy_last"]["metrics"]) == of_pictures


def test_one_row_a_window_and_teller_and_the_scores_follow_from_the_rows(whole, corpus):
    folder, scores = whole
    rows = pq.read_table(folder / "windows.parquet").to_pylist()
    assert len(rows) == scores["windows"] * len(told_of_all(scores))
    split = corpus.splits["test"]
    for row in rows[:5]:
        story = split.store.stories[split.store.ids.index(row["story_id"])]
        assert story.frames[row["number"] - 1].caption == row["truth"]
        assert row["number"] == row["start"] + 5
    own = [row for row in rows if row["teller"] == "model"]
    assert [row["window"] for row in own] == list(range(scores["windows"]))
    metrics = scores["tellers"]["model"]["metrics"]
    assert np.mean([row["picture.mae"] for row in own]) == pytest.approx(metrics["picture.mae"]["value"])
    nats, words = (sum(row[f"caption.{name}"] for row in own) for name in ("nats", "words"))
    assert nats / words == pytest.approx(metrics["caption.log_loss_word"]["value"])
    assert all(row["caption"] is None for row in rows if row["teller"] == "train_mean")
    assert all(row["picture.mae"] is None for row in rows if row["teller"] == "ngram")


def test_words_and_bytes_are_those_of_the_text_as_it_is_scored(tmp_path, corpus, floors):
    short = replace(corpus.data, caption_length=8)
    evaluate({"ngram": floors.tellers()["ngram"]}, corpus.splits["test"], corpus.tokenizer, short, out=tmp_path / "e")
    for row in pq.read_table(tmp_path / "e" / "windows.parquet").to_pylist():
        text = corpus.tokenizer.scored_text(row["truth"], 8)
        assert row["truth"].startswith(text)
        assert row["caption.words"] == len(text.split())
        assert row["caption.bytes"] == len(text.encode())
        assert row["caption.tokens"] == 8


def test_the_copy_that_a_model_makes_scores_as_the_floor_that_copies(whole):
    _, scores = whole
    for name in ("picture.mae", "picture.ssim", "picture.distinct"):
        own, floor = (scores["tellers"][teller]["metrics"][name]["value"] for teller in ("model", "copy_last"))
        assert own == floor
    oracle = scores["tellers"]["oracle_best_input"]["metrics"]["picture.mae"]["value"]
    inputs = ("copy_last", "copy_random_input")
    assert all(oracle <= scores["tellers"][teller]["metrics"]["picture.mae"]["value"] for teller in inputs)


def test_kept_pictures_are_what_was_scored(whole, corpus):
    folder, _ = whole
    rows = pq.read_table(folder / "windows.parquet", filters=[("teller", "=", "copy_random_input")]).to_pylist()
    kept = sorted((folder / "pictures" / "copy_random_input").glob("*.png"))
    assert len(kept) == 3
    assert not (folder / "pictures" / "ngram").exists()
    for path in kept:
        told, true = (
            np.asarray(Image.open(folder / "pictures" / t / path.name))[None] for t in ("copy_random_input", "truth")
        )
        assert mae(unit(told), unit(true))[0] == pytest.approx(rows[int(path.stem)]["picture.mae"])


def test_boards_hold_context_truth_and_what_was_told(whole):
    folder, scores = whole
    boards = json.loads((folder / "boards.json").read_text())
    assert {board["place"] for board in boards} == {"best", "median", "worst"}
    assert len({board["window"] for board in boards}) == len(boards)
    rows = {(r["window"], r["teller"]): r for r in pq.read_table(folder / "windows.parquet").to_pylist()}
    for board in boards:
        assert len(board["context"]) == 4
        assert board["told"].keys() == set(told_of_all(scores))
        assert board["told"]["model"]["caption"] == rows[board["window"], "model"]["caption"]
        for frame in (*board["context"], board["true"], board["told"]["model"]):
            assert (folder / frame["picture"]).is_file()
        assert board["told"]["ngram"]["picture"] is None
    errors = {
        p: [rows[b["window"], "model"]["picture.mae"] for b in boards if b["place"] == p] for p in ("best", "worst")
    }
    assert np.mean(errors["best"]) < np.mean(errors["worst"])


def test_a_model_that_only_paints_or_only_writes_is_evaluated(tmp_path, corpus):
    painter, writer = Planted(last_picture, lambda c: "", by_length), Planted(lambda c: None, last_caption, by_overlap)
    painter.writes = writer.paints = False
    scores = score({"painter": painter, "writer": writer}, corpus, tmp_path / "e")
    assert all("picture" in name.split(".") for name in scores["tellers"]["painter"]["metrics"])
    assert not any("picture" in name.split(".") for name in scores["tellers"]["writer"]["metrics"])


def test_the_target_reaches_no_teller(tmp_path, corpus):
    seen = []

    def spy(context):
        seen.append(tuple(frame.caption for frame in context))
        return context[-1].caption

    score({"spy": Planted(last_picture, spy, lambda context, caption: 1.0)}, corpus, tmp_path / "e")
    split = corpus.splits["test"]
    given = {tuple(frame.caption for frame in split.context(window)) for window in split.windows}
    assert given <= set(seen)
    for told in set(seen):  # changed contexts too hold frames of one true context alone
        assert any(set(told) - {""} <= set(context) for context in given)


def test_the_limit_takes_windows_at_even_distances(tmp_path, corpus):
    scores = score({"model": HEALTHY}, corpus, tmp_path / "e", limit=5)
    rows = pq.read_table(tmp_path / "e" / "windows.parquet").to_pylist()
    count = len(corpus.splits["test"].windows)
    assert [row["window"] for row in rows] == [i * count // 5 for i in range(5)]
    assert scores["windows"] == 5


@pytest.mark.parametrize("hands", [1, 3])
def test_chunks_hands_and_repetition_change_nothing(tmp_path, corpus, floors, monkeypatch, hands):
    tellers = {"model": HEALTHY, **floors.tellers()}
    once = score(tellers, corpus, tmp_path / "a", seed=1, keep=None)
    monkeypatch.setattr("fabula.evaluate.rounds.CHUNK", 5)
    monkeypatch.setattr("fabula.evaluate.inquiry.cores", lambda: hands)
    again = score(tellers, corpus, tmp_path / "b", seed=1, keep=None)
    for name, teller in once["tellers"].items():
        for measure, entry in teller["metrics"].items():
            other = again["tellers"][name]["metrics"][measure]
            both = entry["value"], other["value"]
            assert both == (None, None) or both[0] == pytest.approx(both[1], rel=1e-5), (name, measure)
    assert once["likeness"]["model"]["copy_last"] == pytest.approx(again["likeness"]["model"]["copy_last"])
    first, second = (pq.read_table(tmp_path / name / "windows.parquet", columns=SAID) for name in "ab")
    assert first.sort_by(BY_WINDOW).equals(second.sort_by(BY_WINDOW))
    assert _pictures(tmp_path / "a") == _pictures(tmp_path / "b") != {}


SAID, BY_WINDOW = ["window", "teller", "caption"], [("window", "ascending"), ("teller", "ascending")]


def _pictures(folder):
    return {path.relative_to(folder): path.read_bytes() for path in (folder / "pictures").rglob("*.png")}


def test_a_folder_of_a_persons_own_is_never_replaced(tmp_path, corpus):
    (tmp_path / "photo.jpg").write_text("mine")
    with pytest.raises(FabulaError, match=r"already holds photo\.jpg"):
        score({"model": HEALTHY}, corpus, tmp_path)
    assert (tmp_path / "photo.jpg").read_text() == "mine"
    score({"model": HEALTHY}, corpus, tmp_path / "e", limit=3)
    score({"model": HEALTHY}, corpus, tmp_path / "e", limit=4)
    assert json.loads((tmp_path / "e" / "scores.json").read_text())["windows"] == 4


@pytest.mark.parametrize("hands", [1, 2])
def test_what_fails_on_the_way_leaves_nothing(tmp_path, corpus, monkeypatch, hands):
    monkeypatch.setattr("fabula.evaluate.rounds.CHUNK", 5)
    monkeypatch.setattr("fabula.evaluate.inquiry.cores", lambda: hands)

    def fails(context):
        raise FabulaError("no picture today")

    with pytest.raises(FabulaError, match="today"):
        score({"model": Planted(fails, last_caption, by_length)}, corpus, tmp_path / "e")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def foreign(tmp_path):
    """A file of three stories that no run has seen, without splits."""
    rows = []
    for i in range(3):
        names = [f"{i}-{k}.png" for k in range(6)]
        for k, name in enumerate(names):
            pixels = np.random.default_rng([i, k]).integers(0, 256, (20, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name)
        rows.append({"id": f"s{i}", "frames": names, "captions": [f"Mia sees {i} {k}." for k in range(6)]})
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path / "mine.jsonl"


def test_foreign_data_is_scored_whole_and_without_the_train_data(foreign, run, corpus, monkeypatch, tmp_path):
    monkeypatch.setattr("fabula.evaluate.opening.open_corpus", lambda *_: pytest.fail("the train data was opened"))
    opened = open_run(run, str(foreign))
    assert opened.tokenizer.digest == corpus.tokenizer.digest
    scores = evaluate(opened.tellers, opened.split, opened.tokenizer, opened.data, out=tmp_path / "e")
    assert scores["windows"] == 6
    assert scores["split"] == "all"
    assert scores["probes"]["model"]["states"]["units"] == 16
    assert scores["tellers"]["language_model"]["metrics"]["caption.perplexity_word"]["value"] > 1


def test_floors_that_a_bundle_lacks_are_fitted_and_kept(run, recipe, corpus, floors, tmp_path):
    folder = tmp_path / "bundle"
    held = bundle.load(run)
    bundle.save(folder, held.model, held.tokenizer, held.recipe)
    open_run(folder)
    np.testing.assert_array_equal(Floors.load(folder / "floors", recipe, corpus.tokenizer).median, floors.median)


def test_the_command_writes_everything_and_prints_the_verdict(run, capsys):
    assert cli.main(["evaluate", str(run), "--limit", "6", "--keep-pictures", "2"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "oracle_best_input" in said
    assert "Captions, teacher-forced" in said
    assert "model is worse than" in said
    names = {path.name for path in (run / "evaluation").iterdir()}
    assert {"scores.json", "windows.parquet", "report.html", "boards.json", "pictures"} <= names


def test_the_floors_of_a_recipe_need_no_model(tmp_path, capsys):
    arguments = ["evaluate", "--floors", "recipes/tiny.yaml", *SMALL, "--out", str(tmp_path / "e"), "--limit", "4"]
    assert cli.main(arguments) == 0
    assert "No model here" in capsys.readouterr().out
    assert json.loads((tmp_path / "e" / "scores.json").read_text())["protocol"]["model"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}", "--split", "tset"], "tset"),
        (["{run}", "--keep-pictures", "some"], "--keep-pictures"),
        (["{run}", "--data", "parquet:/nowhere.parquet"], "nowhere"),
        (["{run}/nothing"], "no such folder"),
        (["{run}", "model.dim=3"], "model.dim=3"),
        (["--floors", "recipes/nothing.yaml"], "nothing.yaml"),
        (["{run}", "--out", "{run}/bundle"], "already holds"),
        (["{run}", "--limit", "0"], "limit"),
    ],
)
def test_mistakes_are_one_line_and_code_2(run, capsys, arguments, words):
    assert cli.main(["evaluate", *(argument.format(run=run) for argument in arguments)]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().split("\n")) == 1
    assert "Traceback" not in said


def test_the_ceiling_is_above_every_floor_and_the_way_lies_between(whole):
    _, scores = whole
    tellers = scores["tellers"]
    laws = tellers["the_laws"]["metrics"]
    for measure in ("caption.log_loss_word", "picture.mae"):
        floors = [
            t["metrics"][measure]["value"] for t in tellers.values() if t["kind"] == "floor" and measure in t["metrics"]
        ]
        assert laws[measure]["value"] < min(floors)
        assert tellers["model"]["metrics"][measure]["way"] < 1
    assert laws["cloze.caption"]["value"] > 0.9
    assert "way" not in laws["picture.mae"]


def test_parts_can_be_left_out_and_an_unknown_one_is_named(corpus, tmp_path):
    scores = score({"model": HEALTHY}, corpus, tmp_path / "e", only=["pictures", "probes"])
    metrics = scores["tellers"]["model"]["metrics"]
    assert {"picture.mae", "picture.spread"} <= metrics.keys()
    assert not {"caption.bleu", "world.caption.who", "caption.log_loss_word"} & metrics.keys()
    assert "conditions" not in scores["probes"]["model"]
    with pytest.raises(FabulaError, match=r"--only: unknown 'picture'. Did you mean 'pictures'"):
        score({"model": HEALTHY}, corpus, tmp_path / "f", only=["picture"])
