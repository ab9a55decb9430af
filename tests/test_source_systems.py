"""The ten source systems: the documents' own figures, and small forms that learn."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fabula.building import build_model, check_model
from fabula.bundle import read_recipe
from fabula.data.batches import Batches
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.recipe import Schedule
from fabula.train.device import open_accelerator
from fabula.train.loop import train
from fabula.train.state import fresh_state
from fabula.types import Vocabulary

SYSTEMS = (
    "structured",
    "spatial-attention",
    "baseline",
    "cross-attention",
    "variational",
    "cross-attention-variational",
    "gate-baseline",
    "gate",
    "gate-pretrained",
    "attention-fusion",
)


STEPS = 150


@pytest.fixture(scope="module")
def corpora():
    """The few stories of the smallest worlds, one for each K."""
    kept = {}

    def of(recipe):
        data = replace(recipe.data, world=replace(recipe.data.world, train=4, validation=1, test=1), vocabulary=400)
        return kept.setdefault(data, open_corpus(data, ["train"]))

    return of


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_small_form_learns_one_batch_by_heart(name, corpora):
    recipe = read_recipe(f"systems/small/{name}", ("train.batch_size=4", "train.device=cpu"))
    recipe = _without_dropout(replace(recipe, train=replace(recipe.train, schedule=Schedule("constant"))))
    corpus = corpora(recipe)
    batches = Batches(corpus.splits["train"].store, corpus.splits["train"].windows, corpus.tokenizer, recipe.data, 4)
    state, one = fresh_state(recipe, corpus.tokenizer.vocabulary), batches.gather([0, 3, 6, 9])
    reports = train(state, lambda _: one, recipe, STEPS, open_accelerator(recipe.train))
    first = next(reports).parts
    assert any(_by_heart(first, report.parts) for report in reports)  # the first step that does ends it


def _by_heart(first, now):
    return now["caption"] < 0.25 * first["caption"] and now.get("picture", 0) <= 0.6 * first.get("picture", 0)


def _without_dropout(recipe):
    """The same with nothing frozen and nothing hidden: what is frozen here was never trained."""
    slots = {}
    for slot in ("image_encoder", "text_encoder", "fusion", "temporal", "image_decoder", "caption_decoder"):
        if spec := getattr(recipe.model, slot):
            still = {name: 0.0 for name in ("dropout", "word_dropout") if name in spec.options}
            slots[slot] = replace(spec, options={**spec.options, **still}, frozen=False)
    return replace(recipe, model=replace(recipe.model, **slots))


FIGURES = {
    "baseline": {"dim": 16, "epochs": 5, "batch_size": 8, "optimizer": "adam", "context": 4, "size": "60x125"},
    "cross-attention": {"dim": 256, "epochs": 50, "optimizer": "adamw", "learning_rate": 3e-3, "length": 120},
    "gate": {"dim": 128, "epochs": 20, "learning_rate": 1e-3, "batch_size": 8},
    "spatial-attention": {"epochs": 20, "batch_size": 8, "optimizer": "adam", "size": "60x125", "length": 120},
    "attention-fusion": {"dim": 512, "epochs": 5, "batch_size": 16, "learning_rate": 1e-4, "context": 3, "length": 32},
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_are_the_documents(name):
    recipe = read_recipe(f"systems/{name}")
    data = {"context": recipe.data.context, "size": str(recipe.data.picture_size), "length": recipe.data.caption_length}
    held = {"dim": recipe.model.dim, **vars(recipe.train), **data}
    assert {key: held[key] for key in FIGURES[name]} == FIGURES[name]


def test_attention_fusion_has_the_documents_parts():
    recipe = read_recipe("systems/attention-fusion")
    with torch.device("meta"):
        model = build_model(recipe.model, recipe.data.picture_size, Vocabulary(30522, 0, 101, 102))
    assert model.image_decoder is None
    assert model.offers[:1] == ("caption",)
    assert recipe.model.text_encoder.kind == "bilstm"
    assert recipe.model.fusion.options["query"] == "text"
    assert recipe.model.temporal.kind == "lstm"


SWAPS = {
    "sequence length": ["data.context=5"],
    "larger pictures": ["data.picture_size=224x224"],
    "heads": ["model.fusion.heads=8"],
    "query": ["model.fusion.query=image"],
    "CNN to ViT": ["model.image_encoder=vit"],
    "LSTM to transformer decoder": ["model.caption_decoder=transformer"],
    "contrastive alignment": ["losses.alignment={use: contrastive, weight: 0.1}"],
    "joint fusion": ["model.fusion=joint"],
    "reason in fusion": ["data.notes=reason", "model.note_encoder=lstm"],
    "reason in decoding": ["data.notes=reason", "model.note_encoder=lstm", "model.notes_in=decoding"],
}


@pytest.mark.parametrize("swap", SWAPS)
def test_every_swap_that_the_document_names_is_an_override(swap):
    check_model(read_recipe("systems/attention-fusion", tuple(SWAPS[swap])))


def _table() -> dict[str, list[str]]:
    """Every row of the table of swaps: its name, and the overrides in it that name no file of the reader's."""
    text = (Path(__file__).parents[1] / "docs" / "systems.md").read_text().partition("## Swaps")[2]
    rows = re.findall(r"^\| (?!Swap|---)([^|]+) \| (.+) \|$", text, re.MULTILINE)
    spans = {name: " ".join(re.findall(r"`([^`]+)`", said)) for name, said in rows if "FOLDER" not in said}
    words = {name: [word for word in shlex.split(said) if "=" in word] for name, said in spans.items()}
    return {name: [word for word in found if "FILE" not in word] for name, found in words.items()}


@pytest.mark.parametrize("swap", sorted(_table()))
def test_every_override_of_the_documentation_is_one(swap):
    """On one of the systems at least: heads belong to attention, a learned prior to a variational decoder."""
    overrides, refused = tuple(_table()[swap]), []
    assert overrides
    for system in ("gate", "cross-attention-variational"):
        try:
            return check_model(read_recipe(f"systems/{system}", overrides))
        except FabulaError as error:
            refused.append(str(error))
    pytest.fail("; ".join(refused))
