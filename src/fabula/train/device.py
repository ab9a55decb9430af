"""What a run computes on: processor or accelerator, precision, processes, threads."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.state import AcceleratorState

from fabula import recipe as recipes
from fabula.errors import FabulaError, pick

DEVICES = ("cpu", "cuda", "mps")
MIXED = {"float32": "no", "bfloat16": "bf16", "float16": "fp16"}


def open_accelerator(plan: recipes.Train) -> Accelerator:
    """Accelerate for this plan. FabulaError where the machine lacks the device, or the device the precision."""
    device = plan.device if plan.device != "auto" else _best_device()
    check_device(device, "train.device")
    if plan.precision == "float16" and device != "cuda":
        raise FabulaError(f"train.precision: float16 is for CUDA alone; on {device} take float32 or bfloat16")
    asked = int(os.environ.get("WORLD_SIZE", "1"))
    AcceleratorState._reset_state(reset_partial_state=True)  # two runs in one process may differ
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)  # a loss may start later
    accelerator = Accelerator(mixed_precision=MIXED[plan.precision], cpu=device == "cpu", kwargs_handlers=[unused])
    assert accelerator.num_processes == asked, f"launched as {asked} processes, but {accelerator.num_processes} train"
    if device == "cuda":
        _sum_in_order()
    return accelerator


def check_device(name: str, where: str) -> None:
    """FabulaError where the machine has no such device."""
    kind, best = pick(name.partition(":")[0], DEVICES, where), _best_device()
    if kind not in ("cpu", best):
        raise FabulaError(f"{where}: this machine has no {kind}; take {best}")


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _sum_in_order() -> None:
    """Kernels whose sums come in one order, so that equal runs give equal bits; where there is none, torch warns."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)


def free_threads() -> int:
    """How many processors this process may use.

    `OMP_NUM_THREADS`, else the processors it is bound to, within the group's quota. What else runs at the moment does
    not enter: another number of threads adds in another order, and the same recipe must give the same bytes.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return min(free_processors(), 16)


def free_processors() -> int:
    """The processors that this process is bound to, within the group's quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(bound, _quota()))


def _quota() -> int:
    """The processors that a control group (version 2) leaves to this process; many where it says nothing."""
    try:
        share, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, int(share) // int(period))
    except (OSError, ValueError):
        return 1 << 10
