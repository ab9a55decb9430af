"""Every recipe that is shipped says what the code understands, and learns."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fabula import recipe as recipes
from fabula.building import check_model
from fabula.bundle import read_recipe
from fabula.shelf import shipped
from fabula.train.device import open_accelerator
from fabula.train.loop import train
from fabula.train.state import fresh_state
from fabula.types import Frames, StoryBatch, Vocabulary

SHIPPED = shipped()


@pytest.fixture(params=SHIPPED)
def recipe(request) -> recipes.Recipe:
    return read_recipe(request.param)


def test_there_are_the_recipes_that_the_readme_names():
    assert {"base", "tiny", "storybooks"} <= set(SHIPPED)


def test_it_builds_and_its_losses_find_what_they_need(recipe):
    check_model(recipe)


def test_written_down_it_is_the_same_recipe(recipe, tmp_path: Path):
    path = tmp_path / "recipe.yaml"
    path.write_text(recipes.dump(recipe))
    assert read_recipe(path) == recipe


def test_two_steps_at_full_size_change_every_part(recipe):
    small = replace(recipe, train=replace(recipe.train, batch_size=2, device="cpu", precision="float32"))
    vocabulary = Vocabulary(recipe.data.vocabulary, 0, 1, 2)
    state = fresh_state(small, vocabulary)
    before = {name: weight.detach().clone() for name, weight in state.learning()}
    reports = list(train(state, lambda _: noise(small), small, 2, open_accelerator(small.train)))
    assert [report.step for report in reports] == [1, 2]
    still = [name for name, weight in state.learning() if torch.equal(weight, before[name])]
    assert not still


def noise(recipe: recipes.Recipe) -> StoryBatch:
    """Two stories of coloured noise and random words."""
    data, dice = recipe.data, torch.Generator().manual_seed(0)

    def frames(count: int) -> Frames:
        images = torch.rand(2, count, 3, *data.picture_size, generator=dice) * 2 - 1
        captions = torch.randint(4, data.vocabulary, (2, count, data.caption_length), generator=dice)
        captions[..., -1] = 2
        return Frames(images, captions, torch.ones(2, count, dtype=torch.bool))

    return StoryBatch(frames(data.context), frames(1))
