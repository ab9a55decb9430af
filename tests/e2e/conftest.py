"""Where the browser's helper lies, and the rooms whose small runs the pages are made of; the browser itself."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PLACES = (TESTS / "e2e", TESTS, *(TESTS / room for room in ("report", "study", "compare", "audit")))
sys.path[:0] = map(str, PLACES)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    from browser import opened

    with opened(tmp_path_factory.mktemp("home")) as found:
        yield found
