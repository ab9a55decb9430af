"""The third text on each frame of a context: a reason, tags, or both; as words, and as token ids.

A note is built from its own frame alone. It uses the captions' tokenizer, which is learned from captions alone also
where there are notes: byte-level BPE spells any text, so nothing is unknown, and runs with and without notes keep one
vocabulary, one perplexity and the same floors. A `tokenizer.json` may hold words that it does not know, here as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from fabula.data.captions import CaptionIds, kept_ids
from fabula.data.store import Store
from fabula.markup import squeeze
from fabula.recipe import Data
from fabula.story import Entity, Frame
from fabula.tokenizer import Tokenizer

FORMAT = 1  # changes when what `note` says changes
NONE = "none"
HEAD = re.compile(r"[,.;:(\n]|\s(?:in|with|wearing|who|whose|that|which|dressed|standing|sitting)\s", re.IGNORECASE)


def note(frame: Frame, kind: str) -> str:
    """The note of one frame, white space squeezed; empty where there is nothing to say.

    reason: the frame's own. tags: the characters by name and look, then place and time as the setting has them, as in
    `Mia, a little fox; Otto, a big bear; the beach, evening`. both: tags, a full stop, the reason.
    """
    parts = {"reason": [frame.reason], "tags": [tags(frame)], "both": [tags(frame), frame.reason]}[kind]
    return ". ".join(filter(None, map(squeeze, parts)))


def tags(frame: Frame) -> str:
    """Who is there, and where: what the frame's own tables say, each description cut to its head."""
    who = [_who(entity) for entity in frame.entities if entity.kind == "character"]
    return "; ".join(dict.fromkeys(filter(None, [*who, _where(frame)])))


def _who(entity: Entity) -> str:
    """Name and look; what says nothing more is left out."""
    name, look = squeeze(entity.name), _head(entity.description)
    return ", ".join(part for part in (name, look if look.lower() != name.lower() else "") if part)


def _where(frame: Frame) -> str:
    element = next((name for name in frame.setting if name.lower() == "location"), "")
    time = _value(frame.setting_details.get(element, {}), "time") or _value(frame.setting, "time period")
    return ", ".join(filter(None, (_head(frame.setting.get(element, "")), _head(time))))


def _value(values: Mapping[str, str], name: str) -> str:
    return next((value for key, value in values.items() if key.lower() == name), "")


def _head(description: str) -> str:
    """What a description begins with: `a little fox` of `a little fox in a red coat`."""
    text = squeeze(description)
    return text[: found.start()].strip(" -*\"'") if (found := HEAD.search(text, 1)) else text.strip(" -*\"'.")


def encode_notes(texts: Sequence[str], tokenizer: Tokenizer, length: int) -> CaptionIds:
    """Ids (N, M) like those of captions, but that an empty note is all padding, without even an end token."""
    ids, truncated = tokenizer.encode(texts, length)
    ids[[not text for text in texts]] = tokenizer.pad
    return CaptionIds(ids.astype(np.int32), truncated)


def note_ids(store: Store, tokenizer: Tokenizer, data: Data) -> CaptionIds | None:
    """The notes of all frames of the store, row by row, as the recipe wants them; None where it wants none."""
    if data.notes == NONE:
        return None
    key = f"{store.key[:16]}-{tokenizer.digest[:16]}-{data.note_length}-{data.notes}-{FORMAT}"
    return kept_ids("notes", key, lambda: encode_notes(list(_texts(store, data.notes)), tokenizer, data.note_length))


def said_of(notes: CaptionIds, tokenizer: Tokenizer, split: str, kind: str) -> str:
    """A sentence for whoever starts a run: how many frames have a note, and how many notes are cut."""
    there = (notes.ids != tokenizer.pad).any(1)
    cut = notes.truncated.sum() / max(there.sum(), 1)
    length = notes.ids.shape[1]
    return f"{split}: {there.mean():.1%} of frames have a note ({kind}); {cut:.1%} of these are cut to {length} tokens"


def _texts(store: Store, kind: str) -> Iterator[str]:
    return (note(frame, kind) for story in store.stories for frame in story.frames)
