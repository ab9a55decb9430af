"""The scorer looks at a split once, and at told frames by chunks: the truth told scores as the truth."""

import numpy as np
import pytest

from fabula.data.store import open_store
from fabula.metrics.measure import WINDOWS
from fabula.metrics.seen import MEASURES, Seen, columns
from fabula.recipe import Data, World
from fabula.scorer import open_scorer
from fabula.scorer.looking import look_at_targets, look_at_told


@pytest.fixture(scope="module")
def split():
    store = open_store(Data(world=World(train=1, validation=1, test=6)), "test")
    windows = store.windows(4)
    scorer = open_scorer()
    return scorer, store, windows, look_at_targets(scorer, store, windows)


def told(split, asked=None, pictures=True, captions=True) -> tuple[Seen, np.ndarray]:
    """The true frames of all windows as if they had been told."""
    scorer, store, windows, targets = split
    rows, numbers = store.rows(windows)[:, -1], np.arange(len(windows))
    asked = np.ones(len(windows), bool) if asked is None else asked
    texts = [store.captions[row] for row in rows] if captions else None
    return look_at_told(scorer, targets, numbers, store.pictures[rows] if pictures else None, texts, asked), asked


def values(found: dict) -> dict:
    sums = {name: column.sum() for name, column in found.items()} | {WINDOWS: 1.0}
    return {name: float(m.value(sums)) for name, m in MEASURES.items() if all(read in sums for read in m.reads)}


def test_the_truth_told_is_found_and_agrees_as_the_truth(split):
    found = values(columns(*told(split)))
    assert set(found) == set(MEASURES)
    assert found["retrieval.picture.r1"] == found["retrieval.caption.r1"] == 1
    assert found["retrieval.picture_in_story.percentile"] == 0
    assert found["agreement.share"] == pytest.approx(1, abs=1e-5)
    assert found["agreement.true"] > found["agreement.shuffled"]


def last_told(split, cut: slice) -> dict:
    """The columns of the context's last picture, told of the windows in `cut`."""
    scorer, store, windows, targets = split
    numbers, last = np.arange(len(windows))[cut], store.rows(windows)[cut, -2]
    asked = np.ones(len(numbers), bool)
    return columns(look_at_told(scorer, targets, numbers, store.pictures[last], None, asked), asked)


def test_chunks_change_nothing(split):
    """But for rounding, since a vector is read beside others."""
    first, second, whole = (last_told(split, cut) for cut in (slice(5), slice(5, None), slice(None)))
    for name, column in whole.items():
        assert np.concatenate([first[name], second[name]]) == pytest.approx(column, abs=1e-4)


def test_only_what_is_asked_is_looked_at(split):
    asked = np.arange(len(split[2])) % 2 == 0
    seen, _ = told(split, asked)
    assert (seen.pictures[~asked] == 0).all()
    found = columns(seen, asked)
    assert found["retrieval.picture.asked"].sum() == asked.sum()
    assert values(found)["retrieval.picture.r1"] == 1


def test_who_only_paints_is_not_asked_for_captions(split):
    found = columns(*told(split, captions=False))
    assert found
    assert all(name.startswith("retrieval.picture") for name in found)
    assert all(name.startswith("retrieval.caption") for name in columns(*told(split, pictures=False)))
