"""Names that a window's target says and none of its context frames does: no model can know them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from fabula.audit.finding import EXAMPLES, Example, Finding
from fabula.audit.read import Read
from fabula.audit.words import WORD
from fabula.data.windows import windows

OPENS = re.compile(  # up to the first letter of a sentence
    r"(?:^|[.!?:;\u2026\n\u201c\u201d\"\u2018(\[\u2013\u2014-])[\s'\"\u2018\u2019\u201c\u201d(\[]*(?=\w)"
)


def new_names(read: Read, context: int) -> Iterator[Finding]:
    """Note: windows whose target has a name that stands in none of the K captions before it."""
    said = names_of(read.captions)
    found = windows(read.counts, context)
    targets = read.first[found.array[:, 0]] + found.array[:, 1] + context
    new = [(int(row), said[row].difference(*said[row - context : row])) for row in targets]
    new = [(row, names) for row, names in new if names]
    never = Counter(name for _, names in new for name in names)
    yield Finding(
        name="names only in targets",
        severity="note",
        splits=(read.split,),
        count=len(new),
        of=len(found),
        what=f"windows of {read.split}",
        about=f"Their target has a name that no context frame (K = {context}) has, and that no model can know; "
        f"different names in all: {len(never):,}. A writer is not to blame for them.",
        examples=[Example(f"{read.where(row)}: {', '.join(sorted(names))}") for row, names in new[:EXAMPLES]],
    )


def names_of(captions: Sequence[str]) -> list[set[str]]:
    """The names in each caption: words that stand with a capital within a sentence more often than without one.

    By spelling alone, so in languages that write all nouns with a capital these count as well.
    """
    large, small = Counter(), Counter()
    spelt = [_spelt(caption) for caption in captions]
    for said in spelt:
        for word, opens in said:
            if word[0].isupper():
                large[word] += not opens
            else:
                small[word.capitalize()] += 1
    names = {word for word, n in large.items() if n > small[word] and len(word) > 1 and not word.startswith("I'")}
    return [{word for word, _ in said} & names for said in spelt]


def _spelt(caption: str) -> list[tuple[str, bool]]:
    """Words without a possessive s, and whether each opens a sentence."""
    opening = {match.end() for match in OPENS.finditer(caption)}
    told = ((match[0].replace("\u2019", "'"), match.start() in opening) for match in WORD.finditer(caption))
    return [(word.removesuffix("'s"), opens) for word, opens in told]
