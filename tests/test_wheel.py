"""What is installed is whole: the wheel holds all that the sources hold, and works where there are no sources."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
