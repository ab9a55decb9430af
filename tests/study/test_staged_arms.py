"""Arms whose recipes have stages: one budget for all stages together, shared out as the recipe does; arms as large."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from forks import Forked, plain
from smallest import RECIPE

from fabula.cli import main
from fabula.errors import FabulaError
from fabula.study import read_plan
from fabula.study.arms import digest, subjects_of
from fabula.study.layout import StudyFolder
from fabula.study.plan import Budget
from fabula.study.shares import of_seconds, of_steps
from fabula.study.speed import MEASURED
from fabula.study.study import plan_file
from fabula.study.tasks import Work, tasks_of
from fabula.study.weights import count_weights

STAGED = f"""
extends: {RECIPE}
name: staged
model:
  image_encoder: {{kind: cells, channels: [8, 8], grid: [1, 1]}}
  temporal: mean
  image_decoder: {{kind: flow, cell: 8, code: 8, layers: 1, flow_layers: 1}}
losses: {{context: null, picture: {{use: l1}}, flow: {{use: flow}}, caption: null}}
stages:
  codec: {{stage: codec, losses: {{picture: {{use: l1}}}}, train: {{steps: 10}}}}
  writer: {{model: {{image_decoder: null}}, losses: {{caption: {{use: caption}}}}, train: {{steps: 30}}}}
  painter: {{model: {{caption_decoder: {{frozen: true}}}}, train: {{steps: 20}}}}
"""
PLAN = """
name: beside
overrides: [data.world.test=2]
arms:
  plain: {{recipe: {recipe}, as_large_as: staged}}
  staged: {{recipe: staged.yaml}}
seeds: [0]
budget: {budget}
measures: [picture.mae, caption.log_loss_word, context.caption.log_loss_word]
limit: 6
"""
SEEN = ("picture_size", "fit", "caption_length", "vocabulary", "texts")
ALIKE = {"storyteller-world": (*SEEN, "world"), "storyteller-storybooks": SEEN}  # by shipped plan
OWN = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5000), min_size=1)


def planned(folder: Path, budget: str, *changes: tuple[str, str]) -> Path:
    """The plan beside its recipe, with what stands in either changed."""
    staged, plan = STAGED, PLAN.format(recipe=RECIPE, budget=budget)
    for old, new in changes:
        assert (old in staged) + (old in plan) == 1
        staged, plan = staged.replace(old, new), plan.replace(old, new)
    (folder / "staged.yaml").write_text(staged)
    (folder / "plan.yaml").write_text(plan)
    return folder / "plan.yaml"


def work_of(folder: Path, budget: str, *changes: tuple[str, str]) -> Work:
    plan, tree = read_plan(planned(folder, budget, *changes))
    return Work(plan, subjects_of(plan, tree, folder), StudyFolder(folder / "study"))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return work_of(tmp_path_factory.mktemp("work"), "{steps: 12}")


@given(OWN, st.integers(1, 100_000))
def test_shares_of_steps_are_the_recipes_own_and_their_sum_is_the_budget(own, steps):
    found, whole = of_steps(steps, own), sum(own.values())
    assert list(found) == list(own)
    assert all(abs(found[name] - steps * own[name] / whole) <= 1 for name in own)
    assert sum(found.values()) == steps or 1 in found.values()


@given(OWN, st.floats(1, 1e4), st.data())
def test_all_stages_together_take_the_seconds(own, seconds, data):
    each = {name: data.draw(st.floats(0.001, 5)) for name in own}
    found = of_seconds(seconds, own, each)
    grown = seconds / sum(own[name] * each[name] for name in own)  # all stages alike
    for name in own:
        assert found[name] == 1 or found[name] == pytest.approx(grown * own[name], abs=1 + 1e-5)
    if all(grown * own[name] >= 1 for name in own):
        taken = sum(found[name] * each[name] for name in own)
        assert seconds - sum(each.values()) - 1e-3 <= taken <= seconds + 1e-3


def test_every_stage_is_told_its_share(work):
    plain, staged = work.subjects
    assert plain.trained[""].train.steps == 12
    assert {name: recipe.train.steps for name, recipe in staged.trained.items()} == work.steps(staged)
    assert work.steps(staged) == {"codec": 2, "writer": 6, "painter": 4}
    (command,) = [task.command() for task in tasks_of(work) if task.name == "world/staged/seed-0.train"]
    assert {"stages.codec.train.steps=2", "stages.painter.train.steps=4"} <= set(command)


def test_an_arm_chooses_its_shares_and_not_their_sum(tmp_path):
    more = ("{recipe: staged.yaml}", "{recipe: staged.yaml, overrides: [stages.codec.train.steps=70]}")
    work = work_of(tmp_path, "{steps: 12}", more)
    assert work.steps(work.subjects[1]) == {"codec": 7, "writer": 3, "painter": 2}


def test_seconds_are_shared_out_by_the_speed_of_every_stage(work, tmp_path):
    work = replace(work, plan=replace(work.plan, budget=Budget(seconds=30)), folder=StudyFolder(tmp_path))
    staged, speed = work.subjects[1], {"codec": 0.1, "writer": 0.2, "painter": 0.4}
    for name, folder in work.trained(staged, work.folder.speed("world", "staged")).items():
        folder.mkdir(parents=True, exist_ok=True)
        took = [speed[name] * step for step in range(1, MEASURED + 1)]
        rows = [{"event": "train", "step": step, "seconds": seconds} for step, seconds in enumerate(took, start=1)]
        (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = work.steps(staged)
    assert found == {"codec": 20, "writer": 60, "painter": 40}  # of 1 + 6 + 8 seconds, twice
    assert sum(found[name] * speed[name] for name in found) == pytest.approx(30)


def test_any_stage_decides_the_run(work, tmp_path):
    one, other = work.subjects[1], work_of(tmp_path, "{steps: 12}", ("steps: 30", "steps: 40")).subjects[1]
    writers = [replace(subject.trained["writer"], train=one.trained["writer"].train) for subject in (one, other)]
    assert digest(*one.trained.values()) != digest(*other.trained.values())
    assert digest(writers[0]) == digest(writers[1])  # the steps alone are others


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("train: {steps: 30}", "train: {epochs: 2, steps: null}"),
            "arms.staged ({plan}:6): stages.writer.train: give steps, not",
        ),
        (("as_large_as: staged", "as_large_as: stagd"), "arms.plain.as_large_as ({plan}:5): unknown 'stagd'. Did you"),
        (("as_large_as: staged", "as_large_as: plain"), "arms.plain.as_large_as ({plan}:5): unknown 'plain'"),
        (
            ("{recipe: staged.yaml}", "{recipe: staged.yaml, overrides: [stages.codec.seed=3]}"),
            "arms.staged.overrides ({plan}:6): stages.codec.seed is not an arm's to choose",
        ),
        (
            ("as_large_as: staged", "as_large_as: staged, overrides: [model.dim=12]"),
            "arms.plain.overrides ({plan}:5): model.dim follows from staged",
        ),
        (("context.caption.log", "context.captions.log"), "measures ({plan}:9): unknown 'context.captions.log_loss"),
    ],
)
def test_mistakes_are_told_where_they_stand(tmp_path, change, said):
    with pytest.raises(FabulaError) as error:
        work_of(tmp_path, "{steps: 12}", change)
    assert said.format(plan=tmp_path / "plan.yaml") in str(error.value)


@pytest.mark.parametrize("name", ALIKE)
def test_shipped_arms_see_the_same_and_are_as_large(name):
    """Pictures, captions and words decide what may be compared; weights agree within 5 %."""
    file = plan_file(Path("ablations") / name)
    plan, tree = read_plan(file, ("world",))
    subjects = {subject.arm: subject for subject in subjects_of(plan, tree, file.parent)}
    storyteller = subjects["storyteller"].recipe
    for arm in ("gate", "baseline"):
        weights = count_weights(subjects[arm].recipe)
        assert weights == pytest.approx(count_weights(storyteller), rel=0.05)
        for subject in (subjects[arm], subjects["storyteller"]):
            for recipe in subject.trained.values():
                assert all(getattr(recipe.data, key) == getattr(storyteller.data, key) for key in ALIKE[name])
    assert not any("alignment" in subject.recipe.losses for subject in subjects.values())


def test_a_staged_arm_stands_in_the_table_with_both_its_manners(tmp_path, monkeypatch):
    plain(monkeypatch, Forked)
    plan, study = planned(tmp_path, "{steps: 12}"), tmp_path / "study"
    assert main(["ablate", str(plan), "--run", str(study), "--jobs", "2"]) in (0, None)
    (block,) = json.loads((study / "study.json").read_text())["blocks"]
    seed = block["arms"]["staged"]["seeds"]["0"]
    assert {name: stage["steps"] for name, stage in seed["stages"].items()} == {"codec": 2, "writer": 6, "painter": 4}
    assert seed["steps"] == block["arms"]["plain"]["seeds"]["0"]["steps"] == 12
    assert seed["cost"]["seconds"] == pytest.approx(
        sum(stage["seconds"] for stage in seed["stages"].values()), abs=0.01
    )
    run = study / "runs" / "world" / "staged" / "seed-0"
    scores = json.loads((run / "evaluation" / "scores.json").read_text())
    lost = scores["probes"]["model"]["conditions"]["shuffled"]["caption.log_loss_word"]["value"]
    assert seed["metrics"]["context.caption.log_loss_word"] == lost
    (guess,) = block["manners"].values()
    told = scores["tellers"]["model (guess)"]["metrics"]["picture.mae"]["value"]
    assert guess["mean"]["picture.mae"]["mean"] == told
    less = told - block["arms"]["plain"]["mean"]["picture.mae"]["mean"]
    assert guess["difference"]["picture.mae"]["value"] == pytest.approx(less)
    assert "| staged (guess) |" in (study / "table.md").read_text()
