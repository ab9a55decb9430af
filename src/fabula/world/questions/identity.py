"""Who is in a picture that nobody knows the scene of: still one of the story's characters, of its kind and colours?

The picture is laid beside the story's true frames. At the nearest of them it is asked who is in focus: the true
character, or one of three of other kinds in the same place; and likewise one of three of its kind in other colours.
Where the renders are alike the picture does not count, so that only who is there decides. Chance is 1/4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabula.story import Size
from fabula.world.cast import CLOTHES
from fabula.world.questions.asking import in_focus
from fabula.world.questions.changing import dice_of, shuffled, with_character
from fabula.world.questions.seeing import TRIES, Pixels, Renders, differ, distances, renders, small
from fabula.world.scene import Scene
from fabula.world.state import changed

OTHERS = 3  # renders of somebody else beside the true one
CHANCE = 1 / (1 + OTHERS)

Pictures = NDArray[np.uint8]  # (1 + OTHERS, H, W, 3), the true one first


class Kept(NamedTuple):
    """1 where the true character is nearest, its share where others are as near, else 0."""

    kind: float
    colours: float


@dataclass(frozen=True)
class Page:
    """One true frame, and the same with somebody else in focus."""

    place: int  # of the frame in its story
    kinds: Pictures
    colours: Pictures


class Album:
    """The true frames of one story that have one of the cast in focus, as far as it can be seen who that is.

    `records` are the story's scene records, `cast` ids of characters, `size` that of the pictures that are asked. Some
    40 ms of painting a frame of 60x125, and 700 kB.
    """

    def __init__(self, records: Sequence[Mapping[str, object]], cast: Collection[str], size: Size) -> None:
        seen = [renders(record, size) for record in records]
        known = [(place, of) for place, of in enumerate(seen) if in_focus(of.scene).who.id in cast]
        self.pages = [page for place, of in known if (page := _page(place, of))]
        self.size = small(size)

    def read(self, picture: Pixels, *, but: int | None = None) -> Kept | None:
        """Whether the picture keeps who is in focus; None where nobody can be asked for.

        With `but` the frame at this place of the story is no page of the album.
        """
        pages = [page for page in self.pages if page.place != but]
        if not pages:
            return None
        page = pages[int(distances(picture, np.stack([page.kinds[0] for page in pages])).argmin())]
        return Kept(_share(picture, page.kinds), _share(picture, page.colours))


def other_colours(scene: Scene) -> Iterator[Scene]:
    """Who is in focus wears other colours, all else as it was; no colour comes twice, and none that it wears."""
    actor = in_focus(scene)
    own = actor.who.clothes, actor.who.trim
    colours = shuffled(dice_of(scene, "colours"), (colour for colour in CLOTHES if colour not in own))
    for clothes, trim in zip(colours, colours[1:] + colours[:1], strict=True):
        yield with_character(scene, actor, changed(actor.who, clothes=clothes, trim=trim))


def _page(place: int, of: Renders) -> Page | None:
    """None where too few others can be told apart from the true frame."""
    kinds = of.choices("who")
    colours = _coloured(of) if kinds else None
    if kinds is None or colours is None:
        return None
    others = np.delete(kinds.pictures, kinds.right, axis=0)
    return Page(place, np.stack([of.true, *others]), np.stack([of.true, *colours]))


def _coloured(of: Renders) -> list[Pixels] | None:
    painted = map(of.paint, islice(other_colours(of.scene), OTHERS + TRIES))
    found = list(islice((picture for picture in painted if differ(picture, of.true)), OTHERS))
    return found if len(found) == OTHERS else None


def _share(picture: Pixels, pictures: Pictures) -> float:
    far = distances(picture, pictures)
    nearest = far == far.min()
    return float(nearest[0] / nearest.sum())
