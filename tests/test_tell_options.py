"""`fabula tell` in another manner: what is asked for is done and noted, and what makes no sense is one line."""

import json

import pytest
from listening import listening
from test_storyteller import TOKENIZER, frame, recipe

import fabula
from fabula.cli import main
from fabula.recipe import Tell


@pytest.fixture
def story(tmp_path):
    folder = tmp_path / "story"
    folder.mkdir()
    for number in (1, 2):
        frame(number).picture.save(folder / f"{number:03d}.png")
        (folder / f"{number:03d}.txt").write_text(frame(number).caption)
    return folder


@pytest.fixture
def tell(monkeypatch, story, tmp_path):
    """Tells a story as the command line does, with a model that is there without a bundle."""
    teller = listening(recipe(Tell("sample", temperature=1.2)), TOKENIZER)
    monkeypatch.setattr(fabula, "load", lambda path: teller)

    def told(*options: str, out: str = "told") -> int:
        return main(["tell", "BUNDLE", str(story), "--out", str(tmp_path / out), *options])

    return told


def pictures(folder):
    return [path.read_bytes() for path in sorted(folder.rglob("003.png"))]


def test_the_manner_is_noted_beside_the_telling(tell, tmp_path):
    assert tell() == 0
    options = ("--candidates", "3", "--picture", "guess", "--guidance", "1.5", "--flow-steps", "4")
    assert tell(*options, out="other") == 0
    notes = [json.loads((tmp_path / out / "telling.json").read_text()) for out in ("told", "other")]
    assert notes[0] == {
        "steps": 1,
        "samples": 1,
        "seed": 0,
        "candidates": 1,
        "picture": "sample",
        "flow_steps": 10,
        "guidance": 1.0,
    }
    assert notes[1] == notes[0] | {"candidates": 3, "picture": "guess", "flow_steps": 4, "guidance": 1.5}
    assert pictures(tmp_path / "told") != pictures(tmp_path / "other")


def test_one_way_of_several_is_the_one_that_is_told_alone(tell, tmp_path):
    assert tell("--candidates", "2", "--steps", "2") == 0
    assert tell("--candidates", "2", "--steps", "2", "--samples", "3", out="ways") == 0
    (alone,), ways = pictures(tmp_path / "told"), pictures(tmp_path / "ways")
    assert alone == ways[0]
    assert len(set(ways)) == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("candidates", "0"),
        ("candidates", "many"),
        ("picture", "gues"),
        ("guidance", "-1"),
        ("guidance", "nan"),
        ("guidance", "inf"),
        ("flow-steps", "0"),
    ],
)
def test_a_value_that_makes_no_sense_is_one_line(tell, tmp_path, capsys, option, value):
    assert tell(f"--{option}", value) == 2
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert said.startswith("fabula: ")
    assert option.replace("-", "_") in said.replace("-", "_")
    assert not (tmp_path / "told").exists()
