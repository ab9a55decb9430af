"""Stories and pictures that cannot be read, and frames without a picture."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.audit.finding import Example, Finding
from fabula.audit.read import Read, Tally


def broken_pictures(read: Read, context: int) -> Iterator[Finding]:
    """Faults: stories and pictures of which training would stop; frames without a picture, which are grey there."""
    about = "Training stops at the first. What else is in them is not looked at, and of each the first fault is told."
    yield _finding(read, "unreadable stories", read.unreadable, about, "Mend them, or leave them out.", "stories")
    about = "They cannot be decoded; reading them for training stops at the first."
    yield _finding(read, "broken pictures", read.broken, about, "Save them again, as PNG or JPEG, or leave them out.")
    about = "Such a frame is plain grey for a model."
    yield _finding(read, "absent pictures", read.absent, about, "Give every frame a picture, or leave the story out.")


def _finding(read: Read, name: str, tally: Tally, about: str, remedy: str, what: str = "frames") -> Finding:
    return Finding(
        name=name,
        severity="fault",
        splits=(read.split,),
        count=tally.count,
        of=len(read.ids if what == "stories" else read.captions),
        what=f"{what} of {read.split}",
        about=about,
        remedy=remedy,
        examples=[Example(text) for text in tally.kept],
    )
