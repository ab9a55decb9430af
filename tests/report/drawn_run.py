"""A finished run of a model that was asked in changed contexts, weighs what it reads, and was asked several times."""

import json
from pathlib import Path

from finished_run import CAPTIONS, edit_scores, make_run, picture

from fabula import files

MEASURES = ("caption.log_loss_word", "picture.mae", "world.caption.who")
COSTS = {  # condition -> of each measure: value, low, high
    "shuffled": ((0.9, 0.7, 1.1), (0.1, 0.05, 0.15), (0.3, 0.2, 0.4)),
    "last_frame": ((0.2, -0.1, 0.5), (0.0, 0.0, 0.0), (0.0, -0.1, 0.1)),
    "reversed": ((-0.3, -0.4, -0.2), (0.02, 0.01, 0.03), (0.1, 0.0, 0.2)),
}
MODULES = {"frame": "temporal gru, attend", "written": "caption decoder transformer, ask", "gate": "fusion gate"}


def make_drawn(folder: Path, same: bool = False) -> Path:
    """`same`: its samples are one picture and one caption."""
    make_run(folder)
    evaluation = folder / "evaluation"
    edit_scores(folder, lambda scores: scores["probes"]["model"].update(conditions=conditions(), samples=figures(same)))
    boards = json.loads((evaluation / "boards.json").read_text("utf-8"))
    for board in boards:
        board["attention"] = {"model": maps(evaluation, board)}
    files.write_json(evaluation / "boards.json", boards)
    files.write_json(evaluation / "samples" / "model.json", [strip(evaluation, window) for window in (3, 5, 8)])
    return folder


def conditions() -> dict:
    def cost(value: float, low: float, high: float) -> dict:
        return {"value": value, "low": low, "high": high, "n": 50}

    return {
        name: {measure: cost(*ends) for measure, ends in zip(MEASURES, costs, strict=True)}
        for name, costs in COSTS.items()
    }


def maps(evaluation: Path, board: dict) -> list[dict]:
    count, paths = len(board["context"]), []
    for number in range(count):
        paths.append(f"boards/{board['window']}-map-{number}.png")
        picture(number).convert("L").convert("RGB").save(evaluation / paths[-1])
    words = [
        [[word, 0.2 if place == 1 else 0.01] for place, word in enumerate(CAPTIONS[n].split())] for n in range(count)
    ]
    bars = [{"by": by, "part": part, "top": None, "frames": [0.1, 0.2, 0.3, 0.4]} for part, by in MODULES.items()]
    return [
        *bars,
        {"by": "fusion joint", "part": "words", "top": 0.2, "frames": words},
        {"by": "fusion joint", "part": "picture", "top": 0.1, "frames": paths},
    ]


def figures(same: bool) -> dict:
    def entry(value: float) -> dict:
        return {"value": value, "low": value * 0.9, "high": value * 1.1, "n": 64}

    values = {"picture.distinct": 1 if same else 4, "caption.distinct": 1 if same else 3.5}
    values |= {"picture.mae.best": 0.12, "picture.mae.mean": 0.12 if same else 0.14, "picture.mae.spread": 0.02}
    values |= {"picture.diversity": 0 if same else 0.05, "picture.coverage": 0.4, "picture.coverage_by_strangers": 0.1}
    return {"windows": 64, "samples": 4, **{name: entry(value) for name, value in values.items()}}


def strip(evaluation: Path, window: int) -> dict:
    (evaluation / "samples").mkdir(exist_ok=True)

    def frame(name: str, number: int) -> dict:
        picture(number).save(evaluation / "samples" / f"{window}-{name}.png")
        return {"caption": CAPTIONS[number], "picture": f"samples/{window}-{name}.png"}

    told = [frame(f"model-{number}", number) for number in range(1, 5)]
    return {"window": window, "story_id": f"test-{window}", "number": 5, "true": frame("true", 0), "told": told}
