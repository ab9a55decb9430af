"""A MiniLM in the scorer's place: captions alone, by the mean of their tokens, from a folder and never from afar."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from smallest import smallest
from tiny_bert import tiny_bert

from fabula.cli import main
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.evaluate import evaluate
from fabula.floors.painters import CopyLast
from fabula.floors.writers import CopyLastCaption
from fabula.scorer import open_scorer

TEXTS = ["a cat sat here.", "a dog ran", "", "a " * 100, "Ein \ud83d Fuchs"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory) -> Path:
    pytest.importorskip("transformers")
    return tiny_bert(tmp_path_factory.mktemp("bert") / "tiny-minilm")


def copied(bert: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "copy"))


def test_its_vectors_are_the_mean_of_the_librarys_tokens(bert):
    import torch
    from transformers import BertModel

    scorer = open_scorer(str(bert))
    found = scorer.embed_captions(TEXTS)
    assert found.shape == (5, 16)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    with torch.no_grad():
        hidden = BertModel.from_pretrained(bert).eval()(torch.tensor([[2, 5, 7, 9, 3]])).last_hidden_state[0]
    mean = hidden.mean(0).numpy()
    assert found[1] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert scorer.embed_captions(TEXTS[1:2])[0] == pytest.approx(found[1], abs=1e-5)  # padding changes nothing
    assert scorer.embed_captions([]).shape == (0, 16)
    assert (scorer.about["name"], scorer.about["dim"], scorer.sees) == ("sentences:tiny-minilm", 16, False)
    assert open_scorer(f"sentences:{bert}") is scorer


def test_it_sees_no_pictures(bert):
    with pytest.raises(FabulaError, match="sees no pictures"):
        open_scorer(str(bert)).embed_pictures(np.zeros((1, 4, 4, 3), np.uint8))


FAULTS = {
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), r"no model\.safetensors in it"),
    "cut weights": (lambda folder: cut(folder / "model.safetensors"), "not an encoder of sentences"),
    "no config": (lambda folder: (folder / "config.json").unlink(), r"no scorer\.json in it, and no config\.json"),
    "broken config": (lambda folder: (folder / "config.json").write_text("{"), r"config\.json:1: not JSON"),
    "foreign config": (lambda folder: (folder / "config.json").write_text("[]"), "expected a JSON object, got list"),
    "other pooling": (
        lambda folder: (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": false}'),
        "pools otherwise than by the mean",
    ),
    "a further part": (
        lambda folder: (folder / "modules.json").write_text('[{"path": "2_Dense", "type": "a.models.Dense"}]'),
        "the part 'Dense' is not understood",
    ),
    "fewer weights": (lambda folder: fewer(folder / "model.safetensors"), "lacks"),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fewer(path: Path) -> None:
    from safetensors.torch import load_file, save_file

    save_file({n: t for n, t in load_file(path).items() if "layer.1" not in n}, path, metadata={"format": "pt"})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_that_is_not_whole_is_said_in_one_line(bert, tmp_path, fault):
    folder, (harm, said) = copied(bert, tmp_path), FAULTS[fault]
    harm(folder)
    with pytest.raises(FabulaError, match=said) as caught:
        open_scorer(str(folder))
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_what_is_no_folder_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FabulaError, match="is a file; name one that"):
        open_scorer(str(tmp_path / "file"))
    with pytest.raises(FabulaError, match="no folder 'sentence-transformers/all-MiniLM-L6-v2'"):
        open_scorer("sentence-transformers/all-MiniLM-L6-v2")


def test_an_evaluation_has_ranks_of_captions_and_none_of_pictures(bert, tmp_path):
    recipe = smallest()
    corpus = open_corpus(recipe.data)
    tellers = {"copy_last": CopyLast(recipe.data), "copy_last_caption": CopyLastCaption()}
    scores = evaluate(
        tellers, corpus.splits["test"], corpus.tokenizer, recipe.data, out=tmp_path / "e", scorer=open_scorer(str(bert))
    )
    measured = set().union(*(set(teller["metrics"]) for teller in scores["tellers"].values()))
    assert "retrieval.caption.r10" in measured
    assert not [name for name in measured if name.startswith(("retrieval.picture", "agreement", "scorer."))]
    assert scores["scorer"]["name"] == "sentences:tiny-minilm"
    assert json.loads((tmp_path / "e" / "scores.json").read_text())["scorer"] == scores["scorer"]


def test_the_command_says_a_wrong_scorer_before_it_reads_anything(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "nowhere", "--scorer", "none"]) == 2
    assert capsys.readouterr().err.startswith("fabula: scorer: no folder 'none'; name one that `fabula scorer train`")
    assert list(tmp_path.iterdir()) == []
