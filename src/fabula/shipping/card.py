"""The card of a model: what it is, learned from, measured at and good for. Written from its run, never by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import ModelCardData
from jinja2 import Environment, PackageLoader, StrictUndefined

from fabula.bundle import Bundle
from fabula.report.facts import splits
from fabula.report.tables import readable
from fabula.shipping.facts import commands, of_model, of_training, told_by
from fabula.shipping.measures import Table, model_of, tables

CARD = "card.md"
LICENCE = "mit"
TAGS = ["visual-storytelling", "story-continuation", "image-to-image", "text-generation"]


@dataclass(frozen=True)
class Made:
    """All that a card is written from."""

    name: str
    held: Bundle
    size: int  # of the weights, in bytes
    precision: str
    environment: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False  # whether the scores are of the weights as they are kept
    floors: bool = False  # whether the floors lie beside


def card(made: Made) -> str:
    """A page in Markdown, with a head that model hubs read."""
    environment = Environment(
        loader=PackageLoader("fabula.shipping", "."), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("card.md.j2").render(
        made=made,
        recipe=made.held.recipe,
        head=_head(made),
        tells=told_by(made.held),
        model=of_model(made.held, made.size, made.precision),
        splits=splits(made.data),
        training=of_training(made.held, made.environment),
        commands=commands(made.environment),
        own=own_stories(made),
        **_measured(made.scores),
    )


def own_stories(made: Made) -> bool:
    """Whether it learned from stories that somebody wrote."""
    return made.held.recipe.data.source != "world"


def _measured(scores: Mapping[str, Any]) -> dict[str, Any]:
    model = model_of(scores)
    found: list[Table] = tables(scores, model) if model else []
    said = [readable(sentence, scores["tellers"]) for sentence in scores.get("verdict", ())]
    kinds = {teller["kind"] for teller in scores.get("tellers", {}).values()}
    return {"scores": scores if model else {}, "tables": found, "verdict": said, "has_ceiling": "ceiling" in kinds}


def _head(made: Made) -> str:
    """The front matter, in YAML."""
    names = [line.name for table in _measured(made.scores)["tables"] for line in table.lines]
    data = made.held.recipe.data
    return ModelCardData(
        language=None if own_stories(made) else "en",
        license=LICENCE,
        library_name="fabula",
        tags=TAGS,
        datasets=[source.partition(":")[2] or source for source in (data.source, *data.texts)],
        metrics=names or None,
        model_name=made.name,
    ).to_yaml()
