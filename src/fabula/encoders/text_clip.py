from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.encoders.clip import ClipTower, Learning
from fabula.encoders.text_gives import Gives, as_given
from fabula.errors import FabulaError
from fabula.layers.frames import newest
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary


class CLIPTextEncoder(TextEncoder):
    """The text tower of CLIP (Radford et al. 2021), and a learned projection of what it reads to the model's width.

    `path` and `tower` are those of the image encoder `clip`. The ids must be CLIP's: `data.tokenizer` is the folder's
    tokenizer.json, with one more token for padding behind its own (CLIP pads with its end token, and Fabula wants to
    tell the two apart). The tower reads the begin token, then the caption; the vector at the end token has read it
    all, and is the sentence. It reads 76 tokens of a caption at most: `data.caption_length: 76`.
    """

    def __init__(
        self, dim: int, vocabulary: Vocabulary, *, path: str = "", tower: Learning = "frozen", gives: Gives = "words"
    ):
        super().__init__()
        self.vocabulary, self.gives = vocabulary, gives
        self.tower = ClipTower(path, "text", tower)
        self.most = self.tower.config.max_position_embeddings - 1  # the begin token takes a place
        if not self.tower.sketched:  # the check of a recipe has not read the tokenizer
            self._check_words()
        self.read = nn.Linear(self.tower.config.hidden_size, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, captions: Tensor) -> Tokens:
        """FabulaError where captions are longer than the tower reads: cut silently they would be other captions."""
        if captions.shape[1] > self.most:
            said = f"captions of {captions.shape[1]} tokens, and the text encoder 'clip' reads {self.most}"
            raise FabulaError(f"data.caption_length: {said}; make it {self.most} at most")
        mask = captions != self.vocabulary.pad
        states = self.norm(self.read(self.tower(self._as_clip_reads(captions, mask))[:, 1:]))
        words = Tokens(torch.where(mask[..., None], states, states.new_zeros(())), mask)
        return as_given(self.gives, words, newest(*words))

    def _as_clip_reads(self, captions: Tensor, mask: Tensor) -> Tensor:
        """(N, L) -> (N, 1 + L): the begin token before, end tokens for padding. No word reads what comes after it."""
        begin = torch.full_like(captions[:, :1], self.vocabulary.begin)
        return torch.cat([begin, captions.where(mask, self.vocabulary.end)], 1)

    def _check_words(self) -> None:
        own, read = self.tower.config.vocab_size, self.vocabulary
        padding_behind = read.size == own + 1 and read.pad == own
        if read.size != own and not padding_behind:
            said = f"a tokenizer of {read.size} tokens, and this tower reads {own}"
            raise FabulaError(f"path: {said}; set data.tokenizer to the tokenizer.json of {self.tower.folder}")
