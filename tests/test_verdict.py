"""The verdict reads scores and says what is wrong in words; the healthy are called healthy."""

import copy

import pytest

from fabula.verdict import against_floors, best_floor, diseases, verdict


def metrics(**values):
    return {name.replace("__", "."): {"value": value} for name, value in values.items()}


def healthy():
    own = metrics(
        picture__mae=0.10,
        picture__ssim=0.50,
        picture__spread_ratio=0.6,
        picture__distinct=100.0,
        caption__perplexity_word=50.0,
        caption__distinct=90.0,
        caption__chrf=30.0,
    )
    copy_last = metrics(picture__mae=0.15, picture__ssim=0.4)
    ngram = metrics(caption__perplexity_word=80.0, caption__chrf=20.0)
    oracle = metrics(picture__mae=0.01, picture__ssim=0.9)
    better = {"low": 0.1, "high": 0.3, "n": 100}
    return {
        "windows": 100,
        "tellers": {
            "model": {"kind": "model", "metrics": own},
            "copy_last": {"kind": "floor", "metrics": copy_last},
            "ngram": {"kind": "floor", "metrics": ngram},
            "best_input": {"kind": "oracle", "metrics": oracle},
        },
        "truth": {"metrics": metrics(picture__distinct=100.0, caption__distinct=100.0)},
        "probes": {
            "model": {
                "states": {"units": 64, "still": 0},
                "conditions": {
                    "shuffled": {
                        "caption.log_loss_word": {"value": 0.2, **better},
                        "picture.mae": {"value": 0.2, **better},
                        "picture.change": {"value": 0.2, **better},
                    },
                    "pictures_only": {"caption.log_loss_word": {"value": 0.2, **better}},
                    "reversed": {"caption.log_loss_word": {"value": 0.01, "low": -0.1, "high": 0.1}},
                },
            }
        },
        "protocol": {"truncated": 0.0, "unknown": 0.0, "caption_length": 40},
    }


def changed(path, value):
    scores = copy.deepcopy(healthy())
    place = scores
    *parents, last = path
    for key in parents:
        place = place[key]
    place[last] = value
    return scores


OWN = ("tellers", "model", "metrics")
SHUFFLED = ("probes", "model", "conditions", "shuffled")
NOTHING = {"value": 0.0, "low": 0.0, "high": 0.0}
SLIGHT = {"value": 0.01, "low": -0.1, "high": 0.1}


def test_the_healthy_model_is_called_healthy_and_better_than_the_floors():
    said = verdict(healthy())
    assert diseases(healthy(), "model") == {}
    assert "no sign of collapse" in said[-1]
    assert any("uses the context" in sentence for sentence in said)
    parts = "use the captions given (+0.2 nats a word without); no use of the order of frames can be shown."
    assert f"model's captions: {parts}" in said
    assert any(sentence.startswith("model is better than every floor on picture.mae") for sentence in said)
    assert not any("not a single" in sentence for sentence in said)
    assert not any("collapsed" in sentence or "dead" in sentence or "ignore" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ((*OWN, "picture.distinct", "value"), 1.0, "one and the same picture for all 100 inputs"),
        ((*OWN, "picture.spread_ratio", "value"), 0.004, "less than a hundredth"),
        ((*OWN, "caption.distinct", "value"), 1.0, "one and the same caption for all 100 inputs"),
        ((*OWN, "caption.distinct", "value"), 3.0, "3 different ones for 100 inputs"),
        (("probes", "model", "states", "still"), 64, "none of its 64 units"),
        (("probes", "model", "states", "still"), 5, "5 of the 64 units of its state are dead"),
        ((*SHUFFLED, "caption.log_loss_word"), {"value": 0.0, "low": 0.0, "high": 0.0}, "captions ignore the context"),
        (
            (*SHUFFLED, "caption.log_loss_word"),
            {"value": 0.002, "low": -0.01, "high": 0.015},
            "captions ignore the context",
        ),
        ((*SHUFFLED, "picture.change"), {"value": 0.0, "low": 0.0, "high": 0.0}, "pictures ignore the context"),
    ],
)
def test_every_disease_is_named_and_no_other(path, value, words):
    found = diseases(changed(path, value), "model")
    (sentence,) = found.values()
    assert words in sentence
    said = verdict(changed(path, value))
    assert said[0] == f"model: {sentence}"
    assert not any("no sign of collapse" in sentence for sentence in said)


def test_what_few_windows_cannot_show_is_no_disease_and_is_said():
    scores = changed((*SHUFFLED, "caption.log_loss_word"), {"value": 0.01, "low": -0.1, "high": 0.1})
    assert diseases(scores, "model") == {}
    assert any("cannot be told from so few windows" in sentence for sentence in verdict(scores))


def test_few_captions_are_no_disease_where_the_truth_has_few():
    scores = changed((*OWN, "caption.distinct", "value"), 3.0)
    scores["truth"]["metrics"]["caption.distinct"]["value"] = 4.0
    assert diseases(scores, "model") == {}


def test_pictures_that_differ_but_are_no_truer_are_said_and_are_no_collapse():
    scores = changed((*SHUFFLED, "picture.mae"), {"value": 0.001, "low": -0.01, "high": 0.01})
    assert diseases(scores, "model") == {}
    assert any("makes it no truer" in sentence for sentence in verdict(scores))


def test_what_is_worth_next_to_nothing_is_no_use_however_sure_it_is():
    scores = changed((*SHUFFLED, "picture.mae"), {"value": 3e-6, "low": 2e-6, "high": 4e-6})
    scores["probes"]["model"]["conditions"]["shuffled"]["caption.log_loss_word"] = {
        "value": 0.2,
        "low": 0.1,
        "high": 0.3,
    }
    (said,) = [sentence for sentence in verdict(scores) if "uses the context" in sentence]
    assert "nats" in said
    assert "picture" not in said


def test_where_a_floor_is_better_it_is_named_and_an_oracle_never_is():
    said = against_floors(changed((*OWN, "picture.mae", "value"), 0.2), "model")
    assert "model is worse than copy_last on picture.mae." in said
    assert not any("best_input" in sentence for sentence in said)
    assert best_floor(healthy()["tellers"], "picture.mae") == "copy_last"
    assert best_floor(healthy()["tellers"], "picture.spread") is None


def test_a_tie_with_a_floor_is_not_better():
    said = against_floors(changed((*OWN, "picture.mae", "value"), 0.15), "model")
    assert "model cannot be told apart from copy_last on picture.mae." in said


def test_a_gain_whose_paired_interval_holds_zero_is_not_better():
    scores = healthy()
    scores["gains"] = {"model": {"picture.mae": {"floor": "copy_last", "value": 0.01, "low": -0.01, "high": 0.03}}}
    assert "model cannot be told apart from copy_last on picture.mae." in against_floors(scores, "model")
    scores["gains"]["model"]["picture.mae"]["low"] = 0.001
    better = next(sentence for sentence in against_floors(scores, "model") if "better than every floor" in sentence)
    assert "picture.mae" in better


def test_a_model_below_all_floors_is_told_so_by_subject():
    scores = changed((*OWN, "caption.perplexity_word", "value"), 100.0)
    scores["tellers"]["model"]["metrics"]["caption.chrf"]["value"] = 1.0
    assert "model beats all floors on not a single caption measure." in verdict(scores)


def test_cautions():
    assert any("scored cut" in s for s in verdict(changed(("protocol", "truncated"), 0.17)))
    assert any("unknown" in s for s in verdict(changed(("protocol", "unknown"), 0.01)))


def test_without_a_model_the_best_floors_are_named():
    scores = healthy()
    del scores["tellers"]["model"]
    assert "copy_last on picture.mae" in verdict(scores)[0]


def test_one_window_is_no_proof_of_health():
    said = verdict(changed(("windows",), 1))
    assert any("one window alone cannot show" in sentence for sentence in said)


def test_the_way_to_the_ceiling_is_told_where_there_is_one():
    scores = changed((*OWN, "picture.mae"), {"value": 0.1, "way": 0.61, "way_low": 0.58, "way_high": 0.64})
    gone = "61 % of the way from the best floor to the ceiling (95 %: 58 % to 64 %)."
    assert f"model's pictures: {gone}" in verdict(scores)
    scores["tellers"]["model"]["metrics"]["picture.mae"]["way"] = -0.2
    assert any("pictures: no way from the best floor, copy_last, towards" in sentence for sentence in verdict(scores))
    assert not any("ceiling" in sentence for sentence in verdict(healthy()))
