"""An evaluation keeps what models and copying confuse, and of other floors only where one is the best."""

import numpy as np
import pytest

from fabula import bundle
from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.floors.painters import CopyLast, CopyRandomInput
from fabula.floors.writers import CopyLastCaption
from fabula.story import Frame
from fabula.verdict import best_floor

SMALL = (
    "data.picture_size=16x24",
    "data.caption_length=40",
    "data.vocabulary=400",
    "data.world={train: 4, validation: 2, test: 6, seed: 0}",
)


class First:
    """Tells the first frame again."""

    paints = writes = True

    def tell(self, contexts, *, seed=0):
        return [Frame(context[0].picture, context[0].caption) for context in contexts]


@pytest.fixture(scope="module")
def corpus():
    return open_corpus(bundle.read_recipe("recipes/tiny.yaml", SMALL).data)


def scored(corpus, out, only):
    data = corpus.data
    floors = {"copy_random_input": CopyRandomInput(data), "copy_last": CopyLast(data)}
    tellers = {"mine": First(), **floors, "copy_last_caption": CopyLastCaption()}
    return evaluate(tellers, corpus.splits["test"], corpus.tokenizer, data, out=out, only=only, closely=9)


def test_what_is_kept_agrees_with_the_measures(tmp_path, corpus):
    scores = scored(corpus, tmp_path / "out", ["questions"])
    found, tellers = scores["confusions"], scores["tellers"]
    assert list(found)[:3] == ["mine", "copy_last", "copy_last_caption"]
    for name in list(found)[:3]:
        asked = {question for question, entry in tellers[name]["metrics"].items() if entry["value"] is not None}
        assert found[name].keys() == {question for question in asked if question.startswith("world.")}
    for question in found.get("copy_random_input", {}):
        assert best_floor(tellers, question) == "copy_random_input"
    for name, entries in found.items():
        for question, entry in entries.items():
            share = np.trace(np.array(entry["counts"])) / entry["windows"]
            assert share == pytest.approx(tellers[name]["metrics"][question]["value"], abs=1e-3)
            assert entry["windows"] <= (9 if "picture" in question else scores["windows"])


def test_where_no_question_is_asked_nothing_is_kept(tmp_path, corpus):
    assert scored(corpus, tmp_path / "out", ["variety"])["confusions"] == {}
