"""Names on the page: each is put in the page's words once, and a curve gets the floor of its own measure."""

from fabula.report.chapter import _floors
from fabula.report.tables import group_title, readable

TELLERS = {
    "model": {"kind": "model", "metrics": {}},
    "copy_last": {"kind": "floor", "metrics": {"picture.mae": {"value": 0.09}, "cloze.picture": {"value": 0.36}}},
    "language_model": {"kind": "floor", "metrics": {"caption.perplexity": {"value": 7.0}}},
}


def test_a_name_within_another_is_left_alone():
    said = readable("model cannot be told apart from language_model on world.caption.doing.", TELLERS)
    assert said == "The model cannot be told apart from language model on doing of captions."


def test_a_loss_is_no_cloze():
    assert set(_floors(TELLERS)) == {"picture.mae", "mae", "caption.perplexity", "perplexity"}


def test_tables_have_titles_that_people_say():
    assert group_title("world", "free-running") == "World questions"
    assert group_title("caption", "free-running") == "Captions, free-running"
