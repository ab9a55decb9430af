"""Boards and strips of a real small model: what was weighed and drawn is kept for the page, of the model alone."""

import json

import pytest
from PIL import Image
from smallest import smallest

from fabula.building import build_model
from fabula.data.corpus import open_corpus
from fabula.evaluate import attention as weighing
from fabula.evaluate import evaluate
from fabula.evaluate.sampling import SAMPLES
from fabula.evaluate.strips import SHOWN
from fabula.journal.samples import sample_maps, samples
from fabula.storyteller import ModelStoryteller

ATTENTIVE = (
    "model.image_encoder.tokens=map",
    "model.fusion.kind=cross_attention",
    "model.temporal.gives=frames",
    "model.caption_decoder.kind=pointer",
)


class Floor:
    """Copies; has a model of its own, as the language model has, and is asked for no weights."""

    kind, paints, writes, model = "floor", True, True, None

    def tell(self, contexts, *, seed=0):
        return [context[-1] for context in contexts]


def kept(folder, *overrides):
    recipe = smallest(*overrides)
    corpus = open_corpus(recipe.data)
    model = build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary)
    tellers = {"model": ModelStoryteller(model, corpus.tokenizer, recipe), "copy": Floor()}
    out = folder / "evaluation"
    only = ("pictures", "likelihood", "samples")
    evaluate(tellers, corpus.splits["test"], corpus.tokenizer, corpus.data, out=out, limit=8, only=only)
    return out, json.loads((out / "boards.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def asked():
    """How often a model was looked at, and with how many contexts."""
    return []


@pytest.fixture(scope="module")
def attentive(tmp_path_factory, asked):
    look = weighing.look
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "look", lambda model, read, told: asked.append(len(told)) or look(model, read, told))
        return kept(tmp_path_factory.mktemp("attentive"), *ATTENTIVE)


def test_the_model_alone_is_asked_and_once_for_all_windows(attentive, asked):
    _, boards = attentive
    assert asked == [len(boards)]
    assert all(list(board["attention"]) == ["model"] for board in boards)


def test_shares_sum_to_one_over_the_frames_of_a_window(attentive):
    for board in attentive[1]:
        maps = [each for each in board["attention"]["model"] if each["part"] == "written"]
        assert len(maps) == 1
        assert len(maps[0]["frames"]) == len(board["context"])
        assert sum(maps[0]["frames"]) == pytest.approx(1, abs=1e-3)


def test_weighed_words_are_the_words_of_the_caption(attentive):
    tops = set()
    for board in attentive[1]:
        (words,) = [each for each in board["attention"]["model"] if each["part"] == "words"]
        for frame, weighed in zip(board["context"], words["frames"], strict=True):
            said = [word for word, _ in weighed[:-1] if word != "…"]
            assert frame["caption"].split()[: len(said)] == said
            assert all(0 <= weight <= words["top"] + 1e-3 for _, weight in weighed)
        tops.add(words["top"])
    assert len(tops) == 1  # one scale for all windows


def test_maps_over_pictures_lie_beside_the_boards(attentive):
    out, boards = attentive
    paths = [
        path for b in boards for each in b["attention"]["model"] if each["part"] == "picture" for path in each["frames"]
    ]
    assert len(paths) == len(set(paths)) == sum(len(board["context"]) for board in boards)
    sizes = {Image.open(out / path).size for path in paths}
    assert sizes == {Image.open(out / boards[0]["context"][0]["picture"]).size}


def test_who_weighs_nothing_leaves_no_trace(tmp_path):
    _, boards = kept(tmp_path, "model.temporal.kind=mean")
    assert boards
    assert not any("attention" in board for board in boards)


def test_three_windows_keep_all_their_samples(attentive):
    out, _ = attentive
    strips = json.loads((out / "samples" / "model.json").read_text("utf-8"))
    assert len({strip["window"] for strip in strips}) == len(strips) == SHOWN
    for strip in strips:
        frames = [strip["true"], *strip["told"]]
        assert len(strip["told"]) == SAMPLES
        assert all((out / frame["picture"]).exists() for frame in frames)
    assert [path.name for path in (out / "samples").glob("*.json")] == ["model.json"]


def test_the_first_sample_is_what_is_told(attentive):
    """The same windows among the boards say the same."""
    out, boards = attentive
    told = {board["window"]: board["told"]["model"]["caption"] for board in boards}
    strips = json.loads((out / "samples" / "model.json").read_text("utf-8"))
    both = [(told[s["window"]], s["told"][0]["caption"]) for s in strips if s["window"] in told]
    assert both
    assert all(one == other for one, other in both)


def test_the_sheet_of_a_run_has_what_was_read_while_writing():
    recipe = smallest("model.temporal.kind=mean", "model.caption_decoder.kind=pointer")
    corpus = open_corpus(recipe.data)
    model = build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary)
    teller, split = ModelStoryteller(model, corpus.tokenizer, recipe), corpus.splits["test"]
    windows = [split.windows[0], split.windows[1]]
    _, sheet = samples(teller, split, windows)
    assert sheet is not None
    assert sample_maps(teller, split, windows) is None
