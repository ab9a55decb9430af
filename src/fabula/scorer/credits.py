"""Whose stories a scorer has learned from: the credits travel with the weights."""

from __future__ import annotations

from collections.abc import Mapping

from fabula.data.store import Store
from fabula.story import Story

HEAD = """# Credits

The weights beside this page were learned from pictures and captions of the stories below, and hold none of them.
Title, source, authors and licence are given as the data gives them.
"""
WORLD = "The built-in world, which this package draws and tells itself."


def credits_of(stores: Mapping[str, Store]) -> str:
    """A page in Markdown with a line for every story that names an author or a licence."""
    parts = [HEAD]
    for name, store in stores.items():
        if name == "world":
            parts.append(f"{WORLD}\n")
        elif lines := [line for story in store.stories if (line := line_of(story))]:
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def line_of(story: Story) -> str:
    """`- **Title** (id, source): Text: A; Illustration: B. CC BY 4.0`, as far as it is known.

    Empty where neither author nor licence is.
    """
    if not (story.licence or story.attribution):
        return ""
    known = ", ".join(part for part in (story.id, story.source) if part)
    said = ". ".join(part for part in (story.attribution.rstrip("."), story.licence) if part)
    return f"- **{story.title or story.id}** ({known}): {said}"
