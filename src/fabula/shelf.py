"""Where recipes are found: by path, or by the name of a shipped one."""

from __future__ import annotations

from pathlib import Path

from fabula.errors import FabulaError, unknown

PLANS = "ablations"  # the folder of shipped plans of ablations


def find(name: Path | str) -> Path:
    """The file of a recipe: a path, with or without `.yaml`, or the name of a shipped one, such as `tiny`."""
    path = Path(name)
    for candidate in (path, path.with_name(f"{path.name}.yaml"), *(folder / f"{name}.yaml" for folder in _shipped())):
        if candidate.is_file():
            return candidate
    raise FabulaError(f"recipe: {absent(str(name), [*names_in(path.parent), *shipped()])}")


def _shipped() -> list[Path]:
    """Where the shipped recipes are: in the installed package, or beside the sources."""
    here = Path(__file__).resolve().parent
    return [folder for folder in (here / "recipes", here.parents[1] / "recipes") if folder.is_dir()]


def shipped() -> list[str]:
    """The names of the shipped recipes, such as `tiny` and `systems/gate`; not plans, nor parts (`_small`)."""
    found = (path.relative_to(folder) for folder in _shipped() for path in folder.rglob("[!_]*.yaml"))
    return sorted({str(path.with_suffix("")) for path in found if path.parts[0] != PLANS})


def plans() -> list[str]:
    """The names of the shipped plans, such as `ablations/gate`."""
    return sorted({f"{PLANS}/{path.stem}" for folder in _shipped() for path in (folder / PLANS).glob("[!_]*.yaml")})


def names_in(folder: Path) -> list[str]:
    """The recipes of a folder, as one would write them."""
    return [str(folder / path.name) for path in sorted(folder.glob("[!.]*.yaml"))] if folder.is_dir() else []


def absent(name: str, names: list[str]) -> str:
    """The sentence about a recipe that is not there: `there is no 'tinny'. Did you mean 'tiny'? ...`."""
    return unknown(name, names).replace("unknown", "there is no", 1) if names else f"there is no {name!r}"
