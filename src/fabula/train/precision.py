"""Losses are added up in full precision, in whatever precision the model computed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def full_precision(value: Any) -> Any:
    """The same structure (dataclasses, mappings, tuples) with every float tensor in 32 bits."""
    if isinstance(value, Tensor):
        return value.float() if value.dtype in (torch.bfloat16, torch.float16) else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (f.name for f in dataclasses.fields(value))
        return dataclasses.replace(value, **{name: full_precision(getattr(value, name)) for name in names})
    if isinstance(value, Mapping):
        return {name: full_precision(part) for name, part in value.items()}
    if isinstance(value, tuple):
        parts = map(full_precision, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
