"""On what, with what and by what command a run was made."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator

from fabula import files
from fabula.errors import FabulaError

PACKAGES = ("fabula", "torch", "numpy", "pillow", "safetensors", "tokenizers", "datasets", "accelerate", "pydantic")


def read_environment(path: Path) -> dict[str, Any]:
    """What an earlier session wrote; empty where there was none."""
    found = files.read_json(path) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def check_data(path: Path, data: Mapping[str, str]) -> None:
    """FabulaError where the data is not what the run began with."""
    before = read_environment(path).get("data", {})
    changed = [name for name in before if data.get(name) != before[name]]
    if changed:
        said = f"the data of this run has changed since it began (split {', '.join(changed)})"
        raise FabulaError(f"{path.parent}: {said}; give it its old data again, or train in another folder")


def write_environment(path: Path, accelerator: Accelerator, data: Mapping[str, str]) -> None:
    """environment.json: every session of a run adds its command and its hour, all else is of the last."""
    before = read_environment(path)
    session = {"command": " ".join(sys.argv), "started": datetime.now(UTC).isoformat(timespec="seconds")}
    files.write_json(
        path,
        {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "processor": _processor(),
            "device": _device(accelerator),
            "threads": torch.get_num_threads(),
            "processes": accelerator.num_processes,
            "packages": {name: _version(name) for name in PACKAGES},
            "git": _git(),
            "data": dict(data),
            "sessions": [*before.get("sessions", []), session],
        },
    )


def note_end(path: Path, **facts: Any) -> None:
    """Add what is known when the run is over."""
    files.write_json(path, {**read_environment(path), **facts})


def _device(accelerator: Accelerator) -> str:
    cuda = accelerator.device.type == "cuda"
    return torch.cuda.get_device_name(accelerator.device) if cuda else accelerator.device.type


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _git() -> dict[str, Any] | None:
    """The revision of the sources, and whether they were changed since; None where they are in no repository."""
    revision, changes = _ask_git("rev-parse", "HEAD"), _ask_git("status", "--porcelain", "--untracked-files=no")
    return {"revision": revision, "changed": bool(changes)} if revision else None


def _ask_git(*words: str) -> str | None:
    try:
        command = ["git", "-C", str(Path(__file__).parent), *words]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
