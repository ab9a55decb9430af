"""One thread, no hub, a cache of its own: set before torch is imported."""

import os
import tempfile
from pathlib import Path

import pytest

_HOME = tempfile.mkdtemp(prefix="fabula-tests-")
os.environ.update(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1", HF_HOME=f"{_HOME}/hf", FABULA_CACHE=f"{_HOME}/cache")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def storybooks() -> Path:
    """The folder of the real storybooks; tests that need it skip, saying so, where it is absent."""
    folder = SHARED / "storybooks"
    if not (folder / "test.parquet").exists():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is absent, and this run must not skip the tests that need it")
        pytest.skip(f"the real storybooks are not at {folder}")
    return folder
