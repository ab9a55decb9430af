"""From what was read to facts: plain JSON values, the same for the table, the page and `--json`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from fabula.data.source import Source
from fabula.data.windows import windows
from fabula.inspection.survey import Survey
from fabula.tokenizer import Tokenizer

WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
NAMED = 20  # examples that are written out; all are counted


def facts(
    source: Source, surveys: Sequence[Survey], tokenizer: Tokenizer, contexts: Sequence[int], length: int
) -> dict[str, Any]:
    """Everything about a source: per split, and between its splits. Words are new that the first split lacks."""
    learned = _words(surveys[0].captions)
    return {
        "source": source.name,
        "notes": list(source.notes),
        "caption_length": length,
        "vocabulary": tokenizer.size,
        "splits": {each.split: _split_facts(each, tokenizer, contexts, length, learned) for each in surveys},
        "shared": [_shared(one, other) for i, one in enumerate(surveys) for other in surveys[i + 1 :]],
    }


def _split_facts(
    seen: Survey, tokenizer: Tokenizer, contexts: Sequence[int], length: int, learned: Counter[str]
) -> dict[str, Any]:
    return {
        "stories": len(seen.ids),
        "frames": len(seen.captions),
        "frames_a_story": _spread(seen.counts),
        "windows": {str(context): len(windows(seen.counts, context)) for context in contexts},
        "too_short": {str(context): _named(_short(seen, context)) for context in contexts},
        "pictures": _picture_facts(seen),
        "captions": _caption_facts(seen.captions, tokenizer, length, learned),
        "beside": {
            "entities": dict(seen.entities.most_common()),
            "boxes": seen.boxes,
            "mentions": seen.mentions,
            "descriptions": seen.descriptions,
            "reasons": seen.reasons,
        },
        "licences": dict(seen.licences.most_common()),
        "sources": dict(seen.sources.most_common(NAMED)),
        "repairs": {"total": seen.repairs.total(), "stories": seen.mended, "kinds": dict(seen.repairs.most_common())},
    }


def _picture_facts(seen: Survey) -> dict[str, Any]:
    twins = [where for where in seen.pictures.values() if len(where) > 1]
    sizes = list(seen.sizes.elements())
    return {
        "sizes": {f"{height}x{width}": n for (height, width), n in seen.sizes.most_common(NAMED)},
        "different_sizes": len(seen.sizes),
        "height": _spread([height for height, _ in sizes]),
        "width": _spread([width for _, width in sizes]),
        "absent": seen.absent,
        "plain": seen.plain,
        "unreadable": _named(seen.unreadable),
        "identical": _named([" = ".join(where) for where in twins]) | {"pictures": sum(map(len, twins))},
    }


def _caption_facts(captions: Sequence[str], tokenizer: Tokenizer, length: int, learned: Counter[str]) -> dict[str, Any]:
    tokens = tokenizer.count(captions)
    cut = int((tokens > length - 1).sum())
    words = _words(captions)
    new = sum(n for word, n in words.items() if word not in learned)
    return {
        "empty": sum(not caption.strip() for caption in captions),
        "words": _spread([len(caption.split()) for caption in captions]),
        "tokens": _spread(tokens.tolist()),
        "truncated": {"length": length, "captions": cut, "share": round(cut / max(len(captions), 1), 4)},
        "vocabulary": len(words),
        "new_words": round(new / max(words.total(), 1), 4),
    }


def _words(captions: Iterable[str]) -> Counter[str]:
    return Counter(word for caption in captions for word in WORD.findall(caption.lower()))


def _short(seen: Survey, context: int) -> list[str]:
    return [name for name, count in zip(seen.ids, seen.counts, strict=True) if count <= context]


def _shared(one: Survey, other: Survey) -> dict[str, Any]:
    """What stands in both of two splits: it should be nothing."""
    ids = sorted(set(one.ids) & set(other.ids))
    both = [
        f"{one.split} {where[0]} = {other.split} {other.pictures[digest][0]}"
        for digest, where in one.pictures.items()
        if digest in other.pictures
    ]
    return {"splits": [one.split, other.split], "stories": _named(ids), "pictures": _named(both)}


def _named(names: Sequence[str]) -> dict[str, Any]:
    return {"count": len(names), "examples": list(names[:NAMED])}


def _spread(values: Sequence[int]) -> dict[str, float] | None:
    if not values:
        return None
    middle = float(np.median(values))
    return {"min": min(values), "median": int(middle) if middle.is_integer() else middle, "max": max(values)}


def said(spread: Mapping[str, float] | None) -> str:
    """`5 / 13 / 22`: smallest, median, largest."""
    return "-" if spread is None else " / ".join(f"{spread[name]:,g}" for name in ("min", "median", "max"))
