"""A child of a study is a real process: it is watched, asked to stop once, and its last line is the reason."""

import sys
import time

import pytest

from fabula.study.children import Child, last_line


def ended(child: Child) -> int:
    while (code := child.poll()) is None:
        time.sleep(0.02)
    return code


def test_a_real_command_is_watched_to_its_end(tmp_path):
    child = Child(["evaluate", str(tmp_path / "nowhere")], tmp_path / "log")
    assert ended(child) == 2
    assert last_line(tmp_path / "log").startswith(f"{tmp_path / 'nowhere'}: no such folder")
    if sys.platform == "linux":
        assert child.peak is not None
        assert child.peak > 20  # MiB


def test_a_child_that_is_interrupted_ends(tmp_path):
    child = Child(["world", "--help"], tmp_path / "log")
    child.interrupt()
    child.end()
    assert child.poll() is not None


def test_a_log_without_a_word(tmp_path):
    assert last_line(tmp_path / "absent") == "it said nothing"
    (tmp_path / "log").write_text("first\nfabula: the reason\n\n")
    assert last_line(tmp_path / "log") == "the reason"


@pytest.mark.parametrize("busy", [True, False])
def test_two_studies_do_not_work_in_one_folder(tmp_path, busy):
    from fabula.errors import FabulaError
    from fabula.study.layout import StudyFolder
    from fabula.study.study import _claimed

    folder = StudyFolder(tmp_path / "study")
    with _claimed(folder, resume=False):
        if busy:
            with pytest.raises(FabulaError, match="another process"), _claimed(folder, resume=True):
                pass
    with _claimed(folder, resume=False):
        pass
