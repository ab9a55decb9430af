"""Stories without pictures beside the train split: what they add, where they stay out, and that nothing leaks."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from smallest import SMALL_MODEL, smallest
from test_store_corpus import write

from fabula.counting.ngram import NGram
from fabula.data.batches import Batches
from fabula.data.contexts import to_frames
from fabula.data.corpus import open_corpus
from fabula.data.open import open_source
from fabula.data.store import open_store
from fabula.data.texts import open_texts
from fabula.errors import FabulaError
from fabula.floors import fit
from fabula.journal.data import data_facts
from fabula.recipe import Augment, Data
from fabula.run import run
from fabula.story import Frame, Size
from fabula.tokenizer import Tokenizer

WRITER = replace(smallest(), model=replace(SMALL_MODEL, image_decoder=None))
PAINTER = replace(smallest(), model=SMALL_MODEL)
STRANGE = "A zebra walked far over the hills to a zoo of zigzags and sang"


def tell(folder, stories, name="texts.jsonl"):
    """Stories as lines of captions; no column of pictures."""
    folder.mkdir(exist_ok=True)
    about = {"license": "CC BY 4.0", "attribution": "A. Writer", "source": "somewhere"}
    rows = [{"story_id": f"text{n}", "title": f"T{n}", "captions": told, **about} for n, told in enumerate(stories)]
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"jsonl:{folder / name}"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path):
    """Stories with pictures: three of train, of 5, 4 and 2 frames."""
    return write(tmp_path / "data")


@pytest.fixture
def more(data, tmp_path):
    """The same with two stories without pictures, of 4 and 2 frames."""
    stories = [[f"{STRANGE} {n}." for n in range(4)], ["Zip.", "Zap."]]
    return replace(data, texts=(tell(tmp_path / "texts", stories),), caption_length=80)


def test_their_captions_are_among_those_that_words_are_learned_from(data, more):
    plain, corpus = open_corpus(data), open_corpus(more)
    own = plain.stores["train"].captions
    assert corpus.words.captions == [*own, *(f"{STRANGE} {n}." for n in range(4)), "Zip.", "Zap."]
    assert corpus.tokenizer.text == Tokenizer.train(corpus.words.captions, 300).text != plain.tokenizer.text
    assert corpus.tokenizer.decode(corpus.captions.ids[-1]) == "Zap."
    assert len(corpus.captions.ids) == len(own) + 6
    assert corpus.notes()[-1] == f"2 stories without pictures, 6 captions, from {more.texts[0]}"


def test_the_splits_are_those_that_there_are_without_them(data, more):
    plain, corpus = open_corpus(data), open_corpus(more)
    assert plain.texts is None
    assert plain.words is plain.stores["train"]
    for name, split in corpus.splits.items():
        assert split.store.key == plain.stores[name].key
        assert np.array_equal(split.windows.array, plain.windows[name].array)


def test_windows_of_both_are_one_pool_for_a_writer_alone(more):
    """Two windows of the four pages without pictures; a story of two pages is too short."""
    corpus = open_corpus(more)
    store = corpus.learned(WRITER)
    windows = store.windows(more.context)
    assert len(windows) == len(corpus.windows["train"]) + 2
    assert corpus.learned(PAINTER) is corpus.learned(replace(PAINTER, stage="picture")) is corpus.stores["train"]
    assert len(corpus.learned(replace(PAINTER, stage="text")).captions) == 17
    batches = Batches(store, windows, corpus.tokenizer, more, len(windows), seed=3)
    told = [corpus.tokenizer.decode(ids) for ids in batches.at(0).target.captions[:, 0]]
    captions = corpus.words.captions
    assert sorted(told) == sorted(captions[row] for row in store.rows(windows)[:, -1])
    assert sum(caption.startswith("A zebra") for caption in told) == 2


def test_a_window_of_theirs_is_what_telling_reads(more):
    """Grey pictures, whatever becomes of the others; captions that are never hidden."""
    changes = Augment(jitter=0.9, crop=0.3, flip=True, hide_pictures=0.5, hide_captions=0.5)
    changed = replace(more, augment=changes)
    corpus = open_corpus(changed)
    store = corpus.words
    windows = store.windows(2)
    batch = Batches(store, windows[-2:], corpus.tokenizer, changed, 2).at(0)
    pages = [Frame(None, f"{STRANGE} {n}.") for n in range(4)]
    order = Batches(store, windows[-2:], corpus.tokenizer, changed, 2).positions(0).tolist()
    frames = to_frames([pages[start : start + 2] for start in order], corpus.tokenizer, changed)
    assert torch.equal(batch.context.images, frames.images)
    assert torch.equal(batch.context.captions, frames.captions)


def test_rows_of_train_are_untouched_in_the_pool(more):
    corpus = open_corpus(more)
    train = corpus.stores["train"]
    one, pool = (Batches(s, train.windows(2), corpus.tokenizer, more, 5) for s in (train, corpus.words))
    assert torch.equal(one.at(1).context.images, pool.at(1).context.images)
    assert torch.equal(one.at(1).target.captions, pool.at(1).target.captions)
    assert [s.id for s in corpus.words.stories] == ["train0", "train1", "train2", "text0", "text1"]
    assert corpus.words.frame(3, 1) == Frame(None, f"{STRANGE} 1.", 2)
    assert corpus.words.frame(0, 1).picture.tobytes() == train.frame(0, 1).picture.tobytes()


def test_notes_of_stories_without_pictures_are_read(more):
    noted = replace(more, notes="reason", note_length=4)
    corpus = open_corpus(noted)
    batch = Batches(corpus.words, corpus.words.windows(2), corpus.tokenizer, noted, 7).at(0)
    assert batch.context.notes.shape == (7, 2, 4)


def test_floors_are_fitted_on_the_same_words(data, more):
    corpus = open_corpus(more)
    recipe = replace(PAINTER, data=more, model=replace(SMALL_MODEL, caption_decoder=None))
    floors = fit(corpus, recipe)
    whole = NGram.fit(corpus.captions.ids.astype(np.int64), corpus.tokenizer.vocabulary)
    own = NGram.fit(corpus.splits["train"].captions.ids.astype(np.int64), corpus.tokenizer.vocabulary)
    grams = floors.counts.ngram.levels[-1].grams
    assert np.array_equal(grams, whole.levels[-1].grams)
    assert len(grams) > len(own.levels[-1].grams)
    assert np.array_equal(floors.median, fit(open_corpus(data), replace(recipe, data=data)).median)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_story_that_is_held_out_may_not_stand_in_them(data, tmp_path, split):
    """Typesetting does not hide it, nor a place among other pages."""
    story = [f"{split} STORY 0, frame {n}; and on. " * 3 for n in range(3)]
    held = write(tmp_path / "told", seed=1)
    path = tmp_path / "told" / f"{split}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[-1]["captions"][:3] = [f"{split} story 0 frame {n} and on " * 3 for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    texts = tell(tmp_path / "texts", [["Other pages."], ["In front.", *story]])
    with pytest.raises(FabulaError, match=f"data.texts: story 'text1' tells what story '{split}.' of {split} tells"):
        open_corpus(replace(held, texts=(texts,)))


def test_short_formulas_may_stand_anywhere(data, tmp_path):
    """Seven words, or one sentence of fewer than 27."""
    held = open_corpus(data).stores["test"].captions
    texts = tell(tmp_path / "texts", [["test story 0 frame 1", held[0], "test story 1 frame 2"]])
    assert len(open_corpus(replace(data, texts=(texts,))).texts.stories) == 1


def test_what_train_tells_too_is_not_counted_twice(tmp_path):
    data = write(tmp_path / "data")
    path = tmp_path / "data" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["captions"] = [f"{STRANGE} {n} times and more of it." for n in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    texts = tell(tmp_path / "texts", [["A page."], rows[0]["captions"][1:4]])
    corpus = open_corpus(replace(data, texts=(texts,)))
    assert [story.id for story in corpus.texts.stories] == ["text0"]
    assert corpus.notes()[-1].endswith("; 1 that train tells too left out")


def test_only_the_train_split_of_them_is_read(data, tmp_path):
    folder = tmp_path / "texts"
    for split in ("train", "validation", "test"):
        tell(folder, [[f"{split} tells this."]] * 2, f"{split}.jsonl")
    corpus = open_corpus(replace(data, texts=(f"jsonl:{folder}",)))
    assert set(corpus.texts.captions) == {"train tells this."}


def test_a_source_with_pictures_gives_its_words_alone(data, tmp_path):
    write(tmp_path / "other", {"train": [3]}, seed=2)
    for picture in (tmp_path / "other").glob("*.png"):
        picture.unlink()
    corpus = open_corpus(replace(data, texts=(f"jsonl:{tmp_path / 'other' / 'train.jsonl'}",)))
    assert len(corpus.texts.captions) == 3


def test_a_source_that_is_not_there(data):
    with pytest.raises(FabulaError, match=r"data\.texts: parquet:nowhere: no file or folder 'nowhere'"):
        open_corpus(replace(data, texts=("parquet:nowhere",)))


def test_a_source_of_held_out_stories_alone(data, tmp_path):
    tell(tmp_path / "texts", [["A page."]], "test.jsonl")
    with pytest.raises(FabulaError, match=r"data\.texts: jsonl:.*: no split 'train' to learn from; it has test"):
        open_corpus(replace(data, texts=(f"jsonl:{tmp_path / 'texts'}",)))


def test_a_run_that_paints_says_so_and_a_run_goes_on_with_the_texts_it_began_with(tmp_path, capfd):
    recipe = smallest("train.steps=2", f"data.texts=[{tell(tmp_path / 'texts', [['One.', 'Two.', 'Three.']])}]")
    run(recipe, tmp_path / "run", with_floors=False)
    said = capfd.readouterr().err
    assert "1 stories without pictures, 3 captions" in said
    assert "no windows of these are learned where there is painting" in said
    tell(tmp_path / "texts", [["One.", "Two.", "Four."]])
    with pytest.raises(FabulaError, match=r"the data of this run has changed since it began \(split texts\)"):
        run(recipe, tmp_path / "run", resume=True, with_floors=False)


def test_nothing_of_them_is_kept_as_pictures(more, tmp_path):
    open_corpus(more)
    decoded = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("frames.npy"))
    assert decoded <= 24 * 6 * 10 * 3 + 3 * 128


def test_their_credits_stay_within_reach(more):
    corpus = open_corpus(more)
    assert {(s.title, s.licence, s.attribution) for s in corpus.texts.stories} == {
        ("T0", "CC BY 4.0", "A. Writer"),
        ("T1", "CC BY 4.0", "A. Writer"),
    }
    facts = data_facts(corpus)["texts"]
    assert facts == {"stories": 2, "frames": 6, "licences": "CC BY 4.0 (2)", "repairs": 0}


def test_every_word_of_them_decides_the_key(more, tmp_path):
    one = open_corpus(more)
    tell(tmp_path / "texts", [[f"{STRANGE} {n}!" for n in range(4)], ["Zip.", "Zap."]])
    other = open_corpus(more)
    assert one.texts.key != other.texts.key
    assert one.words.key != other.words.key


def test_the_real_texts_stand_beside_the_real_storybooks(storybooks):
    path = storybooks.parent / "storytexts" / "train.parquet"
    if not path.exists():
        pytest.skip(f"the real story texts are not at {path}")
    data = Data(source=f"parquet:{storybooks}", frames_key="none", texts=(f"parquet:{path}",), picture_size=Size(2, 2))
    source = open_source(data.source, data)
    stores = {name: open_store(data, name, source) for name in source.splits}
    found = open_texts(data, stores.pop("train"), stores)
    assert len(found.stories) + found.left_out == 357
    assert 0 < found.left_out < 20
    assert all(story.licence and story.attribution for story in found.stories)
