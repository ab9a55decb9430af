"""Single frames told of themselves, and parts of one run that another takes over."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from smallest import RECIPE, smallest

from fabula import bundle
from fabula.building import build_learner
from fabula.cli import main
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.evaluate import evaluate, open_run
from fabula.run import run
from fabula.stages import staged
from fabula.story import Frame
from fabula.types import Vocabulary


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs `picture` and `text`."""
    path = tmp_path_factory.mktemp("pretrained")
    for what in ("picture", "text"):
        assert main(["pretrain", what, str(RECIPE), "--run", str(path / what)]) == 0
    return path


def taken(folder: Path, slot: str, what: str, **options) -> list[str]:
    return [f"model.{slot}.from={folder / what}", *(f"model.{slot}.{name}={value}" for name, value in options.items())]


@pytest.mark.parametrize(("what", "losses"), [("picture", {"picture", "context"}), ("text", {"caption"})])
def test_a_stage_keeps_the_losses_that_it_can_serve(what, losses):
    recipe = staged(smallest(), what)
    assert recipe.losses.keys() == losses
    assert recipe.data.context == 0
    learner = build_learner(recipe, Vocabulary(300, 3, 1, 2))
    assert {name.split(".")[0] for name, _ in learner.named_parameters()} == {
        "picture": {"image_encoder", "image_decoder"},
        "text": {"text_encoder", "caption_decoder"},
    }[what]


def test_a_stage_without_its_decoder_is_refused():
    with pytest.raises(FabulaError, match=r"model\.image_decoder: missing; the stage 'picture' trains it"):
        staged(smallest("model.image_decoder=null", "losses={caption: {use: caption}}"), "picture")


def test_every_frame_is_learned_not_only_those_that_are_told(folder: Path):
    recipe = bundle.load(folder / "picture").recipe
    corpus = open_corpus(recipe.data)
    for split in corpus.splits.values():
        assert len(split.windows) == split.store.counts.sum()


@pytest.mark.parametrize("what", ["picture", "text"])
def test_the_run_shows_frames_told_again_and_is_evaluated_beside_its_floors(folder: Path, what, tmp_path):
    assert all(Image.open(p).width > 100 for p in (folder / what / "samples").glob("*.png"))
    opened = open_run(folder / what)
    scores = evaluate(**vars(opened), out=tmp_path / "evaluation")
    floors = {"train_median", "train_mean", "most_common_caption", "ngram"}
    assert scores["tellers"].keys() == {"model", *floors}
    assert scores["probes"] == {}
    assert "no story is continued" in scores["verdict"][0]
    measure = {"picture": "picture.mae", "text": "caption.log_loss_word"}[what]
    assert scores["tellers"]["model"]["metrics"][measure]["n"] == scores["windows"]
    assert main(["report", str(folder / what), "--out", str(tmp_path / "report.html")]) == 0


def test_a_told_again_frame_follows_from_the_frame(folder: Path):
    """The one law of an autoencoder: another frame, another telling; and the context does not enter."""
    teller = open_run(folder / "picture").tellers["model"]
    black, white = (Frame(Image.new("RGB", (24, 16), colour), "") for colour in ("black", "white"))
    one, other = teller.tell_knowing([[], []], [black, white])
    assert one.picture.tobytes() != other.picture.tobytes()
    assert teller.tell_knowing([[white]], [black])[0].picture.tobytes() == one.picture.tobytes()


def test_it_continues_no_story_and_says_so(folder: Path, capsys):
    out = str(folder / "told")
    assert main(["tell", str(folder / "picture"), "world", "--out", out]) == 2
    assert "learned to tell a picture of itself, and continues no story" in capsys.readouterr().err


def test_a_part_taken_over_brings_kind_options_and_weights(folder: Path, tmp_path):
    overrides = [*taken(folder, "image_encoder", "picture", frozen="true"), *taken(folder, "text_encoder", "text")]
    recipe = smallest(*overrides, "train.steps=2", "train.save_every=1", "model.image_encoder.frozen=true")
    assert recipe.model.image_encoder.options["channels"] == (8, 8)
    run(recipe, tmp_path / "run")
    before = bundle.load(folder / "picture").model.state_dict()
    after = bundle.load(tmp_path / "run").model.state_dict()
    parts = [name for name in before if name.startswith("image_encoder.")]
    assert parts
    assert all(torch.equal(before[name], after[name]) for name in parts), "frozen weights have moved"
    words = bundle.load(folder / "text").model.state_dict()
    moved = [name for name in words if name.startswith("text_encoder.") and not torch.equal(words[name], after[name])]
    assert moved, "fine-tuned weights have not moved"
    assert all((words[name] - after[name]).abs().max() < 0.05 for name in moved), "it did not begin where text ended"


def test_a_recipe_at_rest_needs_the_other_run_no_more(folder: Path, tmp_path):
    origin = tmp_path / "gone"
    (folder / "picture" / "bundle").rename(origin)
    try:
        run(smallest(f"model.image_encoder.from={origin}", "train.steps=2"), tmp_path / "run")
    finally:
        origin.rename(folder / "picture" / "bundle")
    assert bundle.load(tmp_path / "run").recipe.model.image_encoder.origin == str(origin)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model.image_encoder.from=nowhere", "no finished run and no bundle at 'nowhere'"),
        ("model.image_encoder={kind: conv, channels: [8, 8], from: 3}", "expected the folder of a run, got 3"),
        ("model.image_encoder={kind: conv, frozen: 1}", "expected true or false, got 1"),
    ],
)
def test_a_part_that_cannot_be_had_is_said_before_training(override, said):
    with pytest.raises(FabulaError, match=said):
        smallest(override)


def test_a_run_that_is_not_there_is_said_before_anything_is_written(tmp_path, capsys):
    out = tmp_path / "run"
    assert main(["train", "systems/small/gate-pretrained", "--run", str(out)]) == 2
    said = capsys.readouterr().err
    assert "model.image_encoder.from: no finished run and no bundle at 'runs/small-gate-picture'" in said
    assert not out.exists()


def test_an_unknown_stage_is_refused(tmp_path, capsys):
    assert main(["pretrain", "pictures", str(RECIPE), "--run", str(tmp_path / "run")]) == 2
    assert "Did you mean 'picture'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["model.dim=16", "model.image_encoder.from=FOLDER/picture"], "has model.dim 8, and this recipe 16"),
        (["model.fusion.from=FOLDER/picture"], "has trained no fusion"),
        (["data.vocabulary=320", "model.text_encoder.from=FOLDER/text"], "set data.tokenizer="),
        (["model.image_encoder={kind: conv, channels: [8], from: FOLDER/picture}"], "weights are of another model"),
    ],
)
def test_a_part_that_does_not_fit_is_said_in_words(folder: Path, overrides, said, tmp_path):
    recipe = smallest(*(override.replace("FOLDER", str(folder)) for override in overrides))
    with pytest.raises(FabulaError, match=said):
        run(recipe, tmp_path / "run")


def test_pretraining_is_written_down_as_what_it_was(folder: Path):
    recipe = bundle.load(folder / "text").recipe
    assert (recipe.stage, recipe.name) == ("text", "smallest-text")
    assert json.loads((folder / "text" / "environment.json").read_text())["steps"] == 8
