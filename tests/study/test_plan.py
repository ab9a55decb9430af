"""A plan's mistakes are told all at once, each with its line and what was meant."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from smallest import RECIPE

from fabula import yamls
from fabula.errors import FabulaError
from fabula.study import read_plan
from fabula.study.arms import subjects_of
from fabula.study.layout import names_of
from fabula.study.plan import USUAL
from fabula.study.study import plain, plan_file

SHIPPED = Path(__file__).parents[2] / "recipes" / "ablations"
WHOLE = f"""
name: fine
parent: {RECIPE}
arms:
  baseline: []
  other:
  third: {{recipe: {RECIPE}, overrides: [model.dim=12]}}
budget: {{steps: 4}}
"""


def planned(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    return path


def mistakes(tmp_path: Path, text: str) -> list[str]:
    path = planned(tmp_path, text)
    with pytest.raises(FabulaError) as error:
        subjects_of(*read_plan(path), tmp_path)
    return str(error.value).replace(str(path), "plan.yaml").split("\n")


def test_what_is_left_out_is_as_usual(tmp_path):
    plan, tree = read_plan(planned(tmp_path, WHOLE))
    assert (plan.compare, plan.seeds, plan.measures, plan.others) == ("baseline", (0, 1, 2), USUAL, ["other", "third"])
    subjects = subjects_of(plan, tree, tmp_path)
    assert [(s.arm, s.data, s.recipe.model.dim, s.recipe.train.steps) for s in subjects] == [
        ("baseline", "world", 8, 4),
        ("other", "world", 8, 4),
        ("third", "world", 12, 4),
    ]


def test_a_plan_at_rest_is_the_plan(tmp_path):
    plan, _ = read_plan(planned(tmp_path, WHOLE))
    again, _ = read_plan(planned(tmp_path, yamls.written(plain(plan))))
    assert again == plan


def test_all_mistakes_at_once(tmp_path):
    said = mistakes(
        tmp_path,
        f"""
name: wrong
parent: {RECIPE}
arms:
  base line: []
  other: {{overides: []}}
  third: [seed=3]
compare: othr
seeds: [0, 0]
budget: {{steps: 3, seconds: 4}}
measures: [picture.maee]
""",
    )
    wanted = (
        "arms.base line (plan.yaml:5): 'base line' is no name",
        "arms.other.overides (plan.yaml:6): unknown 'overides'. Did you mean 'overrides'?",
        "arms.third.overrides (plan.yaml:7): seed is not an arm's to choose; it is ruled by seeds",
        "compare (plan.yaml:8): unknown 'othr'. Did you mean 'other'?",
        "seeds (plan.yaml:9): 0 stands twice",
        "budget (plan.yaml:10): give exactly one of steps and seconds",
        "measures (plan.yaml:11): unknown 'picture.maee'. Did you mean 'picture.mae'?",
    )
    assert all(any(line.startswith(start) for line in said) for start in wanted)
    assert len(said) == len(wanted)


def test_mistakes_in_the_recipes_of_arms_are_told_at_the_arm(tmp_path):
    text = WHOLE.replace("  other:", "  other: [model.fusion.kind=concatt, train.stepps=3]")
    said = mistakes(tmp_path, text.replace("dim=12", "dim=x").replace("baseline: []", "baseline: {recipe: nobody}"))
    assert all("(plan.yaml:" in line for line in said)
    found = "\n".join(said)
    assert "arms.baseline (plan.yaml:5): recipe: there is no 'nobody'" in found
    assert "arms.other (plan.yaml:6): model.fusion.kind (an override): unknown 'concatt'. Did you mean" in found
    assert "arms.other (plan.yaml:6): train.stepps (an override): unknown 'stepps'. Did you mean 'steps'?" in found
    assert "arms.third (plan.yaml:7): model.dim (an override): expected a whole number, got 'x'" in found


def test_an_arm_cannot_begin_with_what_nobody_trains(tmp_path):
    text = WHOLE.replace("  other:", "  other:\n    - model.image_encoder.from={picture}")
    assert mistakes(tmp_path, text) == [
        "arms.other (plan.yaml:6): an override names {picture}, but nothing is trained `before: {picture: ...}`"
    ]


def test_a_source_that_is_not_there(tmp_path):
    said = mistakes(tmp_path, WHOLE + "data: [world, 'parquet:nowhere']\n")
    assert said == ["data (plan.yaml:9): parquet:nowhere: no file or folder 'nowhere'"]


def test_sources_have_folders_of_their_own():
    named = names_of(("world", "parquet:../shared/storybooks", "folder:storybooks", "jsonl:/a/b.jsonl", "hub:a/b@c"))
    assert len(set(named.values())) == len(named)
    assert all("/" not in name and name.strip(".-") for name in named.values())


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_shipped_plans_can_be_begun(name):
    plan, tree = read_plan(plan_file(Path("ablations") / name), ("world",))
    subjects = subjects_of(plan, tree, SHIPPED)
    assert [subject.arm for subject in subjects] == list(plan.arms)
    assert all(subject.recipe.train.steps == (plan.budget.steps or 1) for subject in subjects)


def test_a_plan_that_is_not_there(tmp_path):
    with pytest.raises(FabulaError, match="plan: there is no"):
        plan_file(tmp_path / "nothing.yaml")
