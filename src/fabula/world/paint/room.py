"""A room: what its walls, floor and wood look like."""

from __future__ import annotations

from fabula.world.cast import Colour
from fabula.world.paint.grain import Grain

FLOOR = -34


# place -> choices of wall, floor, and the colour of wood
ROOMS: dict[str, tuple[tuple[Colour, ...], Colour, Colour]] = {
    "kitchen": (((246, 224, 178), (232, 224, 190), (244, 208, 176)), (198, 140, 104), (160, 110, 80)),
    "bedroom": (((176, 196, 214), (206, 190, 214), (190, 208, 190)), (206, 168, 130), (176, 126, 92)),
    "library": (((150, 176, 160), (198, 156, 136), (160, 158, 186)), (160, 112, 86), (132, 88, 66)),
}


class Room:
    """What every part of a room needs to know."""

    def __init__(self, place: str, grain: Grain, span: float, light: str, weather: str, mark_x: int) -> None:
        self.place, self.grain, self.span, self.light, self.weather, self.mark_x = (
            place,
            grain,
            span,
            light,
            weather,
            mark_x,
        )
        walls, self.floor, self.wood = ROOMS[place]
        self.wall = walls[grain(0, 0, 2)]
        self.side = -1 if mark_x > 0 else 1  # where the window is
