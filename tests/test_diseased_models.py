"""Real models with one ill part, trained for seconds, are called by their disease; the healthy one healthy."""

import pytest
from diseased import HEALTHY, ILL, Ward, registered

from fabula.evaluate import evaluate

ASKED = ("pictures", "likelihood", "variety", "endings", "probes", "context")
WINDOWS = 48
BLIND, DEAF = "pictures ignore the context", "captions ignore the context"
NAMED = {  # illness -> its name, and what truly follows from it
    "unshifted decoder": ("unshifted decoder", {DEAF, "captions cut short"}),  # it tells one word again and again
    "posterior, prior ignored": ("posterior carries the target", {BLIND}),
    "posterior, used in telling": ("sees the target", {"posterior carries the target", BLIND}),
    "memory sees the target": ("sees the target", {DEAF}),
    "memory is constant": (DEAF, {BLIND, "dead state", "one picture for all", "pictures of a floor"}),
    "corpus mode": ("one caption for all", {DEAF, BLIND, "dead state", "one picture for all", "pictures of a floor"}),
    "one picture": ("pictures of a floor", {BLIND, "one picture for all"}),
    "truncates": ("captions cut short", set()),
    "copies the last picture": ("pictures of a floor", set()),
    "copies the last caption": ("captions of a floor", set()),
}


@pytest.fixture(scope="module")
def ward():
    with registered():
        yield Ward("data.world.test=24", steps=80)


def scores_of(ward, illness, folder):
    tellers = {"model": ward.teller(illness), **ward.floors}
    given = (tellers, ward.corpus.splits["test"], ward.corpus.tokenizer, ward.recipe.data)
    return evaluate(*given, out=folder / "e", only=ASKED, limit=WINDOWS)


def test_the_healthy_model_is_called_healthy(ward, tmp_path):
    scores = scores_of(ward, HEALTHY["healthy"], tmp_path)
    assert scores["diseases"]["model"] == {}
    assert any("no sign of collapse" in sentence for sentence in scores["verdict"])


@pytest.mark.parametrize("illness", NAMED)
def test_an_ill_model_is_called_by_its_disease(ward, tmp_path, illness):
    scores = scores_of(ward, ILL[illness], tmp_path)
    found, (name, follows) = scores["diseases"]["model"], NAMED[illness]
    assert name in found
    assert set(found) <= {name, *follows}
    assert found[name] in " ".join(scores["verdict"])
    if illness == "one picture":
        assert "those of train_median" in found[name]
    if illness == "copies the last picture":
        assert "those of copy_last" in found[name]
