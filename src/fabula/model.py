"""The story model: encode each frame, remember the frames, decode the next one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.itself import AGAIN, caption_again, image_again
from fabula.layers.frames import newest, with_caption, with_frame
from fabula.roles import CaptionDecoder, Fusion, ImageDecoder, ImageEncoder, Temporal, TextEncoder
from fabula.types import VECTORS, Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens, Vocabulary


class StoryModel(nn.Module):
    """Paints, writes, or both: a decoder may be absent. So may the encoder of a third text, `context.notes`."""

    def __init__(
        self,
        image_encoder: ImageEncoder,
        text_encoder: TextEncoder,
        fusion: Fusion,
        temporal: Temporal,
        image_decoder: ImageDecoder | None,
        caption_decoder: CaptionDecoder | None,
        vocabulary: Vocabulary,
        note_encoder: TextEncoder | None = None,
        notes_in: Literal["fusion", "decoding"] = "fusion",
    ):
        super().__init__()
        self.image_encoder = image_encoder
        self.text_encoder = text_encoder
        self.fusion = fusion
        self.temporal = temporal
        self.image_decoder = image_decoder
        self.caption_decoder = caption_decoder
        self.note_encoder = note_encoder
        self.vocabulary, self.notes_in = vocabulary, notes_in
        self.frozen: tuple[nn.Module, ...] = ()

    def forward(self, batch: StoryBatch, wanted: Collection[str] = ()) -> StoryOutput:
        """One training pass: what each decoder said, beside what it should have said.

        `wanted` is what the losses need; `image_again` and `caption_again` are computed only for who needs them.
        """
        memory = self.remember(batch.context)
        image = self._painted(memory, batch.target) if self.image_decoder else None
        writer = self._writer(wanted)
        caption = writer(memory, batch.target.captions[:, 0]) if writer else None
        terms = {name: term for said in (memory, image, caption) if said for name, term in said.beside.items()}
        return StoryOutput(image, caption, memory, terms, dict(self._again(memory.context, wanted)))

    def remember(self, context: Frames) -> Memory:
        """All that the model knows of the story so far. The target cannot reach this method."""
        context = self._present_only(context)
        return self._remembered(context, self._look(context), self._read(context))

    def hear(self, memory: Memory, captions: Tensor, heard: Tensor | None = None) -> Memory:
        """The memory that a painter reads who listens: the captions (B, L) that are being told stand in it as one more
        frame, without a picture. `heard` (B,) is False where a story's is not told. Who does not listen hears nothing.

        Where the writer reads the context itself, the state is what it makes of context and captions. In telling, the
        pictures of the context are not encoded again.
        """
        if self.image_decoder is None or not self.image_decoder.listens:
            return memory
        if self.caption_decoder is not None and self.caption_decoder.reads == "context":
            return replace(memory, state=self.caption_decoder.reading(memory, captions, heard))
        return self._further(memory, with_caption(memory.context, captions, heard, pad=self.vocabulary.pad))

    def further(self, memory: Memory, images: Tensor, captions: Tensor) -> Memory:
        """The memory of the story with one more frame: its picture (B, C, H, W) in [-1, 1] and its caption (B, L)."""
        longer = with_frame(memory.context, images, captions, pad=self.vocabulary.pad)
        return self._further(memory, longer, images)

    def similarity(self, context: Frames) -> Tensor:
        """Cosine of the picture's and the caption's encoding of each present frame, (N,) in [-1, 1].

        Both are the mean of their tokens. Only a loss that brings the two together gives it a meaning; without one,
        compare it with the value for shuffled pairs.
        """
        image, text = self.vectors(context)
        return F.cosine_similarity(image, text, dim=-1)

    def vectors(self, context: Frames) -> tuple[Tensor, Tensor]:
        """The mean encoding of the picture and of the caption of each present frame, (N, D) each."""
        known = self._present_only(context)
        image, text = self._look(known), self._read(known)
        there = context.present.flatten()
        return image.mean()[there], text.mean()[there]

    @property
    def offers(self) -> tuple[str, ...]:
        """What a loss may ask for: the decoders that there are, what they offer beside, and what the encoders give."""
        decoders = {"image": self.image_decoder, "caption": self.caption_decoder}
        there = {part: decoder for part, decoder in decoders.items() if decoder}
        said = tuple(name for part, decoder in there.items() for name in (part, AGAIN[part], *decoder.offers))
        return (*said, *VECTORS)

    @property
    def measures(self) -> tuple[str, ...]:
        """What of its terms a run logs, though no loss makes it small: (B,) each."""
        return self.caption_decoder.measures if self.caption_decoder else ()

    def freeze(self, *slots: str) -> None:
        """Keep the weights of these slots as they are, without dropout."""
        self.frozen = tuple(getattr(self, slot).requires_grad_(False).eval() for slot in slots)

    def train(self, mode: bool = True) -> StoryModel:
        super().train(mode)
        for part in self.frozen:
            part.eval()
        return self

    def _writer(self, wanted: Collection[str]) -> CaptionDecoder | None:
        """Who writes, if anybody: not a frozen writer whom no loss asks."""
        writer = self.caption_decoder
        if writer is None or (writer in self.frozen and not {"caption", *writer.offers} & set(wanted)):
            return None
        return writer

    def _painted(self, memory: Memory, target: Frames) -> Compared:
        assert self.image_decoder is not None
        captions = target.captions[:, 0]
        heard = torch.rand(len(captions), device=captions.device) >= self.image_decoder.unheard
        memory = self.hear(memory, captions, heard if self.training else None)
        return self.image_decoder(memory, target.images[:, 0])

    def _remembered(self, context: Frames, image: Tokens, text: Tokens) -> Memory:
        """`image` and `text` are what was made of the frames' pictures and captions, (N, F, D) each."""
        notes = self._read_notes(context)
        heard = text.followed_by(notes) if notes and self.notes_in == "fusion" else text
        by_story = _by_story(self.fusion(image, heard), context)  # (B, K, F, D)
        state = self.temporal(by_story._replace(mask=by_story.mask & context.present[..., None]))
        if notes and self.notes_in == "decoding":
            state = state.followed_by(Tokens(*(part.flatten(1, 2) for part in _by_story(notes, context))))
        vectors = (tokens.mean().unflatten(0, context.present.shape) for tokens in (image, text))  # (B, K, D)
        return Memory(state, context, dict(zip(VECTORS, vectors, strict=True)), _by_story(image, context))

    def _further(self, memory: Memory, longer: Frames, images: Tensor | None = None) -> Memory:
        """The memory of a context that was made one frame longer; without `images` that frame is grey."""
        if self.training or memory.pictures is None:
            return self.remember(longer)
        grey = torch.zeros_like(longer.images[:1, 0])
        seen = self.image_encoder(grey if images is None else torch.cat([images, grey]))
        pictures = [_one_more(old, new, memory.context) for old, new in zip(memory.pictures, seen, strict=True)]
        longer = self._present_only(longer)
        return self._remembered(longer, Tokens(*pictures), self._read(longer))

    def _look(self, context: Frames) -> Tokens:
        """(N, F, D) of all pictures; equal ones are encoded once where it is known that they are."""
        images = context.images.flatten(0, 1)
        if context.same is None or self.training:
            return self.image_encoder(images)
        which = context.same.flatten()
        return _rows(self.image_encoder(images[_one_of_each(which)]), which)

    def _read(self, context: Frames) -> Tokens:
        """The same of the captions."""
        captions = context.captions.flatten(0, 1)
        if context.same is None or self.training:
            return self.text_encoder(captions)
        which = context.same.flatten()
        return _rows(self.text_encoder(captions[_one_of_each(which)]), which)

    def _read_notes(self, context: Frames) -> Tokens | None:
        if self.note_encoder is None or context.notes is None:
            return None
        return self.note_encoder(context.notes.flatten(0, 1))

    def _again(self, context: Frames, wanted: Collection[str]) -> Iterator[tuple[str, Compared]]:
        """The newest frame of the context, told of its own encoding: what keeps pretrained parts alive."""
        if self.image_decoder and AGAIN["image"] in wanted:
            yield "image", image_again(self.image_encoder, self.image_decoder, newest(context.images, context.present))
        if self.caption_decoder and AGAIN["caption"] in wanted:
            words = newest(context.captions, context.present, empty=self.vocabulary.pad)
            yield "caption", caption_again(self.text_encoder, self.caption_decoder, words, self.vocabulary)

    def _present_only(self, context: Frames) -> Frames:
        """The same frames; what stands in absent ones, be it NaN, is grey and without words."""
        grey, pad, absent = context.images.new_zeros(()), self.vocabulary.pad, ~context.present[..., None]
        images = torch.where(context.present[..., None, None, None], context.images, grey)
        notes = None if context.notes is None else context.notes.masked_fill(absent, pad)
        return Frames(images, context.captions.masked_fill(absent, pad), context.present, notes, context.same)


def _one_of_each(which: Tensor) -> Tensor:
    """(N,) numbers from 0 on, all in use -> where one of each stands."""
    places = torch.arange(len(which), device=which.device)
    return torch.empty_like(which[: int(which.max()) + 1]).scatter_(0, which, places)


def _one_more(old: Tensor, new: Tensor, context: Frames) -> Tensor:
    """(B, K, ...) and (B + 1, ...) -> (N, ...) with K + 1 frames a story: the new one follows its last present frame.

    The last of the new is what stands in all other frames that are absent; where there is no other, it is the new one.
    """
    longer = torch.cat([old, new[-1:, None].expand(len(old), *[-1] * new.ndim)], 1)
    if len(new) > 1:
        longer[torch.arange(len(old), device=old.device), context.present.sum(1)] = new[:-1]
    return longer.flatten(0, 1)


def _rows(tokens: Tokens, rows: Tensor) -> Tokens:
    return Tokens(*(part[rows] for part in tokens))


def _by_story(tokens: Tokens, context: Frames) -> Tokens:
    """(N, F, D) -> (B, K, F, D)."""
    return Tokens(*(part.unflatten(0, context.present.shape) for part in tokens))
