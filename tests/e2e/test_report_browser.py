"""The report in a real browser: nothing loaded, nothing complained of, nothing wider than the screen."""

import pytest
from browser import AnyPage
from finished_run import make_run

from fabula import report


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    return report.write([make_run(folder / "demo")], folder / "report.html").as_uri()


class TestThePage(AnyPage):
    pictures = 10
