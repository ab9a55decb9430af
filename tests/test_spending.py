"""What an evaluation cost is said in one line, and its parts add up."""

from fabula.evaluate.found import Found
from fabula.evaluate.spending import WHOLE, costs, spoken
from fabula.metrics import Scores


def test_parts_add_up_over_tellers_and_hands():
    one, other = (Found(["model", "floor"], [], Scores) for _ in range(2))
    for found in (one, other):
        found.costs["tell.model"] += 2.0
        found.scores["model"].costs["pictures"] += 1.0
        found.scores["floor"].costs["pictures"] += 0.5
    one.join(other)
    assert costs(one, 2.5) == {WHOLE: 2.5, "tell.model": 4.0, "measure.pictures": 3.0}


def test_the_line_names_the_greatest_first_and_leaves_out_what_is_nothing():
    spent = {WHOLE: 41.0, "tell.model": 12.0, "tell.language_model": 5.0, "ceilings": 30.0, "gallery": 0.01}
    said = spoken(spent, 1456)
    assert said == "1,456 windows in 41 s; seconds of work: ceilings 30, telling 17 (model 12, language model 5.0)"
