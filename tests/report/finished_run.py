"""A small finished run, made of files alone."""

import json
import math
from pathlib import Path

from PIL import Image, ImageDraw

from fabula import files
from fabula.story import Frame, Story
from fabula.telling import Telling, write_telling

CAPTIONS = (
    "Mila the fox carried a lantern over the hill; the wind was cold and the way was long.",
    "At the mill she met Bram, who asked her what the light was for.",
    "“It is for the bees,” she said. “They lost their way in the rain.”",
    "Bram laughed, then took the lantern and went ahead of her through the wet grass.",
    "By night they found the hive, and the bees came home one by one.",
)


def picture(number: int, size: tuple[int, int] = (125, 60)) -> Image.Image:
    drawn = Image.new("RGB", size, (235 - 20 * number, 200, 140 + 20 * number))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, size[1] * 2 // 3, *size), fill=(80, 130 + 10 * number, 70))
    pen.ellipse((10 + 18 * number, 20, 34 + 18 * number, 44), fill=(200, 90, 40))
    return drawn


def entry(value: float | None, regime: str, spread: float = 0.02) -> dict:
    low, high = (None, None) if value is None else (value * (1 - spread), value * (1 + spread))
    return {"value": value, "low": low, "high": high, "n": 500, "regime": regime}


def tellers() -> dict:
    def pictures(mae: float, ssim: float) -> dict:
        return {
            "picture.mae": entry(mae, "n.a."),
            "picture.mse": entry(mae**2, "n.a."),
            "picture.ssim": entry(ssim, "n.a."),
            "picture.sharpness": entry(0.4, "n.a."),
            "picture.distinct": entry(500.0, "n.a.", 0.0),
        }

    def written(bleu: float, chrf: float, distinct: float) -> dict:
        regime = "free-running"
        values = {"caption.bleu": bleu, "caption.chrf": chrf, "caption.distinct": distinct}
        return {name: entry(value, regime) for name, value in values.items()}

    def likely(word: float) -> dict:
        values = {"caption.perplexity": word**0.8, "caption.perplexity_word": word, "caption.bits_per_byte": word / 20}
        return {name: entry(value, "teacher-forced") for name, value in values.items()}

    return {
        "model": {"kind": "model", "metrics": {**pictures(0.1312, 0.2451), **likely(12.4), **written(4.31, 22.1, 489)}},
        "copy_last": {"kind": "floor", "metrics": {**pictures(0.1702, 0.212), **written(3.1, 20.4, 451)}},
        "train_median": {"kind": "floor", "metrics": pictures(0.1513, 0.1904)},
        "mean_of_inputs": {"kind": "floor", "metrics": pictures(0.1431, 0.253)},
        "most_common_caption": {"kind": "floor", "metrics": written(0.8, 12.0, 1)},
        "ngram": {"kind": "floor", "metrics": {**likely(15.8), **written(1.2, 14.5, 500)}},
        "ngram_with_cache": {"kind": "floor", "metrics": {**likely(13.1), **written(1.6, 15.2, 500)}},
        "oracle_best_input": {"kind": "oracle", "metrics": pictures(0.121, 0.281)},
    }


def boards(folder: Path) -> list[dict]:
    """Three windows with pictures, as an evaluation keeps them."""
    (folder / "boards").mkdir()

    def frame(name: str, number: int, caption: str) -> dict:
        picture(number).save(folder / "boards" / f"{name}.png")
        return {"caption": caption, "picture": f"boards/{name}.png"}

    def board(window: int, place: str) -> dict:
        told = {"model": frame(f"{window}-model", 4, f"A told caption of window {window}.")}
        told["copy_last"] = frame(f"{window}-copy", 3, CAPTIONS[3])
        told["train_median"] = {"caption": "", "picture": None}
        context = [frame(f"{window}-context-{n}", n, CAPTIONS[n]) for n in range(4)]
        true = frame(f"{window}-true", 4, CAPTIONS[4])
        row = {"place": place, "window": window, "story_id": f"test-{window}", "number": 5}
        return {**row, "context": context, "true": true, "told": told}

    return [board(window, place) for window, place in ((7, "best"), (2, "median"), (9, "worst"))]


def make_run(folder: Path) -> Path:
    """Everything that a report can show, in a folder like a real one."""
    files.write_text(folder / "recipe.yaml", "name: tiny\ndata:\n  source: world\n  context: 4\nseed: 0\n")
    log = [{"event": "train", "step": step, "epoch": step / 60, "seconds": step / 5, "learning_rate": 3e-4,
            "losses": {"loss": 2 + 5 * math.exp(-step / 60), "l1": 0.25 + 0.3 * math.exp(-step / 40)},
            "windows_per_second": 210.0} for step in range(1, 241)]  # fmt: skip
    log += [{"event": "validation", "step": step, "epoch": step / 60, "seconds": step / 5,
             "measures": {"loss": 2.2 + 5 * math.exp(-step / 60), "perplexity": 9 + 80 * math.exp(-step / 50)}}
            for step in range(20, 241, 20)]  # fmt: skip
    files.write_lines(folder / "log.jsonl", log)
    environment = {"python": "3.11.9", "processor": "two cores", "device": "cpu", "packages": {"torch": "2.13.0"}}
    files.write_json(folder / "environment.json", environment)
    split = {"stories": 100, "frames": 874, "windows": 474, "captions cut": "0.2%", "licences": "CC0-1.0 (100)"}
    files.write_json(folder / "data.json", {"source": "world", "train": split, "test": split})
    protocol = {"context": 4, "picture_size": "60x125", "fit": "stretch", "caption_length": 64}
    scores = {"data": "world", "split": "test", "windows": 500, "protocol": protocol, "tellers": tellers()}
    scores["truth"] = {"metrics": {"caption.distinct": entry(498.0, "free-running")}}
    change = {"value": 0.21, "low": 0.15, "high": 0.27, "n": 500}
    scores["probes"] = {
        "model": {"states": {"units": 128, "still": 3}, "conditions": {"shuffled": {"caption.log_loss_word": change}}}
    }
    scores["verdict"] = [
        "model: no sign of collapse: what it tells varies with the input.",
        "It beats all floors in MAE.",
    ]
    files.write_json(folder / "evaluation" / "scores.json", scores)
    files.write_json(folder / "evaluation" / "costs.json", {"tell.model": 12.5, "measure.pictures": 2.0})
    files.write_json(folder / "evaluation" / "boards.json", boards(folder / "evaluation"))
    frames = tuple(Frame(picture(n), caption, n + 1) for n, caption in enumerate(CAPTIONS))
    telling = Telling(Story("bees", frames[:3], title="The Way of the Bees"), (frames[3:],), {"seed": 0})
    write_telling(telling, folder / "told")
    return folder


def edit_scores(folder: Path, change) -> None:
    path = folder / "evaluation" / "scores.json"
    scores = json.loads(path.read_text("utf-8"))
    change(scores)
    path.write_text(json.dumps(scores), "utf-8")
