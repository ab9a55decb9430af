"""Real models with one ill part, trained for seconds, are called by their disease; the healthy one healthy."""

import pytest
from diseased import HEALTHY, ILL, Ward, registered

from fabula.evaluate import conditions, evaluate

ASKED = ("pictures", "likelihood", "variety", "endings", "probes")
WINDOWS, CLOSELY = 24, 16
SMALLER = ("data.world.train=60", "data.world.test=12", "model.dim=32", "train.batch_size=12")
BLIND, DEAF, CUT = "pictures ignore the context", "captions ignore the context", "captions cut short"
FLAT = {BLIND, DEAF, CUT, "dead state", "one picture for all", "pictures of a floor"}
NAMED = {  # illness -> its name, and what truly follows from it
    "unshifted decoder": ("unshifted decoder", {CUT, "one caption for all"}),  # it tells one word again and again
    "posterior, prior ignored": ("posterior carries the target", {BLIND}),
    "posterior, used in telling": ("sees the target", {"posterior carries the target", BLIND}),
    "memory sees the target": ("sees the target", {DEAF, CUT}),  # it has learned for so short
    "memory is constant": (DEAF, FLAT),
    "corpus mode": ("one caption for all", FLAT),
    "one picture": ("pictures of a floor", {BLIND, "one picture for all"}),
    "truncates": (CUT, set()),
    "copies the last picture": ("pictures of a floor", set()),
    "copies the last caption": ("captions of a floor", set()),
}
CONTEXT = ("memory is constant", "truncates")  # asked in changed contexts too, which costs most


@pytest.fixture(scope="module")
def ward():
    with registered(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(conditions, "PLAIN", {})  # of changed contexts diseases look at another story's alone
        yield Ward(*SMALLER, steps=45, planting=25)


def scores_of(ward, illness, folder, *more):
    tellers = {"model": ward.teller(illness), **ward.floors}
    given = (tellers, ward.corpus.splits["test"], ward.corpus.tokenizer, ward.recipe.data)
    return evaluate(*given, out=folder / "e", only=(*ASKED, *more), limit=WINDOWS, closely=CLOSELY)


def test_the_healthy_model_is_called_healthy(ward, tmp_path):
    scores = scores_of(ward, HEALTHY["healthy"], tmp_path, "context")
    assert scores["diseases"]["model"] == {}
    assert any("no sign of collapse" in sentence for sentence in scores["verdict"])


@pytest.mark.parametrize("illness", NAMED)
def test_an_ill_model_is_called_by_its_disease(ward, tmp_path, illness):
    scores = scores_of(ward, ILL[illness], tmp_path, *(("context",) if illness in CONTEXT else ()))
    found, (name, follows) = scores["diseases"]["model"], NAMED[illness]
    assert name in found
    assert set(found) <= {name, *follows}
    assert found[name] in " ".join(scores["verdict"])
    if illness == "one picture":
        assert "those of train_median" in found[name]
    if illness == "copies the last picture":
        assert "those of copy_last" in found[name]
