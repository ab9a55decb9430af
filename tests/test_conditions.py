"""Changed contexts: each condition changes what it says and nothing else, and a model pays for what it used."""

from dataclasses import replace

import numpy as np
from PIL import Image

from fabula.evaluate import conditions
from fabula.evaluate.asking import Chunk, ask
from fabula.evaluate.conditions import CHANGE, changed_contexts, strangers
from fabula.metrics import Scores
from fabula.story import Frame, Size

SIZE = Size(8, 8)
COSTS = ("caption.log_loss_word", "picture.mae")


class Fake:
    """Paints and likes captions as a function of the context that a test gives."""

    kind, paints, writes = "model", True, True

    def __init__(self, level, nats):
        self.level, self.nats, self.asked = level, nats, []

    def tell(self, contexts, *, seed=0):
        self.asked += contexts
        return [Frame(grey(self.level(context)), context[-1].caption or "nothing") for context in contexts]

    def log_loss(self, contexts, captions):
        return [self.nats(context, caption) for context, caption in zip(contexts, captions, strict=True)]


def grey(level):
    return Image.new("RGB", (8, 8), (int(level),) * 3)


def chunk(windows=12, frames=3):
    """Window i is of story i // 2; its frames are as grey and called as their place says."""
    contexts = [[Frame(grey(10 * i + k), f"window {i} frame {k}") for k in range(frames)] for i in range(windows)]
    truths = [Frame(grey(10 * i + frames), f"window {i} frame {frames}") for i in range(windows)]
    pictures = np.stack([np.asarray(truth.picture) for truth in truths])
    ones = np.full(windows, 4.0)
    return Chunk(np.arange(windows), np.arange(windows) // 2, contexts, truths, pictures, ones, ones, 20 * ones)


def costs(teller, of):
    told, _ = ask(teller, of, 0, SIZE)
    full = Scores()
    full.add(told)
    return conditions.costs(full, conditions.ask_changed(teller, of, told.pictures, others(of), SIZE), of.stories)


def others(of):
    rows = strangers(of.stories)
    return None if rows is None else [of.contexts[row] for row in rows]


def changed(of):
    return changed_contexts(of.contexts, others(of))


def test_each_condition_changes_what_its_name_says():
    of = chunk()
    found = changed(of)
    assert list(found) == ["shuffled", "last_frame", "pictures_only", "captions_only", "reversed"]
    for row, context in enumerate(of.contexts):
        assert found["shuffled"][row] in [
            c for c, s in zip(of.contexts, of.stories, strict=True) if s != of.stories[row]
        ]
        assert found["last_frame"][row] == context[-1:]
        assert found["pictures_only"][row] == [replace(frame, caption="") for frame in context]
        assert found["captions_only"][row] == [replace(frame, picture=None) for frame in context]
        assert found["reversed"][row] == context[::-1]


def test_contexts_of_one_frame_have_no_order_and_one_story_has_no_stranger():
    assert list(changed(chunk(frames=1))) == ["shuffled", "pictures_only", "captions_only"]
    assert strangers(np.zeros(4, np.int64)) is None
    assert "shuffled" not in changed(replace(chunk(2), stories=np.zeros(2, np.int64)))


def test_a_model_that_looks_at_nothing_pays_nothing():
    found = costs(Fake(lambda context: 7, lambda context, caption: 8.0), chunk())
    for name, cost in found.items():
        assert cost["caption.log_loss_word"]["value"] == cost["picture.mae"]["value"] == cost[CHANGE]["value"] == 0, (
            name
        )


def test_a_model_pays_for_what_it_used_and_for_nothing_else():
    """It likes captions as it hears the last caption, and paints as it sees the first picture."""

    def nats(context, caption):
        return 4.0 if context[-1].caption.split()[:2] == caption.split()[:2] else 8.0

    def level(context):
        return 250 if context[0].picture is None else np.asarray(context[0].picture).mean()

    found = costs(Fake(level, nats), chunk())
    words = {name: cost["caption.log_loss_word"]["value"] for name, cost in found.items()}
    assert words == {"shuffled": 1, "last_frame": 0, "pictures_only": 1, "captions_only": 0, "reversed": 0}
    changes = {name: cost[CHANGE]["value"] for name, cost in found.items()}
    assert changes["pictures_only"] == 0
    assert min(changes[name] for name in ("shuffled", "last_frame", "captions_only", "reversed")) > 0
    assert found["last_frame"]["picture.mae"]["value"] < 0  # its last picture is nearer to the truth: that would help
    assert found["shuffled"]["picture.mae"]["low"] > 0
    assert found["shuffled"]["picture.mae"]["n"] == 12


def test_the_targets_reach_no_model():
    teller = Fake(lambda context: 7, lambda context, caption: 1.0)
    of = chunk()
    costs(teller, of)
    given = [frame for context in teller.asked for frame in context]
    assert not any(frame.caption == truth.caption for frame in given for truth in of.truths)
