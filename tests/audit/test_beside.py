"""The audit beside an evaluation: the same as of the source, done once, only where it was wished for, and reported."""

import json
import re
from dataclasses import replace

import pytest
from planted import SIZE, jpeg, mirrored, story, with_frame, write

from fabula import cli, files, report
from fabula.audit import audit_evaluated, audit_stores, read, warning
from fabula.audit.audit import Wish, audit_source
from fabula.data.open import open_source
from fabula.data.store import open_store
from fabula.recipe import Data

WORLD = "data.world={train: 10, validation: 3, test: 6, seed: 0}"
FLOORS = (WORLD, "data.picture_size=16x24", "data.vocabulary=400", "train.steps=2", "model.dim=8")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    train, test = [story("train", index) for index in range(5)], [story("test", index) for index in range(3)]
    test[1] = with_frame(test[1], 2, picture=jpeg(train[0].frames[3].picture), caption=" ")
    test[2] = with_frame(test[2], 1, picture=mirrored(train[4].frames[0].picture))
    source = write(tmp_path_factory.mktemp("leaky"), train=train, test=test)
    return Data(source=source, picture_size=SIZE, context=4)


def stores(data):
    source = open_source(data.source, data)
    return {split: open_store(data, split, source) for split in source.splits}


def told(audit):
    return {
        (each["name"], *each["splits"]): (each["severity"], each["count"], each["of"]) for each in audit["findings"]
    }


def test_what_is_decoded_is_audited_like_the_source(data, capsys):
    assert audit_source(data, Wish(json=True))
    whole = json.loads(capsys.readouterr().out)
    assert told(audit_stores(stores(data), 4)) == told(whole)
    assert {each["name"] for each in whole["findings"] if each["leaks"]} == {
        "near-identical pictures",
        "mirrored pictures",
    }


def test_the_same_stores_are_never_audited_twice(data, tmp_path, monkeypatch):
    held = stores(data)
    first = audit_evaluated(data, held["test"], tmp_path)
    monkeypatch.setattr(read, "look", None)
    assert audit_evaluated(data, held["test"], tmp_path) == first == files.read_json(tmp_path / "audit.json")
    with pytest.raises(TypeError):
        audit_stores({"train": held["train"]}, 4)


def test_a_leak_is_said_and_nothing_else_is(data):
    held = stores(data)
    assert warning(audit_stores(held, 4)).startswith(
        "The data leaks: near-identical pictures, mirrored pictures. Scores"
    )
    assert warning(audit_stores({"test": held["test"]}, 4)) == ""


def test_a_split_that_is_decoded_alone_is_audited_alone(data, tmp_path, monkeypatch):
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path / "elsewhere"))
    alone = audit_evaluated(data, open_store(data, "test"), tmp_path)
    assert list(alone["splits"]) == ["test"]
    assert alone["leaks"] == 0
    assert alone["faults"] == 1


def test_what_another_source_shares_with_the_train_split_of_the_run_is_found(data, tmp_path):
    foreign = [with_frame(story("hard", 0), 1, picture=story("train", 2).frames[2].picture), story("hard", 1)]
    other = replace(data, source=write(tmp_path / "other", test=foreign))
    stores(data)
    told = audit_evaluated(other, open_store(other, "test"), tmp_path, learned=data)
    name = f"train of {data.source}"
    assert (told["source"], list(told["splits"])) == (other.source, [name, "test"])
    [leak] = [each for each in told["findings"] if each["leaks"]]
    assert (leak["name"], leak["splits"], leak["count"]) == ("near-identical pictures", [name, "test"], 1)


def test_the_report_says_what_was_found(data, tmp_path):
    files.write_json(tmp_path / "scores.json", {"data": data.source, "split": "test"})
    assert f"Nobody has looked for leaks and faults in this data. fabula audit {data.source}" in page(tmp_path)
    audit_evaluated(data, stores(data)["test"], tmp_path)
    said = page(tmp_path)
    assert "train, 5 stories" in said
    assert "leak near-identical pictures, train / test: 1 of" in said
    assert "fault empty captions, test: 1 of" in said
    assert said.index("mirrored pictures, train / test: 1 of") < said.index("empty captions, test: 1 of")
    assert re.search(r"Nothing found by \d+ other checks\.", said)


def page(folder):
    html = report.write([folder], folder / "report.html").read_text()
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize(("only", "there"), [(["--only", "pictures"], False), (["--only", "audit"], True)])
def test_an_evaluation_audits_where_it_is_wished_for(tmp_path, only, there):
    out = tmp_path / "out"
    arguments = ["recipes/tiny.yaml", *FLOORS, *only, "--limit", "2", "--out", str(out)]
    assert cli.main(["evaluate", "--floors", *arguments]) == 0
    assert (out / "audit.json").exists() == there
    if there:
        assert list(files.read_json(out / "audit.json")["splits"]) == ["train", "validation", "test"]
        assert "pictures as they are decoded, 16x24" in page(out)
