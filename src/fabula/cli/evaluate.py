"""`fabula evaluate`: a trained model beside every floor, or the floors of a recipe alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

SOURCE = "Evaluate on this source, which the run need never have seen: FILE.parquet, folder:PATH, hub:NAME, world."
SCORER = "Who looks at told stories: a folder of fabula scorer train, of a CLIP, or of a MiniLM (captions alone)."


def evaluate(
    what: Annotated[Path, Argument(help="A run folder or a bundle; with --floors, a recipe.", metavar="RUN_OR_BUNDLE")],
    overrides: Annotated[list[str] | None, Argument(help="With --floors: changes to the recipe, key=value.")] = None,
    floors: Annotated[bool, Option("--floors", help="Score the floors of a recipe; no model is needed.")] = False,
    alone: Annotated[bool, Option("--alone", help="Score the model without its floors.")] = False,
    data: Annotated[str | None, Option(help=SOURCE, show_default="the run's own")] = None,
    split: Annotated[str | None, Option(help="The split to evaluate.", show_default="test, or the only one")] = None,
    out: Annotated[Path | None, Option(help="The folder to write.", show_default="RUN/evaluation")] = None,
    limit: Annotated[int | None, Option(min=1, help="So many windows, at even distances.", show_default="all")] = None,
    keep_pictures: Annotated[str, Option(help="Keep told pictures of N windows.", metavar="N|all")] = "0",
    only: Annotated[list[str] | None, Option(help="Measure this part alone, and the next one given.")] = None,
    closely: Annotated[int, Option(min=1, help="Windows that costly parts look at, at even distances.")] = 256,
    scorer: Annotated[str, Option(help=SCORER, metavar="FOLDER")] = "shipped",
    seed: Annotated[int, Option(help="The same seed tells the same stories.")] = 0,
    device: Annotated[str, Option(help="Where the model runs: cpu, cuda, mps.")] = "cpu",
    frames_key: Annotated[str | None, Option(help="With --data: the column of pictures.")] = None,
    captions_key: Annotated[str | None, Option(help="With --data: the column of captions.")] = None,
    reason_key: Annotated[str | None, Option(help="With --data: the column of reasons.")] = None,
) -> None:
    """Score a model and every floor on a whole split: scores.json, windows.parquet, report.html, and the verdict."""
    from fabula.data.hub import check_reach
    from fabula.recipe import source_of

    check_reach(data or (source_of(what, overrides or ()) if floors else ""))

    from rich.console import Console

    from fabula import bundle, files, report, shipped
    from fabula.audit import audit_evaluated, warning
    from fabula.evaluate import evaluate as evaluate_tellers
    from fabula.evaluate.inquiry import AUDIT
    from fabula.evaluate.places import check_out, kept_number, place_for
    from fabula.evaluate.show import show
    from fabula.evaluate.spending import spoken
    from fabula.floors.progress import bars
    from fabula.scorer import open_scorer

    keep = kept_number(keep_pictures)
    place = place_for(what, out, floors=floors)
    check_out(place)
    looks = open_scorer(scorer)
    keys = {"frames_key": frames_key, "captions_key": captions_key, "reason_key": reason_key}
    given = (what, overrides or [], data, split, keys)
    opened = _floors(*given) if floors else _run(*given, device, alone)
    wished = {"seed": seed, "limit": limit, "keep": keep, "only": only or (), "closely": closely}
    learned = None if floors else bundle.read_recipe(bundle.find(what) / "recipe.yaml").data
    told = []

    def audit(folder: Path) -> None:
        told.append(audit_evaluated(opened.data, opened.split.store, folder, learned=learned, progress=bars))

    beside = audit if not only or AUDIT in only else None
    scores = evaluate_tellers(**vars(opened), **wished, scorer=looks, out=place, beside=beside, progress=bars)
    console = Console()
    show(scores, console)
    for audited in told:
        if audited["leaks"]:
            console.print(warning(audited), style="bold red", highlight=False)
    console.print(spoken(files.read_json(place / "costs.json"), scores["windows"]), style="dim", highlight=False)
    apart = floors or out or shipped.meant(what)  # from the run: its folder is not reported on
    page = report.write([place if apart else what], place / "report.html")
    console.print(f"Written: {page}", highlight=False, soft_wrap=True)


def _run(what: Path, overrides: list[str], data: str | None, split: str | None, keys, device: str, alone: bool):
    from fabula.errors import FabulaError
    from fabula.evaluate import open_run
    from fabula.floors.progress import bars
    from fabula.train.device import check_device

    check_device(device, "--device")
    if overrides:
        raise FabulaError(f"{overrides[0]}: a trained run cannot be changed; key=value goes with --floors RECIPE")
    if any(keys.values()) and not data:
        raise FabulaError("--frames-key and its like name columns of another source; give it with --data")
    return open_run(what, data, split, device=device, floors=not alone, progress=bars, **keys)


def _floors(what: Path, overrides: list[str], data: str | None, split: str | None, keys):
    from fabula import bundle
    from fabula.evaluate import open_floors
    from fabula.floors.progress import bars

    given = {"source": data, **keys}
    changes = [f"data.{name}={value}" for name, value in given.items() if value]
    return open_floors(bundle.read_recipe(str(what), (*overrides, *changes)), split, progress=bars)
