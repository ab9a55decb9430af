"""A frame told of itself: what a decoder makes of an encoder's own reading of one frame, nothing known beside."""

from __future__ import annotations

from torch import Tensor

from fabula.roles import CaptionDecoder, ImageDecoder, ImageEncoder, TextEncoder
from fabula.types import Compared, Frames, Memory, Tokens, Vocabulary

AGAIN = {"image": "image_again", "caption": "caption_again"}  # what a loss calls it


def image_again(encoder: ImageEncoder, decoder: ImageDecoder, images: Tensor) -> Compared:
    """(N, C, H, W) in [-1, 1]: the pictures as they are painted again, beside the pictures."""
    return decoder(image_memory(encoder(images), images), images)


def image_memory(read: Tokens, images: Tensor) -> Memory:
    """What a decoder may know: the encoder's tokens. No frame is present, so nothing can be copied."""
    absent = read.mask.new_zeros(len(images), 1)
    captions = absent.new_zeros((len(images), 1, 1)).long()
    return Memory(read, Frames(images.new_zeros(images[:, None].shape), captions, absent))


def caption_again(encoder: TextEncoder, decoder: CaptionDecoder, captions: Tensor, vocabulary: Vocabulary) -> Compared:
    """(N, L) ids: the captions as they are written again, teacher-forced, beside the captions."""
    return decoder(caption_memory(encoder(captions), vocabulary), captions)


def caption_memory(read: Tokens, vocabulary: Vocabulary) -> Memory:
    absent = read.mask.new_zeros(len(read.mask), 1)
    captions = absent.new_full((len(absent), 1, 1), vocabulary.pad).long()
    return Memory(read, Frames(read.values.new_zeros(len(absent), 1, 3, 1, 1), captions, absent))
