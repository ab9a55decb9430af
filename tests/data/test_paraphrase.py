"""Other words of the same facts: what is kept, what is left alone, and who is told so in training."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fabula.data.batches import Batches
from fabula.data.captions import tokenizer_for
from fabula.data.paraphrase import CONNECTIVES, MOST, facts, paraphrase, variants
from fabula.data.store import open_store
from fabula.data.wordings import wordings
from fabula.recipe import Augment, Data
from fabula.story import Frame, Size, Story
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts

SAFE = {
    "Mia cried because she had lost her kite.": (
        "Because she had lost her kite, Mia cried.",
        "Mia cried, for she had lost her kite.",
    ),
    "Mia sat down because it was late. She slept.": (
        "Because it was late, Mia sat down. She slept.",
        "Mia sat down, for it was late. She slept.",
    ),
    "The fox hid because the dog barked.": ("Because the dog barked, the fox hid.",),
    "Soon Mia left because the sun had set.": ("Soon, because the sun had set, Mia left.",),
    "Quickly Mia left because it was late.": ("Quickly Mia left, for it was late.",),
    "The wolf ran home, for he was hungry.": ("The wolf ran home because he was hungry.",),
    "The wolf ran home, but he was late.": ("The wolf ran home. But he was late.",),
    "The wolf ran home, and then he slept.": ("The wolf ran home. Then he slept.",),
    "The wolf ran, and he fell.": ("The wolf ran. He fell.",),
    "The wolf ran home. Then he slept.": ("The wolf ran home, and then he slept.",),
    "The wolf ran home. So the dog slept.": ("The wolf ran home, so the dog slept.",),
    "Mia met Otto. The sky was very dark. Otto laughed.": ("The sky was very dark. Mia met Otto. Otto laughed.",),
    "Mia met Otto. It was a cold day.": ("It was a cold day. Mia met Otto.",),
    "<gdo char1>Mia</gdo> <gda char1>sat</gda> down.": ("Mia sat down.",),
}
UNSAFE = (
    "",
    " ",
    "Mia.",
    "Mia sat down.",
    "He knew that Mia cried because she was sad.",  # the cause of knowing?
    "He did not go because he was afraid.",  # the cause of not going?
    "Goat sang and Dog ran because he was scared.",  # the cause of both?
    "Mia cried only because she was sad.",
    "Mia cried because of the kite.",
    "Mia left because it was late, and she ran.",  # one cause or two?
    "Birds were singing because the sun rose.",  # a name?
    "My brother, my sister, and they all came.",
    "He said the wolf ran, but he was late.",
    "If it rains, we stay. Then the dog sleeps.",
    "When Mia came. Then the dog slept.",
    "Mia dropped the cup. The cup was broken.",  # what came later
    "Mia sang. She laughed. The song was very long. It ended.",
    "She sang. The day was bright.",
    'Mia said, "I met Otto. The sky was dark."',
    "He met Mr. The sky was dark.",
    "<gdo char1></gdo>",
)
PIECES = (
    *(part for text in (*SAFE, *UNSAFE) for part in text.split()),
    *CONNECTIVES,
    *(
        "he",
        "The",
        "sky",
        "was",
        "dark.",
        "It",
        "cold",
        "day.",
        "Then",
        "But",
        "Mia,",
        "because",
        "'",
        "A",
        "ÉTÉ",
        "ß",
        "<gdo char1>",
    ),
)


@pytest.mark.parametrize("caption", SAFE)
def test_what_can_be_told_in_other_words(caption):
    assert variants(caption) == SAFE[caption]


@pytest.mark.parametrize("caption", UNSAFE)
def test_what_is_not_safe_stays(caption):
    assert variants(caption) == ()
    assert paraphrase(caption, np.random.default_rng(0)) == caption


@given(st.lists(st.sampled_from(PIECES), max_size=24).map(" ".join) | st.text() | st.sampled_from(sorted(SAFE)))
@settings(max_examples=400)
def test_every_variant_keeps_the_facts(caption):
    told = variants(caption)
    assert told == variants(caption)
    assert len(told) == len(set(told)) <= MOST
    for text in told:
        assert text.strip()
        assert text != caption
        assert facts(text) == facts(caption)
    chosen = paraphrase(caption, np.random.default_rng(5))
    assert chosen == paraphrase(caption, np.random.default_rng(5))
    assert chosen in (told or (caption,))


def test_facts_are_words_without_connectives():
    assert facts("Mia sat, and Otto sat.") == ["mia", "otto", "sat", "sat"]
    assert facts("Mia sat.") != facts("Otto sat.")
    assert facts("Mia sat sat.") != facts("Mia sat.")


def test_of_many_variants_every_one_is_told():
    caption = next(iter(SAFE))
    dice = np.random.default_rng(0)
    assert {paraphrase(caption, dice) for _ in range(40)} == set(SAFE[caption])


def plain(text):
    return text[0].isupper() or text[0] in "\"'\u201c\u2018("


def test_captions_of_the_world_stay_plain_sentences():
    told = [c.text for index in range(60) for c in told_captions(tell_facts("train", 1, index))]
    found = [variants(caption) for caption in told]
    assert 0.15 < sum(map(bool, found)) / len(found) < 0.4
    for text in (text for each in found for text in each):
        assert plain(text)
        assert text[-1] == "."
        assert not any(wrong in text for wrong in ("  ", " ,", " .", ",,", "..", "Because because"))


def test_some_captions_of_real_books_have_variants(storybooks):
    rows = pq.read_table(storybooks / "test.parquet", columns=["captions"])["captions"].to_pylist()
    found = {caption: variants(caption) for row in rows for caption in row}
    assert 0.01 < sum(map(bool, found.values())) / len(found) < 0.2
    for caption, told in found.items():
        assert all(facts(text) == facts(caption) for text in told)


# --- in training ---

COUNTS = (6, 5, 7)
SAID = [*SAFE, "Nothing to change.", "Mia sat down."]
DATA = Data(
    picture_size=Size(6, 10),
    context=3,
    caption_length=40,
    vocabulary=300,
    augment=Augment(flip=True, crop=0.2, rotate=9.0, jitter=0.2, paraphrase=0.5),
)


def told(split, size=None, places=None):
    dice, number = np.random.default_rng(0), 0
    for story, count in enumerate(COUNTS):
        frames = []
        for _ in range(count):
            picture = Image.fromarray(dice.integers(0, 256, (9, 14, 3), dtype=np.uint8))
            frames.append(Frame(picture, SAID[number % len(SAID)]))
            number += 1
        yield Story(f"s{story}", tuple(frames))


SOURCE = SimpleNamespace(
    name="said", splits=("train",), notes=(), digest=lambda split: "said", count=lambda split: 3, stories=told
)


def opened(share, **changes):
    data = replace(DATA, augment=replace(DATA.augment, paraphrase=share, **changes))
    store = open_store(data, "train", SOURCE)
    tokenizer = tokenizer_for(data, store.captions)
    return Batches(store, store.windows(3), tokenizer, data, 8, seed=7), store, tokenizer


def test_only_the_context_is_told_in_other_words():
    batches, _, tokenizer = opened(1.0)
    for step in range(4):
        batch = batches.at(step)
        truth = batches.gather(batches.positions(step))
        assert torch.equal(batch.target.captions, truth.target.captions)
        for ids, true in zip(batch.context.captions.flatten(0, 1), truth.context.captions.flatten(0, 1), strict=True):
            caption = tokenizer.decode(true)
            assert tokenizer.decode(ids) in (variants(caption) or (caption,))


def test_about_the_share_is_told_so_and_pictures_stay():
    off, half, all_of = (opened(share)[0] for share in (0.0, 0.5, 1.0))
    changed = torch.zeros(2)
    for step in range(30):
        truth = off.at(step)
        for number, each in enumerate((half.at(step), all_of.at(step))):
            assert torch.equal(each.context.images, truth.context.images)
            assert torch.equal(each.target.images, truth.target.images)
            changed[number] += (each.context.captions != truth.context.captions).any(-1).sum()
    assert torch.equal(off.at(3).context.captions, off.gather(off.positions(3)).context.captions)
    assert 0.4 < changed[0] / changed[1] < 0.6


def test_what_is_told_follows_from_seed_and_step():
    one, two = opened(0.5)[0], opened(0.5)[0]
    assert torch.equal(one.at(4).context.captions, two.at(4).context.captions)
    steps = {one.at(step).context.captions.numpy().tobytes() for step in range(6)}
    assert len(steps) == 6
    assert torch.equal(one.gather(one.positions(4)).context.captions, opened(0.0)[0].at(4).context.captions)


def test_variants_are_found_and_encoded_once(monkeypatch):
    batches, store, tokenizer = opened(0.5)
    found = wordings(store, tokenizer, 40)
    assert found.counts.tolist() == [len(variants(caption)) for caption in store.captions]
    monkeypatch.setattr(type(tokenizer), "encode", None)
    monkeypatch.setattr("fabula.data.wordings.variants", None)
    again = wordings(store, tokenizer, 40)
    assert all((a == b).all() for a, b in zip(found, again, strict=True))
    batches.at(0)


def test_nothing_is_found_where_nothing_is_asked_for(monkeypatch):
    monkeypatch.setattr("fabula.data.batches.wordings", None)
    opened(0.0)[0].at(0)


def test_captions_without_variants_are_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path))
    monkeypatch.setattr("fabula.data.wordings.variants", lambda caption: ())
    batches, *_ = opened(1.0)
    assert torch.equal(batches.at(0).context.captions, batches.gather(batches.positions(0)).context.captions)
