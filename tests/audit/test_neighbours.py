"""Ids in the order of a film: neighbours on two sides leak where they look alike, and are a note where they do not."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from planted import audited, story, write

from fabula.audit.neighbours import next_door


def film(numbers, hue):
    """Stories whose frames are tinted as their film is: `hue` says how, by the number of the story."""
    for number in numbers:
        told = story("train", number % 7)
        tint = np.random.default_rng(hue(number)).uniform(0.3, 1, 3)
        noise = np.random.default_rng(1000 + number)
        frames = [
            replace(
                frame,
                caption=f"Words {noise.integers(10**9)} of their own, said once.",
                picture=Image.fromarray(
                    (noise.uniform(0, 1, (24, 50, 3)) * tint * 255).astype(np.uint8).repeat(2, 0).repeat(2, 1)
                ),
            )
            for frame in told.frames[:5]
        ]
        yield replace(told, id=f"{number:04d}", title="", frames=tuple(frames))


@pytest.mark.parametrize(
    ("hue", "leaks"), [(lambda number: number // 4, True), (lambda number: 7 * number, False)], ids=["film", "chance"]
)
def test_neighbours_of_a_film_leak(capsys, tmp_path, hue, leaks):
    test = [1, 6, 9, 14, 18, 21, 26, 29, 34, 37]
    train = [number for number in range(40) if number not in test]
    code, found = audited(capsys, write(tmp_path, train=list(film(train, hue)), test=list(film(test, hue))))
    told = found["neighbouring ids", "train", "test"]
    assert (code, told["leaks"]) == (int(leaks), leaks)
    assert told["count"] == 8  # of 10: validation is carved out of train, and with it the neighbours of two
    assert told["examples"][0]["text"] == "test story 0001 beside train story 0000"
    assert ("blocks of neighbouring ids" in told["remedy"]) == leaks


def test_blocks_with_a_gap_have_no_neighbours(capsys, tmp_path):
    stories = [list(film(numbers, lambda number: number // 4)) for numbers in (range(20), range(24, 30))]
    code, found = audited(capsys, write(tmp_path, train=stories[0], test=stories[1]))
    assert code == 0
    assert ("neighbouring ids", "train", "test") not in found


def test_next_door():
    assert next_door(["a9", "b3", "x"], ["a10", "a8", "b5", "c3", "y"]) == [(0, 0), (0, 1)]
