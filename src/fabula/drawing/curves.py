"""How a run went, as one picture: losses, perplexity and similarity over steps, train and validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

Row = Mapping[str, Any]
PAPER, INK, FAINT, TRAIN, VALIDATION = "#fbfaf7", "#22211f", "#8a857c", "#8fb3c9", "#b4472e"
COLUMNS, WIDTH, HEIGHT = 3, 4.6, 3.1  # panels a line; inches of a panel
POINTS = 400  # a train curve is drawn from at most so many means
WORDS = {"loss": "loss (weighted sum)", "perplexity": "perplexity a token", "similarity": "picture-text similarity"}


def curves(rows: Sequence[Row], title: str = "") -> Image.Image:
    """One panel a measure, from the rows of log.jsonl. A run without rows gives an empty page."""
    train = [row for row in rows if row["event"] == "train"]
    validation = [row for row in rows if row["event"] == "validation"]
    names = _names(train, validation)
    lines = max(1, -(-len(names) // COLUMNS))
    wide, tall = WIDTH * COLUMNS, HEIGHT * lines + 0.6
    figure = Figure(figsize=(wide, tall), dpi=100, facecolor=PAPER)
    figure.subplots_adjust(0.55 / wide, 0.6 / tall, 1 - 0.2 / wide, 1 - 0.7 / tall, wspace=0.2, hspace=0.3)
    for place, name in enumerate(names, start=1):
        _panel(figure.add_subplot(lines, COLUMNS, place), name, train, validation)
    figure.text(0.2 / wide, 1 - 0.15 / tall, title, color=INK, fontsize=12, va="top")
    figure.text(0.5, 0.1 / tall, _axis(rows), color=FAINT, fontsize=9, ha="center")
    return _picture(figure)


def _axis(rows: Sequence[Row]) -> str:
    """What the steps are, and how many make an epoch."""
    last = next((row for row in reversed(rows) if row.get("epoch")), None)
    return f"optimiser steps; {last['step'] / last['epoch']:,.0f} make an epoch" if last else "optimiser steps"


def _names(train: Sequence[Row], validation: Sequence[Row]) -> list[str]:
    """The weighted sum first, then what says more than a loss, then the losses."""
    seen = dict.fromkeys(name for row in validation[-1:] for name in row["measures"])
    seen |= dict.fromkeys(name for row in train[-1:] for name in row["losses"])
    first = [name for name in WORDS if name in seen]
    return first + [name for name in seen if name not in first]


def _panel(panel: Axes, name: str, train: Sequence[Row], validation: Sequence[Row]) -> None:
    _line(panel, *_series(train, "losses", name), TRAIN, "train", thinned=True)
    _line(panel, *_series(validation, "measures", name), VALIDATION, "validation", thinned=False)
    panel.set_title(WORDS.get(name, name), loc="left", fontsize=10, color=INK)
    panel.set_facecolor(PAPER)
    panel.grid(color="#e6e1d6", linewidth=0.7)
    panel.tick_params(colors=FAINT, labelsize=8)
    panel.spines[:].set_visible(False)
    panel.locator_params(nbins=5)
    if panel.lines:
        panel.legend(fontsize=8, frameon=False, labelcolor=INK)


def _series(rows: Sequence[Row], room: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    points = [(row["step"], row[room][name]) for row in rows if np.isfinite(row[room].get(name, np.nan))]
    steps, values = np.array(points, float).reshape(-1, 2).T
    return steps, values


def _line(panel: Axes, steps: np.ndarray, values: np.ndarray, colour: str, label: str, *, thinned: bool) -> None:
    if not len(steps):
        return
    if thinned:
        steps, values = (_means(series) for series in (steps, values))
    panel.plot(steps, values, color=colour, label=label, linewidth=1.6, marker="" if thinned else "o", markersize=3)


def _means(series: np.ndarray) -> np.ndarray:
    """At most POINTS means of neighbours."""
    return np.array([part.mean() for part in np.array_split(series, min(POINTS, len(series)))])


def _picture(figure: Figure) -> Image.Image:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
