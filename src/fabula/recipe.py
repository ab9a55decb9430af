"""A recipe: everything that decides a run, as one frozen tree. No torch in this file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fabula.spec import Spec
from fabula.story import Size


@dataclass(frozen=True)
class World:
    """How many stories the source `world` holds in each split, and their seed."""

    train: int = 1000
    validation: int = 100
    test: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Augment:
    """Changes drawn once for a window and done to all its frames alike. Zero is off."""

    flip: bool = False
    crop: float = 0.0  # largest share of each side cut away
    rotate: float = 0.0  # largest angle in degrees, either way
    jitter: float = 0.0  # largest relative change of brightness, contrast and saturation


@dataclass(frozen=True)
class Data:
    source: str = "world"
    frames_key: str | None = None
    captions_key: str | None = None
    reason_key: str | None = None
    context: int = 4
    picture_size: Size = field(default=Size(60, 125))
    fit: Literal["stretch", "crop", "pad"] = "stretch"
    equalise: bool = False
    caption_length: int = 64  # tokens, the end token included
    tokenizer: str = "bpe"  # byte-level BPE trained on the train captions, or the path of a tokenizer.json
    vocabulary: int = 2048  # of the trained tokenizer, special tokens included
    world: World = field(default_factory=World)
    augment: Augment = field(default_factory=Augment)


@dataclass(frozen=True)
class Model:
    image_encoder: Spec
    text_encoder: Spec
    fusion: Spec
    temporal: Spec
    image_decoder: Spec | None = None
    caption_decoder: Spec | None = None
    dim: int = 128


@dataclass(frozen=True)
class Loss:
    use: Spec
    weight: float = 1.0
    start_step: int = 0  # counts for nothing before
    ramp_steps: int = 0  # then the weight grows linearly to its full size


@dataclass(frozen=True)
class Schedule:
    kind: Literal["constant", "cosine", "onecycle", "plateau"] = "cosine"
    warmup_steps: int = 0
    final: float = 0.1  # cosine: the last rate as a share of the highest
    pct_start: float = 0.1  # onecycle: share of the steps that the rate rises
    div_factor: float = 25.0  # onecycle: highest rate over first
    final_div_factor: float = 10000.0  # onecycle: first rate over last
    factor: float = 0.3  # plateau: what the rate is multiplied with
    patience: int = 5  # plateau: validations without gain before that


@dataclass(frozen=True)
class Train:
    steps: int | None = None  # optimiser steps; exactly one of steps and epochs is given
    epochs: float | None = None
    batch_size: int = 16
    accumulate: int = 1  # batches per optimiser step
    optimizer: Literal["adamw", "adam"] = "adamw"
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    schedule: Schedule = field(default_factory=Schedule)
    gradient_clip: float = 1.0
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: int | None = None  # None: what is free
    validate_every: int = 200
    validate_windows: int = 512
    save_every: int = 200
    keep: int = 2  # newest checkpoints kept beside the best
    best: str = (
        "loss"  # the validation measure that names the best checkpoint: loss, or the name of a loss, or perplexity
    )
    patience: int | None = None  # validations without a better one before the run stops
    sample_every: int = 200


@dataclass(frozen=True)
class Tell:
    """How captions are chosen word by word."""

    strategy: Literal["greedy", "sample", "beam"] = "sample"
    temperature: float = 0.8
    top_k: int = 0  # 0: all
    top_p: float = 0.9
    repetition_penalty: float = 1.2
    beams: int = 4


@dataclass(frozen=True)
class Recipe:
    name: str
    model: Model
    losses: dict[str, Loss]
    data: Data = field(default_factory=Data)
    train: Train = field(default_factory=Train)
    tell: Tell = field(default_factory=Tell)
    seed: int = 0
