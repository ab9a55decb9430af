"""One thread, no hub, caches of their own: set before torch is imported. Only the temporary folder changes."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HOME = tempfile.mkdtemp(prefix="fabula-tests-")
os.environ.update(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1", HF_HOME=f"{_HOME}/hf", FABULA_CACHE=f"{_HOME}/cache")
os.environ.update(MPLCONFIGDIR=f"{_HOME}/matplotlib", HYPOTHESIS_STORAGE_DIRECTORY=f"{_HOME}/hypothesis")

# Time limits would fail on a busy machine, not on a fault; an automatic check draws the same examples each time.
_CALM = [HealthCheck.too_slow]
settings.register_profile("calm", database=None, deadline=None, suppress_health_check=_CALM)
settings.register_profile("calm-ci", parent=settings.get_profile("calm"), derandomize=True)
settings.load_profile("calm-ci" if os.environ.get("CI") else "calm")

SHARED = Path(__file__).parents[2] / "shared" / "data"


def pytest_unconfigure():
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def storybooks() -> Path:
    """The folder of the real storybooks; tests that need it skip, saying so, where it is absent."""
    folder = SHARED / "storybooks"
    if not (folder / "test.parquet").exists():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is absent, and this run must not skip the tests that need it")
        pytest.skip(f"the real storybooks are not at {folder}")
    return folder
