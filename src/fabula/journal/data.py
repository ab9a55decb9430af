"""What a run learns from, in figures that stay with it: data.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fabula import files
from fabula.data.corpus import Corpus, Split
from fabula.data.texts import Texts
from fabula.story import Story


def write_data(path: Path, corpus: Corpus) -> None:
    """Once a run: a run that goes on has the same data."""
    if not path.exists():
        files.write_json(path, data_facts(corpus))


def data_facts(corpus: Corpus) -> dict[str, Any]:
    """`source`, and for every split its stories, frames, windows, what was left out or cut, licences and repairs.

    Stories without pictures that are learned beside train are `texts`.
    """
    facts: dict[str, Any] = {"source": corpus.data.source, "tokens known": corpus.tokenizer.size}
    facts |= {name: _split(split) for name, split in corpus.splits.items()}
    return facts | ({"texts": _texts(corpus.texts)} if corpus.texts else {})


def _texts(texts: Texts) -> dict[str, Any]:
    return {"stories": len(texts.stories), "frames": len(texts.captions), **_credits(texts.stories)}


def _split(split: Split) -> dict[str, Any]:
    return {
        "stories": len(split.store.stories),
        "frames": len(split.captions.truncated),
        "windows": len(split.windows),
        "stories too short": len(split.too_short),
        "captions cut": f"{split.captions.share:.1%}",
        **_credits(split.store.stories),
    }


def _credits(stories: Sequence[Story]) -> dict[str, Any]:
    licences: Counter[str] = Counter()
    repairs = 0
    for story in stories:
        licences[story.licence or "none said"] += 1
        repairs += len(story.repairs)
    told = ", ".join(f"{name} ({count:,})" for name, count in licences.most_common())
    return {"licences": told, "repairs": repairs}
