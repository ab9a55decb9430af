"""What a model weighed of the context while it told: a share a frame, a weight a word, a map over each picture.

A weight says what was read, not what it was good for. A model is asked once for all windows that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from fabula.data.contexts import to_frames
from fabula.drawing.maps.heat import Scale, over_picture
from fabula.drawing.maps.maps import Weighed, last_of_stacks
from fabula.drawing.maps.watching import look, place_of
from fabula.images import COMPRESSION, to_picture, to_uint8
from fabula.story import Frame
from fabula.storyteller import ModelStoryteller

BARS = ("frame", "written", "gate")  # one share a frame
PLACES = 4  # decimals of a weight


def attention(teller: Any, contexts: Sequence[Sequence[Frame]], told: Sequence[Frame]) -> Weighed | None:
    """What a model weighed of N contexts when it read them, and when it wrote what it told; None where nothing."""
    if not isinstance(teller, ModelStoryteller):
        return None
    data = teller.recipe.data
    read = to_frames(contexts, teller.tokenizer, data).to(teller.device)
    ids, _ = teller.tokenizer.encode([frame.caption for frame in told], data.caption_length)
    maps = last_of_stacks(look(teller.model, read, torch.from_numpy(ids).to(teller.device)))
    captions = [[frame.caption for frame in context[-data.context :]] for context in contexts]
    names = {name: place_of(teller.model, name) for name in maps}
    said = [frame.caption for frame in told]
    return Weighed([""] * len(captions), captions, read, maps, names, teller.tokenizer.spans, said) if maps else None


def maps_of(weighed: Weighed, folder: Path, names: Sequence[str]) -> list[list[dict[str, Any]]]:
    """For each window its maps, each `{"by", "part", "top", "frames"}`.

    `by` says which module weighed; `frames` holds one value for each of the K context frames. part `frame`, `written`:
    its share of the story, when it was read and while the told caption was written. `gate`: its picture's share
    against its text. `words`: `[[WORD, WEIGHT], ...]`. `picture`: the path from `folder` of a PNG file that begins with
    the window's name. `top` is the strongest weight in all windows, null for bars.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in names]
    for number, (module, held) in enumerate(weighed.maps.items()):
        for part in (part for part in (*BARS, "words", "picture") if getattr(held, part) is not None):
            scale = None if part in BARS else weighed.scale(module, part)  # one for all windows
            said = {"by": weighed.names[module], "part": part, "top": scale and round(scale.top, PLACES)}
            for row, name in enumerate(names):
                place = folder / "boards" / f"{name}-map-{number}"
                found[row].append({**said, "frames": _frames(weighed, module, part, row, place, scale)})
    return found


def copied_of(weighed: Weighed) -> list[dict[str, Any]]:
    """For each window `{"by", "words": [[WORD, SHARE], ...]}`: how much of each told word was copied, in [0, 1].

    Empty where nobody copies.
    """
    found = [weighed.copied(row) for row in range(len(weighed.captions))]
    return [
        {"by": weighed.names[said[0][0]], "words": [[word, round(share, PLACES)] for word, share in said[0][1]]}
        for said in found
        if said
    ]


def _frames(weighed: Weighed, module: str, part: str, row: int, place: Path, scale: Scale | None) -> list[Any]:
    if scale is None:
        return _shares(weighed, module, part, row)
    return _words(weighed, module, row) if part == "words" else _pictures(weighed, module, row, place, scale)


def _shares(weighed: Weighed, module: str, part: str, row: int) -> list[float]:
    return [round(float(share), PLACES) for share in weighed.part(module, part)[row][: len(weighed.captions[row])]]


def _words(weighed: Weighed, module: str, row: int) -> list[list[list[Any]]]:
    frames = range(len(weighed.captions[row]))
    return [[[word, round(weight, PLACES)] for word, weight in weighed.words(module, row, frame)] for frame in frames]


def _pictures(weighed: Weighed, module: str, row: int, place: Path, scale: Scale) -> list[str]:
    """Each frame as the model read it, in greys, under its map."""
    paths: list[str] = []
    place.parent.mkdir(exist_ok=True)
    for frame in range(len(weighed.captions[row])):
        seen = to_picture(to_uint8(weighed.read.images[row, frame]))
        paths.append(f"{place.parent.name}/{place.name}-{frame + 1}.png")
        drawn = over_picture(seen, weighed.part(module, "picture")[row, frame], scale)
        drawn.save(place.parent.parent / paths[-1], compress_level=COMPRESSION)
    return paths
