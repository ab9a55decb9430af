"""Text to ids and back; nothing is lost unsaid, and no text can speak as a special token."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import models, pre_tokenizers, trainers

from fabula.errors import FabulaError
from fabula.tokenizer import SPECIAL, Tokenizer

CAPTIONS = ["The dog runs to the red house.", "A girl finds the dog; it barks! 🐕", "", "They go home. " * 20]
OURS = Tokenizer.train(CAPTIONS, 320)
SNEAKY = st.sampled_from([*SPECIAL, "<end>", "<pad>", "[SEP]", "</s>", "<|endoftext|>", "Ġ", "\x00", "\r\n", "e\u0301"])
TEXTS = st.lists(st.text() | SNEAKY).map("".join)


@given(TEXTS)
def test_text_comes_back(text):
    ids, truncated = OURS.encode([text], 4096)
    assert OURS.decode(ids[0]) == text
    assert not truncated[0]
    assert not set(ids[0].tolist()[: OURS.count([text])[0]]) & {0, 1, 2, 3}


@given(TEXTS, st.integers(1, 12))
def test_a_row_is_words_end_padding(text, length):
    ids, truncated = OURS.encode([text], length)
    words = int(OURS.count([text])[0])
    kept = min(words, length - 1)
    assert ids.shape == (1, length)
    assert ids.dtype == np.int64
    assert ids[0, kept] == OURS.end
    assert (ids[0, kept + 1 :] == OURS.pad).all()
    assert (ids[0, :kept] > 3).all()
    assert truncated[0] == (words > length - 1)


@given(TEXTS, st.integers(1, 12))
def test_what_is_scored_is_the_beginning_of_the_text(text, length):
    scored = OURS.scored_text(text, length)
    ids, truncated = OURS.encode([text], length)
    assert text.startswith(scored)
    assert truncated[0] or scored == text
    assert scored.startswith(OURS.decode(ids[0]).rstrip("�"))  # a character may be cut in the middle of its bytes
    assert len(scored) <= len(OURS.decode(ids[0])) + 1


def test_the_special_ids_are_the_first():
    vocabulary = OURS.vocabulary
    assert (vocabulary.pad, vocabulary.begin, vocabulary.end, OURS.separator) == (0, 1, 2, 3)
    assert vocabulary.size == OURS.size <= 320
    assert OURS.unknown is None


def test_captions_that_speak_of_special_tokens_learn_no_special_token():
    greedy = Tokenizer.train(["<end>⟨end⟩ ⟨pad⟩" * 50] * 50, 500)
    ids, _ = greedy.encode(["⟨end⟩ ⟨pad⟩<end>"], 64)
    assert greedy.decode(ids[0]) == "⟨end⟩ ⟨pad⟩<end>"


def test_the_same_captions_give_the_same_bytes_in_another_process():
    code = f"from fabula.tokenizer import Tokenizer; print(Tokenizer.train({CAPTIONS!r}, 320).digest)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == OURS.digest


def test_saved_and_loaded_it_is_the_same(tmp_path):
    OURS.save(tmp_path / "tokenizer.json")
    loaded = Tokenizer.load(tmp_path / "tokenizer.json")
    assert loaded.text == OURS.text
    assert (loaded.encode(CAPTIONS, 9)[0] == OURS.encode(CAPTIONS, 9)[0]).all()


def test_very_long_and_broken_texts_pass():
    ids, truncated = OURS.encode(["word " * 100_000, "half a pair \ud83d"], 16)
    assert truncated[0]
    assert OURS.decode(OURS.encode(["half a pair \ud83d"], 64)[0][0]) == "half a pair ?"
    assert ids.shape == (2, 16)
    assert OURS.encode([], 16)[0].shape == (0, 16)


def wordpiece(path, special=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")):
    """A tokenizer.json like BERT's, with padding and truncation fixed as some publish it."""
    words = [*special, "[", "]", "the", "dog", "sep", "##s"]
    inner = tokenizers.Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token=special[1]))
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.normalizer = tokenizers.normalizers.BertNormalizer()
    inner.decoder = tokenizers.decoders.WordPiece()
    inner.add_special_tokens(list(special))
    inner.enable_padding(length=128)
    inner.enable_truncation(3)
    inner.save(str(path))
    return path


def test_a_given_tokenizer_loses_its_padding_and_truncation(tmp_path):
    bert = Tokenizer.load(wordpiece(tmp_path / "bert.json"))
    assert (bert.pad, bert.begin, bert.end, bert.separator, bert.unknown) == (0, 2, 3, 3, 1)
    ids, truncated = bert.encode(["The dogs the dog [SEP]", "", "The dogs the dog"], 8)
    assert ids.tolist()[0] == [7, 8, 10, 7, 8, 5, 9, 3]
    assert truncated.tolist() == [True, False, False]
    assert bert.decode(ids[2]) == "the dogs the dog"
    assert bert.scored_text("The dogs the dog [SEP]", 4) == "The dogs"
    bert.save(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text())["padding"] is None


def test_a_tokenizer_that_lacks_a_token_says_which(tmp_path):
    bare = tokenizers.Tokenizer(models.BPE())
    bare.train_from_iterator(["a dog"], trainers.BpeTrainer(special_tokens=["<|endoftext|>"], show_progress=False))
    bare.save(str(tmp_path / "gpt.json"))
    with pytest.raises(FabulaError, match=r"gpt\.json: no begin token; expected one of \[CLS\]"):
        Tokenizer.load(tmp_path / "gpt.json")


def test_bad_paths_and_sizes_are_told(tmp_path):
    with pytest.raises(FabulaError, match="no such tokenizer; give the path"):
        Tokenizer.load(tmp_path / "absent.json")
    (tmp_path / "broken.json").write_text('{"model": ')
    with pytest.raises(FabulaError, match=r"broken\.json: not a tokenizer\.json"):
        Tokenizer.load(tmp_path / "broken.json")
    with pytest.raises(FabulaError, match=r"data\.vocabulary: 259 is too small .* at least 260"):
        Tokenizer.train(["a"], 259)
