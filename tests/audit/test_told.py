"""The table, the page, the exit code, mistakes; and what is true of the real storybooks."""

import re

import pytest
from planted import audited, jpeg, story, with_frame, write

from fabula.cli import main


@pytest.fixture
def leaky(tmp_path):
    train, test = ([story(split, index) for index in range(3)] for split in ("train", "test"))
    train[0] = with_frame(train[0], 1, caption="<b>All of the words</b> in this caption are said two times over.")
    test[1] = with_frame(test[1], 0, picture=jpeg(train[0].frames[1].picture), caption=train[0].frames[1].caption)
    return write(tmp_path / "data", train=train, test=test)


def test_the_table_says_what_leaks(leaky, capsys):
    assert main(["audit", leaky]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "leak near-identical pictures train / test" in told
    assert "It leaks: near-identical pictures, repeated captions." in told


def test_only_what_was_asked_for_is_looked_at(leaky, capsys):
    code, found = audited(capsys, leaky, "--splits", "train, test", "--limit", 1)
    assert (code, {each["name"] for each in found.values() if each["leaks"]}) == (0, set())
    assert audited(capsys, leaky, "--splits", "test")[0] == 0


def test_the_page_shows_both_sides(leaky, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["audit", leaky, "--html", str(page)]) == 1
    told = page.read_text()
    assert told.count("data:image/webp;base64,") >= 2
    assert "<mark>&lt;b&gt;All of the words" in told
    assert "<b>All" not in told
    assert not re.search(r"""(src|href)=["'](?!data:|#)|url\(|@import""", told)  # nothing from elsewhere
    assert str(page) in capsys.readouterr().err


def test_the_world_can_be_audited(capsys):
    code, found = audited(capsys, "world", "--splits", "test,hard", "--limit", 3, "--size", "30x60")
    assert code == 0
    assert not any(each["leaks"] for each in found.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing-here"], "no file or folder 'nothing-here'"),
        (["world", "--splits", "train,tset"], "world: split: unknown 'tset'. Did you mean 'test'"),
        (["world", "--splits", "test,test"], "names a split twice"),
        (["world", "--size", "big"], "--size: expected HEIGHTxWIDTH"),
        (["world", "--limit", "1", "--size", "16x16", "--html", "/dev/null/x/page.html"], "cannot write"),
        (["world", "--context", "0"], "--context"),
    ],
)
def test_mistakes_are_one_line(arguments, told, capsys):
    assert main(["audit", *arguments]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_the_real_storybooks_are_clean(storybooks, capsys):
    code, found = audited(capsys, f"parquet:{storybooks}", "--splits", "validation,test")
    assert code == 0
    assert {name for name, *_ in found} == {"neighbouring ids", "shared phrases", "names only in targets"}
    assert found["shared phrases", "validation", "test"]["count"] == 1
    assert not any(each["severity"] != "note" for each in found.values())
