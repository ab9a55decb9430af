"""Whether a caption comes to an end: a limit on its length cuts it in the middle of a sentence, and no loss says so."""

from __future__ import annotations

import unicodedata

from fabula.metrics.measure import mean_of
from fabula.metrics.told import Column, Told
from fabula.metrics.variety import column

FINAL = frozenset(".!?…。！？।؟;:")  # noqa: RUF001 - the full stops of other scripts
MEASURES = {
    "caption.finished": mean_of(
        "caption.finished",
        None,
        "Share of captions that end as a sentence does; far below the truth's, captions are cut short.",
        "free-running",
    )
}


def statistics(told: Told) -> dict[str, Column]:
    """The column of the measure above; none where nothing was written."""
    return {} if told.captions is None else {"caption.finished": column(map(finished, told.captions))}


def finished(caption: str) -> bool:
    """Whether the last letter that is no closing quotation mark, bracket or space is a sentence's last."""
    text = caption.rstrip()
    while text and (text[-1] in "\"'" or unicodedata.category(text[-1]) in ("Pf", "Pi", "Pe")):
        text = text[:-1].rstrip()
    return bool(text) and text[-1] in FINAL
