"""Stages in one recipe: read whole before anything is trained, then trained in order on what went before."""

import json
import os
import shlex
import signal
from pathlib import Path

import pytest
import torch
from PIL import Image
from smallest import RECIPE, trained_bytes
from torch import nn

from fabula import bundle
from fabula import run as running
from fabula.building import build_learner
from fabula.cli import main
from fabula.decoders import IMAGE_DECODERS
from fabula.errors import FabulaError
from fabula.journal import journal
from fabula.report.page import write
from fabula.roles import ImageDecoder
from fabula.staging import read_stages, run_stages
from fabula.story import Size
from fabula.types import USUAL, Compared, Vocabulary

STAGED = f"""extends: {RECIPE}
name: staged
model: {{image_decoder: {{kind: shrunk, wide: 3}}}}
train: {{steps: 4, validate_every: 2, save_every: 2, sample_every: 100}}
stages:
  codec: {{stage: codec, train: {{steps: 6, learning_rate: 1}}}}
  writer:
    model: {{image_decoder: null}}
    losses: {{caption: {{use: caption}}}}
  painter:
    model: {{caption_decoder: {{frozen: true}}}}
    losses: {{picture: {{use: l1}}}}
"""
ORDER = ["codec", "writer", "painter"]


class Shrinking(nn.Module):
    """A picture as a quarter of its pixels, and back; with its own cost."""

    offers = ("kl",)

    def __init__(self, wide: int):
        super().__init__()
        self.small, self.large = nn.Conv2d(3, wide, 2, 2), nn.ConvTranspose2d(wide, 3, 2, 2)

    def forward(self, images):
        codes = self.small(images)
        return Compared(self.large(codes).tanh(), images, {"kl": codes.flatten(1) ** 2})


class Shrunk(ImageDecoder):
    """Paints the small picture from the state."""

    def __init__(self, dim: int, size: Size, *, wide: int = 4):
        super().__init__()
        self.codec, self.shape = Shrinking(wide), (wide, size.height // 2, size.width // 2)
        self.paints = nn.Linear(dim, wide * self.shape[1] * self.shape[2])

    def forward(self, memory, target):
        return Compared(self.generate(memory, []), target)

    def generate(self, memory, dice, manner=USUAL):
        return self.codec.large(self.paints(memory.state.mean()).unflatten(1, self.shape)).tanh()


@pytest.fixture(autouse=True, scope="module")
def painter():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(IMAGE_DECODERS, "shrunk", Shrunk)
        patch.setattr(journal, "curves", lambda rows, title: Image.new("RGB", (2, 2)))
        yield


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch) -> Path:
    """Every test has a folder of its own as the working one, so that runs of equal bytes have equal names.

    Samples are not drawn: that takes most of so small a run, and decides nothing.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "samples", lambda teller, split, windows: (Image.new("RGB", (2, 2)), None))
    return written(tmp_path, STAGED)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, torch.Tensor]]]:
    """The unbroken run, and the weights that each stage began with."""
    folder, began = tmp_path_factory.mktemp("unbroken"), {}
    real = running.take_over

    def noted(model, recipe, tokenizer):
        said = real(model, recipe, tokenizer)
        began[recipe.name] = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(running, "take_over", noted)
        trained(written(folder, STAGED))
    return folder / "run", began


def written(folder: Path, text: str) -> Path:
    (folder / "staged.yaml").write_text(text)
    return folder / "staged.yaml"


def trained(recipe: Path, *, resume: bool = False) -> Path:
    return run_stages(read_stages(recipe, at=Path("run")), Path("run"), resume=resume, with_floors=False)


def refused(recipe: Path, *overrides: str) -> list[str]:
    with pytest.raises(FabulaError) as error:
        read_stages(recipe, overrides)
    return str(error.value).split("\n")


def test_a_stage_is_its_overlay_over_the_recipe(recipe: Path):
    stages = read_stages(recipe, at=Path("run"))
    assert list(stages) == ORDER
    codec, writer, painter = stages.values()
    assert [r.name for r in stages.values()] == ["staged-codec", "staged-writer", "staged"]
    assert [r.train.steps for r in stages.values()] == [6, 4, 4]
    assert [r.data.context for r in stages.values()] == [0, 2, 2]
    assert writer.model.image_decoder is None
    assert codec.losses.keys() == {"picture"}, "of the recipe's losses those that a codec can serve"
    assert (writer.losses.keys(), painter.losses.keys()) == ({"caption"}, {"picture"}), "losses are replaced"
    assert painter.model.caption_decoder.options["embedding"] == 8, "all else merges"
    assert bundle.read_recipe(recipe).losses == painter.losses, "one recipe alone is the last"


def test_each_slot_comes_from_the_newest_stage_that_held_it(recipe: Path):
    stages = read_stages(recipe, at=Path("run"))
    assert stages["writer"].model.text_encoder.origin == ""
    model = stages["painter"].model
    assert {slot: getattr(model, slot).origin for slot in ("image_decoder", "text_encoder", "temporal")} == {
        "image_decoder": "run/stages/codec",
        "text_encoder": "run/stages/writer",
        "temporal": "run/stages/writer",
    }
    said = ("stages.painter.model.image_encoder.from=null", "stages.painter.model.text_encoder.from=elsewhere")
    with pytest.raises(FabulaError, match=r"stage painter: .*no finished run and no bundle at 'elsewhere'"):
        read_stages(recipe, said)
    assert read_stages(recipe, said[:1]).popitem()[1].model.image_encoder.origin == ""


def test_a_stage_may_name_the_one_that_it_goes_on_from(recipe: Path):
    third = f"""{STAGED}  joint:
    losses: {{picture: {{use: l1}}}}
    model: {{caption_decoder: {{from: writer}}, temporal: {{from: writer}}}}
"""
    joint = read_stages(written(recipe.parent, third), at=Path("run"))["joint"].model
    assert (joint.caption_decoder.origin, joint.fusion.origin) == ("run/stages/writer", "run/stages/painter")
    wrong = third.replace("temporal: {from: writer}", "image_decoder: {from: writer}")
    said = refused(written(recipe.parent, wrong))
    place = f"stage joint: model.image_decoder ({recipe}:15)"
    assert said[0].startswith(f"{place}: image_decoder is taken over from the stage writer, but it has none")


def test_a_stage_begins_with_the_best_weights_of_those_before(whole):
    run, began = whole
    kept = {name: bundle.load(run / "stages" / name).model.state_dict() for name in ("codec", "writer")}
    start = began["staged"]
    for name, tensor in start.items():
        before = "codec" if name.startswith("image_decoder.") else "writer"
        assert torch.equal(tensor, kept[before][name]), name
    assert start.keys() >= {*kept["codec"], *kept["writer"]}
    born = build_learner(read_stages(written(run.parent, STAGED))["painter"], bundle.load(run).tokenizer.vocabulary)
    assert any(not torch.equal(tensor, start[name]) for name, tensor in born.state_dict().items())


def test_in_its_stage_the_codec_learns_and_nothing_else_of_the_painter(whole):
    run, began = whole
    before, after = began["staged-codec"], bundle.load(run / "stages" / "codec").model.state_dict()
    moved = {name.split(".")[1] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"codec"}
    assert {name.split(".")[0] for name in before} == {"image_decoder"}


def test_what_a_codec_offers_its_losses_may_ask_for(recipe: Path):
    more = "stages.codec.losses={picture: {use: l1}, kl: {use: kl, weight: 0.1}}"
    assert read_stages(recipe, (more,))["codec"].losses.keys() == {"picture", "kl"}
    assert "stage codec: losses.caption" in refused(recipe, "stages.codec.losses={caption: {use: caption}}")[0]


def test_the_run_is_evaluated_told_and_reported_as_any_other(whole, tmp_path):
    run, _ = whole
    assert (run / "bundle").is_dir()
    assert (run / "log.jsonl").is_file()
    assert (
        main(["evaluate", str(run / "stages" / "codec"), "--alone", "--only", "pictures", "--out", str(tmp_path / "e")])
        == 0
    )
    assert json.loads((tmp_path / "e" / "scores.json").read_text())["tellers"]["model"]["metrics"]["picture.mae"]
    assert list((run / "stages" / "codec" / "samples").glob("*.png"))
    assert main(["diagram", str(run / "stages" / "recipe.yaml"), "--out", str(tmp_path / "all.svg")]) == 0
    assert main(["diagram", str(run / "stages/codec/recipe.yaml"), "--out", str(tmp_path / "codec.svg")]) == 0
    assert main(["tell", str(run), "world", "--out", str(tmp_path / "told")]) == 0
    page = write([run], tmp_path / "report.html").read_text()
    assert [page.index(f"Stage {name}") for name in ORDER[:2]] == sorted(page.index(f"Stage {n}") for n in ORDER[:2])


def test_what_a_run_keeps_of_its_stages_reads_back_equal(whole, monkeypatch):
    run, _ = whole
    monkeypatch.chdir(run.parent)
    kept = read_stages(Path("run/stages/recipe.yaml"), at=Path("run"))
    assert kept == read_stages(Path("staged.yaml"), at=Path("run"))


@pytest.mark.parametrize("stage", ORDER)
def test_killed_in_any_stage_and_resumed_it_ends_in_the_same_bytes(recipe: Path, whole, stage: str):
    child = os.fork()
    if not child:
        real = journal.Journal.step

        def dying(self, report):
            real(self, report)
            if report.step == 3 and self.name == read_stages(recipe)[stage].name:
                os.kill(os.getpid(), signal.SIGKILL)

        journal.Journal.step = dying
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            trained(recipe)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    done = {path: path.stat().st_mtime_ns for path in Path("run").glob("stages/*/checkpoints/*/*")}
    ended = {path.parent.name for path in Path("run").glob("stages/*/bundle")}
    assert ended == set(ORDER[: ORDER.index(stage)])
    trained(recipe, resume=True)
    touched = {path.parts[2] for path, written in done.items() if path.is_file() and path.stat().st_mtime_ns != written}
    assert not touched & ended, "a finished stage was trained again"
    for part in ("", "stages/codec", "stages/writer"):
        assert trained_bytes(Path("run", part)) == trained_bytes(whole[0] / part), part


def test_asked_to_stop_it_says_how_to_go_on_with_all_stages(recipe: Path, whole, monkeypatch, capsys):
    real = asked_to_stop_in("staged-writer", monkeypatch)
    assert main_code("train", str(recipe), "--run", "run") == 130
    said = capsys.readouterr().err
    assert [line for line in said.split("\n") if line.startswith("stage ")][:3] == [
        "stage 1 of 3: codec",
        next(line for line in said.split("\n") if line.startswith("stage codec has ended: loss ")),
        "stage 2 of 3: writer",
    ]
    command = said.strip().split("\n")[-1].partition("go on with: ")[2]
    assert command == "fabula train run/stages/recipe.yaml --run run --resume"
    monkeypatch.setattr(journal.Journal, "step", real)
    assert main_code(*shlex.split(command)[1:], "--no-floors") == 0
    assert trained_bytes(Path("run")) == trained_bytes(whole[0])


def asked_to_stop_in(stage: str, monkeypatch):
    """Somebody presses Ctrl-C after the first step of this stage; gives the method that knows nothing of it."""
    real = journal.Journal.step

    def stopped(self, report):
        real(self, report)
        if self.name == stage and report.step == 1:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(journal.Journal, "step", stopped)
    return real


def main_code(*words: str) -> int:
    try:
        return main(list(words))
    except SystemExit as ending:
        return int(ending.code or 0)


def test_a_run_that_has_moved_goes_on(recipe: Path, whole, monkeypatch):
    real = asked_to_stop_in("staged", monkeypatch)
    with pytest.raises(KeyboardInterrupt, match=r"run/stages/recipe\.yaml"):
        trained(recipe)
    monkeypatch.setattr(journal.Journal, "step", real)
    Path("run").rename("moved")
    stages = read_stages(recipe, at=Path("moved"))
    run_stages(stages, Path("moved"), resume=True, with_floors=False)
    kept, unbroken = trained_bytes(Path("moved")), trained_bytes(whole[0])
    assert kept["bundle/model.safetensors"] == unbroken["bundle/model.safetensors"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("wide: 3", "wide: three"), "stage codec: model.image_decoder.wide ({0}:3): expected a whole number"),
        (("use: l1", "use: l3"), "stage painter: losses.picture.use.kind ({0}:12): unknown 'l3'"),
        (("{use: caption}", "{use: kl}"), "stage writer: losses.caption ({0}:9): this loss needs 'kl'"),
        (("stage: codec", "stage: codek"), "stage codec: stage ({0}:6): unknown 'codek'. Did you mean 'codec'?"),
        (
            ("frozen: true", "embedding: 9"),
            "stage painter: model.caption_decoder.embedding ({0}:11): caption_d",
        ),
        (("{kind: shrunk, wide: 3}", "{kind: conv}"), "stage codec: model.image_decoder ({0}:3): ConvImageD"),
        (("  writer:", "  a writer:"), "stages.a writer ({0}:7): a stage is named by letters"),
        (("losses: {picture", "modell: {picture"), "stage painter: modell ({0}:12): unknown 'modell'"),
    ],
)
def test_mistakes_of_all_stages_come_before_any_training(recipe: Path, change, said, capsys):
    written(recipe.parent, STAGED.replace(*change))
    assert main(["train", str(recipe), "--run", "run"]) == 2
    found = capsys.readouterr().err
    assert said.format(recipe) in found
    assert "Traceback" not in found
    assert not Path("run").exists()


def test_a_later_stage_that_wants_a_run_that_is_not_there_stops_the_first(recipe: Path, capsys):
    elsewhere = "stages.painter.model.temporal={kind: gru, from: nowhere}"
    assert main(["train", str(recipe), elsewhere, "--run", "run"]) == 2
    assert "stage painter: model.temporal.from: no finished run and no bundle at 'nowhere'" in capsys.readouterr().err
    assert not Path("run").exists()


def test_overrides_reach_a_stage_or_all(recipe: Path):
    stages = read_stages(recipe, ("stages.writer.train.steps=50", "train.batch_size=3", "train.steps=7"))
    assert [r.train.steps for r in stages.values()] == [6, 50, 7], "a stage's own wins over a plain one"
    assert {r.train.batch_size for r in stages.values()} == {3}
    stages = read_stages(recipe, ("stages.codec.losses.picture.weight=2", "stages.painter.losses.edge.use=edge"))
    assert (stages["codec"].losses["picture"].weight, len(stages["painter"].losses)) == (2, 2)
    assert list(read_stages(recipe, ("stages.writer=null",))) == ["codec", "painter"]
    assert list(read_stages(recipe, ("stages=null",))) == [""]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("stages.wirter.train.steps=5", "stages.wirter (command line): unknown 'wirter'. Did you mean 'writer'?"),
        ("stages.writer.train.steps=many", "stage writer: train.steps (command line): expected a whole number"),
        ("stages=3", "stages (command line): expected a section of stages by name, got 3"),
        ("stages.writer=3", "stages.writer (command line): expected a section"),
    ],
)
def test_an_override_that_cannot_be_is_said(recipe: Path, override, said):
    assert refused(recipe, override)[0].startswith(said)


def test_an_override_that_no_stage_heeds_is_refused(recipe: Path):
    every = STAGED.replace("  writer:\n", "  writer:\n    train: {steps: 3}\n")
    every = every.replace("  painter:\n", "  painter:\n    train: {steps: 2}\n")
    said = refused(written(recipe.parent, every), "train.steps=9")
    advice = "say it of one, as in stages.codec.train.steps=..."
    assert said == [f"train.steps (command line): every stage says its own; {advice}"]


def test_a_folder_that_holds_stages_is_not_trained_over(whole, monkeypatch, capsys):
    run, _ = whole
    monkeypatch.chdir(run.parent)
    assert main(["train", "staged.yaml", "--run", "run"]) == 2
    assert "already holds a run" in capsys.readouterr().err
    assert main(["train", "staged.yaml", "stages.writer=null", "--run", "run", "--resume"]) == 2
    assert "this run has the stages codec, writer, painter, the recipe codec, painter" in capsys.readouterr().err
    assert main(["train", "staged.yaml", "stages.writer.seed=3", "--run", "run", "--resume"]) == 2
    assert "this run has another recipe: seed is 0 there and 3 here" in capsys.readouterr().err
    before = trained_bytes(run)
    trained(Path("staged.yaml"), resume=True)
    assert trained_bytes(run) == before


def test_a_recipe_without_stages_is_one_without_a_name():
    stages = read_stages(RECIPE)
    assert stages == {"": bundle.read_recipe(RECIPE)}
    assert isinstance(build_learner(stages[""], Vocabulary(300, 0, 1, 2)), nn.Module)
