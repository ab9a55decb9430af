"""How like a model is to each floor: whoever tells what a floor tells has learned no more than the floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from fabula.metrics.pictures import mae, unit
from fabula.metrics.told import Told


class Likeness:
    """Adds up, chunk by chunk, how far apart models and floors paint, and how often they write the same."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, str, str], float] = defaultdict(float)
        self.count = 0

    def add(self, models: Mapping[str, Told], floors: Mapping[str, Told]) -> None:
        """What all of them told of the same windows."""
        self.count += len(next(iter((*models.values(), *floors.values()))))
        for model, mine in models.items():
            pixels = None if mine.pictures is None else unit(mine.pictures)
            for floor, theirs in floors.items():
                if pixels is not None and theirs.pictures is not None:
                    self.sums[model, floor, "picture"] += float(mae(pixels, unit(theirs.pictures)).sum())
                if mine.captions is not None and theirs.captions is not None:
                    same = np.equal(np.array(mine.captions, object), np.array(theirs.captions, object))
                    self.sums[model, floor, "caption"] += float(same.sum())

    def join(self, more: Likeness) -> None:
        """Take what was added up of further windows."""
        self.count += more.count
        for key, total in more.sums.items():
            self.sums[key] += total

    def values(self) -> dict[str, Any]:
        """Model -> floor -> `picture`: mean absolute difference in [0, 1]; `caption`: the share that is the same."""
        found: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
        for (model, floor, part), total in self.sums.items():
            found[model][floor][part] = total / self.count
        return {model: {floor: dict(parts) for floor, parts in floors.items()} for model, floors in found.items()}
