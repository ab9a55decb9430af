"""What a card says of a model in figures: its parts, what it reads and tells, its data and its training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.bundle import Bundle
from fabula.report.facts import Facts
from fabula.report.figures import plain, seconds

PACKAGES = ("fabula", "torch")


def of_model(held: Bundle, size: int, precision: str) -> Facts:
    """`size` in bytes, of the weights alone."""
    data, recipe = held.recipe.data, held.recipe
    total = sum(weight.numel() for weight in held.model.parameters())
    return [
        ("recipe", recipe.name),
        ("reads", f"{data.context} frames, pictures of {data.picture_size}, captions of {data.caption_length} tokens"),
        ("tells", told_by(held)),
        ("tokenizer", f"{held.tokenizer.size:,} tokens"),
        ("weights", f"{total:,}, kept in {precision}: {size / 1e6:.1f} MB"),
        *((slot.replace("_", " "), words) for slot, words in _parts(held)),
    ]


def told_by(held: Bundle) -> str:
    """`a picture and a caption`."""
    model = held.recipe.model
    tells = {"a picture": model.image_decoder, "a caption": model.caption_decoder}
    return " and ".join(what for what, decoder in tells.items() if decoder)


def _parts(held: Bundle) -> list[tuple[str, str]]:
    """`("image_encoder", "conv, 12,345 weights")`; who has none has none said."""
    found = []
    for slot, part in held.model.named_children():
        count = sum(weight.numel() for weight in part.parameters())
        spec = getattr(held.recipe.model, slot, None)
        if spec is not None:
            found.append((slot, f"{spec.kind}, {count:,} weights" if count else spec.kind))
    return found


def of_training(held: Bundle, environment: Mapping[str, Any]) -> Facts:
    """Steps, time, machine, seed and the commands; what nobody wrote down is left out."""
    known = {
        **_stages(environment),
        "steps": environment.get("steps"),
        "the best of them, which is kept": environment.get("best_step"),
        "time": seconds(environment["seconds"]) if environment.get("seconds") else None,
        "machine": _machine(environment),
        "seed": held.recipe.seed,
        "computed in": held.recipe.train.precision,
        "losses": ", ".join(held.recipe.losses),
        "with": _with(environment),
        "sources at": (environment.get("git") or {}).get("revision"),
    }
    return [(name, plain(value)) for name, value in known.items() if value not in (None, "")]


def _stages(environment: Mapping[str, Any]) -> dict[str, str]:
    """What was trained before the steps that are told of below."""
    stages = environment.get("stages", {})
    told = {name: f"{stage['steps']:,} steps, {seconds(stage['seconds'])}" for name, stage in stages.items()}
    return {f"first, {name}": said for name, said in told.items()}


def commands(environment: Mapping[str, Any]) -> list[str]:
    """What was typed, each command once: a run that was stopped went on by another."""
    return list(dict.fromkeys(each["command"] for each in environment.get("sessions", ()) if each.get("command")))


def _machine(environment: Mapping[str, Any]) -> str:
    threads = environment.get("threads")
    said = (environment.get("processor"), environment.get("device"), f"{threads} threads" if threads else "")
    return ", ".join(dict.fromkeys(filter(None, said)))


def _with(environment: Mapping[str, Any]) -> str:
    versions = {name: environment.get("packages", {}).get(name) for name in PACKAGES}
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)
