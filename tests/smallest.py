"""A whole run that takes seconds, and a model that takes none, for the tests."""

from pathlib import Path

from fabula.bundle import read_recipe
from fabula.recipe import Model, Recipe
from fabula.spec import Spec

SMALL_MODEL = Model(
    image_encoder=Spec("conv", {"channels": [16]}),
    text_encoder=Spec("gru"),
    fusion=Spec("concat"),
    temporal=Spec("gru"),
    image_decoder=Spec("conv", {"channels": [16]}),
    caption_decoder=Spec("gru"),
    dim=24,
)
RECIPE = Path(__file__).parent / "recipes" / "smallest.yaml"


def smallest(*overrides: str) -> Recipe:
    return read_recipe(RECIPE, overrides)


def trained_bytes(run: Path) -> dict[str, bytes]:
    """Everything of a run that must not depend on when, where and in how many sessions it was made."""
    files = [path for path in sorted((run / "bundle").rglob("*")) if path.is_file()]
    newest = max((run / "checkpoints").glob("step-*"))
    files += [newest / "train.safetensors", newest / "state.json", run / "recipe.yaml"]
    return {str(path.relative_to(run)): path.read_bytes() for path in files}
