"""All runs of K frames with the frame after them; short stories are named."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fabula.data.windows import Window, windows


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 6))
def test_every_window_stands_once_and_no_other(counts, context):
    found = windows(counts, context)
    expected = [(s, start) for s, count in enumerate(counts) for start in range(count - context)]
    assert list(found) == expected
    assert found.array.shape == (len(expected), 2)
    assert list(found.too_short) == [s for s, count in enumerate(counts) if count <= context]
    assert [found[i] for i in range(len(found))] == expected


def test_windows_can_be_chosen():
    found = windows(np.array([6, 2, 7]), 4)
    assert found[-1] == Window(2, 2)
    assert list(found[:2]) == [(0, 0), (0, 1)]
    assert list(found[np.array([3, 0])]) == [(2, 1), (0, 0)]
    assert found[1:].context == 4
