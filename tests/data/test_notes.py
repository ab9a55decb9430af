"""The third text on each frame: what it says, that training and telling read the same, and that no target speaks."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from smallest import SMALL_MODEL, smallest

from fabula.building import build_model
from fabula.data.batches import Batches
from fabula.data.captions import tokenizer_for
from fabula.data.contexts import to_frames
from fabula.data.corpus import open_corpus
from fabula.data.notes import encode_notes, note, note_ids
from fabula.data.open import open_source
from fabula.data.store import open_store
from fabula.recipe import Data
from fabula.spec import Spec
from fabula.story import Entity, Frame, Size, Story
from fabula.storyteller import ModelStoryteller
from fabula.types import Frames
from fabula.world import make_story

KINDS = ("reason", "tags", "both")
DATA = Data(picture_size=Size(8, 12), context=2, caption_length=8, vocabulary=300, notes="both", note_length=24)
PLACE = {"setting": {"Location": "the beach"}, "setting_details": {"Location": {"time": "evening"}}}
FRAME = Frame(
    None,
    "caption",
    entities=(
        Entity("char1", "character", "Mia", "a little fox in a red coat"),
        Entity("char2", "character", "", "Old man, tired"),
        Entity("obj1", "object", "kite", "a kite"),
    ),
    reason="Mia looked  for her kite\nbecause the wind took it. ",
    **PLACE,
)
CALM = Frame(None, "nothing to say")
COUNTS = (4, 3, 5)
TEXT = st.text(max_size=30)
ENTITIES = st.lists(st.builds(Entity, TEXT, st.sampled_from(["character", "object"]), TEXT, TEXT), max_size=3)
SETTING = st.dictionaries(st.sampled_from(["Location", "location", "Time Period", "Mood"]), TEXT)


def stories(last=lambda frame: frame):
    """Frames of three stories of noise; `last` changes the last frame of each."""
    dice = np.random.default_rng(0)
    for number, count in enumerate(COUNTS):
        frames = [_frame(number, i, dice) for i in range(count)]
        yield Story(f"s{number}", (*frames[:-1], last(frames[-1])))


def _frame(number, place, dice):
    picture = Image.fromarray(dice.integers(0, 256, (9, 14, 3), dtype=np.uint8))
    who = Entity("char1", "character", f"Mia{number}{place}", "a fox")
    reason = "" if place == 1 else f"reason {number} {place}"
    entities = () if place == 1 else (who,)
    return Frame(picture, f"story {number} picture {place}", entities=entities, reason=reason)


def opened(data, name="noted", last=lambda frame: frame):
    source = SimpleNamespace(
        name=name,
        splits=("train",),
        notes=(),
        digest=lambda split: name,
        count=lambda split: len(COUNTS),
        stories=lambda split, size=None, places=None: stories(last),
    )
    store = open_store(data, "train", source)
    tokenizer = tokenizer_for(data, store.captions)
    return Batches(store, store.windows(data.context), tokenizer, data, 4, seed=3), store, tokenizer


def test_what_a_note_says():
    assert note(FRAME, "reason") == "Mia looked for her kite because the wind took it."
    assert note(FRAME, "tags") == "Mia, a little fox; Old man; the beach, evening"
    assert note(FRAME, "both") == f"{note(FRAME, 'tags')}. {note(FRAME, 'reason')}"
    assert [note(CALM, kind) for kind in KINDS] == ["", "", ""]
    assert note(replace(FRAME, reason=""), "both") == note(FRAME, "tags")
    assert note(replace(FRAME, entities=(), setting={}, setting_details={}), "both") == note(FRAME, "reason")
    assert note(Frame(None, "", entities=(Entity("char1", "character", "Cat", "cat"),)), "tags") == "Cat"


@given(ENTITIES, SETTING, TEXT, st.sampled_from(KINDS))
def test_any_frame_has_a_squeezed_note_of_its_own(entities, setting, reason, kind):
    frame = Frame(None, "unsaid", entities=tuple(entities), setting=setting, reason=reason)
    said = note(frame, kind)
    assert said == " ".join(said.split())
    assert said == note(replace(frame, caption="another", description="else", number=9), kind)
    if kind == "reason":
        assert said == " ".join(reason.split())


def test_frames_of_the_world_say_who_and_where():
    frame = make_story("train", 0, 0, Size(16, 32)).frames[0]
    hero, place = frame.entities[0].name, frame.setting["Location"]
    assert note(frame, "tags").startswith(f"{hero}, a")
    assert place in note(frame, "tags")
    assert note(frame, "both").endswith(frame.reason)


def test_an_empty_note_is_padding_to_the_last():
    _, _, tokenizer = opened(DATA)
    ids = encode_notes(["", "a note", "word " * 99], tokenizer, 9)
    assert (ids.ids[0] == tokenizer.pad).all()
    assert tokenizer.end in ids.ids[1].tolist()
    assert ids.truncated.tolist() == [False, False, True]
    assert tokenizer.decode(ids.ids[1]) == "a note"


@pytest.mark.parametrize("kind", KINDS)
def test_telling_reads_the_notes_that_training_reads(kind):
    data = replace(DATA, notes=kind)
    batches, store, tokenizer = opened(data)
    batch = batches.gather(batches.windows)
    assert batch.context.notes.shape == (len(batches.windows), 2, 24)
    assert batch.context.notes.dtype == torch.int64
    assert batch.target.notes is None
    read = list(stories())
    for contexts in (
        [store.context(window, 2) for window in batches.windows],
        [read[story].frames[start : start + 2] for story, start in batches.windows],
    ):
        assert torch.equal(to_frames(contexts, tokenizer, data).notes, batch.context.notes)
    trained = batches.at(5)
    assert trained.target.notes is None
    assert torch.equal(trained.context.notes, batches.gather(batches.positions(5)).context.notes)


def test_contexts_of_any_length_have_their_notes():
    _, _, tokenizer = opened(DATA)
    notes = to_frames([[FRAME], [CALM, FRAME], [FRAME, CALM, FRAME], []], tokenizer, DATA).notes
    said, nothing = notes[0, 0], torch.full((24,), tokenizer.pad)
    assert not torch.equal(said, nothing)
    expected = [[said, nothing], [nothing, said], [nothing, said], [nothing, nothing]]
    assert torch.equal(notes, torch.stack([torch.stack(row) for row in expected]))


def test_no_note_is_read_where_none_is_wanted():
    data = replace(DATA, notes="none")
    batches, store, tokenizer = opened(data)
    assert batches.at(0).context.notes is None
    assert note_ids(store, tokenizer, data) is None
    assert to_frames([[FRAME]], tokenizer, data).notes is None


def test_notes_are_encoded_once(monkeypatch):
    _, store, tokenizer = opened(DATA)
    first = note_ids(store, tokenizer, DATA)
    assert (note_ids(store, tokenizer, replace(DATA, notes="tags")).ids != first.ids).any()
    monkeypatch.setattr(type(tokenizer), "encode", None)
    assert (note_ids(store, tokenizer, DATA).ids == first.ids).all()


def test_the_target_says_nothing_to_the_model():
    """Its reason, entities and setting may be anything: what is read stays the same, but for the frame's own."""

    def other(frame):
        return replace(frame, reason="the end", entities=(Entity("char9", "character", "Zoe"),), **PLACE)

    plain, store, tokenizer = opened(DATA, "plain")
    changed, others, _ = opened(DATA, "changed", other)
    assert store.captions == others.captions
    windows = [window for window in plain.windows if window.start + 3 == COUNTS[window.story]]  # the target is the last
    assert len(windows) == 3
    one, two = plain.gather(windows), changed.gather(windows)
    assert torch.equal(one.context.notes, two.context.notes)
    assert torch.equal(one.context.captions, two.context.captions)
    assert torch.equal(one.target.captions, two.target.captions)
    told = [to_frames([s.context(window, 2) for window in windows], tokenizer, DATA) for s in (store, others)]
    assert torch.equal(told[0].notes, told[1].notes)
    ends = [note_ids(s, tokenizer, DATA).ids[int(s.first[0]) + 3] for s in (store, others)]
    assert (ends[0] != ends[1]).any()  # so the change was one


def teller(where, data=DATA):
    _, _, tokenizer = opened(data)
    torch.manual_seed(0)
    recipe = replace(smallest(), data=data)
    model = build_model(
        replace(SMALL_MODEL, note_encoder=Spec("gru"), notes_in=where), data.picture_size, tokenizer.vocabulary
    )
    return ModelStoryteller(model, tokenizer, recipe)


@pytest.mark.parametrize("where", ["fusion", "decoding"])
def test_frames_without_notes_leave_the_model_as_it_is(where):
    it = teller(where)
    pictures = [Image.new("RGB", (12, 8), (shade, 90, 40)) for shade in (0, 80, 200)]
    contexts = [[Frame(picture, "a word")] * count for picture, count in zip(pictures, (1, 2, 2), strict=True)]
    read = to_frames(contexts, it.tokenizer, DATA)
    assert (read.notes == it.tokenizer.pad).all()
    with torch.inference_mode():
        silent = it.model.remember(read).state.mean()
        without = it.model.remember(Frames(read.images, read.captions, read.present)).state.mean()
        noted = [[replace(frame, reason="because") for frame in context] for context in contexts]
        heard = it.model.remember(to_frames(noted, it.tokenizer, DATA)).state.mean()
    assert torch.equal(silent, without)
    assert not torch.allclose(heard, without)


def test_a_noted_story_is_told_with_its_notes():
    """Alone or among others, once or several times; another note, another story."""
    it = teller("fusion")
    picture = Image.new("RGB", (12, 8), (200, 90, 40))
    noted, calm = [replace(FRAME, picture=picture)], [Frame(picture, FRAME.caption)]
    first, second = it.tell([noted, calm], seed=1)
    assert it.tell([noted], seed=1)[0].caption == first.caption
    assert it.samples([noted], 3, seed=1)[0][0].caption == first.caption
    assert len({frame.caption for frame in it.samples([noted], 3, seed=1)[0]}) > 1
    assert first.caption != second.caption
    going_on = it.tell([[*noted, first]], seed=1)  # a told frame has no note, and is read
    assert going_on[0].picture is not None


def rows_with(reason):
    frames = [[f"f{i}.png" for i in range(3)]] * 2
    return [
        {"story_id": str(n), "frames": held, "captions": ["a", "b", "c"], "why": reason(n)}
        for n, held in enumerate(frames)
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_column_of_reasons_reaches_the_store(tmp_path, suffix):
    for number in range(3):
        Image.new("RGB", (14, 9), (number, 0, 0)).save(tmp_path / f"f{number}.png")
    rows = rows_with(lambda n: [f"because {n}{i}" if i else None for i in range(3)])
    path = tmp_path / f"train.{suffix}"
    if suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    data = replace(DATA, source=f"{suffix}:{path}", reason_key="why", notes="reason")
    store = open_store(data, "all", open_source(data.source, data))
    assert [frame.reason for frame in store.frames(1)] == ["", "because 11", "because 12"]
    tokenizer = tokenizer_for(data, store.captions)
    ids = note_ids(store, tokenizer, data).ids
    assert [tokenizer.decode(row) for row in ids] == ["", "because 01", "because 02", "", "because 11", "because 12"]


THOUGHTS = "whole story\n## Image 1\nfirst\n## Image 2\nsecond\n## Image 3\nthird\n### Narrative Structure\nlater"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (THOUGHTS, ["first", "second", "third"]),
        (THOUGHTS.replace("## Image 2", "**Image 2**"), ["first", "second", "third"]),
        (THOUGHTS.replace("## Image 2", "Frame two"), ["", "", "third"]),
        (THOUGHTS.replace("## Image 3", "Image three"), ["first", "", ""]),
        (THOUGHTS.replace("## Image 2", "## Image 3", 1), ["", "", "third"]),
        (THOUGHTS.replace("## Image 3", "## Narrative Structure\nlater\n## Image 3"), ["first", "second", "third"]),
    ],
)
def test_a_text_about_the_whole_story_never_speaks_of_later_frames(tmp_path, text, reasons):
    row = {"story_id": "1", "captions": ["a", "b", "c"], "chain_of_thought": text}
    (tmp_path / "x.jsonl").write_text(json.dumps(row))
    data = Data(frames_key="none", reason_key="chain_of_thought")
    (story,) = open_source(f"jsonl:{tmp_path / 'x.jsonl'}", data).stories("all")
    assert [frame.reason for frame in story.frames] == reasons


def test_a_run_is_told_how_many_frames_have_notes(tmp_path):
    row = {"captions": ["a", "b", "c", "d"], "reason": ["why", "", "word " * 50, "so"]}
    for split in ("train", "validation", "test"):
        lines = [json.dumps(row | {"story_id": f"{split}{number}"}) + "\n" for number in range(2)]
        (tmp_path / f"{split}.jsonl").write_text("".join(lines))
    data = replace(DATA, source=f"jsonl:{tmp_path}", frames_key="none", notes="reason")
    corpus = open_corpus(data, ["train"])
    said = "train: 75.0% of frames have a note (reason); 33.3% of these are cut to 24 tokens"
    assert said in corpus.notes()
    assert corpus.tokenizer.text == open_corpus(replace(data, notes="none"), ["train"]).tokenizer.text
