"""Equal budgets: weights by the width, steps by the speed."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from smallest import smallest

from fabula.errors import FabulaError
from fabula.study.shares import of_seconds
from fabula.study.speed import MEASURED, WARM, speed_of, with_validations
from fabula.study.weights import count_weights, width_for


@pytest.mark.parametrize("overrides", [(), ("model.caption_decoder.embedding=24", "model.temporal=mean")])
@pytest.mark.parametrize("wanted", [30_000, 200_000])
def test_the_width_gives_the_wished_number_of_weights(overrides, wanted):
    recipe = smallest(*overrides)
    dim = width_for(recipe, wanted)
    near = {other: count_weights(smallest(*overrides, f"model.dim={other}")) for other in (dim - 1, dim, dim + 1)}
    assert abs(near[dim] - wanted) < 0.03 * wanted
    assert all(abs(near[dim] - wanted) <= abs(weights - wanted) for weights in near.values())


def log_of(tmp_path: Path, each: float, validation: float) -> Path:
    """A log whose first steps are slow."""
    took = [10 * each if step <= WARM else each for step in range(1, MEASURED + 1)]
    rows = [{"event": "train", "step": step, "seconds": sum(took[:step])} for step in range(1, MEASURED + 1)]
    rows.append({"event": "validation", "step": MEASURED, "seconds": sum(took) + validation})
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_seconds_are_as_many_steps_as_fit_with_their_validations(tmp_path):
    speed = speed_of(log_of(tmp_path, 0.1, 2.0))
    assert speed == {"seconds_per_step": pytest.approx(0.1), "seconds_per_validation": pytest.approx(2.0)}
    each = {"": with_validations(speed, validate_every=10)}
    assert of_seconds(60, {"": 1}, each) == {"": 200}  # 200 * 0.1 + 20 * 2
    assert of_seconds(0.001, {"": 1}, each) == {"": 1}


def test_a_log_that_is_too_short_tells_no_speed(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"event": "train", "step": 1, "seconds": 1.0}\n')
    with pytest.raises(FabulaError, match="too few steps"):
        speed_of(tmp_path / "log.jsonl")
