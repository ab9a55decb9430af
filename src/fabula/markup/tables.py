"""Markdown tables under headings, line by line: headings, rows with their headers, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HEADING = re.compile(r"\s*(?:#{1,6}\s*(.*?)[\s#]*|\*\*([^*|]+)\*\*:?\s*)")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")


class Heading(NamedTuple):
    text: str


class Row(NamedTuple):
    """The cells of one row, and whether a rule of dashes follows it, as under a header."""

    cells: list[str]
    ruled: bool


class Prose(NamedTuple):
    text: str


def read_lines(text: str) -> Iterator[Heading | Row | Prose]:
    """What each line is; rules under a header and blank lines are left out."""
    lines = [line for line in text.split("\n") if line.strip()]
    rules = [is_rule(line) for line in lines] + [False]
    for place, line in enumerate(lines):
        if "|" in line:
            header_above = place > 0 and "|" in lines[place - 1] and not rules[place - 1]
            if not (rules[place] and header_above):
                yield Row(split_row(line), rules[place + 1] and not rules[place])
        elif heading := _HEADING.fullmatch(line):
            yield Heading(" ".join((heading[1] or heading[2] or "").split()))
        else:
            yield Prose(" ".join(line.split()))


def is_rule(line: str) -> bool:
    """Whether this is the line of dashes under a header."""
    return "|" in line and "-" in line and all(_RULE.fullmatch(cell) or not cell.strip() for cell in line.split("|"))


def split_row(line: str) -> list[str]:
    r"""The cells of a row, white space squeezed; `\|` is a pipe within a cell."""
    line = line.strip().removeprefix("|")
    cells = _PIPE.split(line)
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [" ".join(cell.replace("\\|", "|").split()) for cell in cells]


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as markdown, a line each; pipes within cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("|" + "".join(f" {_escaped(cell)} |" for cell in line) + "\n" for line in lines)


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")
