"""`fabula tell`: continue a story of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, echo

STORY = "A folder of numbered pictures with .txt beside them, or a source: FILE.jsonl, FILE.parquet, hub:NAME, world."

RECIPE = "the recipe's"
CANDIDATES = "Tell so many of every frame, and keep the best by the model's own ranking."
PICTURE = "Of a painter who can do both: one of the pictures that may be, or the one of least error."
GUIDANCE = "Above 1, what the story says of the picture is overstated."


def tell(
    bundle: Annotated[Path, Argument(help="A run folder or a bundle.", metavar="RUN_OR_BUNDLE")],
    story: Annotated[str, Argument(help=STORY, metavar="STORY")],
    out: Annotated[Path, Option(help="The folder to write; an earlier telling in it is replaced.")],
    steps: Annotated[int, Option(min=1, help="Frames to tell, each read back as context of the next.")] = 1,
    samples: Annotated[int, Option(min=1, help="In how many ways to continue.")] = 1,
    candidates: Annotated[int | None, Option(help=CANDIDATES, show_default=RECIPE)] = None,
    picture: Annotated[str | None, Option(help=PICTURE, metavar="sample|guess", show_default=RECIPE)] = None,
    guidance: Annotated[float | None, Option(help=GUIDANCE, show_default=RECIPE)] = None,
    flow_steps: Annotated[
        int | None, Option(help="Steps of a painter who follows a flow.", show_default=RECIPE)
    ] = None,
    seed: Annotated[int, Option(help="The same seed tells the same story.")] = 0,
    context: Annotated[int | None, Option(min=1, help="Continue from the first N frames.", show_default="all")] = None,
    which: Annotated[str | None, Option("--story", help="The story's id in its source.", show_default="first")] = None,
    split: Annotated[str | None, Option(help="The split that the story is in.", show_default="test, or first")] = None,
    frames_key: Annotated[str | None, Option(help="The story's column of pictures.")] = None,
    captions_key: Annotated[str | None, Option(help="The story's column of captions.")] = None,
    reason_key: Annotated[str | None, Option(help="The story's column of reasons.")] = None,
) -> None:
    """Continue a story: pictures, captions, story.json and a storyboard, in a folder that is itself a story."""
    from fabula.data.hub import check_reach

    check_reach(story)

    import fabula
    from fabula.telling import check_out, continue_story, read_story, write_telling

    check_out(out)
    wished = {"candidates": candidates, "picture": picture, "guidance": guidance, "flow_steps": flow_steps}
    changes = {name: value for name, value in wished.items() if value is not None}
    teller = fabula.load(bundle).telling(**changes)
    keys = {"frames_key": frames_key, "captions_key": captions_key, "reason_key": reason_key}
    begun = read_story(story, teller.recipe.data, which=which, split=split, context=context, **keys)
    telling = continue_story(teller, begun, steps=steps, samples=samples, seed=seed)
    write_telling(telling, out)
    for number, way in enumerate(telling.continuations, start=1):
        for frame in way:
            place = f"sample {number}, frame {frame.number}" if samples > 1 else f"frame {frame.number}"
            echo(f"{place}: {frame.caption or '(a picture without a caption)'}")
    echo(f"Written: {out / 'storyboard.png'}")
