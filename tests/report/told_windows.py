"""An evaluation of many windows, made of files alone, and its table once more as plain columns."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from finished_run import entry
from PIL import Image, ImageFilter

from fabula import files
from fabula.evaluate.gallery import tile
from fabula.metrics.questions import right, times

SAID = "the fox a lantern over hill wind was cold and way long mill she met who asked her light for bees rain then"
WORDS = SAID.split()
STRANGE = 'He said: "</script><b>&amp;</b>" <!--<script> & went … home \N{LINE SEPARATOR}🦊'
EACH = 8  # windows of a story
CAPTION, PICTURE, CLOZE = "world.caption.where", "world.picture.who", "cloze.caption"
SCORED = ("picture.mae", "caption.log_loss_word", "caption.chrf")
TELLERS = {"model": "model", "copy_last_caption": "floor", "train_mean": "floor"}


def make_evaluation(folder: Path, windows: int, tiles: int, *, words: int = 80) -> Path:
    """Captions of about `words` words; `tiles` windows at even distances have a picture, 192 pixels wide a frame."""
    draw = np.random.default_rng(windows)
    table = pa.concat_tables([_rows(name, kind, draw, windows, words) for name, kind in TELLERS.items()])
    folder.mkdir(parents=True)
    pq.write_table(table, folder / "windows.parquet")
    files.write_json(folder / "scores.json", _scores(windows))
    if tiles:
        _write_tiles(folder / "gallery", [number * windows // tiles for number in range(tiles)], draw)
    return folder


def columns(folder: Path, teller: str = "model") -> dict[str, list]:
    return pq.read_table(folder / "windows.parquet", filters=[("teller", "=", teller)]).to_pydict()


def _rows(name: str, kind: str, draw: np.random.Generator, count: int, words: int) -> pa.Table:
    numbers = np.arange(count)
    truths = captions(np.random.default_rng(1), count, words)
    said = {"model": captions(draw, count, words), "copy_last_caption": [truths[0], *truths[:-1]]}
    asked = {CAPTION: draw.random(count) < 0.6, PICTURE: numbers % 20 == 0, CLOZE: numbers % 20 == 0}
    points = {question: draw.choice([0.0, 0.5, 1.0], count) * of for question, of in asked.items()}
    scores = {score: draw.gamma(4, 0.05, count) for score in SCORED}
    scores["caption.log_loss_word"][::7] = np.nan
    held = {
        "window": numbers,
        "story_id": [f"tale-{number // EACH}" for number in numbers],
        "number": numbers % EACH + 5,
        "teller": [name] * count,
        "kind": [kind] * count,
        "truth": [STRANGE, *truths[1:]],
        "caption": pa.array(said.get(name, [None] * count), pa.string()),
        **{score: pa.array(column, mask=~np.isfinite(column)) for score, column in scores.items()},
        **{right(question): column for question, column in points.items()},
        **{times(question): column.astype(float) for question, column in asked.items()},
    }
    return pa.table(held)


def captions(draw: np.random.Generator, count: int, words: int) -> list[str]:
    return [f"{' '.join(row)} {number}." for number, row in enumerate(draw.choice(WORDS, (count, words)).tolist())]


def _scores(windows: int) -> dict:
    written, painted = entry(20.0, "free-running"), entry(0.2, "n.a.")
    metrics = {
        "model": {"caption.chrf": written, "picture.mae": painted},
        "copy_last_caption": {"caption.chrf": written},
    }
    tellers = {
        name: {"kind": kind, "metrics": metrics.get(name, {"picture.mae": painted})} for name, kind in TELLERS.items()
    }
    protocol = {"context": 4, "picture_size": "96x192"}
    return {
        "data": "world",
        "split": "test",
        "windows": windows,
        "protocol": protocol,
        "tellers": tellers,
        "verdict": [],
    }


def _write_tiles(folder: Path, numbers: list[int], draw: np.random.Generator) -> None:
    """Eight different pictures, as rich as photographs are."""
    folder.mkdir()
    drawn = [_photograph(draw) for _ in range(8)]
    for place, number in enumerate(numbers):
        (folder / f"{number:06d}.webp").write_bytes(drawn[place % len(drawn)])
    files.write_json(folder / "tiles.json", {"given": 4, "told": ["model"]})


def _photograph(draw: np.random.Generator) -> bytes:
    noise = Image.fromarray(draw.integers(0, 256, (96, 192, 3), np.uint8))
    pixels = np.asarray(noise.filter(ImageFilter.GaussianBlur(2)))
    held = io.BytesIO()
    tile([pixels] * 4, [pixels, pixels[::-1]]).save(held, "WEBP", quality=78)
    return held.getvalue()
