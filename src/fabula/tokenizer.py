"""Captions to token ids and back: byte-level BPE learned from captions, or any tokenizer.json.

A caption is its words and the end token, then padding; `begin` is what a decoder is fed first. Special tokens are
never read out of a text: "<end>" in a caption stays five letters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

from fabula.errors import FabulaError

if TYPE_CHECKING:
    from fabula.types import Vocabulary

# The brackets lie outside the alphabet of byte-level BPE, so no merge of text can ever spell these.
SPECIAL = ("⟨pad⟩", "⟨begin⟩", "⟨end⟩", "⟨separator⟩")
SMALLEST = len(SPECIAL) + 256
NAMES = {  # the names under which tokenizers of the field keep the four, most telling first
    "padding": (SPECIAL[0], "[PAD]", "<pad>", "<|pad|>", "<|padding|>", "<|endoftext|>"),
    "begin": (SPECIAL[1], "[CLS]", "[BOS]", "<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<|im_start|>"),
    "end": (SPECIAL[2], "[SEP]", "[EOS]", "</s>", "<eos>", "<|end_of_text|>", "<|endoftext|>", "<|im_end|>"),
    "separator": (SPECIAL[3], "[SEP]", "<sep>", "</s>"),
}


class Tokenizer:
    """Text to ids, ids to text. `separator` parts texts within one sequence; it may equal `end` where none is known."""

    def __init__(self, inner: tokenizers.Tokenizer, where: str = "tokenizer") -> None:
        inner.no_padding()
        inner.no_truncation()
        inner.encode_special_tokens = True
        self._inner = inner
        self._ids = inner.get_vocab(with_added_tokens=True)
        self.pad, self.begin, self.end = (self._special(role, where) for role in ("padding", "begin", "end"))
        self.separator = self._known("separator", self.end)
        if self.pad in (self.begin, self.end):
            raise FabulaError(f"{where}: padding must have a token of its own; add one named [PAD] or <pad>")

    @classmethod
    def train(cls, captions: Iterable[str], size: int) -> Tokenizer:
        """Learn byte-level BPE of at most `size` tokens; the same captions give the same bytes."""
        if size < SMALLEST:
            raise FabulaError(f"data.vocabulary: {size} is too small for bytes and special tokens; at least {SMALLEST}")
        inner = tokenizers.Tokenizer(models.BPE())
        inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=list(SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        inner.train_from_iterator(map(_encodable, captions), trainer)
        return cls(inner)

    @classmethod
    def load(cls, path: Path | str) -> Tokenizer:
        """A tokenizer.json; its own padding and truncation are switched off."""
        path = Path(path)
        if not path.is_file():
            raise FabulaError(f"{path}: no such tokenizer; give the path of a tokenizer.json, or 'bpe' to learn one")
        try:
            inner = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception for whatever it cannot read
            raise FabulaError(f"{path}: not a tokenizer.json: {error}") from error
        return cls(inner, str(path))

    def save(self, path: Path | str) -> None:
        Path(path).write_text(self.text, encoding="utf-8")

    @cached_property
    def text(self) -> str:
        """The whole tokenizer as JSON: equal tokenizers have equal texts."""
        return self._inner.to_str(pretty=True)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        from fabula.types import Vocabulary  # torch is imported where it is needed

        return Vocabulary(self.size, self.pad, self.begin, self.end)

    @property
    def size(self) -> int:
        return max(self._ids.values()) + 1

    @property
    def unknown(self) -> int | None:
        """The id of what the vocabulary lacks; None where every text can be spelled, as with bytes."""
        found = self._known("unknown", None, ("[UNK]", "<unk>"))
        return None if getattr(self._inner.model, "byte_fallback", False) else found

    def encode(self, texts: Sequence[str], length: int) -> tuple[np.ndarray, np.ndarray]:
        """Texts to int64 ids (N, length): words, end, padding; and bool (N,): whose words were cut to `length - 1`."""
        rows: dict[str, int] = {}
        which = [rows.setdefault(text, len(rows)) for text in texts]  # a text that comes again is read once
        ids = np.full((len(rows), length), self.pad, np.int64)
        truncated = np.zeros(len(rows), bool)
        for row, encoding in enumerate(self._encoded(list(rows))):
            words = encoding.ids
            kept = min(len(words), length - 1)
            ids[row, :kept] = words[:kept]
            ids[row, kept] = self.end
            truncated[row] = kept < len(words)
        return (ids[which], truncated[which]) if len(rows) < len(texts) else (ids, truncated)

    def count(self, texts: Sequence[str]) -> np.ndarray:
        """How many tokens each text has, the end token not included: int64 (N,)."""
        return np.fromiter((len(encoding.ids) for encoding in self._encoded(texts)), np.int64, len(texts))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each token of a text stands in it: first character, and the one after the last."""
        (encoding,) = self._encoded([text])
        return encoding.offsets

    def decode(self, ids: Iterable[Any]) -> str:
        """Ids to text: up to the first end token, special tokens left out."""
        words = []
        for word in map(int, ids):
            if word == self.end:
                break
            if word not in (self.pad, self.begin, self.separator):
                words.append(word)
        return self._inner.decode(words, skip_special_tokens=False)

    def scored_text(self, text: str, length: int) -> str:
        """What is left of a text when its words are cut to `length - 1` tokens: a prefix of it."""
        (encoding,) = self._encoded([text])
        if len(encoding.ids) < length:
            return text
        return _encodable(text)[: encoding.offsets[length - 2][1]] if length > 1 else ""

    def _encoded(self, texts: Sequence[str]) -> Iterator[tokenizers.Encoding]:
        for start in range(0, len(texts), 4096):  # encodings are large: a slice at a time
            part = [_encodable(text) for text in texts[start : start + 4096]]
            yield from self._inner.encode_batch(part, add_special_tokens=False)

    def _special(self, role: str, where: str) -> int:
        found = self._known(role, None)
        if found is None:
            raise FabulaError(f"{where}: no {role} token; expected one of {', '.join(NAMES[role][1:])}")
        return found

    def _known(self, role: str, otherwise: Any, names: Sequence[str] = ()) -> Any:
        return next((self._ids[name] for name in names or NAMES[role] if name in self._ids), otherwise)


def _encodable(text: str) -> str:
    """The same text; lone halves of surrogate pairs, which no file can hold, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
