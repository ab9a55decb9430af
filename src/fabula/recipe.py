"""A recipe: everything that decides a run, as one frozen tree. No torch in this file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from fabula import extends, yamls
from fabula.errors import FabulaError, unknown
from fabula.origins import taken_over
from fabula.overlays import Overlaid, stages_of
from fabula.schema import Problem, join, read
from fabula.shelf import find
from fabula.spec import Catalogue, Spec, problems_of
from fabula.story import Size

Count = Annotated[int, Field(ge=0)]
Number = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
RESERVED = ("loss", "perplexity", "similarity")  # validation measures beside the losses; similarity: more is better


@dataclass(frozen=True)
class World:
    """How many stories the source `world` holds in each split, and their seed."""

    train: Number = 1000
    validation: Count = 100
    test: Count = 500
    hard: Count = 0  # stories in places and with heroes that no other split shows
    seed: Seed = 0


@dataclass(frozen=True)
class Augment:
    """Changes drawn once for a window and done to all its frames alike, or done to its context alone. Zero is off."""

    flip: bool = False
    crop: Annotated[float, Field(ge=0, lt=1)] = 0.0  # largest share of each side cut away
    rotate: Annotated[float, Field(ge=0, le=180)] = 0.0  # largest angle in degrees, either way
    jitter: Share = 0.0  # largest relative change of brightness, contrast and saturation
    paraphrase: Share = 0.0  # share of the context's captions told in other words of the same facts
    hide_pictures: Share = 0.0  # share of the context's pictures that are grey, as of frames without one
    hide_captions: Share = 0.0  # share of the context's captions that are empty; no frame loses both
    hide_frames: Share = 0.0  # share of the windows that lack some of their oldest frames, all but one at most


@dataclass(frozen=True)
class Data:
    source: str = "world"
    texts: tuple[str, ...] = ()  # sources of stories that are read without pictures, beside the train split
    frames_key: str | None = None
    captions_key: str | None = None
    reason_key: str | None = None
    context: Count = 4  # frames that are known; 0 where single frames are learned (see `stage`)
    picture_size: Size = field(default=Size(60, 125))
    fit: Literal["stretch", "crop", "pad"] = "stretch"
    equalise: bool = False
    caption_length: Annotated[int, Field(ge=2)] = 64  # tokens, the end token included
    notes: Literal["none", "reason", "tags", "both"] = "none"  # a third text on each frame of the context
    note_length: Annotated[int, Field(ge=2)] = 32  # tokens, the end token included
    tokenizer: str = "bpe"  # byte-level BPE trained on the train captions, or the path of a tokenizer.json
    vocabulary: Annotated[int, Field(ge=260)] = 2048  # of the trained tokenizer, special tokens included
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
    dim: Number = 128
    note_encoder: Spec | None = None  # reads `data.notes`; a text encoder
    notes_in: Literal["fusion", "decoding"] = "fusion"  # beside each caption's words, or beside the state


@dataclass(frozen=True)
class Loss:
    use: Spec
    weight: float = 1.0
    start_step: Count = 0  # counts for nothing before
    ramp_steps: Count = 0  # then the weight grows linearly to its full size


@dataclass(frozen=True)
class Schedule:
    kind: Literal["constant", "cosine", "onecycle", "plateau"] = "cosine"
    warmup_steps: Count = 0
    final: Share = 0.1  # cosine: the last rate as a share of the highest
    pct_start: Share = 0.1  # onecycle: share of the steps that the rate rises
    div_factor: Positive = 25.0  # onecycle: highest rate over first
    final_div_factor: Positive = 10000.0  # onecycle: first rate over last
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.3  # plateau: what the rate is multiplied with
    patience: Count = 5  # plateau: validations without gain before that


@dataclass(frozen=True)
class Train:
    steps: Number | None = None  # optimiser steps; exactly one of steps and epochs is given
    epochs: Positive | None = None
    batch_size: Number = 16
    accumulate: Number = 1  # batches per optimiser step
    optimizer: Literal["adamw", "adam"] = "adamw"
    learning_rate: Positive = 3e-4
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    schedule: Schedule = field(default_factory=Schedule)
    gradient_clip: Positive | None = 1.0  # largest norm of all gradients together; null: no clipping
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: Number | None = None  # None: what is free
    validate_every: Number = 200  # steps
    validate_windows: Number = 512
    save_every: Number = 200
    keep: Number = 2  # newest checkpoints kept beside the best
    best: str = "loss"  # validation measure of the best checkpoint: loss, a loss by name, perplexity, similarity
    patience: Number | None = None  # validations without a better one before the run stops
    sample_every: Number = 200


@dataclass(frozen=True)
class Tell:
    """How captions are chosen word by word, how pictures are painted, and of how many the best is told."""

    strategy: Literal["greedy", "sample", "beam"] = "sample"
    temperature: Positive = 0.8
    top_k: Count = 0  # 0: all
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    repetition_penalty: Positive = 1.2
    beams: Number = 4
    picture: Literal["sample", "guess"] = "sample"  # of painters that can do both; guess: the one of least error
    flow_steps: Number = 10  # of painters that follow a flow
    guidance: Positive = 1.0  # 1: none; above, what the story says of the picture is overstated
    candidates: Number = 1  # told of every frame; the best by the teller's own ranking is kept


@dataclass(frozen=True)
class Recipe:
    name: Annotated[str, Field(min_length=1)]
    model: Model
    losses: dict[str, Loss]
    data: Data = field(default_factory=Data)
    train: Train = field(default_factory=Train)
    tell: Tell = field(default_factory=Tell)
    seed: Seed = 0
    stage: Literal["story", "picture", "text", "codec"] = "story"  # the others learn single frames, told of themselves


def load(path: Path | str, overrides: Iterable[str] = (), catalogues: Mapping[str, Catalogue] | None = None) -> Recipe:
    """Read a recipe by path or shipped name; `overrides` are dotted, as in `model.dim=512`.

    Of a recipe with stages it is the last that is read; `fabula.staging` reads them all.
    With `catalogues` (`{**building.CATALOGUES, "losses": LOSSES}`) the options of components are checked too.
    FabulaError holds all problems, one a line: dotted path, file and line, what came, what was meant.
    """
    return typed(list(overlaid(path, overrides).values())[-1].tree, catalogues)


def overlaid(path: Path | str, overrides: Iterable[str] = ()) -> dict[str, Overlaid]:
    """The stages of a recipe in order, read and laid over it, not yet checked; one without a name where it has none."""
    return stages_of(extends.read(find(path)), overrides)


def typed(tree: yamls.Tree, catalogues: Mapping[str, Catalogue] | None = None) -> Recipe:
    """The recipe that a whole tree says. FabulaError holds all problems, one a line."""
    tree = taken_over(tree)
    problems: list[Problem] = []
    recipe = read(tree.values, Recipe, "", problems)
    problems += _component_problems(tree.values, catalogues or {})
    problems += check(tree.values)
    if problems:
        raise FabulaError("\n".join(_placed(problem, tree) for problem in sorted(set(problems))))
    return recipe


def source_of(path: Path | str, overrides: Iterable[str] = ()) -> str:
    """The source that a recipe names, looked up before all else; empty where `load` will find mistakes."""
    try:
        values = list(overlaid(path, overrides).values())[-1].tree.values
    except FabulaError:
        return ""
    return str(_section(values, "data").get("source", ""))


def _placed(problem: Problem, tree: yamls.Tree) -> str:
    place = tree.place(problem.path) or "recipe"
    return f"{problem.path} ({place}): {problem.said}" if problem.path else f"{place}: {problem.said}"


def _component_problems(values: Mapping[str, Any], catalogues: Mapping[str, Catalogue]) -> list[Problem]:
    """What is wrong inside components, also of a recipe that has other faults."""
    model, losses = _section(values, "model"), _section(values, "losses")
    entries = [(f"model.{slot}", slot, entry) for slot, entry in model.items()]
    uses = [(name, loss.get("use")) for name, loss in losses.items() if isinstance(loss, Mapping)]
    entries += [(f"losses.{name}.use", "losses", use) for name, use in uses]
    problems: list[Problem] = []
    for path, slot, entry in entries:
        spec = read(entry, Spec, path, []) if slot in catalogues else None
        problems += problems_of(catalogues[slot], spec) if spec else []
    return problems


def check(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong between values of which each may be right; the tree may have other faults."""
    problems: list[Problem] = []
    train, model, losses = (_section(values, key) for key in ("train", "model", "losses"))
    if (train.get("steps") is None) == (train.get("epochs") is None):
        problems.append(Problem("train", "give exactly one of steps and epochs (set the other to null)"))
    changes = _section(_section(values, "data"), "augment")
    hidden = [changes.get(name, 0) for name in ("hide_pictures", "hide_captions")]
    if all(isinstance(share, int | float) for share in hidden) and sum(hidden) > 1:
        said = "hide_pictures and hide_captions are more than 1 together; a frame keeps one of the two"
        problems.append(Problem("data.augment", said))
    if train.get("precision") == "float16" and train.get("device") == "cpu":
        problems.append(Problem("train.precision", "float16 is for CUDA alone; take float32 or bfloat16 on a CPU"))
    if "model" in values and not model.get("image_decoder") and not model.get("caption_decoder"):
        problems.append(Problem("model", "give an image_decoder, a caption_decoder or both"))
    named = [name for name, loss in losses.items() if loss is not None]
    if "losses" in values and not named:
        problems.append(Problem("losses", "give at least one loss"))
    for name in named:
        if not name.isidentifier() or name in RESERVED:
            said = f"a loss is named by letters, digits and _, and not {', '.join(RESERVED)}"
            problems.append(Problem(join("losses", name), said))
    writes = "caption_decoder" not in model or model["caption_decoder"] is not None
    best, choices = train.get("best", "loss"), [*(r for r in RESERVED if writes or r != "perplexity"), *named]
    if best not in choices:
        problems.append(Problem("train.best", unknown(best, choices)))
    return problems


def _section(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = values.get(key)
    return section if isinstance(section, Mapping) else {}


def dump(recipe: Recipe) -> str:
    """The recipe as YAML that `load` reads back to an equal recipe."""
    return yamls.written(plain(recipe))


def plain(value: Any) -> Any:
    """A recipe, or a part of one, as a file has it."""
    if isinstance(value, Size):
        return str(value)
    if isinstance(value, Spec):
        return plain(value.plain())
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value
