"""What is installed is whole: the wheel holds all that the sources hold, and works where there are no sources."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from smallest import smallest

from fabula import bundle
from fabula.data.corpus import open_corpus
from fabula.train.state import fresh_state

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def held(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_package_and_every_recipe(wheel: Path):
    within = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("fabula/")}
    sources = {f"fabula/{name}" for name in held(ROOT / "src" / "fabula")}
    assert within == sources | {f"fabula/recipes/{name}" for name in held(ROOT / "recipes")}
    assert {Path(name).suffix for name in within} >= {".py", ".yaml", ".j2", ".css"}


def test_it_works_where_there_are_no_sources(wheel: Path, tmp_path: Path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = """
from fabula import cli, recipe, shelf
from fabula.inspection.page import render
from fabula.report import write
print(cli.__file__, shelf.find("tiny"), recipe.load("tiny").name, cli.main(["world", "told", "--stories", "1"]))
"""
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site" / "fabula"
    assert done.stdout.split("\n")[-2] == f"{site / 'cli' / '__init__.py'} {site / 'recipes' / 'tiny.yaml'} tiny 0"
    assert (tmp_path / "told" / "train.parquet").is_file()


def test_weights_within_it_tell_a_story_by_their_name(wheel: Path, tmp_path: Path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    recipe = smallest()
    tokenizer = open_corpus(recipe.data, ["train"]).tokenizer
    shelf = tmp_path / "site" / "fabula" / "shipped"
    bundle.save(shelf / "double", fresh_state(recipe, tokenizer.vocabulary).model, tokenizer, recipe)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "fabula", "tell", "double", "world", "--out", "told"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "told" / "storyboard.png").is_file()


def test_nothing_that_is_shipped_is_ignored_by_git():
    path = "src/fabula/shipped/world/model.safetensors"
    ignored = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=ROOT, check=False)
    assert ignored.returncode != 0
