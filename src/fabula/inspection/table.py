"""Facts as rows of words: a column for each split. The terminal's table and the page show the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from fabula.inspection.facts import said


class Row(NamedTuple):
    """One fact, of every split."""

    name: str
    values: list[str]
    warns: bool = False


def rows(facts: Mapping[str, Any]) -> Iterator[Row]:
    """The facts of all splits, one line each; a row warns where a person should look again."""
    splits = list(facts["splits"].values())
    yield Row("stories", [f"{each['stories']:,}" for each in splits])
    yield Row("frames", [f"{each['frames']:,}" for each in splits])
    yield Row("frames a story", [said(each["frames_a_story"]) for each in splits])
    for context in splits[0]["windows"]:
        yield _windows(context, splits)
    yield from _picture_rows([each["pictures"] for each in splits])
    yield from _caption_rows([each["captions"] for each in splits])
    yield from _other_rows(splits)


def _windows(context: str, splits: list[Any]) -> Row:
    short = [each["too_short"][context]["count"] for each in splits]
    pairs = zip(splits, short, strict=True)
    values = [f"{each['windows'][context]:,}" + (f" ({n:,} short)" if n else "") for each, n in pairs]
    return Row(f"windows, K = {context}", values)


def _picture_rows(pictures: list[Any]) -> Iterator[Row]:
    yield Row("picture height", [said(each["height"]) for each in pictures])
    yield Row("picture width", [said(each["width"]) for each in pictures])
    yield Row("identical pictures", [f"{each['identical']['pictures']:,}" for each in pictures])
    yield Row("one-colour pictures", [f"{each['plain']:,}" for each in pictures])
    yield from _if_any("absent pictures", [each["absent"] for each in pictures])
    yield from _if_any("unreadable pictures", [each["unreadable"]["count"] for each in pictures])


def _caption_rows(captions: list[Any]) -> Iterator[Row]:
    yield Row("words a caption", [said(each["words"]) for each in captions])
    yield Row("tokens a caption", [said(each["tokens"]) for each in captions])
    cut = [each["truncated"] for each in captions]
    length = cut[0]["length"]
    yield Row(f"cut at {length} tokens", [f"{each['captions']:,} ({each['share']:.1%})" for each in cut])
    yield Row("different words", [f"{each['vocabulary']:,}" for each in captions])
    if len(captions) > 1:
        yield Row("new words", [f"{each['new_words']:.1%}" for each in captions])
    yield from _if_any("empty captions", [each["empty"] for each in captions])


def _other_rows(splits: list[Any]) -> Iterator[Row]:
    for name in ("mentions", "boxes", "descriptions", "reasons"):
        numbers = [each["beside"][name] for each in splits]
        if any(numbers):
            yield Row(name, [f"{number:,}" for number in numbers])
    yield Row("licences", ["; ".join(f"{name}: {n:,}" for name, n in each["licences"].items()) for each in splits])
    yield from _if_any("repairs", [each["repairs"]["total"] for each in splits])
    kinds = [each["repairs"]["kinds"] for each in splits]
    for kind in dict.fromkeys(chain.from_iterable(kinds)):
        yield Row(f"- {kind}", [f"{each.get(kind, 0):,}" for each in kinds])


def _if_any(name: str, numbers: list[int]) -> Iterator[Row]:
    """A fault: shown always, and warned of where it is not zero."""
    yield Row(name, [f"{number:,}" for number in numbers], warns=any(numbers))


def warnings(facts: Mapping[str, Any]) -> Iterator[str]:
    """What a table cannot show: what the source says of itself, what stands in two splits, what could not be read."""
    yield from facts["notes"]
    for pair in facts["shared"]:
        for what in ("stories", "pictures"):
            if pair[what]["count"]:
                first, number = pair[what]["examples"][0], pair[what]["count"]
                yield f"{' and '.join(pair['splits'])} share {what} ({number:,} in all): {first}"
    for name, split in facts["splits"].items():
        yield from (f"{name}: {broken}" for broken in split["pictures"]["unreadable"]["examples"])


def show(facts: Mapping[str, Any], console: Console) -> None:
    console.print(_renderable(facts))


def _renderable(facts: Mapping[str, Any]) -> RenderableType:
    about = f"{facts['source']}, tokens of a vocabulary of {facts['vocabulary']:,}"
    table = Table(title=about, title_justify="left", header_style="bold", box=SIMPLE, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in facts["splits"]:
        table.add_column(name, justify="right", overflow="fold")
    for row in rows(facts):
        table.add_row(*map(Text, (row.name, *row.values)), style="yellow" if row.warns else None)
    return Group(table, *(Text(warning) for warning in warnings(facts)))
