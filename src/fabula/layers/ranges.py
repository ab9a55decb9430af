"""What the options of components may be: a recipe's values are checked against these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Number = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]  # below 1: of dropout, something must be left
Channels = Annotated[tuple[Number, ...], Field(min_length=1)]  # one number a stage
Grid = tuple[Number, Number]  # rows, columns
